"""What stands before every case: staff, a business that may issue cards, its bank accounts, a top-up under way.

Made once per stand by the product's own functions, then kept; the rows are named by their keys, because every child
reads them afresh.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.harness.stripe_process import Stripe

BANK_ACCOUNT = {
    "bank_account[country]": "US",
    "bank_account[currency]": "usd",
    "bank_account[account_holder_name]": "Jenny Rosen",
    "bank_account[account_holder_type]": "company",
    "bank_account[routing_number]": "110000000",
    "bank_account[account_number]": "000123456789",
}
BUSINESS = {
    "name": "Corner Bakery",
    "contact_email": "owner@bakery.test",
    "country": "US",
    "entity_type": "company",
    "program": "commercial.celtic.spend_card",
    "language": "en",
}
RIGHT_AMOUNTS = (32, 45)
WRONG_AMOUNTS = (11, 12)


@dataclass(frozen=True)
class World:
    """Keys of rows, and a token of a bank account that has not been connected."""

    staff: int
    account: int
    token: str
    pending_source: int
    verified_source: int
    pending_top_up: int
    # A program of the platform's that the business may still have, and one that it has without it being the default.
    platform_program: str
    other_program: int
    # Somebody listed at Stripe, whose part in the business needs no verification.
    other_person: str


def build(stripe: Stripe) -> World:
    """Make everything in an empty database and empty books."""
    from desk.models import User
    from funding import top_ups
    from stripe_gateway.models import BackfillCursor

    staff = User.objects.create_superuser("staff@harness.test", uuid.uuid4().hex, full_name="Staff")
    account = _business(stripe, staff)
    verified = _verified(_connected(stripe, account, staff), staff)
    pending = _connected(stripe, account, staff)
    top_up = top_ups.initiate(
        account=account, source=verified, amount=7_000, form_id=uuid.uuid4(), actor=staff, now=_now()
    )
    person, programs = _person(account, staff), _programs(account, staff)
    # A second program has terms of its own and a new director is somebody to be told about; without them cards are off.
    _activate(stripe, account)
    # As after a first day of running: accounts have been listed, so the sweeps of a case begin where it begins.
    assert not BackfillCursor.objects.exists()
    _sweep()
    return World(
        staff=staff.pk,
        account=account.pk,
        token=new_token(stripe, account.stripe_id),
        pending_source=pending.pk,
        verified_source=verified.pk,
        pending_top_up=top_up.pk,
        other_person=person,
        **programs,
    )


def new_token(stripe: Stripe, account: str) -> str:
    """A bank account token, as the browser of the business gets one with the publishable key."""
    body = urlencode(BANK_ACCOUNT).encode()
    return stripe.call("POST", "/v1/tokens", body, key="pk_test_portal", account=account)["id"]


def acceptance():
    """How the business of these cases authorizes debits."""
    from funding import mandates

    return mandates.OnlineAcceptance(ip="192.0.2.7", user_agent="Harness", language="en")


def _now():
    from django.utils import timezone

    return timezone.now()


def _business(stripe: Stripe, staff):
    from accounts import onboarding

    account = onboarding.invite(form_id=uuid.uuid4(), actor=staff, now=_now(), **BUSINESS)
    _activate(stripe, account)
    return account


def _activate(stripe: Stripe, account) -> None:
    """Everything that Stripe asks for is there and right, and the portal knows."""
    from accounts import connected_accounts

    stripe.control(f"accounts/{account.stripe_id}/activate", {})
    connected_accounts.reread(account)
    account.refresh_from_db()


def _connected(stripe: Stripe, account, staff):
    from funding import sources

    return sources.connect(
        account=account,
        form_id=uuid.uuid4(),
        token=new_token(stripe, account.stripe_id),
        holder_name="Jenny Rosen",
        holder_type="company",
        acceptance=acceptance(),
        actor=staff,
        now=_now(),
    )


def _verified(source, staff):
    from funding import verifications

    verifications.submit(source=source, form_id=uuid.uuid4(), amounts=RIGHT_AMOUNTS, actor=staff)
    source.refresh_from_db()
    return source


def _programs(account, staff) -> dict:
    """The business has two programs, the second not for new cards, and may have a third."""
    from cards import programs

    first, second, third = programs.open_offers(account)[:3]
    for offer, is_default in ((first, True), (second, False)):
        given = programs.give(
            account=account, offer=offer, is_default=is_default, form_id=uuid.uuid4(), actor=staff
        ).program
    return {"platform_program": third.stripe_id, "other_program": given.pk}


def _person(account, staff) -> str:
    from accounts import changes
    from accounts.details import people_changes

    director = {"first_name": "Ines", "last_name": "Duarte", "relationship": {"director": True}}
    terms = people_changes.creation(account, contents=director, typed=director)
    return changes.send(form_id=uuid.uuid4(), account=account, actor=staff, **terms).person_id


def _sweep() -> None:
    from stripe_gateway import tasks

    tasks.backfill_events()
    tasks.sweep_objects()
