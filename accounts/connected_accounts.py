"""Keeping our picture of a connected account the same as Stripe's."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import coming_rules
from accounts.asked import Asked, asked_of, is_v1
from accounts.details import documents_judged
from accounts.models import Capability, ConnectedAccount, Requirement
from accounts.standing import Standing, capability_facts, judge, judge_v1
from desk import audit
from stripe_gateway import client, outcomes
from stripe_gateway.models import StripeOperation

INCLUDE = [
    "configuration.card_creator",
    "configuration.merchant",
    "configuration.recipient",
    "defaults",
    "requirements",
]
FAMILY = "accounts_v2"
# Dialects from this day on list apart what rules to come will ask for; older ones refuse to be asked.
FUTURE_SINCE = "2026-01-28"
# The columns that a reading writes.
READ_FROM_STRIPE = [
    "status", "urgency", "can_issue", "next_deadline_at", "synced_at", "activated_at", "unfit_reason",
    "details_submitted", "charges_enabled", "payouts_enabled", "disabled_reason", "revoked_at", "rules_read_at",
]  # fmt: skip
Status = ConnectedAccount.Status
# What accounts become by changes of ours, by their part.
OUR_ENDS = {"reject": Status.REJECTED, "close": Status.CLOSED}


def reread(account: ConnectedAccount, now: datetime | None = None, *, urgent: bool = True) -> bool:
    """Ask Stripe how the account stands and write it down. True when that was news.

    What counts is when the reading begins, so without `now` the clock is asked here. `urgent=False` lets people go
    first. Accounts that issue cards are read through v2, all others through v1, which alone tells what they may do.
    Raises what `stripe_gateway.client.get` raises, save for an account that is gone or taken from us: that is news.
    """
    started_at = now or timezone.now()
    read = _read_v2 if account.kind == ConnectedAccount.Kind.ISSUING else _read_v1
    try:
        found, names = read(account, started_at, urgent=urgent)
    except outcomes.NotFound:
        return mark_closed(account, read_started_at=started_at)
    except outcomes.AccessRevoked:
        return mark_revoked(account, read_started_at=started_at)
    return apply(account, found, read_started_at=started_at, person_names=names)


def _read_v2(account: ConnectedAccount, started_at: datetime, *, urgent: bool) -> tuple[dict, dict[str, str]]:
    path = f"/v2/core/accounts/{account.stripe_id}"
    found = client.get(path, family=FAMILY, params={"include": _include()}, urgent=urgent)
    found = coming_rules.added(account, found, started_at, urgent=urgent)
    return found, _person_names(path, found, urgent=urgent)


def _include() -> list[str]:
    knows_the_future = settings.STRIPE_VERSIONS[FAMILY] >= FUTURE_SINCE
    return [*INCLUDE, coming_rules.KEY] if knows_the_future else INCLUDE


def _read_v1(account: ConnectedAccount, _started_at: datetime, *, urgent: bool) -> tuple[dict, dict[str, str]]:
    """Stripe collects what these accounts are asked for, and shows the platform none of their people."""
    return client.get(f"/v1/accounts/{account.stripe_id}", family="v1", urgent=urgent), {}


def _person_names(path: str, found: dict, *, urgent: bool) -> dict[str, str]:
    """Names of the people that requirements are about; asked for only when there are any."""
    if not any(each.person_id for each in asked_of(found)):
        return {}
    people = client.list_all(f"{path}/persons", family=FAMILY, limit=100, urgent=urgent)
    return {
        person["id"]: " ".join(part for part in (person.get("given_name"), person.get("surname")) if part)
        for person in people
    }


def apply(account: ConnectedAccount, found: dict, *, read_started_at: datetime, person_names=None) -> bool:
    """Write down an account, v1 or v2, as Stripe sent it. False when a younger reading has already been written."""
    if found.get("deleted"):
        return mark_closed(account, read_started_at=read_started_at)
    with transaction.atomic():
        row = _lock_if_older(account, read_started_at)
        if row is None:
            return False
        row.revoked_at = None
        if coming_rules.are_told(found):
            row.rules_read_at = read_started_at
        judged = judge_v1 if is_v1(found) else judge
        if is_v1(found):
            _take_v1(row, found)
        standing = judged(found, was_active=row.activated_at is not None)
        _write_standing(row, _as_we_ended_it(row, standing), read_started_at)
        _write_capabilities(row, found, read_started_at)
        _write_requirements(row, found, person_names or {})
        documents_judged.settle(row, read_started_at=read_started_at)
    account.refresh_from_db()
    return True


def _take_v1(row: ConnectedAccount, found: dict) -> None:
    row.details_submitted = found.get("details_submitted")
    row.charges_enabled = found.get("charges_enabled")
    row.payouts_enabled = found.get("payouts_enabled")
    row.disabled_reason = ((found.get("requirements") or {}).get("disabled_reason") or "")[:80]


def _as_we_ended_it(row: ConnectedAccount, standing: Standing) -> Standing:
    """Some dialects spell the end of an account as a restriction; that it was us who ended it is written down here."""
    if standing.status != Status.RESTRICTED:
        return standing
    accepted = row.changes.filter(part__in=OUR_ENDS, operation__state=StripeOperation.State.ACCEPTED)
    ended = accepted.order_by("-pk").values_list("part", flat=True).first()
    return replace(standing, status=OUR_ENDS[ended]) if ended else standing


def mark_closed(account: ConnectedAccount, *, read_started_at: datetime) -> bool:
    """Stripe no longer knows the account. False when a younger reading has already been written down."""
    return _mark_ended(account, Status.CLOSED, read_started_at)


def mark_rejected(account: ConnectedAccount, *, read_started_at: datetime) -> bool:
    """Stripe has taken our rejection. False when a younger reading has already been written down."""
    return _mark_ended(account, Status.REJECTED, read_started_at)


def mark_revoked(account: ConnectedAccount, *, read_started_at: datetime) -> bool:
    """Stripe no longer lets us see the account. One that was closed stays closed: nobody is let see those either."""
    return _mark_ended(account, Status.REVOKED, read_started_at)


def _mark_ended(account: ConnectedAccount, status: str, read_started_at: datetime) -> bool:
    with transaction.atomic():
        row = _lock_if_older(account, read_started_at)
        if row is None:
            return False
        if row.status == Status.CLOSED:
            status = Status.CLOSED
        row.revoked_at = (row.revoked_at or read_started_at) if status == Status.REVOKED else None
        _write_standing(row, Standing(status=status, can_issue=False, next_deadline_at=None), read_started_at)
    account.refresh_from_db()
    return True


def _lock_if_older(account: ConnectedAccount, read_started_at: datetime) -> ConnectedAccount | None:
    """The row as it stands, locked until the caller's commit; None when it already holds younger facts."""
    older = Q(synced_at=None) | Q(synced_at__lt=read_started_at)
    return ConnectedAccount.objects.select_for_update(no_key=True).filter(older, pk=account.pk).first()


