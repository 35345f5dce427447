"""The commands of Stripe's guide "Funding Issuing balances with Connect", as they are printed there.

Only the host and the placeholders are replaced. Balance transfers and payouts are not served yet.
"""

import json
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")

CREATE_TOKEN = r"""
curl https://api.stripe.com/v1/tokens \
  -u "sk_test_Gx4mWEgHtCMr4DYMUIqfIrsz:" \
  -H "Stripe-Account: {{CONNECTED_ACCOUNT_ID}}" \
  -d "bank_account[country]"=US \
  -d "bank_account[currency]"=usd \
  -d "bank_account[account_holder_name]"="Jenny Rosen" \
  -d "bank_account[account_holder_type]"=individual \
  -d "bank_account[routing_number]"=110000000 \
  -d "bank_account[account_number]"=000000000009
"""
CREATE_SOURCE = r"""
curl https://api.stripe.com/v1/sources \
  -u "sk_test_Gx4mWEgHtCMr4DYMUIqfIrsz:" \
  -H "Stripe-Account: {{CONNECTED_ACCOUNT_ID}}" \
  -d type=ach_debit \
  -d currency=usd \
  -d token={{TOKEN_ID}} \
  -d "owner[address][line1]"="510 Townsend Street" \
  -d "owner[address][city]"="San Francisco" \
  -d "owner[address][state]"=California \
  -d "owner[address][country]"=US \
  --data-urlencode "owner[email]"="jenny.rosen@example.com" \
  -d "owner[name]"="Jenny Rosen" \
  -d "owner[phone]"=5554443333
"""
VERIFY_SOURCE = r"""
curl https://api.stripe.com/v1/sources/{{SOURCE_ID}}/verify \
  -u "sk_test_Gx4mWEgHtCMr4DYMUIqfIrsz:" \
  -H "Stripe-Account: {{CONNECTED_ACCOUNT_ID}}" \
  -d "values[]"=32 \
  -d "values[]"=45
"""
TOP_UP = r"""
curl https://api.stripe.com/v1/topups \
  -u sk_test_Gx4mWEgHtCMr4DYMUIqfIrsz: \
  -H "Stripe-Account: {{CONNECTED_STRIPE_ACCOUNT_ID}}" \
  -d "amount"=2000 \
  -d "currency"="usd" \
  -d "description"="Top-up for week of May 31" \
  -d "destination_balance"="issuing" \
  -d "statement_descriptor"="Top-up" \
  -d "source"="{{SOURCE_ID}}"
"""
RETRIEVE_BALANCE = r"""
curl https://api.stripe.com/v1/balance \
  -u "sk_test_Gx4mWEgHtCMr4DYMUIqfIrsz:" \
  -H "Stripe-Account: {{CONNECTED_ACCOUNT_ID}}"
"""


@pytest.fixture
def run(local_stripe, account):
    """A function that runs a printed command with its placeholders filled in and returns the decoded answer."""

    def shell(command: str, **placeholders: str) -> dict:
        placeholders = {"CONNECTED_ACCOUNT_ID": account, "CONNECTED_STRIPE_ACCOUNT_ID": account, **placeholders}
        for name, value in placeholders.items():
            command = command.replace(f"{{{{{name}}}}}", value)
        command = command.replace("https://api.stripe.com", local_stripe.base)
        finished = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    return shell


def test_a_business_funds_its_issuing_balance_by_the_printed_commands(run, local_stripe):
    token = run(CREATE_TOKEN)
    assert (token["object"], token["bank_account"]["last4"]) == ("token", "0009")

    source = run(CREATE_SOURCE, TOKEN_ID=token["id"])
    assert (source["object"], source["status"]) == ("source", "pending")
    assert source["owner"]["email"] == "jenny.rosen@example.com"
    assert source["owner"]["address"]["state"] == "California"

    assert run(VERIFY_SOURCE, SOURCE_ID=source["id"])["status"] == "chargeable"

    topup = run(TOP_UP, SOURCE_ID=source["id"])
    assert (topup["object"], topup["status"], topup["amount"]) == ("topup", "pending", 2000)
    assert topup["description"] == "Top-up for week of May 31"
    assert topup["source"]["id"] == source["id"]

    assert run(RETRIEVE_BALANCE)["issuing"]["available"] == [{"amount": 0, "currency": "usd"}]
    local_stripe.advance(14 * 24 * 3600)
    balance = run(RETRIEVE_BALANCE)
    assert (balance["object"], balance["livemode"]) == ("balance", False)
    assert balance["issuing"] == {"available": [{"amount": 2000, "currency": "usd"}]}
