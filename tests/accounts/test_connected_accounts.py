"""Our picture of an account follows Stripe's, whatever order the news comes in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import connected_accounts, events
from accounts.models import ConnectedAccount
from accounts.requirement_lines import lines_of, sorted_out
from desk.models import AuditEntry
from stripe_gateway.models import StripeEvent
from stripe_gateway.outcomes import StripeProblem
from tests.accounts.test_standing import account as stripe_account
from tests.accounts.test_standing import entry, v1_account
from tests.factories.accounts import LONG_AGO, ConnectedAccountFactory

pytestmark = pytest.mark.django_db
Status = ConnectedAccount.Status
LATER = LONG_AGO + timedelta(hours=1)


def changes_of(account, verb="account.status_changed"):
    return [act.details for act in AuditEntry.objects.filter(stream=account.audit_stream, verb=verb)]


def test_older_news_never_overwrites_younger():
    account = ConnectedAccountFactory()
    assert connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER)

    older = stripe_account(entries=[entry()])
    assert not connected_accounts.apply(account, older, read_started_at=LATER - timedelta(seconds=1))

    account.refresh_from_db()
    assert account.status == Status.ACTIVE
    assert account.requirements.count() == 0


def test_the_same_reading_applied_twice_changes_nothing_more():
    account = ConnectedAccountFactory()
    for _time in range(2):
        connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER)
    assert len(changes_of(account)) == 1


def test_a_change_of_status_is_recorded_once_without_an_actor():
    account = ConnectedAccountFactory()
    connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER)
    connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER + timedelta(minutes=1))
    assert changes_of(account) == [{"from": "onboarding", "to": "active"}]
    assert AuditEntry.objects.get(verb="account.status_changed").actor is None


def test_a_stale_copy_in_memory_does_not_record_a_change_that_was_recorded():
    account = ConnectedAccountFactory()
    stale = ConnectedAccount.objects.get(pk=account.pk)
    connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER)
    connected_accounts.apply(stale, stripe_account("active", ()), read_started_at=LATER + timedelta(minutes=1))
    assert len(changes_of(account)) == 1


def test_since_stays_while_the_status_of_a_capability_stays():
    account = ConnectedAccountFactory()
    connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER)
    connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER + timedelta(days=1))
    assert account.capabilities.get().since == LATER

    connected_accounts.apply(account, stripe_account("pending", ()), read_started_at=LATER + timedelta(days=2))
    assert account.capabilities.get().since == LATER + timedelta(days=2)
    assert [change["to"] for change in changes_of(account, "capability.status_changed")] == ["pending"]


def test_values_that_nobody_foresaw_are_kept_as_stripe_spells_them():
    account = ConnectedAccountFactory()
    found = stripe_account("a_status_of_tomorrow", ({"code": "brand_new", "resolution": "unheard_of"},))
    found["requirements"]["entries"] = [entry(awaiting="regulator", deadline="some_day")]
    connected_accounts.apply(account, found, read_started_at=LATER)
    assert account.capabilities.get().status == "a_status_of_tomorrow"
    requirement = account.requirements.get()
    assert (requirement.awaiting_action_from, requirement.deadline_status) == ("regulator", "some_day")


def test_requirements_are_replaced_whole_and_carry_the_deadline_of_the_worst():
    account = ConnectedAccountFactory(active=True)
    found = stripe_account("active", (), [entry(), entry(deadline="eventually_due")], time="2026-11-24T00:00:00Z")
    connected_accounts.apply(account, found, read_started_at=LATER)
    assert [row.deadline_at is not None for row in account.requirements.order_by("id")] == [True, False]

    connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER + timedelta(minutes=1))
    assert not account.requirements.exists()


def test_a_capability_that_is_gone_is_forgotten():
    account = ConnectedAccountFactory()
    connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER)
    gone = {"configuration": {"card_creator": None}, "requirements": None}
    connected_accounts.apply(account, gone, read_started_at=LATER + timedelta(minutes=1))
    assert not account.capabilities.exists()


def test_the_first_active_moment_stays():
    account = ConnectedAccountFactory()
    connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER)
    connected_accounts.apply(account, stripe_account("pending", ()), read_started_at=LATER + timedelta(days=1))
    connected_accounts.apply(account, stripe_account("active", ()), read_started_at=LATER + timedelta(days=2))
    account.refresh_from_db()
    assert account.activated_at == LATER


def test_what_v1_tells_is_kept():
    account = ConnectedAccountFactory(kind="express")
    found = v1_account(works=True, reason="under_review")
    assert connected_accounts.apply(account, found | {"requirements": {}}, read_started_at=LATER)
    assert (account.status, account.can_issue, account.activated_at) == (Status.ACTIVE, False, LATER)
    assert (account.details_submitted, account.charges_enabled, account.payouts_enabled) == (True, True, True)
    assert account.capabilities.get().activated_at == LATER

    stopped = v1_account(reason="rejected.fraud")
    connected_accounts.apply(account, stopped, read_started_at=LATER + timedelta(minutes=1))
    assert (account.status, account.disabled_reason) == (Status.REJECTED, "rejected.fraud")
    assert account.payouts_enabled is False


def test_why_an_account_can_never_issue_is_kept_until_stripe_tells_otherwise():
    account = ConnectedAccountFactory()
    connected_accounts.apply(account, stripe_account(dashboard="full"), read_started_at=LATER)
    assert (account.status, account.unfit_reason) == (Status.RESTRICTED, "dashboard")
    # A reading without what decides it decides nothing.
    connected_accounts.apply(account, stripe_account(), read_started_at=LATER + timedelta(minutes=1))
    assert account.unfit_reason == "dashboard"
    told = stripe_account(dashboard="none", defaults={"responsibilities": None})
    connected_accounts.apply(account, told, read_started_at=LATER + timedelta(minutes=2))
    assert account.unfit_reason == ""


def test_access_that_comes_back_is_seen():
    account = ConnectedAccountFactory(kind="oauth", active=True)
    connected_accounts.mark_revoked(account, read_started_at=LATER)
    assert (account.status, account.revoked_at, account.can_issue) == (Status.REVOKED, LATER, False)
    connected_accounts.mark_revoked(account, read_started_at=LATER + timedelta(days=1))
    assert account.revoked_at == LATER

    connected_accounts.apply(account, v1_account(works=True), read_started_at=LATER + timedelta(days=2))
    assert (account.status, account.revoked_at) == (Status.ACTIVE, None)


def test_a_closed_account_that_nobody_may_see_stays_closed():
    account = ConnectedAccountFactory()
    connected_accounts.mark_closed(account, read_started_at=LATER)
    connected_accounts.mark_revoked(account, read_started_at=LATER + timedelta(minutes=1))
    assert (account.status, account.revoked_at) == (Status.CLOSED, None)


def test_rules_to_come_stay_known_between_the_readings_that_ask_for_them():
    account = ConnectedAccountFactory(active=True)
    coming = {"entries": [entry()], "minimum_transition_date": "2027-03-01T00:00:00Z"}
    told = stripe_account("active", ()) | {"future_requirements": coming}
    connected_accounts.apply(account, told, read_started_at=LATER)
    assert account.rules_read_at == LATER

    reason = {"requested_reasons": [{"code": "future_requirements"}]}
    untold = stripe_account("active", (), [entry(deadline="eventually_due") | reason])
    for minutes in (1, 2):
        connected_accounts.apply(account, untold, read_started_at=LATER + timedelta(minutes=minutes))
    assert account.requirements.filter(is_future=True).count() == 2
    assert account.rules_read_at == LATER

    nothing = stripe_account("active", ()) | {"future_requirements": {}}
    connected_accounts.apply(account, nothing, read_started_at=LATER + timedelta(minutes=3))
    assert not account.requirements.exists()


def test_an_account_that_v1_calls_deleted_is_closed():
    account = ConnectedAccountFactory(kind="express")
    gone = {"id": account.stripe_id, "object": "account", "deleted": True}
    connected_accounts.apply(account, gone, read_started_at=LATER)
    assert account.status == Status.CLOSED


@pytest.mark.django_db(transaction=True)
class TestAtStripe:
    def test_an_activated_account_is_active_after_a_reading(self, local_stripe, invited):
        local_stripe.activate(invited.stripe_id)
        assert connected_accounts.reread(invited)
        assert (invited.status, invited.can_issue) == (Status.ACTIVE, True)
        assert not [row for row in invited.requirements.all() if row.deadline_status == "past_due"]

    def test_an_account_that_stripe_does_not_know_counts_as_closed(self, local_stripe):
        account = ConnectedAccountFactory(stripe_id="acct_1Gone")
        connected_accounts.reread(account)
        account.refresh_from_db()
        assert account.status == Status.CLOSED

    @pytest.mark.parametrize("kind", ["issuing", "express", "oauth"])
    def test_access_that_was_taken_away_is_told_from_a_closed_account(self, local_stripe, invited, kind):
        ConnectedAccount.objects.update(kind=kind)
        invited.refresh_from_db()
        version = "v2/core" if kind == "issuing" else "v1"
        local_stripe.fault("403", path=f"/{version}/accounts/{invited.stripe_id}")
        assert connected_accounts.reread(invited)
        assert invited.status == Status.REVOKED
        assert invited.revoked_at

    @pytest.mark.parametrize("kind", ["express", "oauth"])
    def test_accounts_for_payments_are_read_through_v1_with_one_call(self, local_stripe, invited, kind):
        local_stripe.activate(invited.stripe_id)
        ConnectedAccount.objects.update(kind=kind)
        invited.refresh_from_db()
        before = len(local_stripe.requests())
        assert connected_accounts.reread(invited)
        [call] = local_stripe.requests()[before:]
        assert call["path"] == f"/v1/accounts/{invited.stripe_id}"
        assert (invited.status, invited.details_submitted, invited.payouts_enabled) == (Status.ACTIVE, True, True)
        assert invited.can_issue is False

    def test_rules_to_come_are_asked_for_in_a_newer_dialect_once_a_day(self, local_stripe, invited):
        now = timezone.now()
        for hours in (0, 1, 25):
            assert connected_accounts.reread(invited, now + timedelta(hours=hours))
        calls = [row for row in local_stripe.requests() if row["path"] == f"/v2/core/accounts/{invited.stripe_id}"]
        asked = ["future_requirements" in str(row["params"]) for row in calls]
        assert asked == [False, True, False, False, True]
        assert {row["headers"]["stripe-version"] for row, rules in zip(calls, asked, strict=True) if rules} == {
            "2026-10-14.preview"
        }

    def test_what_stripe_announces_stands_apart_and_asks_nothing_of_anybody_yet(self, local_stripe, invited):
        local_stripe.activate(invited.stripe_id)
        connected_accounts.reread(invited)
        local_stripe.control(f"accounts/{invited.stripe_id}/requirements", {"rules": "announced"})
        changed = StripeEvent(
            type="v2.core.account[future_requirements].updated", object_id=invited.stripe_id, payload=""
        )
        events.account_changed(changed, timezone.now())
        invited.refresh_from_db()
        assert invited.status == Status.ACTIVE
        parts = sorted_out(lines_of(invited))
        assert parts["future_lines"]
        assert parts["lines"] == []

    def test_a_dialect_that_tells_of_them_is_asked_but_once(self, local_stripe, invited, settings):
        settings.STRIPE_VERSIONS = settings.STRIPE_VERSIONS | {"accounts_v2": "2026-10-14.preview"}
        before = len(local_stripe.requests())
        assert connected_accounts.reread(invited)
        [call] = local_stripe.requests()[before:]
        assert "future_requirements" in str(call["params"])

    def test_when_they_cannot_be_asked_for_the_reading_counts_all_the_same(self, local_stripe, invited):
        before = len(local_stripe.requests())
        local_stripe.fault("503", path="/v2/core/accounts/*", skip=1)
        assert connected_accounts.reread(invited)
        assert [row["status"] for row in local_stripe.requests()[before:]] == [200, 503]
        assert invited.rules_read_at is None

    def test_when_stripe_cannot_be_asked_nothing_changes(self, local_stripe, invited):
        local_stripe.fault("503", path="/v2/core/accounts/*")
        before = ConnectedAccount.objects.values().get(pk=invited.pk)
        with pytest.raises(StripeProblem):
            connected_accounts.reread(invited)
        assert ConnectedAccount.objects.values().get(pk=invited.pk) == before

    def test_people_are_named_where_a_requirement_is_about_them(self, local_stripe, invited):
        local_stripe.activate(invited.stripe_id)
        local_stripe.control(f"accounts/{invited.stripe_id}/outcome", {"outcome": "fail"})
        connected_accounts.reread(invited)
        about_people = invited.requirements.exclude(person_id="")
        assert about_people
        assert {row.person_name for row in about_people} == {"Jenny Rosen"}

    def test_nobody_is_named_needlessly(self, local_stripe, invited):
        connected_accounts.reread(invited)
        assert not [call for call in local_stripe.requests() if call["path"].endswith("/persons")]

    def test_a_reading_counts_from_when_it_began(self, local_stripe, invited):
        before = timezone.now()
        connected_accounts.reread(invited)
        assert before <= invited.synced_at <= timezone.now()
