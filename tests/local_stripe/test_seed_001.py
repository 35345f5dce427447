"""The commands of Stripe's guide "Set up an Issuing and Connect integration", as they are printed there.

Only the host, the key and the placeholders are replaced.
"""

import json
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")

CREATE_ACCOUNT = r"""
curl -X POST https://api.stripe.com/v2/core/accounts \
  -H "Authorization: Bearer <<YOUR_SECRET_KEY>>" \
  -H "Stripe-Version: 2025-09-30.preview" \
  --json '{
    "include": [ "configuration.card_creator", "configuration.recipient" ],
    "contact_email": "test@example.com",
    "display_name": "John Smith",
    "identity": { "country": "gb", "entity_type": "individual" },
    "configuration": {
      "merchant": {
        "mcc": "5045",
        "statement_descriptor": { "descriptor": "test1" },
        "support": { "phone": "7325460697" }
      },
      "card_creator": { "capabilities": { "commercial": { "stripe": { "charge_card": { "requested": true } } } } },
      "recipient": { "capabilities": { "stripe_balance": { "stripe_transfers": { "requested": true } } } }
    },
    "dashboard": "none",
    "defaults": {
      "currency": "gbp",
      "responsibilities": { "fees_collector": "application", "losses_collector": "application" }
    }
  }'
"""
LIST_PROGRAMS = r"""
curl https://api.stripe.com/v1/issuing/programs \
  -u "<<YOUR_SECRET_KEY>>:" \
  -H "Stripe-Version: 2026-05-27.preview; issuing_program_beta=v2"
"""
CREATE_PROGRAM = r"""
curl https://api.stripe.com/v1/issuing/programs \
  -u "<<YOUR_SECRET_KEY>>:" \
  -H "Stripe-Version: 2026-05-27.preview; issuing_program_beta=v2" \
  -H "Stripe-Account: {{CONNECTEDACCOUNT_ID}}" \
  -d platform_program=iprg_123 \
  -d is_default=true
"""
RETRIEVE_ACCOUNT = r"""
curl -G https://api.stripe.com/v2/core/accounts/acct_1234567890 \
  -H "Authorization: Bearer <<YOUR_SECRET_KEY>>" \
  -H "Stripe-Version: 2025-09-30.preview" \
  -d "include[0]=identity" \
  -d "include[1]=configuration.card_creator"
"""
REQUEST_CAPABILITY = r"""
curl -X POST https://api.stripe.com/v2/core/accounts/{{CONNECTEDACCOUNT_ID}} \
  -H "Authorization: Bearer <<YOUR_SECRET_KEY>>" \
  -H "Stripe-Version: 2025-09-30.preview" \
  --json '{
    "configuration": {
      "card_creator": { "capabilities": { "commercial": { "stripe": { "charge_card": { "requested": true } } } } }
    }
  }'
"""
READ_REQUIREMENTS = r"""
curl -X POST https://api.stripe.com/v2/core/accounts/{{CONNECTEDACCOUNT_ID}} \
  -H "Authorization: Bearer <<YOUR_SECRET_KEY>>" \
  -H "Stripe-Version: 2025-09-30.preview" \
  --json '{
    "include": [ "configuration.card_creator", "requirements" ],
    "configuration": {
      "card_creator": { "capabilities": { "commercial": { "stripe": { "charge_card": { "requested": true } } } } }
    }
  }'
"""
CREATE_LINK = r"""
curl https://api.stripe.com/v1/account_links \
  -u "<<YOUR_SECRET_KEY>>:" \
  -d account={{CONNECTED_ACCOUNT_ID}} \
  --data-urlencode "refresh_url=https://example.com/reauth" \
  --data-urlencode "return_url=https://example.com/return" \
  -d type=account_onboarding
"""
UPDATE_ACCOUNT = r"""
curl https://api.stripe.com/v1/accounts/{{CONNECTED_ACCOUNT_ID}} \
  -u "<<YOUR_SECRET_KEY>>:" \
  -d business_type=company \
  -d "business_profile[mcc]=5999" \
  --data-urlencode "business_profile[url]=https://www.wesellsocks.com" \
  -d "business_profile[estimated_worker_count]=100" \
  -d "business_profile[annual_revenue][amount]=1000000" \
  -d "business_profile[annual_revenue][currency]=usd" \
  -d "business_profile[annual_revenue][fiscal_year_end]=2023-12-31" \
  -d "company[name]=Rocket Rides" \
  -d "company[tax_id]=11-3456789" \
  -d "company[address][line1]=123 Main St" \
  -d "company[address][city]=San Francisco" \
  -d "company[address][state]=CA" \
  -d "company[address][postal_code]=94111" \
  -d "company[address][country]=US" \
  -d "settings[card_issuing][tos_acceptance][ip]=192.168.123.132" \
  -d "settings[card_issuing][tos_acceptance][date]=1696634647"
"""
CREATE_PERSON = r"""
curl https://api.stripe.com/v1/accounts/{{CONNECTED_ACCOUNT_ID}}/persons \
  -u "<<YOUR_SECRET_KEY>>:" \
  -d first_name=Jenny \
  -d last_name=Rosen \
  -d "dob[day]=12" \
  -d "dob[month]=11" \
  -d "dob[year]=1978" \
  -d "address[line1]=510 Townsend Street" \
  -d "address[city]=San Francisco" \
  -d "address[state]=CA" \
  -d "address[postal_code]=94111" \
  -d "address[country]=US" \
  -d id_number=123456789 \
  --data-urlencode "email=jenny.rosen@example.com" \
  -d "relationship[representative]=true" \
  -d "relationship[owner]=true" \
  -d "relationship[percent_ownership]=0.75"
"""
RESTRICTED = {
    "requested": True,
    "status": "restricted",
    "status_details": [{"code": "requirements_past_due", "resolution": "provide_info"}],
}


