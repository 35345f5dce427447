"""One word for where an account stands, worked out from what Stripe says."""

from datetime import UTC, datetime

import pytest

from accounts.asked import asked_of
from accounts.models import ConnectedAccount
from accounts.standing import URGENCY, capability_facts, judge, judge_v1, unfit_reason

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


def account(status="restricted", details=(ASKED,), entries=(), time=None, closed=None, **more):
    return more | {
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


def v1_account(*, submitted=True, works=False, reason=None, **lists):
    """What v1 says of an account that takes payments."""
    return {
        "object": "account",
        "capabilities": {"transfers": "active" if works else "inactive"},
        "details_submitted": submitted,
        "charges_enabled": works,
        "payouts_enabled": works,
        "requirements": {"disabled_reason": reason, "current_deadline": None} | lists,
        "future_requirements": {},
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


DUE = ["external_account"]


@pytest.mark.parametrize(
    ("found", "was_active", "status"),
    [
        (v1_account(submitted=False, reason="requirements.past_due", past_due=DUE), False, Status.ONBOARDING),
        (v1_account(submitted=False), False, Status.ONBOARDING),
        (v1_account(currently_due=DUE), False, Status.INFO_DUE),
        (v1_account(past_due=DUE, reason="requirements.past_due"), False, Status.INFO_DUE),
        (
            v1_account(submitted=False, currently_due=DUE, errors=[{"requirement": DUE[0], "code": "x"}]),
            False,
            Status.INFO_DUE,
        ),
        (v1_account(pending_verification=["individual.id_number"]), False, Status.IN_REVIEW),
        (v1_account(), False, Status.IN_REVIEW),
        (v1_account(reason="under_review"), False, Status.IN_REVIEW),
        (v1_account(reason="under_review"), True, Status.RESTRICTED),
        (v1_account(works=True), False, Status.ACTIVE),
        (v1_account(works=True, eventually_due=DUE), True, Status.ACTIVE),
        (v1_account(works=True, currently_due=DUE), True, Status.INFO_DUE),
        (v1_account(past_due=DUE, reason="requirements.past_due"), True, Status.PAST_DUE),
        (v1_account(), True, Status.RESTRICTED),
        (v1_account(reason="rejected.fraud"), True, Status.REJECTED),
        (v1_account(reason="platform_paused"), True, Status.RESTRICTED),
        (v1_account(reason="a_reason_of_tomorrow"), True, Status.RESTRICTED),
    ],
)
def test_status_of_an_account_that_v1_tells_of(found, was_active, status):
    standing = judge_v1(found, was_active=was_active)
    assert standing.status == status
    assert not standing.can_issue


def test_payments_without_payouts_are_not_all_that_it_is_for():
    found = v1_account(works=True) | {"payouts_enabled": False}
    assert not judge_v1(found, was_active=False).is_working


def test_the_deadline_of_v1_counts_while_something_is_due():
    found = v1_account(works=True, currently_due=DUE, current_deadline=1_795_478_400)
    assert judge_v1(found, was_active=True).next_deadline_at == datetime.fromtimestamp(1_795_478_400, UTC)
    assert judge_v1(v1_account(works=True, current_deadline=1_795_478_400), was_active=True).next_deadline_at is None


OURS = {"losses_collector": "application", "fees_collector": "application"}


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"dashboard": "none", "defaults": {"responsibilities": OURS}}, ""),
        ({"dashboard": "none", "defaults": {"responsibilities": OURS | {"requirements_collector": "application"}}}, ""),
        ({"dashboard": "express", "defaults": {"responsibilities": OURS}}, "dashboard"),
        ({"dashboard": "full", "defaults": None}, "dashboard"),
        (
            {"dashboard": "none", "defaults": {"responsibilities": OURS | {"losses_collector": "stripe"}}},
            "losses_collector",
        ),
        (
            {"dashboard": "none", "defaults": {"responsibilities": OURS | {"fees_collector": "stripe"}}},
            "fees_collector",
        ),
        (
            {"dashboard": "none", "defaults": {"responsibilities": OURS | {"requirements_collector": "stripe"}}},
            "requirements_collector",
        ),
        ({"dashboard": "none", "defaults": None}, None),
        ({"defaults": {"responsibilities": None}}, ""),
    ],
)
def test_why_an_account_can_never_issue_cards(found, reason):
    assert unfit_reason(found) == reason


def test_an_account_that_can_never_issue_is_restricted_whatever_is_asked_of_it():
    unfit = account(entries=[entry()], dashboard="express")
    standing = judge(unfit, was_active=False)
    assert (standing.status, standing.unfit_reason) == (Status.RESTRICTED, "dashboard")
    # If Stripe has let it issue all the same, Stripe is right.
    assert judge(account("active", (), dashboard="express"), was_active=True).status == Status.ACTIVE
    assert judge(account(closed=True, dashboard="express"), was_active=True).status == Status.CLOSED


class TestWhatIsAsked:
    def test_paths_of_v1_stand_once_at_their_worst(self):
        found = v1_account(
            past_due=["a"], currently_due=["a", "b"], eventually_due=["a", "b", "person_1.dob.day"],
            pending_verification=["b", "d"], current_deadline=1_795_478_400,
            errors=[{"requirement": "b", "code": "invalid_tax_id", "reason": "No."}],
        )  # fmt: skip
        asked = {each.description: each for each in asked_of(found)}
        assert {name: each.deadline_status for name, each in asked.items()} == {
            "a": "past_due",
            "b": "currently_due",
            "person_1.dob.day": "eventually_due",
            "d": "eventually_due",
        }
        assert asked["b"].errors == [{"code": "invalid_tax_id", "description": "No."}]
        assert asked["person_1.dob.day"].person_id == "person_1"
        assert asked["d"].awaiting_action_from == "stripe"
        assert [each.deadline_at is not None for each in asked.values()] == [True, True, False, False]

    def test_rules_to_come_are_told_by_v1_by_newer_dialects_of_v2_and_by_a_reason_in_older_ones(self):
        of_v1 = v1_account(works=True) | {
            "future_requirements": {"currently_due": ["company.tax_id"], "current_deadline": 1_795_478_400}
        }
        newer = account("active", ()) | {
            "future_requirements": {"minimum_transition_date": "2027-03-01T00:00:00Z", "entries": [entry()]}
        }
        reason = {"requested_reasons": [{"code": "future_requirements"}]}
        older = account("active", (), [entry(deadline="currently_due") | reason])
        for found, judged in ((of_v1, judge_v1), (newer, judge), (older, judge)):
            [each] = asked_of(found)
            assert each.is_future
            assert judged(found, was_active=True).status == Status.ACTIVE
        assert asked_of(newer)[0].deadline_at == datetime(2027, 3, 1, tzinfo=UTC)

    def test_what_is_overdue_is_no_rule_to_come(self):
        late = entry() | {"requested_reasons": [{"code": "future_requirements"}]}
        assert not asked_of(account(entries=[late]))[0].is_future
