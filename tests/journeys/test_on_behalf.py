"""Staff act for a business: with a reason that is kept, and with an authorization given to them on paper."""

import pytest

from tests.journeys import steps
from tests.journeys.browsing import expect
from tests.journeys.steps import NUMBER, ROUTING

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

REASON = "Asked for by phone, ticket 4711"


@pytest.fixture
def staff(signed_in):
    return signed_in("operator@demo.test")


def open_account(staff, name: str) -> str:
    page = staff.goto("/accounts/")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(page.locator(".skeleton")).to_have_count(0)
    return page.url


def test_a_top_up_needs_a_reason_which_everybody_can_read_later(staff):
    account = open_account(staff, "Kestrel Couriers")
    page = staff.page
    page.get_by_role("link", name="Add money").click()
    page.get_by_label("Amount", exact=True).fill("410.00")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_text("Say why you are doing this on the business’s behalf.").first).to_be_visible()
    staff.look("staff-top-up-without-reason")

    page.get_by_label("Reason").fill(REASON)
    steps.review_top_up(staff, "410.00")
    staff.look("staff-top-up-review")
    steps.confirm_top_up(staff)
    expect(page.get_by_text("On its way", exact=True).first).to_be_visible()
    staff.goto(account)
    expect(page.locator("#timeline").get_by_text(REASON).first).to_be_visible()


def test_an_authorization_on_paper_is_recorded_with_its_evidence(staff):
    account = open_account(staff, "Juniper Dental Studio")
    page = staff.page
    page.goto(account.replace("/accounts/", "/funding/") + "bank-accounts/record/")
    page.get_by_role("button", name="Record authorization").click()
    expect(page.get_by_text("Enter the routing number.")).to_be_visible()

    page.get_by_label("Routing number").fill(ROUTING)
    page.get_by_label("Account number").fill(NUMBER)
    page.get_by_label("The business agreed to exactly these words.").check()
    page.get_by_label("When it was given").fill("2026-01-15T10:30")
    page.get_by_label("How it was given").fill("Signed form of January 15, in the contract folder")
    page.get_by_label("Evidence contact").fill("contracts@cardwright.example")
    page.get_by_label("Reason").fill(REASON)
    staff.look("staff-offline-mandate")
    page.get_by_role("button", name="Record authorization").click()

    expect(page.get_by_text("Waiting for deposits")).to_be_visible()
    expect(page.get_by_text("Signed form of January 15, in the contract folder")).to_be_visible()
    expect(page.get_by_text(REASON).first).to_be_visible()
    staff.look("staff-bank-account")
    assert staff.carriers_of(NUMBER) == [f"{staff.demo.stripe}/v1/tokens"]
