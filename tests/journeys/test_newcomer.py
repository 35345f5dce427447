"""The journey of a newcomer: a business funds its cards, end to end, and staff see all of it."""

import pytest

from tests.journeys import steps
from tests.journeys.browsing import expect
from tests.journeys.steps import NUMBER, ROUTING

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

NAME, OWNER = "Cedar & Finch Supply", "mina@cedar-finch.example"


def test_a_business_funds_its_cards_and_staff_see_it_live(signed_in, open_window, running_demo, stripe):
    staff, owner = signed_in("operator@demo.test"), open_window()
    staff.look("staff-home")

    staff.goto("/accounts/")
    staff.look("staff-accounts")
    staff.goto("/accounts/invite/")
    staff.look("staff-invite")
    steps.invite(staff, NAME, OWNER)
    account_page = staff.page.url
    staff.look("staff-account-invited")

    owner.goto(running_demo.link_mailed_to(OWNER))
    owner.look("owner-invitation")
    steps.accept_invitation(owner, owner.page.url, "Mina Aguilar")
    home = owner.page.url
    owner.look("owner-home-start")

    onboard(owner)
    watch_it_become_active(owner, staff)

    authorize_debits(owner)
    confirm_the_bank(owner)
    top_up = add_money(owner)

    staff.goto(top_up)
    staff.look("staff-top-up")
    listed = staff.open_tab()
    listed.goto("/funding/top-ups/")
    account = staff.open_tab()
    account.goto(account_page)
    row = listed.get_by_role("row").filter(has_text=NAME)
    expect(row).to_contain_text("On its way")
    stripe.advance(steps.TEN_DAYS)
    for window in (owner, staff):
        status = window.page.locator("#top-up-status")
        expect(status.get_by_text("Arrived", exact=True)).to_be_visible()
        expect(window.page.locator("#balance .big")).to_have_text("$5,000.00")
    expect(row).to_contain_text("Arrived")
    expect(account.locator("#timeline").get_by_text("The money has arrived")).to_be_visible()
    owner.look("owner-top-up-arrived")

    owner.goto(home)
    expect(owner.page.get_by_text("$5,000.00").first).to_be_visible()
    owner.look("owner-home-funded")
    staff_see_what_happened(staff, account_page)


def onboard(owner):
    page = owner.page
    page.get_by_role("button", name="Use Stripe’s form instead").click()
    expect(page.locator(".mark")).to_have_text("local Stripe")
    page.get_by_role("button", name="Use test data").click()
    page.get_by_role("button", name="Save for later").click()

    expect(page.get_by_role("button", name="Continue in Stripe’s form")).to_be_visible()
    owner.look("owner-home-continue")
    page.get_by_role("button", name="Continue in Stripe’s form").click()
    steps.fill_in_onboarding(owner, owner.look)


def watch_it_become_active(owner, staff):
    """Nobody loads these two pages again: they follow."""
    checking = owner.page.get_by_role("heading", name="Stripe is checking your details")
    connect = owner.page.get_by_role("link", name="Authorize bank debits")
    expect(checking.or_(connect).first).to_be_visible()
    expect(connect).to_be_visible()
    owner.look("owner-home-active")
    expect(staff.page.locator("main .badge").first).to_have_text("Active")


def authorize_debits(owner):
    owner.page.get_by_role("link", name="Authorize bank debits").click()
    owner.look("owner-mandate")
    steps.authorize_debits(owner)
    expect(owner.page.get_by_text("Waiting for deposits")).to_be_visible()
    owner.look("owner-bank-waiting")
    assert owner.carriers_of(NUMBER) == [f"{owner.demo.stripe}/v1/tokens"]
    assert owner.carriers_of(ROUTING) == [f"{owner.demo.stripe}/v1/tokens"]


def confirm_the_bank(owner):
    owner.page.get_by_role("link", name="Enter the two deposits").click()
    owner.look("owner-deposits")
    steps.confirm_deposits(owner, "11", "12")
    expect(owner.page.get_by_text("2 tries are left")).to_be_visible()
    owner.look("owner-deposits-wrong")
    steps.confirm_deposits(owner, "0.32", "45")
    expect(owner.page.get_by_text("Verified. Money can be pulled from it.")).to_be_visible()
    owner.look("owner-bank-verified")


def add_money(owner) -> str:
    owner.page.get_by_role("link", name="Add money").click()
    owner.look("owner-top-up-form")
    steps.review_top_up(owner, "5000.00")
    owner.look("owner-top-up-review")
    steps.confirm_top_up(owner)
    expect(owner.page.get_by_text("On its way", exact=True).first).to_be_visible()
    owner.look("owner-top-up-moving")
    return owner.page.url


def staff_see_what_happened(staff, account_page):
    page = staff.goto(account_page)
    expect(page.locator(".badge").first).to_have_text("Active")
    for deed in ("The money has arrived", "Top-up requested", "Bank account verified", "Authorization recorded"):
        expect(page.locator("#timeline").get_by_text(deed, exact=True)).to_be_visible()
    staff.look("staff-account-active")
    staff.goto("/funding/top-ups/")
    expect(page.get_by_role("row").filter(has_text=NAME)).to_contain_text("Arrived")
    staff.look("staff-top-ups")
    for name in ("operations", "events"):
        page = staff.goto(f"/stripe/{name}/")
        staff.look(f"staff-{name}")
        page.locator("main .row-link").first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        staff.look(f"staff-{name}-detail")
