"""Card programs: which the platform has at Stripe, which a business has, and giving a business one.

Stripe's guide "Set up an Issuing and Connect integration": making a program on an account requests the capability it
needs; requesting the capability alone makes no program, and without a program no card can be made.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts import changes, programs
from accounts.models import AccountChange, ConnectedAccount
from cards.models import Program
from desk.models import User
from stripe_gateway import client, operations
from stripe_gateway.models import StripeOperation
from stripe_gateway.outcomes import StripeProblem

FAMILY = "programs"
PATH = "/v1/issuing/programs"
# Stripe's answer when the account has this program already: what was wanted is so.
ALREADY_THERE = "resource_already_exists"
SEEN_FOR_SECONDS = 300
MOST = 200


@dataclass(frozen=True)
class Offer:
    """One of the platform's programs. `capability` is blank where neither settings nor its metadata tell which it is.

    `region` is a country, or EU for the euro area, where the metadata names one: the same capability may have several.
    """

    stripe_id: str
    capability: str
    region: str = ""

    @property
    def name(self) -> str:
        return programs.named(self.capability) if self.capability else self.stripe_id

    def fits(self, account: ConnectedAccount) -> bool:
        """Whether it may be given to this business. One that nobody has named is offered everywhere."""
        row = next((row for row in programs.offered() if row.capability == self.capability), None)
        if row is None:
            return not self.capability
        region = "EU" if account.country in settings.EURO_AREA else account.country
        in_region = account.country in row.countries and self.region in ("", region)
        return in_region and account.entity_type in row.entity_types


def offers() -> list[Offer]:
    """The platform's programs as Stripe lists them, kept for five minutes. Raises what `client.get` raises."""
    cache = caches["figures"]
    rows = cache.get("platform-programs")
    if rows is None:
        listed = client.list_all(PATH, family=FAMILY, limit=MOST)
        rows = [(row["id"], row.get("metadata") or {}) for row in listed]
        cache.set("platform-programs", rows, SEEN_FOR_SECONDS)
    named = {row["platform_program"]: row["capability"] for row in settings.CARD_PROGRAMS if "platform_program" in row}
    return [
        Offer(stripe_id, named.get(stripe_id) or told.get("capability", ""), told.get("region", ""))
        for stripe_id, told in rows
    ]


def open_offers(account: ConnectedAccount) -> list[Offer]:
    """What can still be given to this business: fitting, and not given yet; the one it was invited to first."""
    given = set(account.programs.exclude(stripe_id=None).values_list("platform_program", flat=True))
    found = [offer for offer in offers() if offer.stripe_id not in given and offer.fits(account)]
    return sorted(found, key=lambda offer: offer.capability != account.program)


def counts() -> dict[str, int]:
    """How many businesses have each of the platform's programs, by its id."""
    rows = Program.objects.exclude(stripe_id=None).values_list("platform_program").annotate(n=Count("id"))
    return dict(rows.order_by())


def give(
    *, account: ConnectedAccount, offer: Offer, is_default: bool, form_id: UUID, actor: User, request=None
) -> AccountChange:
    """Make a program on the account from one of the platform's; Stripe requests the capability by itself.

    Raises operations.FormReused when the form came back with another choice.
    """

    def beside(change: AccountChange) -> None:
        Program.objects.create(
            account=account,
            change=change,
            platform_program=offer.stripe_id,
            capability=offer.capability,
            is_default=is_default,
        )

    return changes.send(
        form_id=form_id,
        kind="program.create",
        account=account,
        part="program",
        path=PATH,
        params={"platform_program": offer.stripe_id, "is_default": is_default},
        stripe_account=account.stripe_id,
        actor=actor,
        details={"platform_program": offer.stripe_id},
        beside=beside,
        request=request,
    )


def make_default(*, program: Program, form_id: UUID, actor: User, request=None) -> AccountChange:
    """Make it the program that new cards of the account belong to. Raises operations.FormReused as `give`."""
    return changes.send(
        form_id=form_id,
        kind="program.update",
        account=program.account,
        part="program",
        path=f"{PATH}/{program.stripe_id}",
        params={"is_default": True},
        stripe_account=program.account.stripe_id,
        actor=actor,
        details={"program": program.stripe_id},
        request=request,
    )


