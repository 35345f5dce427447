"""The steps of the journey, each as a person takes it: by what stands on the screen."""

import re

from tests.journeys.browsing import Window, expect

ROUTING, NUMBER = "110000000", "000123456789"
OWNER_PASSWORD = "harbour lantern quiet maple"
TEN_DAYS = 10 * 86_400


def invite(staff: Window, name: str, email: str):
    """Staff invite a business and land on its page."""
    page = staff.goto("/accounts/")
    page.get_by_role("link", name="Invite a business").click()
    page.get_by_label("Business name").fill(name)
    page.get_by_label("E-mail of the owner").fill(email)
    page.get_by_label("Legal form").select_option("company")
    page.get_by_role("button", name="Invite this business").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def accept_invitation(owner: Window, link: str, full_name: str):
    """The invited person opens the link of the mail and sets a password."""
    page = owner.goto(link)
    page.get_by_label("Your name").fill(full_name)
    page.get_by_label("Password", exact=True).fill(OWNER_PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    expect(page.get_by_role("heading", name="Set up your cards")).to_be_visible()


def fill_in_onboarding(owner: Window, look=lambda name: None):
    """Go through the hosted pages from wherever they open, with their test data, and come back to the portal."""
    page = owner.page
    expect(page.locator(".mark")).to_have_text("local Stripe")
    while page.url.startswith(owner.demo.stripe):
        title = page.get_by_role("heading", level=1).inner_text()
        look(f"stripe-{title.lower().replace(' ', '-')}")
        if page.get_by_role("button", name="Agree and submit").count():
            page.get_by_role("checkbox").check()
            page.get_by_role("button", name="Agree and submit").click()
        elif page.get_by_role("button", name="These are all owners").count():
            page.get_by_role("button", name="These are all owners").click()
        else:
            page.get_by_role("button", name="Use test data").click()
            page.get_by_role("button", name="Continue").click()


def authorize_debits(owner: Window, routing: str = ROUTING, number: str = NUMBER):
    """Type bank numbers into the mandate page and authorize."""
    page = owner.page
    page.get_by_label("Routing number").fill(routing)
    page.get_by_label("Account number").fill(number)
    page.get_by_label("I am allowed to authorize debits").check()
    page.get_by_role("button", name="Authorize debits").click()


def confirm_deposits(window: Window, first: str, second: str):
    page = window.page
    page.get_by_label("First deposit").fill(first)
    page.get_by_label("Second deposit").fill(second)
    page.get_by_role("button", name="Confirm account").click()


def review_top_up(window: Window, amount: str):
    """Fill in the top-up form as far as its review."""
    page = window.page
    page.get_by_label("Amount", exact=True).fill(amount)
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("heading", name="Review before money moves")).to_be_visible()


def confirm_top_up(window: Window):
    window.page.get_by_role("button", name=re.compile(r"^Pull ")).click()
    expect(window.page.locator("#top-up-status")).to_be_visible()
