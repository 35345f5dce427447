"""Where Stripe's component cannot run, the page around it leads on: our own forms bring a Briton to active."""

import pytest

from tests.journeys import onboarding_steps as steps
from tests.journeys.browsing import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

NAME, OWNER = "Sable & Thread", "orla@sable-thread.example"
NAME_PLAIN, OWNER_PLAIN = "Pebble Weaving", "niamh@pebble-weaving.example"
SORT_CODE, NUMBER = "108800", "00012345"
SCRIPT = "**/connect-js/v1.0/connect.js"


@pytest.fixture
def staff(signed_in):
    return signed_in("operator@demo.test")


def invite_a_briton(staff, name: str, email: str):
    steps.invite(staff, name, email, country="GB", entity_type="individual", program="commercial.stripe.prepaid_card")


def test_with_the_script_blocked_the_business_is_onboarded_all_the_same(staff, open_window, running_demo):
    owner = open_window()
    owner.expect_complaint("net::ERR_FAILED")
    owner.page.route(SCRIPT, lambda route: route.abort())
    go_to_active(staff, owner, NAME, OWNER, running_demo, name_the_bank)


def test_without_javascript_the_business_is_onboarded_all_the_same(staff, open_window, running_demo):
    owner = open_window(java_script_enabled=False)
    go_to_active(staff, owner, NAME_PLAIN, OWNER_PLAIN, running_demo, skip_the_bank)


def go_to_active(staff, owner, name: str, email: str, demo, name_the_bank):
    invite_a_briton(staff, name, email)
    steps.join(owner, demo.link_mailed_to(email), "Orla Reyes")
    page = owner.page
    home = page.url
    page.get_by_role("link", name="Stripe’s form inside our page").click()
    page.get_by_role("link", name="Fill in our form").click()
    steps.tell_about_trade(owner)
    tell_about_oneself(owner)
    page.get_by_role("link", name="Continue").click()
    name_the_bank(owner)
    page.get_by_label("I, Orla Reyes, confirm").check()
    page.get_by_role("button", name="Submit application").click()
    expect(page.get_by_role("heading", name="Stripe has everything it asked for")).to_be_visible()
    expect(staff.page.locator("main .badge").first).to_have_text("Active")
    page.goto(home)
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def tell_about_oneself(owner):
    page = owner.page
    page.get_by_role("link", name="Give your details").click()
    day, month, year = steps.VERIFIES_AT_ONCE
    page.get_by_label("First name").fill("Orla")
    page.get_by_label("Last name").fill("Reyes")
    page.get_by_label("Day of birth").fill(day)
    page.get_by_label("Month of birth").select_option(label=month)
    page.get_by_label("Year of birth").fill(year)
    page.get_by_label("Street and number").fill("8 Mill Lane")
    page.get_by_label("Postcode").fill("LS1 4DY")
    page.get_by_label("Town or city").fill("Leeds")
    page.get_by_label("E-mail address").fill("orla@sable-thread.example")
    page.get_by_label("Phone number").fill("020 7946 0018")
    page.get_by_role("button", name="Save", exact=True).click()


def name_the_bank(owner):
    """Its numbers leave the browser for Stripe only."""
    page = owner.page
    page.get_by_label("Sort code").fill(SORT_CODE)
    page.get_by_label("Account number").fill(NUMBER)
    owner.look("embedded-bank")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="Confirm and accept")).to_be_visible()
    for number in (SORT_CODE, NUMBER):
        assert set(owner.carriers_of(number)) == {f"{owner.demo.stripe}/v1/tokens"}


def skip_the_bank(owner):
    """Without JavaScript its numbers cannot reach Stripe from here, and the page says so."""
    page = owner.page
    expect(page.get_by_role("heading", name="This page needs JavaScript")).to_be_visible()
    page.get_by_role("link", name="Skip this step").click()
