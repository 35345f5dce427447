"""Onboarding by Stripe's component inside our page, and our pages inside another product."""

import pytest

from tests.journeys import embedding, steps
from tests.journeys.browsing import PHONE, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

# Invited, and still to be onboarded; these tests fill in nothing that others need empty.
OWNER = "owner@maple-carpentry.demo.test"
# Let in once, and asked for something again.
ASKED = "owner@lantern-books.demo.test"
NAME, BRITON = "Fenwick Joinery", "isla@fenwick-joinery.example"
SESSION_LASTS = 1800  # seconds
SCRIPT, FRAMES = "**/connect-js/v1.0/connect.js", "**/connect-js/frame/**"
UNAVAILABLE = "Stripe’s form could not be loaded on this page"
TOKENS = """() => {
    const probe = document.body.appendChild(document.createElement("i"));
    const of = (token) => { probe.style.color = `var(${token})`; return getComputedStyle(probe).color; };
    return {surface: of("--surface"), text: of("--text")};
}"""


@pytest.fixture
def owner(signed_in):
    return signed_in(OWNER)


def embedded(window) -> str:
    """Address of the page with the component, of the business whose home page is open."""
    return window.page.url.replace("/home/", "/embedded/")


def component(page):
    return page.frame_locator("[data-connect-box] iframe")


def the_ways(page):
    return page.get_by_role("link", name="Fill in our form")


def expect_the_page_as_it_came(page, *, says: str):
    expect(page.get_by_role("status").filter(has_text=says)).to_be_visible()
    expect(the_ways(page)).to_be_visible()
    expect(
        page.get_by_role("button", name="Go to Stripe’s pages").or_(
            page.get_by_role("button", name="Continue on Stripe’s pages")
        )
    ).to_be_visible()
    expect(page.locator("[data-connect-box]")).to_be_hidden()
    assert page.locator("[data-connect-form]").get_attribute("inert") is None


def fill_in(page, look=lambda name: None):
    """Go through the component with its test data, until it has handed everything in."""
    frame = component(page)
    for _step in range(12):
        heading = frame.get_by_role("heading", level=1)
        expect(heading).to_be_visible()
        title = heading.inner_text()
        look(f"embedded-{title.lower().replace(' ', '-')}")
        if frame.get_by_role("button", name="Agree and submit").count():
            frame.get_by_role("checkbox").check()
            frame.get_by_role("button", name="Agree and submit").click()
            return
        if frame.get_by_role("button", name="These are all owners").count():
            frame.get_by_role("button", name="These are all owners").click()
        else:
            frame.get_by_role("button", name="Use test data").click()
            frame.get_by_role("button", name="Continue").click()
        expect(heading).not_to_have_text(title)
    raise AssertionError("It does not come to an end.")


def invite_a_briton(staff):
    page = staff.goto("/accounts/invite/")
    page.get_by_label("Business name").fill(NAME)
    page.get_by_label("E-mail of the owner").fill(BRITON)
    page.get_by_label("Country").select_option("GB")
    page.get_by_label("Legal form").select_option("individual")
    page.get_by_label("Card program").select_option("commercial.stripe.prepaid_card")
    page.get_by_role("button", name="Invite this business").click()
    expect(page.get_by_role("heading", name=NAME, level=1)).to_be_visible()


def test_a_british_individual_onboards_inside_our_page(signed_in, open_window, running_demo, stripe):
    staff, owner = signed_in("operator@demo.test"), open_window()
    invite_a_briton(staff)
    steps.accept_invitation(owner, running_demo.link_mailed_to(BRITON), "Isla Fenwick")
    page = owner.page
    page.get_by_role("link", name="Stripe’s form inside our page").click()
    expect(component(page).get_by_role("heading", level=1)).to_be_visible()
    expect(the_ways(page)).to_be_hidden()
    assert page.locator("[data-connect-form]").get_attribute("inert") is not None

    fill_in(page, owner.look)

    checking = page.get_by_role("heading", name="Stripe is checking your details")
    let_in = page.get_by_text("Money for your cards comes by bank transfer.")
    expect(checking.or_(let_in).first).to_be_visible()
    expect(staff.page.locator("main .badge").first).to_have_text("Active")
    expect(staff.page.get_by_text("Stripe’s form opened on our page")).to_have_count(1)
    [account] = [row for row in stripe.list("account") if row["contact_email"] == BRITON]
    assert page.url.endswith(f"/accounts/{account['id']}/home/")


