"""One account, as staff see it."""

import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import work
from accounts.models import ConnectedAccount
from accounts.notices import notice_for
from accounts.requirement_lines import lines_of
from accounts.standing import NEEDS_ATTENTION, URGENCY
from desk.models import AuditEntry
from stripe_gateway.models import StripeEvent
from tests.factories.accounts import (
    LONG_AGO,
    CapabilityFactory,
    ConnectedAccountFactory,
    InvitationFactory,
    MembershipFactory,
    RequirementFactory,
)

Status = ConnectedAccount.Status
pytestmark = pytest.mark.django_db


def page_of(client, account):
    return client.get(reverse("accounts:detail", args=[account.ref])).content.decode()


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_page(as_staff, status):
    account = ConnectedAccountFactory(status=status)
    CapabilityFactory(account=account, status="restricted", status_details=[{"code": "x", "resolution": "y"}])
    RequirementFactory(account=account, deadline_status="past_due", deadline_at=timezone.now())
    InvitationFactory(account=account)
    assert account.name in page_of(as_staff("admin"), account)


def test_the_banner_names_the_consequence_and_how_many(as_staff):
    account = ConnectedAccountFactory(status=Status.PAST_DUE, activated_at=timezone.now())
    for description in ("p.email", "p.phone"):
        RequirementFactory(account=account, description=description, deadline_status="past_due")
    page = page_of(as_staff(), account)
    assert "Card issuing is paused until 2 items are supplied" in page


def test_the_banner_names_the_date_while_cards_still_work(as_staff):
    deadline = timezone.now().replace(year=2031, month=11, day=24)
    account = ConnectedAccountFactory(active=True, status=Status.INFO_DUE, next_deadline_at=deadline)
    RequirementFactory(account=account)
    page = page_of(as_staff(), account)
    assert "Stripe asks for 1 item" in page
    assert re.search(r"after November 24, 2031", page)


def test_before_the_first_card_the_banner_says_what_has_to_be_corrected(as_staff):
    account = ConnectedAccountFactory(status=Status.INFO_DUE)
    error = {"code": "verification_failed_tax_id_match", "description": ""}
    RequirementFactory(account=account, description="identity.business_details.id_numbers", errors=[error])
    RequirementFactory(account=account, description="identity.business_details.phone")
    page = page_of(as_staff(), account)
    assert "1 item has to be corrected" in page
    assert "Enter both as in the tax letter." in page
    assert "Not given yet." in page


def test_a_new_account_says_whether_anybody_has_signed_in(as_staff):
    account = ConnectedAccountFactory()
    assert "The business has not signed in yet" in page_of(as_staff(), account)
    MembershipFactory(account=account)
    assert "The business is giving Stripe its details" in page_of(as_staff(), account)


def test_a_requirement_says_who_what_by_when_and_what_it_blocks(as_staff):
    deadline = timezone.now()
    account = ConnectedAccountFactory(active=True, status=Status.PAST_DUE, next_deadline_at=deadline)
    RequirementFactory(
        account=account,
        description="person_1.documents.primary_verification",
        person_id="person_1",
        person_name="Maya Okafor",
        deadline_status="past_due",
        deadline_at=deadline - timezone.timedelta(days=3),
        errors=[{"code": "verification_document_not_readable", "description": "not readable"}],
    )
    page = page_of(as_staff(), account)
    for words in (
        "Identity document",
        "Maya Okafor",
        "Take a new one in daylight",
        "blocks Card issuing",
        "3 days late",
    ):
        assert words in page
    details = re.search(r"<details class=\"raw\">.*?</details>", page, re.DOTALL)[0]
    assert "person_1.documents.primary_verification" in details


def test_the_timeline_tells_people_and_stripe_apart(as_staff):
    account = ConnectedAccountFactory(active=True)
    client = as_staff("operator")
    client.post(reverse("accounts:low-balance-line", args=[account.ref]), {"line": "5", "reason": "Asked by phone"})
    StripeEvent.objects.create(
        endpoint="connect",
        stripe_id="evt_1Timeline",
        type="account.updated",
        stripe_account=account.stripe_id,
        state=StripeEvent.State.DONE,
        payload_hash="0",
    )
    panel = reverse("accounts:timeline-panel", args=[account.ref])
    shown = {show: client.get(panel, {"show": show}).content.decode() for show in ("", "people", "stripe", "junk")}
    assert "Asked by phone" in shown["people"]
    assert "evt_1Timeline" not in shown["people"]
    assert "evt_1Timeline" in shown["stripe"]
    assert "Asked by phone" not in shown["stripe"]
    for show in ("", "junk"):
        assert "Asked by phone" in shown[show]
        assert "evt_1Timeline" not in shown[show], "events would drown what people did"


