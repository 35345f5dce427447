"""One word for where an account stands, worked out from what Stripe says."""

from datetime import UTC, datetime

import pytest

from accounts.models import ConnectedAccount
from accounts.standing import URGENCY, capability_facts, judge

Status = ConnectedAccount.Status
ASKED = {"code": "requirements_past_due", "resolution": "provide_info"}


def entry(*, awaiting="user", deadline="past_due", errors=()):
    return {
        "awaiting_action_from": awaiting,
        "description": "identity.business_details.registered_name",
        "errors": [{"code": code, "description": ""} for code in errors],
        "minimum_deadline": {"status": deadline},
        "requested_reasons": [{"code": "routine_onboarding"}],
    }


def account(status="restricted", details=(ASKED,), entries=(), time=None, closed=None):
    return {
        "closed": closed,
        "configuration": {
            "customer": None,
            "card_creator": {
                "capabilities": {
                    "commercial": {"celtic": {"spend_card": {"status": status, "status_details": details}}}
                }
            },
        },
        "requirements": {
            "entries": list(entries),
            "summary": {"minimum_deadline": {"status": "past_due", "time": time}},
        },
    }


def detail(code):
    return ({"code": code, "resolution": "contact_stripe"},)


@pytest.mark.parametrize(
    ("found", "was_active", "status"),
    [
        (account(entries=[entry()]), False, Status.ONBOARDING),
        (account(entries=[entry(errors=["verification_failed_tax_id_match"])]), False, Status.INFO_DUE),
        (account(entries=[entry()]), True, Status.PAST_DUE),
        (account("active", (), [entry(deadline="currently_due")]), True, Status.INFO_DUE),
        (account("active", (), [entry(deadline="past_due")]), True, Status.PAST_DUE),
        (account("active", (), [entry(deadline="eventually_due")]), True, Status.ACTIVE),
        (account("active", ()), False, Status.ACTIVE),
        (account("pending", detail("determining_status")), False, Status.IN_REVIEW),
        (account(entries=[entry(awaiting="stripe")]), False, Status.IN_REVIEW),
        (account("restricted", detail("restricted_other")), False, Status.RESTRICTED),
        (account("restricted", detail("restricted_other"), [entry()]), True, Status.RESTRICTED),
        (account("restricted", detail("a_code_of_tomorrow")), True, Status.RESTRICTED),
        (account("restricted", ()), True, Status.RESTRICTED),
        (account("rejected", detail("rejected_fraud")), True, Status.REJECTED),
        (account("restricted", detail("rejected_terms_of_service")), True, Status.REJECTED),
        (account("unsupported", detail("unsupported_country")), False, Status.REJECTED),
        (account("active", (), closed=True), True, Status.CLOSED),
        (account("a_status_of_tomorrow", ()), False, Status.IN_REVIEW),
        ({"configuration": None, "requirements": None}, False, Status.IN_REVIEW),
    ],
)
def test_status(found, was_active, status):
    assert judge(found, was_active=was_active).status == status


def test_cards_can_be_issued_only_while_the_card_capability_is_active():
    assert judge(account("active", ()), was_active=True).can_issue
    assert not judge(account("active", (), closed=True), was_active=True).can_issue
    assert not judge(account("pending", ()), was_active=True).can_issue


def test_the_deadline_counts_only_while_the_business_owes_something():
    moment = "2026-11-24T00:00:00Z"
    owing = judge(account("active", (), [entry(deadline="currently_due")], time=moment), was_active=True)
    assert owing.next_deadline_at == datetime(2026, 11, 24, tzinfo=UTC)
    assert (
        judge(account("active", (), [entry(awaiting="stripe")], time=moment), was_active=True).next_deadline_at is None
    )


def test_every_status_has_its_place_in_the_list():
    assert set(URGENCY) == set(Status)
    assert len(set(URGENCY.values())) == len(URGENCY)


def test_capabilities_are_named_by_their_path_at_any_depth():
    found = {
        "configuration": {
            "merchant": None,
            "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"status": "active"}}}},
            "storer": {"capabilities": {"holds_currencies": {"usd": {"status": "pending", "status_details": None}}}},
        }
    }
    assert [(fact.configuration, fact.name, fact.status_details) for fact in capability_facts(found)] == [
        ("recipient", "stripe_balance.stripe_transfers", []),
        ("storer", "holds_currencies.usd", []),
    ]