def reread(account: ConnectedAccount, *, now: datetime) -> None:
    """Write down the account's programs as Stripe lists them. Raises what `client.get` raises."""
    apply(account, list(client.list_all(PATH, account=account.stripe_id, family=FAMILY, limit=MOST)), now=now)


def reread_quietly(account: ConnectedAccount) -> bool:
    """As `reread`; False when Stripe could not be asked, and what was known stays."""
    try:
        reread(account, now=timezone.now())
    except StripeProblem:
        return False
    return True


def apply(account: ConnectedAccount, listed: Iterable[dict], *, now: datetime) -> None:
    """Every program of an account, as `reread` found them when it began at `now`; older news changes nothing."""
    with transaction.atomic():
        ConnectedAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        for row in listed:
            _write(account, row, now)


def _write(account: ConnectedAccount, row: dict, now: datetime) -> None:
    """The row of this program, or the one that waits for its id, or a new one."""
    of_account = Program.objects.filter(account=account)
    known = of_account.filter(stripe_id=row["id"]).first()
    known = known or of_account.filter(stripe_id=None, platform_program=row["platform_program"]).first()
    program = known or Program(account=account, platform_program=row["platform_program"])
    if program.synced_at and program.synced_at > now:
        return
    program.stripe_id, program.is_default, program.synced_at = row["id"], row["is_default"], now
    program.save()


def _given(operation: StripeOperation, found: dict) -> None:
    # Takes turns with readings of the list, which give a row that waits its id as well, and tell what is default.
    ConnectedAccount.objects.select_for_update(no_key=True).get(pk=operation.account_change.account_id)
    waiting = Program.objects.filter(change=operation.account_change, stripe_id=None).first()
    is_known = Program.objects.filter(stripe_id=found["id"]).exists()
    if waiting and is_known:
        # Another tab, or a reading into its row, was first: it is one program, so it stays one row.
        waiting.delete()
    elif waiting:
        waiting.stripe_id, waiting.is_default = found["id"], found["is_default"]
        waiting.synced_at = operation.last_sent_at
        waiting.save(update_fields=["stripe_id", "is_default", "synced_at"])
        if found["is_default"]:
            _only_default(waiting)
    changes.accepted(operation, found)


def _made_default(operation: StripeOperation, found: dict) -> None:
    program = Program.objects.filter(stripe_id=found["id"]).first()
    if changes.is_overtaken(operation):
        account = operation.account_change.account
        transaction.on_commit(lambda: reread_quietly(account), robust=True)
    elif program and found["is_default"]:
        Program.objects.filter(pk=program.pk).update(is_default=True, synced_at=operation.last_sent_at)
        _only_default(program)
    changes.accepted(operation, found)


def _only_default(program: Program) -> None:
    """An account has one default at most: Stripe takes it from the others."""
    Program.objects.filter(account=program.account, is_default=True).exclude(pk=program.pk).update(is_default=False)


def _find_given(operation: StripeOperation) -> dict | None:
    listed = client.list_all(PATH, account=operation.stripe_account, family=FAMILY, limit=MOST)
    wanted = operation.params["platform_program"]
    return next((row for row in listed if row["platform_program"] == wanted), None)


def _find_default(operation: StripeOperation) -> dict | None:
    found = client.get(operation.path, account=operation.stripe_account, family=FAMILY)
    return found if found["is_default"] else None


CREATE_PROGRAM = operations.OperationKind(
    name="program.create",
    label=gettext_lazy("Give a card program"),
    method="POST",
    family=FAMILY,
    apply=_given,
    refuse=changes.refused,
    find=_find_given,
    metadata=False,
)
UPDATE_PROGRAM = operations.OperationKind(
    name="program.update",
    label=gettext_lazy("Change the default program"),
    method="POST",
    family=FAMILY,
    apply=_made_default,
    refuse=changes.refused,
    find=_find_default,
    metadata=False,
)
