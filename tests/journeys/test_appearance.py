"""How pages look and behave where the journey itself does not lead: in French, without scripts, motion or colours."""

import pytest

from tests.journeys.browsing import PHONE, SMALLEST, expect, overflowing, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

OPERATOR, ADMIN, OWNER = "operator@demo.test", "admin@demo.test", "owner@harbor-bakery.demo.test"
FRENCH_OWNER = "owner@kestrel-couriers.demo.test"
FAULTY_PAGE = """<!doctype html><html lang="en"><title>Faulty</title><main><h1>Faulty</h1>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><input type="text">
<p style="color: #ccc; background: #fff">Pale text</p></main></html>"""
MOVING = """() => [...document.querySelectorAll("*")].filter(each => {
    const style = getComputedStyle(each);
    return [...style.transitionDuration.split(","), ...style.animationDuration.split(",")].some(s => parseFloat(s) > 0)
        && style.transitionProperty !== "none" && style.transitionDuration !== "0s";
}).length"""


def test_the_judge_finds_what_is_wrong_with_a_faulty_page(open_window):
    page = open_window().page
    page.set_content(FAULTY_PAGE)
    assert {rule for rule, _html in violations(page)} == {"image-alt", "label", "color-contrast"}
    page.set_content("<!doctype html><title>Wide</title><p style='inline-size: 3000px'>Wide</p>")
    assert len(overflowing(page)) == 1


def staff_pages(window) -> list[str]:
    page = window.goto("/accounts/")
    account = page.get_by_role("link", name="Harbor Lane Bakery").get_attribute("href")
    funding = account.replace("/accounts/", "/funding/")
    return [
        "/", "/accounts/", "/accounts/?view=attention", "/accounts/invite/", account, "/funding/top-ups/",
        f"{funding}bank-accounts/", f"{funding}bank-accounts/record/", f"{funding}top-ups/", f"{funding}top-ups/new/",
        f"{account}low-balance-line/", "/stripe/operations/", "/stripe/events/", "/stripe/pauses/",
        "/stripe/pauses/open/", "/search/?q=harbor", "/preferences/", "/audit-trail/", "/team/", "/team/invite/",
        "/account/2fa/", "/nowhere/",
    ]  # fmt: skip


def owner_pages(window) -> list[str]:
    window.goto("/")
    home = window.page.url.removeprefix(window.demo.site)
    funding = home.removesuffix("home/").replace("/accounts/", "/funding/")
    pages = ["bank-accounts/", "bank-accounts/new/", "top-ups/", "top-ups/new/"]
    return [home, *(funding + page for page in pages), "/preferences/"]


@pytest.mark.parametrize(
    ("person", "pages"), [(ADMIN, staff_pages), (FRENCH_OWNER, owner_pages)], ids=["staff", "owner"]
)
def test_every_page_fits_the_smallest_windows_in_french(signed_in, person, pages):
    window = signed_in(person)
    addresses = pages(window)
    window.expect_complaint("status of 404")
    window.page.emulate_media(color_scheme="dark")
    choose_language(window, "fr")
    for number, address in enumerate(addresses):
        page = window.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        expect(page.locator(".skeleton, .htmx-request")).to_have_count(0)
        for width in (PHONE, SMALLEST):
            window.resize(width)
            window.flaws += [(address, "fr", width, flaw) for flaw in window.found_now()]
        window.picture(f"french-{pages.__name__}-{number:02}")
    # Others come after this person, in the same demo.
    choose_language(window, "en")


def choose_language(window, code):
    page = window.goto("/preferences/")
    page.locator("main select[name=language]").select_option(code)
    page.locator("main form:has(select[name=language]) button[type=submit]").first.click()
    expect(page.locator("html")).to_have_attribute("lang", code)


def test_lists_and_forms_work_without_scripts(signed_in, stripe):
    staff = signed_in(OPERATOR, java_script_enabled=False)
    page = staff.goto("/accounts/")
    page.get_by_label("Name or account ID").fill("kestrel")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("main .row-link")).to_have_count(1)
    page.get_by_role("link", name="Kestrel Couriers").click()
    expect(page.get_by_role("heading", name="Kestrel Couriers")).to_be_visible()

    owner = signed_in(OWNER, java_script_enabled=False)
    page = owner.goto(owner_pages(owner)[3])
    page.get_by_role("link", name="Add money").click()
    page.get_by_label("Amount", exact=True).fill("301.00")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Pull $301.00").click()
    expect(page.get_by_text("On its way", exact=True).first).to_be_visible()
    assert len([row for row in stripe.list("topup") if row["amount"] == 30100]) == 1


def test_escape_closes_what_was_opened_and_gives_the_focus_back(signed_in):
    page = signed_in(OPERATOR).page
    opener = page.get_by_role("button", name="Keyboard shortcuts")
    opener.click()
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()

    page.set_viewport_size({"width": PHONE, "height": 800})
    menu = page.get_by_role("button", name="Menu")
    menu.click()
    expect(page.get_by_role("link", name="Accounts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Accounts")).to_be_hidden()
    expect(menu).to_be_focused()


def test_nothing_moves_for_people_who_asked_for_that(signed_in):
    assert signed_in(OPERATOR, reduced_motion="no-preference").page.evaluate(MOVING) > 0
    assert signed_in(OPERATOR).page.evaluate(MOVING) == 0


def test_forced_colours_keep_states_and_the_current_page_apart(signed_in):
    window = signed_in(OPERATOR, forced_colors="active")
    page = window.goto("/accounts/")
    for selector in (".badge", ".side [aria-current=page]"):
        drawn = "each => { const s = getComputedStyle(each); return [s.borderTopStyle, s.outlineStyle] }"
        assert "solid" in page.locator(selector).first.evaluate(drawn), selector
    window.picture("forced-colours")
