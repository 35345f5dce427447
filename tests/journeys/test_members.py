"""An owner shares the work: a colleague of finance adds money, and changes nothing about the business."""

import re

import pytest

from tests.journeys import onboarding_steps, steps
from tests.journeys.browsing import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

# Active and funded, with a bank account that may be debited.
OWNER, NAME = "owner@kestrel-couriers.demo.test", "Kestrel Couriers"
COLLEAGUE = "tessa@kestrel-couriers.example"


def test_a_colleague_of_finance_adds_money_and_changes_nothing_else(signed_in, open_window, running_demo):
    owner, colleague = signed_in(OWNER), open_window()
    invite(owner)
    link = running_demo.link_mailed_to(COLLEAGUE)
    onboarding_steps.join(colleague, link, "Tessa Marsh")
    expect(owner.goto(owner.page.url).get_by_role("row").filter(has_text="Tessa Marsh")).to_contain_text("Finance")

    page = colleague.page
    for way in ("Name and contact", "People", "Change what Stripe knows"):
        expect(page.get_by_role("main").get_by_text(way, exact=True)).to_have_count(0)
    nothing_else_is_open(colleague)
    page.get_by_role("link", name="Add money").first.click()
    steps.review_top_up(colleague, "731.00")
    steps.confirm_top_up(colleague)
    expect(page.get_by_text("On its way", exact=True).first).to_be_visible()

    remove(owner)
    colleague.expect_complaint("status of 404")
    assert page.reload().status == 404


def invite(owner):
    page = owner.page
    page.get_by_role("link", name="People", exact=True).click()
    owner.look("members")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail").fill(COLLEAGUE)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("Choose a role.").first).to_be_visible()
    page.get_by_label("Finance").check()
    owner.look("members-invite")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text(f"{COLLEAGUE} was invited.")).to_be_visible()


def nothing_else_is_open(colleague):
    """By address: the pages that only owners have."""
    page = colleague.page
    home = page.url
    colleague.expect_complaint("status of 403")
    for path in ("details/business/", "details/people/", "members/", "rename/", "embedded/"):
        assert page.goto(home.replace("home/", path)).status == 403
    page.goto(home)


def remove(owner):
    page = owner.page
    page.get_by_role("link", name=re.compile("^Remove Tessa Marsh")).click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Tessa Marsh no longer acts for the business.")).to_be_visible()