def _write_standing(row: ConnectedAccount, standing: Standing, read_started_at: datetime) -> None:
    before, row.status = row.status, standing.status
    row.urgency = standing.urgency
    row.can_issue = standing.can_issue
    row.next_deadline_at = standing.next_deadline_at
    row.synced_at = read_started_at
    if standing.is_working and row.activated_at is None:
        row.activated_at = read_started_at
    if standing.unfit_reason is not None:
        row.unfit_reason = standing.unfit_reason
    row.save(update_fields=READ_FROM_STRIPE)
    if before != row.status:
        audit.record(
            verb="account.status_changed",
            obj=row,
            stream=row.audit_stream,
            details={"from": before, "to": row.status},
        )


def _write_capabilities(account: ConnectedAccount, found: dict, read_started_at: datetime) -> None:
    known = {(row.configuration, row.name): row for row in account.capabilities.all()}
    for fact in capability_facts(found):
        row = known.pop((fact.configuration, fact.name), None)
        if row is None:
            row = Capability(account=account, configuration=fact.configuration, name=fact.name)
        before, row.status, row.status_details = row.status, fact.status, fact.status_details
        if before != fact.status:
            row.since = read_started_at
            if before:
                _record_capability(account, row, before)
        if fact.status == "active" and row.activated_at is None:
            row.activated_at = read_started_at
        row.save()
    Capability.objects.filter(pk__in=[row.pk for row in known.values()]).delete()


def _record_capability(account: ConnectedAccount, row: Capability, before: str) -> None:
    audit.record(
        verb="capability.status_changed",
        obj=account,
        stream=account.audit_stream,
        details={"configuration": row.configuration, "name": row.name, "from": before, "to": row.status},
    )


def _write_requirements(account: ConnectedAccount, found: dict, person_names: dict[str, str]) -> None:
    known = account.requirements.all()
    if not coming_rules.are_told(found):
        known = known.exclude(pk__in=[row.pk for row in known if coming_rules.outlasts(row)])
    known.delete()
    rows = [_requirement(account, each, person_names.get(each.person_id, "")) for each in asked_of(found)]
    Requirement.objects.bulk_create(rows)


def _requirement(account: ConnectedAccount, asked: Asked, person_name: str) -> Requirement:
    return Requirement(
        account=account,
        description=asked.description[:200],
        awaiting_action_from=asked.awaiting_action_from[:40],
        deadline_status=asked.deadline_status[:40],
        deadline_at=asked.deadline_at,
        restricts=asked.restricts,
        errors=asked.errors,
        reasons=asked.reasons,
        person_id=asked.person_id[:64],
        person_name=person_name[:120],
        is_future=asked.is_future,
    )


def set_low_balance_line(
    account: ConnectedAccount, *, amount: int | None, actor, reason: str = "", request=None
) -> None:
    """Below this Issuing balance (minor units; None for no line) people are warned."""
    with transaction.atomic():
        row = ConnectedAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        if row.low_balance_line == amount:
            return
        audit.record(
            verb="account.low_balance_line_changed",
            obj=row,
            actor=actor,
            stream=row.audit_stream,
            details={"from": row.low_balance_line, "to": amount},
            reason=reason,
            request=request,
        )
        row.low_balance_line = amount
        row.save(update_fields=["low_balance_line"])
    account.low_balance_line = amount


def is_known(stripe_account: str) -> bool:
    """Whether a connected account is one of ours. Events about any other are quarantined."""
    return ConnectedAccount.objects.filter(stripe_id=stripe_account).exists()


def names(stripe_accounts: set[str]) -> dict[str, str]:
    """Names of businesses by their acct_ ids; those that are not ours are left out."""
    return dict(ConnectedAccount.objects.filter(stripe_id__in=stripe_accounts).values_list("stripe_id", "name"))