def test_the_component_wears_our_colours_and_follows_the_theme(owner):
    page = owner.goto(embedded(owner))
    expect(component(page).get_by_role("heading", level=1)).to_be_visible()

    def expect_our_colours():
        tokens = page.evaluate(TOKENS)
        expect(component(page).locator("body")).to_have_css("background-color", tokens["surface"])
        expect(component(page).locator("body")).to_have_css("color", tokens["text"])
        return tokens["surface"]

    light = expect_our_colours()
    page.get_by_role("button", name="Switch between light and dark").click()
    dark = expect_our_colours()
    assert light != dark
    page.get_by_role("button", name="Switch between light and dark").click()
    assert expect_our_colours() == light
    page.evaluate("delete document.documentElement.dataset.theme")
    page.emulate_media(color_scheme="dark")
    assert expect_our_colours() == dark


def choose_language(window, code: str):
    """As the preferences page does, for whoever is signed in."""
    page = window.page
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    form = {"csrfmiddlewaretoken": token, "language": code, "next": "/"}
    address = f"{window.demo.site}/preferences/language/"
    assert window.context.request.post(address, form=form, headers={"Referer": page.url}).ok


def test_the_component_speaks_the_reader_s_language(signed_in):
    owner = signed_in(OWNER, width=PHONE)
    address = embedded(owner)
    choose_language(owner, "fr")
    try:
        page = owner.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        expect(component(page).locator("html")).to_have_attribute("lang", "fr")
        owner.look("embedded-french")
    finally:
        choose_language(owner, "en")


def test_with_the_script_blocked_the_page_stays_and_says_so(owner):
    owner.expect_complaint("net::ERR_FAILED")
    page = owner.page
    page.route(SCRIPT, lambda route: route.abort())
    page.goto(embedded(owner))
    expect_the_page_as_it_came(page, says=UNAVAILABLE)
    owner.look("embedded-blocked")
    # Nothing was asked for that could not be used.
    assert not [url for url, _body in owner.sent if url.endswith("/embedded/session/")]
    the_ways(page).click()
    expect(page.get_by_role("heading", name="About your business")).to_be_visible()


def test_with_the_script_hanging_the_page_stays_and_says_so_after_a_while(owner):
    page = owner.page
    page.route(SCRIPT, lambda route: None)
    page.goto(embedded(owner), wait_until="commit")
    expect(page.get_by_role("status").filter(has_text="is being loaded")).to_be_visible()
    expect(the_ways(page)).to_be_visible()
    expect_the_page_as_it_came(page, says=UNAVAILABLE)


def test_when_the_component_cannot_load_the_page_comes_back(owner):
    owner.expect_complaint("net::ERR_FAILED")
    page = owner.page
    page.route(FRAMES, lambda route: route.abort())
    page.goto(embedded(owner))
    expect(the_ways(page)).to_be_hidden()
    expect_the_page_as_it_came(page, says=UNAVAILABLE)


def test_when_stripe_makes_no_session_the_page_says_so(owner, stripe):
    owner.expect_complaint("status of 424")
    stripe.fault("500_before", path="/v1/account_sessions", times=1)
    page = owner.goto(embedded(owner))
    expect_the_page_as_it_came(page, says="Stripe could not be reached just now.")


def test_when_nobody_is_signed_in_any_more_the_page_stays(owner):
    page = owner.page

    def sign_out_meanwhile(route):
        owner.context.clear_cookies(name="session")
        route.continue_()

    page.route(SCRIPT, sign_out_meanwhile)
    page.goto(embedded(owner))
    expect_the_page_as_it_came(page, says=UNAVAILABLE)


def test_without_javascript_the_ways_are_all_there_is(signed_in):
    owner = signed_in(OWNER, java_script_enabled=False)
    page = owner.goto(embedded(owner))
    expect(the_ways(page)).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
    page.get_by_role("button", name="Stripe’s pages").click()
    expect(page.locator(".mark")).to_have_text("local Stripe")


