"""The account requests of Stripe's guide "Pay out money", as they are printed there, and what the guide says of them.

Only the host and the placeholders are replaced. The top-up and the transfer of the guide are not served yet.
"""

import json
import shutil
import subprocess

import httpx
import pytest

from tests.local_stripe.test_onboarding import enter, walk

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")

CREATE_ACCOUNT = r"""
curl https://api.stripe.com/v1/accounts \
  -u "sk_test_Gx4mWEgHtCMr4DYMUIqfIrsz:" \
  -d type=express
"""
CREATE_LINK = r"""
curl https://api.stripe.com/v1/account_links \
  -u "sk_test_Gx4mWEgHtCMr4DYMUIqfIrsz:" \
  -d account={{CONNECTED_ACCOUNT_ID}} \
  --data-urlencode refresh_url="https://example.com/reauth" \
  --data-urlencode return_url="https://example.com/return" \
  -d type=account_onboarding
"""
PREFILL = {
    "email": "jenny.rosen@example.com",
    "business_type": "individual",
    "individual": {"first_name": "Jenny", "last_name": "Rosen", "email": "jenny.rosen@example.com"},
    "business_profile": {"product_description": "Answers"},
    "external_account": {
        "object": "bank_account", "country": "US", "currency": "usd", "routing_number": "110000000",
        "account_number": "000123456789",
    },
}  # fmt: skip


@pytest.fixture
def run(local_stripe):
    """A function that runs a printed command for an account and returns the decoded answer."""

    def shell(command: str, account: str = "") -> dict:
        command = command.replace("https://api.stripe.com", local_stripe.base)
        command = command.replace("{{CONNECTED_ACCOUNT_ID}}", account)
        finished = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    return shell


def test_the_printed_commands_make_an_account_and_a_link(run, client):
    account = run(CREATE_ACCOUNT)
    assert (account["object"], account["type"]) == ("account", "express")
    assert (account["details_submitted"], account["charges_enabled"]) == (False, False)
    link = run(CREATE_LINK, account["id"])
    assert sorted(link) == ["created", "expires_at", "object", "url"]
    assert link["expires_at"] - link["created"] == 300


def test_prefilled_information_is_kept_and_then_out_of_reach(run, client):
    account = run(CREATE_ACCOUNT)["id"]
    prefilled = client.v1.accounts.update(account, PREFILL)
    assert prefilled.individual.first_name == "Jenny"
    assert "individual.first_name" not in prefilled.requirements.currently_due
    assert prefilled.external_accounts.data[0].last4 == "6789"
    run(CREATE_LINK, account)
    assert "individual" not in client.v1.accounts.retrieve(account).to_dict()


def test_a_link_works_once_and_then_leads_to_the_refresh_url(run):
    link = run(CREATE_LINK, run(CREATE_ACCOUNT)["id"])["url"]
    assert "example.com" not in httpx.get(link).headers["Location"]
    assert httpx.get(link).headers["Location"] == "https://example.com/reauth"


def test_a_link_grows_old_within_minutes(run, local_stripe):
    link = run(CREATE_LINK, run(CREATE_ACCOUNT)["id"])["url"]
    local_stripe.advance(301)
    assert httpx.get(link).headers["Location"] == "https://example.com/reauth"


def test_a_link_to_a_rejected_account_leads_to_the_refresh_url(run, client):
    account = run(CREATE_ACCOUNT)["id"]
    link = run(CREATE_LINK, account)["url"]
    client.v1.accounts.reject(account, {"reason": "other"})
    assert httpx.get(link).headers["Location"] == "https://example.com/reauth"


def test_a_link_to_an_account_that_is_gone_leads_to_the_refresh_url(run, client):
    account = run(CREATE_ACCOUNT)["id"]
    link = run(CREATE_LINK, account)["url"]
    client.v1.accounts.delete(account)
    assert httpx.get(link).headers["Location"] == "https://example.com/reauth"


def test_who_returns_early_can_go_on_with_another_link(run, client, local_stripe):
    account = run(CREATE_ACCOUNT)["id"]
    opened = httpx.get(run(CREATE_LINK, account)["url"]).headers["Location"]
    first = httpx.get(f"{local_stripe.base}{opened}").headers["Location"]
    left = httpx.post(f"{local_stripe.base}{first}", data={"action": "later"})
    assert left.headers["Location"] == "https://example.com/return"
    returned = client.v1.accounts.retrieve(account)
    assert (returned.details_submitted, returned.charges_enabled) == (False, False)
    assert run(CREATE_LINK, account)["object"] == "account_link"
    local_stripe.activate(account)
    done = client.v1.accounts.retrieve(account)
    assert (done.details_submitted, done.charges_enabled, done.payouts_enabled) == (True, True, True)
    types = [event.type for event in client.v1.events.list({}, {"stripe_account": account}).data]
    assert "account.updated" in types


def test_who_finishes_the_form_is_onboarded(run, client, local_stripe):
    """Stripe's pages write what the platform no longer may."""
    account = run(CREATE_ACCOUNT)["id"]
    with httpx.Client(base_url=local_stripe.base) as visitor:
        assert walk(visitor, enter(visitor, run(CREATE_LINK, account)["url"])) == "https://example.com/return"
    returned = client.v1.accounts.retrieve(account)
    assert (returned.details_submitted, returned.charges_enabled) == (True, False)
    local_stripe.advance(10)
    done = client.v1.accounts.retrieve(account)
    assert (done.charges_enabled, done.payouts_enabled) == (True, True)
    assert not {"company", "individual"} & done.to_dict().keys()
