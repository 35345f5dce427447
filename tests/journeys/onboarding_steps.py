"""The steps of onboarding, each as somebody of a business or of staff takes it: by what stands on the screen."""

import re
from dataclasses import dataclass

from config.run.demo_onboarding import picture
from tests.journeys.browsing import Window, expect
from tests.journeys.steps import OWNER_PASSWORD

# Values of Stripe's test environments: a birthday and numbers that verify at once, and a number that fails.
VERIFIES_AT_ONCE = ("1", "January", "1902")
GOOD_NUMBER, WRONG_NUMBER = "222222222", "111111111"


@dataclass(frozen=True)
class Somebody:
    """A person behind a business, as they type themselves in."""

    first_name: str
    last_name: str
    email: str
    number: str = GOOD_NUMBER
    share: str = ""
    title: str = ""
    is_representative: bool = False


def invite(staff: Window, name: str, email: str, *, kind: str = "Cards", **fields: str):
    """Staff invite a business and land on its page. `fields` are options to choose, by the name of their input."""
    page = staff.goto("/accounts/invite/")
    page.get_by_role("link", name=re.compile(f"^{kind}")).click()
    page.get_by_label("Business name").fill(name)
    page.get_by_label("E-mail of the owner").fill(email)
    for field, value in fields.items():
        control = page.locator(f"main [name={field}]")
        if control.evaluate("each => each.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    page.get_by_role("button", name="Invite this business").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def join(owner: Window, link: str, full_name: str):
    """The invited person opens the link of the mail, sets a password and is where the business is at home."""
    page = owner.goto(link)
    page.get_by_label("Your name").fill(full_name)
    page.get_by_label("Password", exact=True).fill(OWNER_PASSWORD)
    page.get_by_role("button", name="Set password and sign in").click()
    expect(page).to_have_url(re.compile(r"/home/$"))


def open_our_forms(owner: Window):
    owner.page.get_by_role("link", name="Fill it in here, step by step").click()


def tell_about_company(owner: Window, name: str, number: str, *, city: str = "Portland", state: str = "OR"):
    """Everything about an American company, in the step about the business."""
    page = owner.page
    expect(page.get_by_role("heading", name="About the business", level=1)).to_be_visible()
    page.get_by_label("Registered name").fill(name)
    page.get_by_label("Employer Identification Number").fill(number)
    page.get_by_label("Business phone").fill("(503) 555-0137")
    page.get_by_label("Street and number").fill("410 Alder Street")
    page.get_by_label("City").fill(city)
    page.get_by_label("State").select_option(state)
    page.get_by_label("ZIP code").fill("97204")
    tell_about_trade(owner)


def tell_about_trade(owner: Window):
    """What every business says about what it does and how large it is, and on to the next step."""
    page = owner.page
    page.get_by_label("Industry").fill("Computer software stores (5734)")
    page.get_by_label("Website").fill("https://accessible.stripe.com")
    page.get_by_label("People who work there").fill("12")
    page.get_by_label("Yearly revenue").fill("850000")
    page.get_by_label("Last day of that financial year").fill("2025-12-31")
    page.get_by_role("button", name="Save and continue").click()


def add_person(owner: Window, person: Somebody):
    """Fill in the form about a person, from the list of people, and save it."""
    page = owner.page
    page.get_by_role("link", name=re.compile("Add (a person|the representative)")).click()
    fill_in_person(owner, person)
    page.get_by_role("button", name="Save", exact=True).click()


def fill_in_person(owner: Window, person: Somebody):
    page = owner.page
    day, month, year = VERIFIES_AT_ONCE
    page.get_by_label("First name").fill(person.first_name)
    page.get_by_label("Last name").fill(person.last_name)
    page.get_by_label("Day of birth").fill(day)
    page.get_by_label("Month of birth").select_option(label=month)
    page.get_by_label("Year of birth").fill(year)
    page.get_by_label("Street and number").fill("12 Larch Avenue")
    page.get_by_label("ZIP code").fill("97204")
    page.get_by_label("City").fill("Portland")
    page.get_by_label("State").select_option("OR")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Phone number").fill("(503) 555-0148")
    if person.is_representative:
        page.get_by_label("Represents the business").check()
    if person.share:
        page.get_by_label("Owns part of it").check()
        page.get_by_label("Share of the business in percent").fill(person.share)
    if person.title:
        page.get_by_label("Job title").fill(person.title)
    page.get_by_label("Social Security number").fill(person.number)


def send_document(owner: Window, name: str, *, side: int):
    """Choose a picture of this file name and send it. Pictures of another `side` (pixels) are other pictures."""
    page = owner.page
    file = {"name": name, "mimeType": "image/png", "buffer": picture(side)}
    page.get_by_label("Front side, or the page with the photo").set_input_files(file)
    expect(page.locator("[data-preview] img")).to_be_visible()
    page.get_by_role("button", name="Send to Stripe").click()