def test_who_would_rather_not_gets_the_ways_back(owner):
    page = owner.goto(embedded(owner))
    expect(component(page).get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("button", name="Fill it in without this form").click()
    expect(the_ways(page)).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)


def test_a_session_that_runs_out_is_renewed_and_nothing_typed_is_lost(owner, stripe):
    owner.expect_complaint("status of 410")
    page = owner.goto(embedded(owner))
    frame = component(page)
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    frame.get_by_label("Website").fill("https://maple-carpentry.example")
    stripe.advance(SESSION_LASTS + 1)
    frame.get_by_role("button", name="Save for later").click()
    expect(page.get_by_role("heading", name="Set up your cards")).to_be_visible()
    asked = [url for url, _body in owner.sent if url.endswith("/embedded/session/")]
    assert len(asked) == 2


def test_stripe_s_notes_stand_above_ours_and_what_is_answered_there_is_known_here(signed_in):
    owner = signed_in(ASKED)
    page, frame = owner.page, component(owner.page)
    expect(frame.get_by_role("heading", name="Information is needed")).to_be_visible()
    expect(page.get_by_role("heading", name="Stripe needs more from you")).to_be_visible()
    expect(page.locator("[data-connect-box]")).to_be_visible()
    owner.look("owner-home-notes")

    frame.get_by_role("link", name="Provide it now").click()
    expect(frame.get_by_role("heading", name="Business details", level=1)).to_be_visible()
    fill_in(page)

    expect(page.get_by_role("heading", name="Stripe needs more from you")).to_have_count(0)
    expect(page.locator("[data-connect]")).to_have_count(0)
    expect(page.get_by_role("heading", name="Lantern Books")).to_be_visible()


class Guest:
    """Somebody in the platform's own product: their page, what went wrong on it, and whom it asked for anything."""

    def __init__(self, browser):
        self.context = browser.new_context(reduced_motion="reduce", viewport={"width": 1200, "height": 900})
        self.context.set_default_timeout(45_000)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked: set[str] = set()
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.add("/".join(request.url.split("/")[:3])))

    @property
    def cards(self):
        return self.page.frame_locator("iframe[title=Cards]")


@pytest.fixture(scope="module")
def product(running_demo):
    with embedding.product(running_demo) as found:
        yield found


@pytest.fixture
def guest(chromium):
    found = Guest(chromium)
    yield found
    found.context.close()


@pytest.fixture
def account(stripe) -> str:
    return next(row["id"] for row in stripe.list("account") if row["contact_email"] == OWNER)


def test_our_pages_stand_in_the_platform_s_product_by_an_entry_link(guest, product, running_demo, account):
    link = product.entry_link(account, OWNER, "embedded")
    guest.page.goto(product.app + product.show(link))
    expect(guest.cards.get_by_role("heading", name="Your business details", level=1)).to_be_visible()
    inner = guest.cards.frame_locator("[data-connect-box] iframe")
    expect(inner.get_by_role("button", name="Continue")).to_be_visible()
    # Links inside go on inside, with the session that the link opened.
    guest.cards.get_by_role("link", name="Maple Street Carpentry").click()
    expect(guest.cards.get_by_role("heading", name="Set up your cards")).to_be_visible()
    assert guest.complaints == []
    assert guest.asked <= {product.app, product.cards, running_demo.stripe}

    # The same link opens nothing for the next one.
    guest.context.clear_cookies()
    guest.page.reload()
    expect(guest.cards.get_by_role("heading", name="This link no longer works")).to_be_visible()


def test_no_other_site_may_frame_them(guest, product, account):
    path = product.show(product.entry_link(account, OWNER, "home"))
    guest.page.goto(product.stranger + path)
    guest.page.wait_for_timeout(2000)
    assert [frame for frame in guest.page.frames if frame.url.startswith(product.cards)] == []
    assert any("frame-ancestors" in complaint for complaint in guest.complaints)


def test_pages_of_staff_are_never_framed(guest, product, running_demo):
    guest.page.goto(product.app + product.show(f"{running_demo.site}/account/login/"))
    guest.page.wait_for_timeout(2000)
    assert [frame for frame in guest.page.frames if frame.url.startswith(running_demo.site)] == []
    assert guest.complaints
