"""A company of two owners is onboarded by our own forms, with a document that is refused and then accepted."""

import pytest

from tests.journeys import onboarding_steps as steps
from tests.journeys.browsing import expect
from tests.journeys.onboarding_steps import GOOD_NUMBER, WRONG_NUMBER, Somebody

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

NAME, OWNER = "Alder & Finch Robotics", "ida@alder-finch.example"
IDA = Somebody("Ida", "Alder", OWNER, number=WRONG_NUMBER, share="60", title="Chief executive", is_representative=True)
NOA = Somebody("Noa", "Finch", "noa@alder-finch.example", share="40")


# What people did, as the timeline has it once the business has told everything.
TOLD = (
    "Business details: sent to Stripe",
    "Details of a person: sent to Stripe",
    "ID number of a person: sent to Stripe",
    "Who owns and runs the business: sent to Stripe",
    "Acceptance of terms: sent to Stripe",
    "Business asked for details",
)


def test_a_company_with_two_owners_is_onboarded_by_our_own_forms(signed_in, open_window, running_demo, stripe):
    staff, owner = signed_in("operator@demo.test"), open_window()
    steps.invite(staff, NAME, OWNER, entity_type="company")
    account_page = staff.page.url
    steps.join(owner, running_demo.link_mailed_to(OWNER), "Ida Alder")
    steps.open_our_forms(owner)
    tell_everything(owner)
    accept_last(owner)
    hear_of_the_document(owner)

    mail = ask_for_it(staff, account_page, running_demo)
    # Among everything that happened, the newest alone are shown; what people did has a view of its own.
    staff_see(staff, f"{account_page}timeline/?show=people", *TOLD)
    staff_see(staff, account_page, "Request for details sent")
    send_a_bad_picture(owner, mail)
    staff.page.reload()
    expect(staff.page.get_by_role("region", name="Asked for details").get_by_text("Opened")).to_be_visible()
    send_a_good_one(owner)
    expect(staff.page.locator("main .badge").first).to_have_text("Active")
    staff_see(staff, account_page, "Document not accepted", "Document accepted", "Request for details opened")
    nothing_was_kept_here(owner)


def tell_everything(owner):
    page = owner.page
    owner.look("own-forms-business")
    steps.tell_about_company(owner, NAME, GOOD_NUMBER)
    expect(page.get_by_role("heading", name="People behind the business")).to_be_visible()
    steps.add_person(owner, IDA)
    terms_have_to_wait(owner)
    steps.add_person(owner, NOA)
    expect(page.get_by_text("The owners listed here hold 100% together.")).to_be_visible()
    owner.look("own-forms-people")
    page.get_by_label("Everybody who owns 25% or more").check()
    page.get_by_role("button", name="Confirm and continue").click()
    page.get_by_role("link", name="Skip this step").click()


def terms_have_to_wait(owner):
    """The last step is there to be read, and to be sent only when everything else is."""
    page = owner.page
    page.get_by_role("link", name="Terms").click()
    expect(page.get_by_role("heading", name="Something comes before the terms")).to_be_visible()
    expect(page.get_by_role("button", name="Submit application")).to_have_count(0)
    page.get_by_role("navigation", name="Progress").get_by_role("link", name="People").click()


def accept_last(owner):
    page = owner.page
    expect(page.get_by_role("heading", name="Confirm and accept")).to_be_visible()
    page.get_by_label("I, Ida Alder, confirm").check()
    owner.look("own-forms-terms")
    page.get_by_role("button", name="Submit application").click()
    expect(page.get_by_role("heading", name="Stripe has everything it asked for")).to_be_visible()
    page.get_by_role("link", name="Back to the overview").click()


def hear_of_the_document(owner):
    """The page follows by itself."""
    page = owner.page
    expect(page.get_by_role("heading", name="Something has to be corrected")).to_be_visible()
    expect(page.get_by_text("This person could not be confirmed.")).to_be_visible()


def ask_for_it(staff, account_page, demo) -> str:
    """Staff ask for what is due; the mail leads to the business's own page."""
    page = staff.goto(account_page)
    page.get_by_role("link", name="Ask the business").first.click()
    page.get_by_label("Your message").fill("A photo by daylight will do.")
    page.get_by_role("button", name="Show the mail").click()
    expect(page.get_by_text("A photo by daylight will do.").last).to_be_visible()
    staff.look("own-forms-ask")
    page.get_by_role("button", name="Send the request").click()
    asked = page.get_by_role("region", name="Asked for details")
    expect(asked.get_by_text("Sent", exact=True)).to_be_visible()
    link = demo.link_mailed_to(OWNER)
    assert link.startswith(f"{demo.site}/accounts/")
    assert "/asked/" in link
    return link


def staff_see(staff, account_page, *deeds):
    page = staff.goto(account_page)
    for deed in deeds:
        expect(page.locator("#timeline").get_by_text(deed, exact=True).first).to_be_visible()


def send_a_bad_picture(owner, mail):
    page = owner.goto(mail)
    expect(page.get_by_text("This person could not be confirmed.")).to_be_visible()
    page.get_by_role("link", name="Send Identity document Ida Alder").click()
    steps.send_document(owner, "verification_document_not_readable.png", side=71)
    expect(page.get_by_text("Being checked")).to_be_visible()
    page.get_by_role("link", name="Finish later").click()
    expect(page.get_by_text("The photo cannot be read. Take a new one in daylight.")).to_be_visible()


def send_a_good_one(owner):
    page = owner.page
    page.get_by_role("link", name="Correct this").click()
    expect(page.get_by_text("Not accepted", exact=True)).to_be_visible()
    owner.look("own-forms-documents")
    page.get_by_role("link", name="Send another").click()
    expect(page.get_by_role("heading", name="The last one was not accepted")).to_be_visible()
    owner.look("own-forms-document")
    steps.send_document(owner, "passport.png", side=72)
    page.get_by_role("link", name="Finish later").click()
    expect(page.get_by_role("link", name="Authorize bank debits")).to_be_visible()


def nothing_was_kept_here(owner):
    """Identity numbers went from the browser to Stripe, and nowhere else."""
    for number in (WRONG_NUMBER, GOOD_NUMBER):
        assert set(owner.carriers_of(number)) == {f"{owner.demo.stripe}/v1/tokens"}
