"""The requests of Stripe's older guide "Pay out money" with OAuth, as they are printed there.

Only hosts, keys and placeholders are replaced. Top-ups of the platform's balance and transfers are not served yet.
"""

import json
import shutil
import subprocess
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import stripe

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")

LINK = (
    "https://connect.stripe.com/express/oauth/authorize?client_id=ca_32D88BD1qLklliziD7gYQvctJIhWBSQ7"
    "&state={STATE_VALUE}&suggested_capabilities[]=transfers&stripe_user[email]=user@example.com"
)
EXCHANGE = r"""
curl https://connect.stripe.com/oauth/token \
  -u sk_test_4eC39HqLyjWDarjtT1zdp7dc: \
  -d code=ac_123456789 \
  -d grant_type=authorization_code
"""
RETURN_TO = "https://www.example.com/connect/oauth"


@pytest.fixture
def run(local_stripe):
    """A function that runs the printed command with a code and returns the decoded answer."""

    def shell(code: str) -> dict:
        command = EXCHANGE.replace("https://connect.stripe.com", local_stripe.base).replace("ac_123456789", code)
        finished = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    return shell


@pytest.fixture
def answer(local_stripe):
    """A function that answers the printed link with a button, and returns where that leads and what it says."""
    local_stripe.control("oauth/redirect_uris", {"redirect_uris": [RETURN_TO]})

    def press(action: str, **typed) -> tuple[str, dict]:
        link = LINK.replace("https://connect.stripe.com", local_stripe.base).replace("{STATE_VALUE}", "s_987654321")
        with httpx.Client() as browser:
            page = browser.get(link)
            assert page.status_code == 200
            assert 'value="user@example.com"' in page.text
            done = browser.post(link, data={"account": "new", "action": action, **typed})
        assert done.status_code == 303, done.text
        address, _, query = done.headers["Location"].partition("?")
        return address, {name: values[0] for name, values in parse_qs(query).items()}

    return press


def test_the_printed_link_and_command_connect_an_express_account(run, answer, client):
    address, told = answer("skip")
    assert (address, told["state"], told["scope"]) == (RETURN_TO, "s_987654321", "express")
    connected = run(told["code"])
    assert connected["stripe_user_id"].startswith("acct_")
    assert (connected["scope"], connected["livemode"], connected["token_type"]) == ("express", False, "bearer")
    account = client.v1.accounts.retrieve(connected["stripe_user_id"])
    assert (account.type, account.email) == ("express", "user@example.com")
    assert account.capabilities.to_dict() == {"transfers": "active"}


def test_the_printed_handlers_meet_the_errors_they_catch(run, answer, local_stripe):
    """The handlers of the guide answer a bad code with 400 and tell it from anything else."""
    assert run("ac_123456789")["error"] == "invalid_grant"
    client = stripe.StripeClient("sk_test_4eC39HqLyjWDarjtT1zdp7dc", base_addresses={"connect": local_stripe.base})
    with pytest.raises(stripe.oauth_error.OAuthError) as refused:
        client.oauth.token({"grant_type": "authorization_code", "code": "ac_123456789"})
    assert isinstance(refused.value, stripe.oauth_error.InvalidGrantError)
    local_stripe.fault("500_before", path="/oauth/token")
    with pytest.raises(stripe.APIError):
        client.oauth.token({"grant_type": "authorization_code", "code": "ac_123456789"})


def test_who_denies_comes_back_with_an_error_and_the_state(answer):
    address, told = answer("deny")
    assert address == RETURN_TO
    assert told == {
        "error": "access_denied",
        "error_description": "The user denied your request",
        "state": "s_987654321",
    }


def test_a_wrong_state_comes_back_as_it_was_sent(local_stripe, answer):
    """Nothing of the link is mixed up: the handler is the one who compares."""
    link = LINK.replace("https://connect.stripe.com", local_stripe.base).replace("{STATE_VALUE}", "a%26b%3Dc")
    sent = httpx.post(link, data={"action": "deny"}).headers["Location"]
    assert parse_qs(urlsplit(sent).query)["state"] == ["a&b=c"]