def test_an_open_page_is_drawn_anew_once_something_changed(as_staff):
    account, client = ConnectedAccountFactory(), as_staff("viewer")
    live = re.search(r'hx-get="([^"]+/live/[^"]+)"', page_of(client, account))[1]
    assert client.get(live, headers={"HX-Request": "true"}).status_code == 204
    ConnectedAccount.objects.update(status=Status.ACTIVE)
    assert client.get(live, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert client.get(live).url == reverse("accounts:detail", args=[account.ref])


def test_our_own_id_leads_to_stripes_once_there_is_one(as_staff):
    account = ConnectedAccountFactory()
    by_ours = reverse("accounts:detail", args=[account.public_id])
    assert as_staff().get(by_ours).url == reverse("accounts:detail", args=[account.stripe_id])


@pytest.mark.django_db(transaction=True)
def test_staff_can_check_with_stripe_now(local_stripe, invited, as_staff):
    local_stripe.activate(invited.stripe_id)
    client = as_staff("operator")
    page = client.post(reverse("accounts:reread", args=[invited.ref]), follow=True).content.decode()
    assert "Checked with Stripe just now." in page
    local_stripe.fault("503", path="/v2/core/accounts/*")
    page = client.post(reverse("accounts:reread", args=[invited.ref]), follow=True).content.decode()
    assert "What you see is what it said last" in page


def test_a_viewer_is_offered_nothing_that_changes(as_staff):
    account = ConnectedAccountFactory(active=True)
    InvitationFactory(account=account, sent_at=timezone.now())
    page = page_of(as_staff("viewer"), account)
    for name in ("accounts:reread", "accounts:low-balance-line"):
        assert reverse(name, args=[account.ref]) not in page
    assert "Withdraw" not in page


def test_the_work_queue_holds_what_needs_somebody_most_urgent_first(staff_member):
    for status in Status:
        ConnectedAccountFactory(name=str(status), status=status)
    found = [item.account_name for item in work.items(staff_member("viewer"), timezone.now())]
    expected = [status for status in sorted(Status, key=URGENCY.get) if URGENCY[status] < NEEDS_ATTENTION]
    assert found == expected


def test_a_refused_invitation_can_be_put_away_once(as_staff, staff_member):
    account, client = ConnectedAccountFactory(status=Status.FAILED, stripe_id=None), as_staff("operator")
    url = reverse("accounts:put-away", args=[account.ref])
    assert url in page_of(client, account)
    assert "no longer counts" in client.get(url).content.decode()
    assert as_staff("viewer").post(url).status_code == 403
    assert len(list(work.items(staff_member("operator"), timezone.now()))) == 1

    for _time in range(2):
        client.post(url)

    assert list(work.items(staff_member("operator"), timezone.now())) == []
    assert AuditEntry.objects.filter(verb="account.put_away").count() == 1
    assert url not in page_of(client, account)


def test_only_a_refused_invitation_can_be_put_away(as_staff):
    account = ConnectedAccountFactory(status=Status.RESTRICTED)
    as_staff("operator").post(reverse("accounts:put-away", args=[account.ref]))
    account.refresh_from_db()
    assert account.urgency == URGENCY[Status.RESTRICTED]


def test_search_finds_by_name_and_by_id(staff_member):
    account = ConnectedAccountFactory(name="Ridgeline Roofing", stripe_id="acct_1Ridge")
    viewer = staff_member("viewer")
    assert [hit.title for hit in work.search(viewer, "roof")] == [account.name]
    assert [hit.detail for hit in work.search(viewer, "acct_1Rid")] == [account.stripe_id]
    assert not list(work.search(viewer, "acct_1Other"))


@pytest.mark.parametrize(
    ("account", "title", "words"),
    [
        ({"status": "awaiting", "kind": "oauth", "stripe_id": None}, "has not connected its Stripe account yet", ""),
        ({"status": "revoked", "revoked_at": LONG_AGO}, "was taken away on January 1, 2026", "give the access back"),
        ({"status": "revoked", "kind": "oauth"}, "Access to this account was taken away", "connect it again"),
        ({"status": "closed"}, "This account is closed", "no longer knows the account"),
        ({"status": "restricted", "unfit_reason": "dashboard"}, "can never have cards", "invite the business anew"),
        ({"status": "restricted", "unfit_reason": "of_tomorrow"}, "can never have cards", "does not allow it"),
        (
            {"status": "restricted", "kind": "express", "disabled_reason": "platform_paused"},
            "Stripe has restricted this account",
            "The platform has paused the account.",
        ),
        (
            {"status": "rejected", "kind": "express", "disabled_reason": "rejected.fraud"},
            "Stripe has rejected this account",
            "for suspected fraud",
        ),
        ({"status": "onboarding", "kind": "express"}, "The business has not signed in yet", ""),
        ({"status": "past_due", "kind": "express", "activated_at": LONG_AGO}, "Stripe asks for 1 item", "not paid out"),
        (
            {"status": "info_due", "kind": "express", "activated_at": LONG_AGO, "payouts_enabled": True},
            "Stripe asks for 1 item",
            "Payouts go on for now.",
        ),
        (
            {"status": "info_due", "kind": "express", "details_submitted": True},
            "1 item has to be",
            "Payouts start once",
        ),
    ],
)
def test_the_banner_fits_every_kind_of_account(as_staff, account, title, words):
    account = ConnectedAccountFactory(**account)
    RequirementFactory(account=account)
    notice = notice_for(account, lines_of(account))
    assert title in notice.title
    assert words in notice.body
    assert notice.title in html.unescape(page_of(as_staff(), account))


@pytest.mark.parametrize(
    ("account", "title"),
    [
        ({"status": "restricted", "unfit_reason": "dashboard"}, "This account can never have cards"),
        ({"status": "restricted", "kind": "express"}, "Stripe has restricted the account"),
        ({"status": "past_due", "kind": "oauth"}, "Overdue details"),
        ({"status": "info_due", "kind": "express"}, "Details missing after the form"),
        ({"status": "info_due", "kind": "express", "activated_at": LONG_AGO}, "Stripe asks for details"),
    ],
)
def test_the_work_queue_speaks_of_payouts_where_there_are_no_cards(staff_member, account, title):
    ConnectedAccountFactory(**account)
    [item] = work.items(staff_member("viewer"), timezone.now())
    assert item.title == title
    assert "ards" not in item.detail or account.get("unfit_reason")


def test_the_work_queue_tells_for_a_week_that_access_was_taken_away(staff_member):
    now = timezone.now()
    account = ConnectedAccountFactory(status=Status.REVOKED, revoked_at=now)
    viewer = staff_member("viewer")
    assert [item.account_name for item in work.items(viewer, now)] == [account.name]
    assert list(work.items(viewer, now + work.TOLD_FOR)) == []


def test_each_way_on_has_its_button(as_staff):
    account = ConnectedAccountFactory(active=True)
    RequirementFactory(account=account)
    MembershipFactory(account=account)
    for number, resolution in enumerate(["provide_info", "contact_stripe", "no_resolution"]):
        details = [{"code": "restricted_other", "resolution": resolution}]
        CapabilityFactory(account=account, name=f"a.{number}", status="restricted", status_details=details)
    card = page_of(as_staff(), account).partition('id="capabilities-h"')[2].partition("</section>")[0]
    ask, contact, nothing = re.findall(r"<li .*?</li>", card, re.DOTALL)
    assert reverse("accounts:ask", args=[account.ref]) in ask
    assert "https://support.stripe.com/contact" in contact
    assert f"/connect/accounts/{account.stripe_id}" in contact
    assert contact.count('target="_blank" rel="noopener noreferrer"') == 2
    assert "<a " not in nothing


def test_a_new_capability_is_not_switched_on_yet(as_staff):
    account = ConnectedAccountFactory()
    details = [{"code": "requirements_past_due", "resolution": "provide_info"}]
    CapabilityFactory(account=account, status="restricted", status_details=details)
    page = page_of(as_staff(), account)
    assert "Not switched on yet" in page
    assert 'data-tone="bad"' not in page


def test_rules_to_come_stand_apart(as_staff):
    account = ConnectedAccountFactory(active=True)
    RequirementFactory(account=account, is_future=True, deadline_at=timezone.now().replace(year=2031, month=3, day=1))
    page = page_of(as_staff(), account)
    assert "1 item under rules to come" in page
    assert "From Mar 1, 2031" in page
    assert "Nothing is due" in page


@pytest.mark.parametrize(("activated_at", "is_told"), [(None, False), (LONG_AGO, True)])
def test_why_stripe_switched_an_account_off_is_told_once_it_was_on(as_staff, activated_at, is_told):
    account = ConnectedAccountFactory(
        kind="express", disabled_reason="requirements.past_due", activated_at=activated_at
    )
    assert ("Details are overdue." in page_of(as_staff(), account)) is is_told
