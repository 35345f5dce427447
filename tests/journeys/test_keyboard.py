"""Money added without a mouse: Tab, Shift+Tab, arrows, Space, Enter and typing."""

import pytest

from tests.journeys.browsing import expect
from tests.journeys.steps import NUMBER, ROUTING

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

OWNER = "owner@blue-ferry.demo.test"
MOST_STOPS = 60
FOCUS = """() => {
    const here = document.activeElement;
    const labels = [...(here.labels ?? [])].map(label => label.innerText);
    return (here.getAttribute("aria-label") ?? (labels.join(" ") || here.innerText)).trim();
}"""
HAS_A_RING = """() => {
    const here = document.activeElement;
    const drawn = [here, here.closest("tr, label, .affix")].filter(Boolean).map(each => getComputedStyle(each));
    return drawn.some(style => style.outlineStyle !== "none" || style.boxShadow !== "none");
}"""


def tab_to(page, name: str):
    """Press Tab until the control of this name has the focus, which has to be visible."""
    met = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        met.append(page.evaluate(FOCUS))
        if met[-1].startswith(name):
            assert page.evaluate(HAS_A_RING), f"no focus ring on {name}"
            return
    raise AssertionError(f"{name!r} cannot be reached by Tab; met {met}")


def test_a_bank_is_connected_confirmed_and_debited_by_keyboard_alone(signed_in):
    window = signed_in(OWNER)
    page = window.page
    keys = page.keyboard
    accounts = page.url.removesuffix("home/")

    page.goto(f"{accounts}bank-accounts/new/".replace("/accounts/", "/funding/"))
    tab_to(page, "Routing number")
    keys.type(ROUTING)
    keys.press("Tab")
    keys.type(NUMBER)
    tab_to(page, "I am allowed to authorize debits")
    keys.press("Space")
    tab_to(page, "Authorize debits")
    keys.press("Enter")
    expect(page.get_by_text("Waiting for deposits")).to_be_visible()

    tab_to(page, "Enter the two deposits")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Confirm your bank")).to_be_visible()
    tab_to(page, "First deposit")
    keys.type("32")
    keys.press("Tab")
    keys.type("45")
    keys.press("Enter")
    expect(page.get_by_text("Verified. Money can be pulled from it.")).to_be_visible()

    tab_to(page, "Add money")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="How much, and from where?")).to_be_visible()
    tab_to(page, "Amount")
    keys.type("125.00")
    tab_to(page, "Review")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Review before money moves")).to_be_visible()
    tab_to(page, "Pull $125.00 from")
    keys.press("Space")
    expect(page.locator("#top-up-status").get_by_text("On its way")).to_be_visible()
    expect(page.locator("#top-up-status").get_by_text("$125.00")).to_be_visible()
