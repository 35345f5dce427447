"""A business that local Stripe knows, people who act for it, and the bank tokens that browsers would have made."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import stripe
from django.test import Client

from desk import roles
from desk.models import User
from funding import mandates, sources, top_ups, verifications
from stripe_gateway import operations
from tests.factories.accounts import ConnectedAccountFactory, MembershipFactory

PREVIEW = "2025-09-30.preview"
SIGN_IN = "allauth.account.auth_backends.AuthenticationBackend"
GOOD_NUMBER = "000123456789"
BUSINESS = {
    "contact_email": "owner@northwind.test",
    "display_name": "Northwind Couriers",
    "dashboard": "none",
    "identity": {"country": "us", "entity_type": "company"},
    "configuration": {
        "card_creator": {"capabilities": {"commercial": {"celtic": {"spend_card": {"requested": True}}}}},
        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}},
    },
    "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
}


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def at_stripe(local_stripe):
    """The platform's own client of local Stripe, to look behind the portal's back."""
    base = local_stripe.base
    return stripe.StripeClient("sk_test_portal", base_addresses={"api": base, "connect": base, "files": base})


@pytest.fixture
def account(db, local_stripe, at_stripe):
    """A US business with an active card program, here and at local Stripe."""
    stripe_id = at_stripe.v2.core.accounts.create(BUSINESS, {"stripe_version": PREVIEW}).id
    local_stripe.activate(stripe_id)
    return ConnectedAccountFactory(active=True, stripe_id=stripe_id, name="Northwind Couriers")


@pytest.fixture
def owner(account):
    """A person of the business."""
    return MembershipFactory(account=account).user


@pytest.fixture
def operator(db):
    """A member of the platform's staff who may act for businesses."""
    roles.sync()
    user = User.objects.create(email="operator@desk.test", full_name="Dana Ruiz", is_staff=True)
    roles.assign(user, "operator")
    return user


@pytest.fixture
def as_owner(owner):
    return _signed_in(owner)


@pytest.fixture
def as_operator(operator):
    return _signed_in(operator)


@pytest.fixture
def new_token(at_stripe, account):
    """`new_token(number)` → the id of a bank account token, as the business's browser makes it at Stripe."""

    def make(number=GOOD_NUMBER):
        numbers = {"routing_number": "110000000", "account_number": number}
        holder = {"account_holder_name": "Northwind Couriers LLC", "account_holder_type": "company"}
        bank_account = {"country": "US", "currency": "usd", **numbers, **holder}
        return at_stripe.v1.tokens.create({"bank_account": bank_account}, {"stripe_account": account.stripe_id}).id

    return make


@pytest.fixture
def connect(account, owner, new_token, now):
    """`connect(number)` → a bank account connected by its owner."""

    def make(number=GOOD_NUMBER, *, form_id=None, token=None, holder_name="Northwind Couriers LLC"):
        return sources.connect(
            account=account,
            form_id=form_id or uuid.uuid4(),
            token=token or new_token(number),
            holder_name=holder_name,
            holder_type="company",
            acceptance=mandates.OnlineAcceptance(ip="203.0.113.7", user_agent="Firefox", language="en"),
            actor=owner,
            now=now,
        )

    return make


@pytest.fixture
def verify(owner):
    """`verify(source, amounts)` → the attempt."""

    def make(source, amounts=(32, 45), *, form_id=None):
        return verifications.submit(source=source, form_id=form_id or uuid.uuid4(), amounts=amounts, actor=owner)

    return make


@pytest.fixture
def chargeable(connect, verify):
    """`chargeable(number)` → a verified bank account."""

    def make(number=GOOD_NUMBER):
        source = connect(number)
        assert verify(source).succeeded
        source.refresh_from_db()
        return source

    return make


@pytest.fixture
def top_up(account, owner, now):
    """`top_up(source, amount)` → a top-up asked for by the owner."""

    def make(source, amount=5000_00, *, form_id=None, at=None, **more):
        return top_ups.initiate(
            account=account,
            source=source,
            amount=amount,
            form_id=form_id or uuid.uuid4(),
            actor=owner,
            now=at or now,
            **more,
        )

    return make


@pytest.fixture
def sweep_later(now):
    """What the sweeper does an hour later, when everything in doubt is due again."""
    return lambda: operations.sweep(now=now + timedelta(hours=1))


def _signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend=SIGN_IN)
    return client
