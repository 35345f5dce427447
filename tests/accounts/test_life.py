"""An account gets another name, or its end: said first, typed out, sent once, and seen by reading again."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts import changes, connected_accounts, life
from accounts.details import business_changes
from accounts.models import AccountChange, ConnectedAccount
from desk.models import AuditEntry
from stripe_gateway import operations
from stripe_gateway.models import StripeOperation
from tests.accounts.test_onboarding import sweep_until_settled
from tests.factories.accounts import ConnectedAccountFactory

pytestmark = pytest.mark.django_db(transaction=True)
Status = ConnectedAccount.Status
IN_DOUBT = ["drop_before", "drop_after", "500_after", "503", "409"]


def url(name, account):
    return reverse(f"accounts:{name}", args=[account.ref])


def refreshed(account):
    account.refresh_from_db()
    return account


def at_stripe(local_stripe, account):
    return next((row for row in local_stripe.list("account") if row["id"] == account.stripe_id), None)


def end_form(account, **changes):
    return {
        "operation": str(uuid.uuid4()),
        "typed_name": account.name,
        "reason": "it sold what it did not have",
        "stripe_reason": "fraud_other",
        "payouts": "pause",
    } | changes


@pytest.fixture
def express(local_stripe, invite):
    invite(kind="express", contact_email="express@northwind.test")
    return ConnectedAccount.objects.get(kind="express")


class TestRename:
    def form(self, **changes):
        words = {"name": "Northwind Parcels", "contact_email": "post@northwind.test", "language": "fr"}
        return {"operation": str(uuid.uuid4())} | words | changes

    def test_stripe_is_told_of_name_and_address(self, invited, as_owner, local_stripe):
        client = as_owner(invited)
        assert 'value="Northwind Couriers"' in client.get(url("rename", invited)).content.decode()
        answer = client.post(url("rename", invited), self.form())
        assert answer.url == url("business-home", invited)
        account = refreshed(invited)
        assert (account.name, account.contact_email, account.language) == (
            "Northwind Parcels",
            "post@northwind.test",
            "fr",
        )
        assert at_stripe(local_stripe, invited)["display_name"] == "Northwind Parcels"
        assert at_stripe(local_stripe, invited)["contact_email"] == "post@northwind.test"

    def test_a_name_is_one_line(self, express, as_owner):
        as_owner(express).post(url("rename", express), self.form(name="Northwind\r\n  Parcels"))
        assert refreshed(express).name == "Northwind Parcels"

    def test_a_language_alone_is_ours_alone(self, invited, as_owner, local_stripe):
        same = {"name": invited.name, "contact_email": invited.contact_email}
        as_owner(invited).post(url("rename", invited), self.form(**same))
        assert refreshed(invited).language == "fr"
        assert not AccountChange.objects.exists()

    def test_staff_give_a_reason(self, invited, as_staff):
        staff = as_staff("operator")
        assert staff.post(url("rename", invited), self.form()).status_code == 422
        staff.post(url("rename", invited), self.form(reason="asked by telephone"))
        assert refreshed(invited).name == "Northwind Parcels"
        assert AuditEntry.objects.get(verb="change.sent").reason == "asked by telephone"

    def test_an_express_account_is_renamed_here_alone(self, express, as_owner):
        as_owner(express).post(url("rename", express), self.form())
        assert refreshed(express).name == "Northwind Parcels"
        assert not AccountChange.objects.exists()

    @pytest.mark.parametrize("fault", IN_DOUBT)
    def test_a_lost_answer_changes_it_once_it_is_known(self, invited, as_owner, local_stripe, fault):
        local_stripe.fault(fault, path=f"/v2/core/accounts/{invited.stripe_id}", method="POST")
        form = self.form()
        as_owner(invited).post(url("rename", invited), form)
        sweep_until_settled(form["operation"])
        assert refreshed(invited).name == "Northwind Parcels"
        assert at_stripe(local_stripe, invited)["display_name"] == "Northwind Parcels"

    def test_a_late_answer_to_an_earlier_name_does_not_undo_the_later_one(self, invited, as_owner, local_stripe):
        local_stripe.fault("drop_after", path=f"/v2/core/accounts/{invited.stripe_id}", method="POST", times=1)
        form, client = self.form(name="Northwind Lost"), as_owner(invited)
        client.post(url("rename", invited), form)
        client.post(url("rename", invited), self.form(name="Northwind Parcels"))
        assert sweep_until_settled(form["operation"]).state == StripeOperation.State.ACCEPTED
        assert at_stripe(local_stripe, invited)["display_name"] == "Northwind Parcels"
        assert refreshed(invited).name == "Northwind Parcels"

    def test_a_later_change_by_the_other_api_leaves_it_undecided_whether_it_was_done(
        self, invited, as_owner, local_stripe
    ):
        local_stripe.fault("500_after", path=f"/v2/core/accounts/{invited.stripe_id}", method="POST")
        form, client = self.form(), as_owner(invited)
        client.post(url("rename", invited), form)
        told, form_id = {"name": "Northwind Parcels Ltd"}, uuid.uuid4()
        terms = business_changes.update(invited, form_id, company=told, profile={}, typed=told)
        changes.send(form_id=form_id, account=invited, actor=client.user, **terms)
        with pytest.raises(operations.Undecided):
            changes.find_update(StripeOperation.objects.get(pk=form["operation"]))

    def test_a_refusal_comes_back_at_the_form_and_changes_nothing(self, invited, as_owner, local_stripe):
        local_stripe.fault("400", path=f"/v2/core/accounts/{invited.stripe_id}", method="POST")
        form = self.form()
        answer = as_owner(invited).post(url("rename", invited), form)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Stripe did not accept this" in page
        assert 'value="Northwind Parcels"' in page
        assert form["operation"] not in page
        assert refreshed(invited).name == "Northwind Couriers"

    def test_finance_and_viewers_cannot(self, invited, as_owner):
        for role in ("finance", "viewer"):
            assert as_owner(invited, role=role).post(url("rename", invited), self.form()).status_code == 403


class TestReject:
    def test_what_follows_stands_above_the_form(self, invited, staff):
        page = staff("approver").get(url("reject", invited)).content.decode()
        assert "Every card stops" in page
        assert "It cannot be undone here" in page

    def test_it_ends_the_account(self, invited, staff, local_stripe):
        client = staff("approver")
        answer = client.post(url("reject", invited), end_form(invited))
        assert answer.url == url("detail", invited)
        assert refreshed(invited).status == Status.REJECTED
        assert at_stripe(local_stripe, invited)["hold"] == "platform_fraud"
        change = AccountChange.objects.get()
        assert change.operation.params == {"reason": "fraud_other", "payouts_action": "pause"}
        act = AuditEntry.objects.get(verb="change.sent")
        assert (act.actor, act.reason) == (client.user, "it sold what it did not have")
        assert "Rejection of the account: sent to Stripe" in client.get(url("detail", invited)).content.decode()

    def test_payouts_may_go_on(self, express, staff):
        staff("approver").post(url("reject", express), end_form(express, payouts="none"))
        assert AccountChange.objects.get().operation.params["payouts_action"] == "none"
        assert refreshed(express).status == Status.REJECTED

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"typed_name": "Northwind"}, "This is not its name"),
            ({"typed_name": ""}, "This is needed."),
            ({"reason": ""}, "This is needed."),
            ({"stripe_reason": "fraud"}, "Select a valid choice"),
            ({"payouts": "maybe"}, "Select a valid choice"),
        ],
    )
    def test_a_form_that_is_not_whole_ends_nothing(self, invited, staff, changes, sentence):
        answer = staff("approver").post(url("reject", invited), end_form(invited, **changes))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not AccountChange.objects.exists()

    def test_a_double_click_rejects_once(self, invited, staff, local_stripe):
        form, client = end_form(invited), staff("approver")
        for _click in range(2):
            client.post(url("reject", invited), form)
        assert len([call for call in local_stripe.requests() if call["path"].endswith("/reject")]) == 1

    @pytest.mark.parametrize("fault", IN_DOUBT)
    def test_a_lost_answer_is_settled(self, invited, staff, local_stripe, fault):
        local_stripe.fault(fault, path="/v1/accounts/*/reject")
        form = end_form(invited)
        staff("approver").post(url("reject", invited), form)
        operation = sweep_until_settled(form["operation"])
        assert operation.state == StripeOperation.State.ACCEPTED
        assert at_stripe(local_stripe, invited)["hold"] == "platform_fraud"

    def test_it_counts_as_rejected_though_an_event_told_of_it_before_the_answer_came(
        self, invited, staff, local_stripe
    ):
        local_stripe.fault("500_after", path="/v1/accounts/*/reject")
        form = end_form(invited)
        staff("approver").post(url("reject", invited), form)
        connected_accounts.reread(invited)
        assert refreshed(invited).status == Status.RESTRICTED
        sweep_until_settled(form["operation"])
        assert refreshed(invited).status == Status.REJECTED

    def test_a_refusal_is_told_in_stripes_words(self, invited, staff, local_stripe):
        local_stripe.fault("400", path="/v1/accounts/*/reject")
        answer = staff("approver").post(url("reject", invited), end_form(invited))
        assert answer.status_code == 422
        assert "Stripe refused this." in answer.content.decode()
        assert refreshed(invited).status == Status.ONBOARDING

    def test_operators_and_owners_cannot(self, invited, staff, as_owner):
        for client in (staff("operator"), as_owner(invited)):
            assert client.post(url("reject", invited), end_form(invited)).status_code == 403

    def test_it_asks_for_the_password_again(self, invited, as_staff):
        client = as_staff("approver")
        session = client.session
        session["account_authentication_methods"] = []
        session.save()
        answer = client.post(url("reject", invited), end_form(invited))
        assert answer.status_code == 302
        assert "/account/" in answer.url
        assert not AccountChange.objects.exists()

    @pytest.mark.parametrize("status", [Status.REJECTED, Status.CLOSED, Status.REVOKED, Status.FAILED])
    def test_what_has_ended_is_not_ended_again(self, staff, status):
        account = ConnectedAccountFactory(status=status)
        answer = staff("approver").post(url("reject", account), end_form(account))
        assert answer.url == url("detail", account)
        assert not AccountChange.objects.exists()

    def test_an_account_of_its_owner_is_not_ours_to_end(self):
        assert not life.may_end(ConnectedAccountFactory(kind="oauth", active=True))


class TestClose:
    def test_it_names_everything_the_account_is_configured_for(self, invited, staff, local_stripe):
        client = staff("approver")
        assert "Its balances must be zero" in client.get(url("close", invited)).content.decode()
        client.post(url("close", invited), end_form(invited))
        assert refreshed(invited).status == Status.CLOSED
        assert at_stripe(local_stripe, invited)["closed"]
        params = AccountChange.objects.get().operation.params
        assert params == {"applied_configurations": ["card_creator", "merchant", "recipient"]}

    def test_an_express_account_is_closed_too(self, express, staff, local_stripe):
        staff("approver").post(url("close", express), end_form(express))
        assert refreshed(express).status == Status.CLOSED
        assert at_stripe(local_stripe, express)["closed"]

    @pytest.mark.parametrize("fault", IN_DOUBT)
    @pytest.mark.parametrize("kind", ["issuing", "express"])
    def test_a_lost_answer_is_settled(self, invited, express, staff, local_stripe, fault, kind):
        account = invited if kind == "issuing" else express
        local_stripe.fault(fault, path="/v2/core/accounts/*/close")
        form = end_form(account)
        staff("approver").post(url("close", account), form)
        assert sweep_until_settled(form["operation"]).state == StripeOperation.State.ACCEPTED
        assert at_stripe(local_stripe, account)["closed"]
        assert refreshed(account).status == Status.CLOSED

    def test_when_stripe_cannot_be_asked_nothing_is_sent(self, invited, staff, local_stripe):
        local_stripe.fault("503", path=f"/v2/core/accounts/{invited.stripe_id}")
        answer = staff("approver").post(url("close", invited), end_form(invited))
        assert answer.status_code == 422
        assert "nothing was sent" in answer.content.decode()
        assert not AccountChange.objects.exists()

    def test_its_people_read_that_it_ended(self, invited, staff, as_owner):
        owner = as_owner(invited)
        staff("approver").post(url("close", invited), end_form(invited))
        assert "This account is closed" in owner.get(url("business-home", invited)).content.decode()


def test_only_those_who_may_see_the_buttons(invited, as_staff):
    assert "Reject the account" not in as_staff("operator").get(url("detail", invited)).content.decode()
    assert "Reject the account" in as_staff("approver").get(url("detail", invited)).content.decode()
    assert Client().get(url("reject", invited)).status_code == 302