@pytest.fixture
def run(local_stripe):
    """A function that runs a printed command with words replaced and returns the decoded answer."""

    def shell(command: str, **words: str) -> dict:
        words = {"<<YOUR_SECRET_KEY>>": "sk_test_platform", "https://api.stripe.com": local_stripe.base, **words}
        for word, replacement in words.items():
            command = command.replace(word, replacement)
        finished = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    return shell


def british_charge_card(programs: list[dict]) -> str:
    wanted = {"region": "GB", "capability": "commercial.stripe.charge_card"}
    return next(program["id"] for program in programs if wanted.items() <= program["metadata"].items())


def test_the_printed_commands_up_to_hosted_onboarding(run):
    account = run(CREATE_ACCOUNT)
    assert account["applied_configurations"] == ["card_creator", "merchant", "recipient"]
    recipient = account["configuration"]["recipient"]["capabilities"]["stripe_balance"]["stripe_transfers"]
    card_creator = account["configuration"]["card_creator"]["capabilities"]["commercial"]["stripe"]["charge_card"]
    assert recipient == card_creator == RESTRICTED
    assert account["configuration"]["merchant"] is None
    assert (account["identity"], account["defaults"], account["requirements"]) == (None, None, None)
    words = {
        "{{CONNECTEDACCOUNT_ID}}": account["id"],
        "{{CONNECTED_ACCOUNT_ID}}": account["id"],
        "acct_1234567890": account["id"],
        "iprg_123": british_charge_card(run(LIST_PROGRAMS)["data"]),
    }

    program = run(CREATE_PROGRAM, **words)
    assert (program["object"], program["is_default"], program["platform_program"]) == (
        "issuing.program", True, words["iprg_123"],
    )  # fmt: skip

    identity = run(RETRIEVE_ACCOUNT, **words)["identity"]
    assert (identity["country"], identity["entity_type"]) == ("gb", "individual")

    assert run(REQUEST_CAPABILITY, **words)["configuration"]["card_creator"] is None

    requirements = run(READ_REQUIREMENTS, **words)["requirements"]
    assert requirements["collector"] == "application"
    assert requirements["entries"][0]["requested_reasons"] == [{"code": "routine_onboarding"}]

    link = run(CREATE_LINK, **words)
    assert sorted(link) == ["created", "expires_at", "object", "url"]


def test_the_printed_commands_of_onboarding_by_the_api(run, client):
    wishes = {"card_issuing": {"requested": True}, "transfers": {"requested": True}}
    words = {
        "{{CONNECTED_ACCOUNT_ID}}": client.v1.accounts.create(
            {"type": "custom", "country": "US", "capabilities": wishes}
        ).id
    }
    account = run(UPDATE_ACCOUNT, **words)
    assert account["business_profile"]["annual_revenue"] == {
        "amount": 1000000, "currency": "usd", "fiscal_year_end": "2023-12-31",
    }  # fmt: skip
    assert account["settings"]["card_issuing"]["tos_acceptance"]["date"] == 1696634647
    person = run(CREATE_PERSON, **words)
    assert person["relationship"]["percent_ownership"] == 0.75
    assert person["id_number_provided"] is True


def test_without_the_beta_flag_there_are_no_programs(run):
    answer = run(LIST_PROGRAMS.replace("2026-05-27.preview; issuing_program_beta=v2", "2026-10-28.endive"))
    assert answer["error"]["type"] == "invalid_request_error"
