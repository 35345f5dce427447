"""Staff asks a business for what is due: one mail, in its language, that leads to its own signed-in page."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import asks
from accounts.models import ConnectedAccount, InformationRequest, Membership, Requirement
from desk.models import AuditEntry, User
from stripe_gateway.operations import FormReused
from tests.factories.accounts import (
    ConnectedAccountFactory,
    InformationRequestFactory,
    MembershipFactory,
    RequirementFactory,
)

pytestmark = pytest.mark.django_db
NAME = "identity.business_details.registered_name"


@pytest.fixture
def business():
    """An active business that owes two things by a day, with an owner."""
    day = timezone.now() + timedelta(days=5)
    account = ConnectedAccountFactory(active=True, name="Northwind", next_deadline_at=day)
    RequirementFactory(account=account, description=NAME, deadline_at=day)
    RequirementFactory(
        account=account,
        description="person_1.documents.primary_verification",
        person_id="person_1",
        person_name="Maya Okafor",
        deadline_at=day,
        errors=[{"code": "verification_document_not_readable", "description": ""}],
    )
    MembershipFactory(account=account, user__email="maya@northwind.test", user__language="en")
    return account


@pytest.fixture
def broken_mail(settings):
    """No mail server answers; → a function that mends it."""
    settings.EMAIL_BACKEND, working = "django.core.mail.backends.smtp.EmailBackend", settings.EMAIL_BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1

    def mend():
        settings.EMAIL_BACKEND = working

    return mend


def ask(account, actor, **changes):
    terms = {
        "form_id": uuid.uuid4(),
        "account": account,
        "recipient": asks.owners(account)[0],
        "items": [asks.key_of(line) for line in asks.askable(account)],
        "message": "",
        "reason": "",
        "now": timezone.now(),
    }
    return asks.ask(**terms | {"actor": actor} | changes)


def form_of(account, **changes):
    terms = {
        "operation": str(uuid.uuid4()),
        "items": [asks.key_of(line) for line in asks.askable(account)],
        "recipient": str(asks.owners(account)[0].pk),
        "message": "",
        "reason": "",
    }
    return terms | changes


class TestMail:
    def test_it_says_why_and_by_when_first_and_what_as_instructions(self, business, staff_member):
        made = ask(business, staff_member("operator"), message="Call me <b>today</b>")
        [sent] = mail.outbox
        first = sent.body.splitlines()[0]
        assert first.startswith("Stripe needs details of Northwind by ")
        assert str(business.next_deadline_at.year) in first
        for words in ("Registered business name", "Identity document (Maya Okafor)", "Take a new one in daylight."):
            assert words in sent.body
        assert sent.to == ["maya@northwind.test"]
        assert "Northwind" not in sent.subject
        assert not re.search(r"\d", sent.subject)
        html = sent.alternatives[0][0]
        assert "Call me &lt;b&gt;today" in html
        assert html.count("<a ") == 1
        assert made.sent_at

    def test_no_path_and_no_link_of_stripe_s_is_in_it(self, business, staff_member):
        made = ask(business, staff_member("operator"))
        page = reverse("accounts:asked", args=[business.ref, made.pk])
        whole = mail.outbox[0].body + mail.outbox[0].alternatives[0][0]
        assert NAME not in whole
        assert "primary_verification" not in whole
        assert set(re.findall(r"https?://[^\s\"<]+", whole)) == {f"http://localhost:8000{page}"}

    @pytest.mark.parametrize(("own", "of_business", "expected"), [("fr", "en", "fr"), ("", "es", "es"), ("", "", "en")])
    def test_it_is_in_the_language_of_whom_it_goes_to(self, business, staff_member, own, of_business, expected):
        ConnectedAccount.objects.update(language=of_business)
        business.refresh_from_db()
        User.objects.filter(email="maya@northwind.test").update(language=own)
        ask(business, staff_member("operator"))
        assert f'<html lang="{expected}">' in mail.outbox[0].alternatives[0][0]

    @pytest.mark.parametrize(
        ("account", "requirement", "words"),
        [
            ({"activated_at": None}, {}, "before it can have any"),
            ({"activated_at": None}, {"errors": [{"code": "invalid_tax_id"}]}, "once it is corrected"),
            ({}, {"deadline_status": "past_due", "deadline_at": timezone.now()}, "were due on"),
            ({}, {}, "so that its cards stay switched on"),
            ({}, {"is_future": True, "deadline_at": timezone.now()}, "new rules apply"),
            ({}, {"is_future": True}, "New rules are coming"),
            ({"kind": "express"}, {}, "so that its payouts go on"),
        ],
    )
    def test_its_first_line_fits_the_situation(self, staff_member, account, requirement, words):
        business = ConnectedAccountFactory(**{"active": True} | account)
        MembershipFactory(account=business)
        RequirementFactory(account=business, **requirement)
        ask(business, staff_member("operator"))
        assert words in mail.outbox[0].body.splitlines()[0]
        assert business.name in mail.outbox[0].body.splitlines()[0]


class TestAsking:
    def test_the_act_is_audited_with_paths_and_no_names(self, business, staff_member):
        ask(business, staff_member("operator"), reason="Phoned first")
        made, sent = AuditEntry.objects.filter(verb__startswith="ask.").order_by("position")
        assert (made.verb, sent.verb) == ("ask.made", "ask.sent")
        assert made.reason == "Phoned first"
        assert NAME in str(made.details)
        assert "Maya" not in str(made.details)

    def test_the_same_form_asks_once(self, business, staff_member):
        form_id, operator = uuid.uuid4(), staff_member("operator")
        rows = {ask(business, operator, form_id=form_id).pk for _time in range(2)}
        assert len(rows) == len(mail.outbox) == 1
        with pytest.raises(FormReused):
            ask(business, operator, form_id=form_id, message="Something else")

    def test_the_same_is_not_asked_twice_within_a_day_without_a_reason(self, business, staff_member):
        operator = staff_member("operator")
        first = ask(business, operator)
        with pytest.raises(asks.AskedLately):
            ask(business, operator)
        ask(business, operator, reason="They lost it")
        InformationRequest.objects.update(created_at=first.created_at - asks.AGAIN_AFTER)
        ask(business, operator)
        assert len(mail.outbox) == 3

    def test_another_item_may_be_asked_for_at_once(self, business, staff_member):
        one, two = (asks.key_of(line) for line in asks.askable(business))
        for item in (one, two):
            ask(business, staff_member("operator"), items=[item])
        assert len(mail.outbox) == 2

    @pytest.mark.parametrize("status", ["closed", "revoked", "rejected"])
    def test_nothing_is_asked_of_an_account_that_ended(self, business, status):
        business.status = status
        assert asks.askable(business) == []

    def test_only_people_who_may_answer_can_be_asked(self, business):
        MembershipFactory(account=business, role=Membership.Role.VIEWER)
        MembershipFactory(account=business, ended_at=timezone.now())
        MembershipFactory(account=business, user__is_active=False)
        assert [person.email for person in asks.owners(business)] == ["maya@northwind.test"]


class TestSending:
    def test_a_mail_that_failed_is_tried_again_by_the_sweep(self, business, staff_member, broken_mail):
        made = ask(business, staff_member("operator"))
        assert asks.state_of(made, timezone.now()) == "failing"
        assert asks.send_due(now=timezone.now()) == 0
        broken_mail()
        assert asks.send_due(now=timezone.now() + asks.WAITS[0]) == 1
        assert asks.send_due(now=timezone.now() + timedelta(days=1)) == 0
        made.refresh_from_db()
        assert asks.state_of(made, timezone.now()) == "sent"
        assert len(mail.outbox) == 1

    def test_what_a_crash_left_is_sent_when_its_lease_ends_under_the_same_id(self, business, staff_member):
        made = ask(business, staff_member("operator"))
        # The mail went out, and the process died before it could say so.
        InformationRequest.objects.update(sent_at=None, next_send_at=made.created_at + asks.LEASE)
        assert asks.send_due(now=made.created_at + timedelta(minutes=1)) == 0
        assert asks.send_due(now=made.created_at + asks.LEASE) == 1
        first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
        assert first == second

    def test_another_request_has_another_id(self, business, staff_member):
        for _time in range(2):
            ask(business, staff_member("operator"), reason="Again")
        assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 2

    def test_what_was_supplied_meanwhile_is_not_asked_for(self, business, staff_member, broken_mail):
        made = ask(business, staff_member("operator"))
        Requirement.objects.filter(description=NAME).delete()
        broken_mail()
        asks.send_due(now=timezone.now() + asks.WAITS[0])
        assert "Registered business name" not in mail.outbox[0].body
        assert "Identity document" in mail.outbox[0].body
        made.refresh_from_db()
        assert made.sent_at

    @pytest.mark.parametrize("gone", ["requirements", "owner"])
    def test_a_mail_without_purpose_or_reader_is_dropped(self, business, staff_member, broken_mail, gone):
        made = ask(business, staff_member("operator"))
        if gone == "requirements":
            Requirement.objects.all().delete()
        else:
            Membership.objects.update(ended_at=timezone.now())
        broken_mail()
        assert asks.send_due(now=timezone.now() + asks.WAITS[0]) == 0
        made.refresh_from_db()
        assert (asks.state_of(made, timezone.now()), mail.outbox) == ("dropped", [])

    def test_after_days_nobody_tries_any_more(self, business, staff_member, broken_mail):
        made = ask(business, staff_member("operator"))
        broken_mail()
        later = made.created_at + asks.GIVEN_UP_AFTER
        assert asks.send_due(now=later) == 0
        assert asks.state_of(made, later) == "dropped"


class TestPages:
    def test_due_items_are_ticked_and_the_mail_is_shown_as_it_will_arrive(self, business, as_staff):
        RequirementFactory(account=business, description="p.nationality", deadline_status="eventually_due")
        User.objects.filter(email="maya@northwind.test").update(language="fr")
        page = as_staff("operator").get(reverse("accounts:ask", args=[business.ref])).content.decode()
        assert len(re.findall(r'name="items"[^>]*checked', page)) == 2
        assert len(re.findall(r'name="items"', page)) == 3
        assert '<div class="stack-s" lang="fr">' in page
        assert "Maya Okafor" in page

    def test_sending_leads_back_to_the_account_which_tells_how_far_it_came(self, business, as_staff, as_owner):
        staff = as_staff("operator")
        answer = staff.post(reverse("accounts:ask", args=[business.ref]), form_of(business), follow=True)
        page = answer.content.decode()
        assert "The request was sent to maya@northwind.test." in page
        assert "Asked for details" in page
        assert len(mail.outbox) == 1

    def test_a_preview_sends_nothing_and_keeps_what_was_typed(self, business, as_staff):
        [item, _other] = (asks.key_of(line) for line in asks.askable(business))
        form = form_of(business, items=[item], message="Bonjour <i>", preview="1")
        answer = as_staff("operator").post(reverse("accounts:ask", args=[business.ref]), form)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert page.count("Bonjour &lt;i&gt;") == 2
        assert len(re.findall(r'name="items"[^>]*checked', page)) == 1
        assert form["operation"] in page
        assert not InformationRequest.objects.exists()

    def test_a_refused_form_says_what_is_wrong(self, business, as_staff):
        url, staff = reverse("accounts:ask", args=[business.ref]), as_staff("operator")
        empty = staff.post(url, form_of(business, items=[], message="Kept"))
        assert empty.status_code == 422
        assert "Choose at least one item." in empty.content.decode()
        assert "Kept" in empty.content.decode()
        staff.post(url, form_of(business))
        again = staff.post(url, form_of(business))
        assert again.status_code == 422
        assert "Say why it is asked for again." in again.content.decode()
        assert staff.post(url, form_of(business, reason="They lost it")).status_code == 302

    def test_a_foreign_recipient_is_refused(self, business, as_staff):
        foreign = MembershipFactory()
        form = form_of(business, recipient=str(foreign.user.pk))
        assert as_staff("operator").post(reverse("accounts:ask", args=[business.ref]), form).status_code == 422
        assert mail.outbox == []

    def test_without_an_owner_or_anything_due_it_says_so(self, as_staff):
        nobody = ConnectedAccountFactory()
        RequirementFactory(account=nobody)
        nothing = MembershipFactory().account
        pages = [
            as_staff().get(reverse("accounts:ask", args=[each.ref])).content.decode() for each in (nobody, nothing)
        ]
        assert "Nobody can be asked yet" in pages[0]
        assert "There is nothing to ask for" in pages[1]

    def test_viewers_and_businesses_cannot_ask(self, business, as_staff, as_owner):
        url = reverse("accounts:ask", args=[business.ref])
        assert as_staff("viewer").get(url).status_code == 403
        assert as_owner(business).get(url).status_code == 403
        assert url not in as_staff("viewer").get(reverse("accounts:detail", args=[business.ref])).content.decode()

    def test_a_mail_that_failed_is_told(self, business, as_staff, broken_mail):
        answer = as_staff("operator").post(reverse("accounts:ask", args=[business.ref]), form_of(business), follow=True)
        assert "tried again by itself" in answer.content.decode()


class TestTheLink:
    def test_it_asks_for_signing_in_and_comes_back(self, business):
        made = InformationRequestFactory(account=business)
        url = reverse("accounts:asked", args=[business.ref, made.pk])
        answer = Client().get(url)
        assert answer.status_code == 302
        assert url.replace("/", "%2F") in answer.url or url in answer.url

    def test_it_leads_its_reader_to_the_first_place_to_answer_and_is_marked_once(self, business, as_owner):
        owner = as_owner(business)
        made = InformationRequestFactory(account=business, recipient=owner.user, descriptions=[f":{NAME}"])
        url = reverse("accounts:asked", args=[business.ref, made.pk])
        for _time in range(2):
            assert owner.get(url).url == reverse("accounts:details-business", args=[business.ref])
        made.refresh_from_db()
        assert asks.state_of(made, timezone.now()) == "opened"
        assert AuditEntry.objects.filter(verb="ask.opened").count() == 1

    def test_others_of_the_business_go_there_without_marking_it(self, business, as_owner):
        made = InformationRequestFactory(account=business, descriptions=[f":{NAME}"])
        url = reverse("accounts:asked", args=[business.ref, made.pk])
        assert as_owner(business).get(url).url == reverse("accounts:details-business", args=[business.ref])
        viewer = as_owner(business, role=Membership.Role.VIEWER)
        assert viewer.get(url).url == reverse("accounts:business-home", args=[business.ref])
        made.refresh_from_db()
        assert made.opened_at is None

    def test_once_supplied_it_says_so(self, business, as_owner):
        owner = as_owner(business)
        made = InformationRequestFactory(account=business, recipient=owner.user, descriptions=[":gone"])
        answer = owner.get(reverse("accounts:asked", args=[business.ref, made.pk]), follow=True)
        assert "There is nothing more to do." in answer.content.decode()

    def test_the_request_of_another_business_is_as_unknown_as_none(self, business, as_owner):
        foreign = InformationRequestFactory()
        assert as_owner(business).get(reverse("accounts:asked", args=[business.ref, foreign.pk])).status_code == 404
        assert (
            as_owner(business).get(reverse("accounts:asked", args=[foreign.account.ref, foreign.pk])).status_code == 404
        )
