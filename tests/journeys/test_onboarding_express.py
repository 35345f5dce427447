"""A business that is to be paid out is onboarded through Express, and comes back before it is through."""

import re

import pytest

from tests.journeys import onboarding_steps, steps
from tests.journeys.browsing import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NAME, OWNER = "Northwind Couriers", "lena@northwind-couriers.example"
FACTS = ("Details submitted", "Can take payments", "Is paid out")


def test_an_express_business_stops_on_the_way_and_goes_on_later(signed_in, open_window, running_demo, stripe):
    staff, owner = signed_in("operator@demo.test"), open_window()
    onboarding_steps.invite(staff, NAME, OWNER, kind="Payouts", url="https://accessible.stripe.com", mcc="4215")
    at_stripe_stands(staff, "No", "No", "No")
    onboarding_steps.join(owner, running_demo.link_mailed_to(OWNER), "Lena Storm")

    page = owner.page
    expect(page.get_by_role("heading", name="Set up your payouts")).to_be_visible()
    owner.look("express-start")
    page.get_by_role("button", name="Start").click()
    stop_on_the_way(owner)
    expect(page.get_by_role("heading", name="You stopped before the end")).to_be_visible()
    owner.look("express-stopped")
    at_stripe_stands(staff, "No", "No", "No")

    page.get_by_role("button", name="Continue where you left off").click()
    steps.fill_in_onboarding(owner)
    expect(page.get_by_role("heading", name="Your payouts are on")).to_be_visible()
    at_stripe_stands(staff, "Yes", "Yes", "Yes")
    stripe_asks_again(owner, staff, stripe)


def at_stripe_stands(staff, *answers: str):
    """The facts of Stripe's on the page of staff, which follows by itself."""
    facts = staff.page.get_by_role("region", name="At Stripe")
    for fact, answer in zip(FACTS, answers, strict=True):
        row = facts.locator("dt", has_text=fact).locator("xpath=following-sibling::dd[1]")
        expect(row).to_have_text(answer)


def stop_on_the_way(owner):
    page = owner.page
    expect(page.locator(".mark")).to_have_text("local Stripe")
    page.get_by_role("button", name="Use test data").click()
    page.get_by_role("button", name="Save for later").click()


def stripe_asks_again(owner, staff, stripe):
    """What has been submitted once stays so, whatever is asked for later."""
    page = owner.page
    account = re.search(r"acct_\w+", page.url)[0]
    demand = {"path": "company.phone", "deadline": "past_due"}
    stripe.control(f"accounts/{account}/requirements", {"add": [demand]})
    at_stripe_stands(staff, "Yes", "No", "No")
    page.reload()
    expect(page.get_by_role("heading", name="Stripe needs more from you")).to_be_visible()
    expect(page.get_by_text("You are not paid out until this is supplied.")).to_be_visible()
    owner.look("express-asked-again")
