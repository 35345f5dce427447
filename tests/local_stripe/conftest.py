"""Clients of local Stripe as the portal's are: the official package, unmodified, over HTTP."""

import pytest
import stripe

PREVIEW = "2025-09-30.preview"
BUSINESS = {
    "contact_email": "owner@bakery.example",
    "display_name": "Corner Bakery",
    "dashboard": "none",
    "identity": {"country": "us", "entity_type": "company"},
    "configuration": {
        "card_creator": {"capabilities": {"commercial": {"celtic": {"spend_card": {"requested": True}}}}},
        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}},
    },
    "defaults": {"responsibilities": {"fees_collector": "application", "losses_collector": "application"}},
}
BANK_ACCOUNT = {
    "country": "US",
    "currency": "usd",
    "account_holder_name": "Jenny Rosen",
    "account_holder_type": "individual",
    "routing_number": "110000000",
    "account_number": "000123456789",
}


@pytest.fixture
def client(local_stripe):
    """The platform's client."""
    base = local_stripe.base
    return stripe.StripeClient("sk_test_platform", base_addresses={"api": base, "connect": base, "files": base})


@pytest.fixture
def account(client, local_stripe) -> str:
    """A US business that may issue cards."""
    id = client.v2.core.accounts.create(BUSINESS, {"stripe_version": PREVIEW}).id
    local_stripe.activate(id)
    return id


@pytest.fixture
def other_account(client) -> str:
    """A US business that has not been verified."""
    return client.v2.core.accounts.create(BUSINESS, {"stripe_version": PREVIEW}).id


@pytest.fixture
def account_abroad(client) -> str:
    """A British business."""
    business = {**BUSINESS, "identity": {"country": "gb", "entity_type": "company"}}
    return client.v2.core.accounts.create(business, {"stripe_version": PREVIEW}).id


@pytest.fixture
def new_token(client, account):
    """A function that makes a bank account token on `account`, or wherever `stripe_account` says."""

    def create(stripe_account=account, **changes):
        options = {"stripe_account": stripe_account} if stripe_account else {}
        return client.v1.tokens.create({"bank_account": {**BANK_ACCOUNT, **changes}}, options)

    return create


@pytest.fixture
def new_source(client, account, new_token):
    """A function that makes an ach_debit source on `account`; None takes a parameter away."""

    def create(account_number="000123456789", **changes):
        params = {"type": "ach_debit", "currency": "usd", **changes}
        if "token" not in params:
            params["token"] = new_token(account_number=account_number).id
        params = {name: value for name, value in params.items() if value is not None}
        return client.v1.sources.create(params, {"stripe_account": account})

    return create
