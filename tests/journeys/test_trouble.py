"""What goes wrong in a browser: each has its sentence, nothing typed is lost, and money moves once."""

import pytest

from tests.journeys import steps
from tests.journeys.browsing import expect
from tests.journeys.steps import NUMBER, ROUTING

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

# Active and funded; its verified bank account is what most of these tests debit.
OWNER = "owner@harbor-bakery.demo.test"
LINKS_LIVE = 300  # seconds


@pytest.fixture
def owner(signed_in):
    return signed_in(OWNER)


@pytest.fixture
def funding(owner) -> str:
    """Address below which this business's funding pages live."""
    return owner.page.url.removesuffix("home/").replace("/accounts/", "/funding/")


def top_ups_of(stripe, amount: int) -> list[dict]:
    return [row for row in stripe.list("topup") if row["amount"] == amount]


def go_to_review(window, funding: str, amount: str):
    window.goto(f"{funding}top-ups/new/")
    steps.review_top_up(window, amount)


def test_a_double_click_on_the_final_button_moves_money_once(owner, funding, stripe):
    go_to_review(owner, funding, "201.00")
    owner.page.get_by_role("button", name="Pull $201.00").dblclick(no_wait_after=True)
    expect(owner.page.get_by_text("On its way", exact=True).first).to_be_visible()
    assert len(top_ups_of(stripe, 20100)) == 1


def test_the_back_button_finds_what_was_sent_and_moves_nothing_again(owner, funding, stripe):
    page = owner.page
    go_to_review(owner, funding, "202.00")
    page.reload()
    steps.confirm_top_up(owner)
    sent = page.url
    page.go_back()
    expect(page.get_by_text("This was sent before and is not sent again.")).to_be_visible()
    assert page.url == sent
    assert len(top_ups_of(stripe, 20200)) == 1


def test_an_old_review_in_another_tab_is_refused_once_its_form_was_sent(owner, funding, stripe):
    go_to_review(owner, funding, "203.00")
    second = owner.open_tab()
    second.goto(owner.page.url)
    second.get_by_role("link", name="Change").click()
    second.get_by_label("Amount", exact=True).fill("204.00")
    second.get_by_role("button", name="Review").click()
    expect(second.get_by_role("button", name="Pull $204.00")).to_be_visible()

    steps.confirm_top_up(owner)
    second.get_by_role("button", name="Pull $204.00").click()
    expect(second.get_by_role("heading", name="This form was sent before")).to_be_visible()
    assert (len(top_ups_of(stripe, 20300)), len(top_ups_of(stripe, 20400))) == (1, 0)


def test_a_second_tab_is_asked_before_the_same_amount_moves_again(owner, funding, stripe):
    go_to_review(owner, funding, "205.00")
    second = owner.open_tab()
    second.goto(f"{funding}top-ups/new/")
    second.get_by_label("Amount", exact=True).fill("205.00")
    second.get_by_role("button", name="Review").click()
    steps.confirm_top_up(owner)

    second.get_by_role("button", name="Pull $205.00").click()
    expect(second.get_by_text("The same amount was asked for a moment ago")).to_be_visible()
    assert len(top_ups_of(stripe, 20500)) == 1


@pytest.mark.parametrize("lost", ["session", None], ids=["the session ended", "every cookie is gone"])
def test_a_lost_session_leads_to_the_sign_in_and_moves_nothing(owner, funding, stripe, lost):
    page = owner.page
    go_to_review(owner, funding, "206.00")
    owner.expect_complaint("status of 403")
    if lost:
        owner.context.clear_cookies(name=lost)
    else:
        owner.context.clear_cookies()
    page.get_by_role("button", name="Pull $206.00").click()
    if lost:
        expect(page.get_by_text("You were no longer signed in, so nothing was sent.")).to_be_visible()
    else:
        expect(page.get_by_role("heading", name="This page had become too old")).to_be_visible()
        expect(page.get_by_text("Nothing was sent.")).to_be_visible()
        page.get_by_role("link", name="To the start").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert top_ups_of(stripe, 20600) == []


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("0", "above zero"),
        ("-5", "negative"),
        ("10.5", "10.50"),
        ("1,000.00", "1000.00"),
        ("1.234", "decimal"),
        ("99999999.00", "largest"),
    ],
)
def test_a_wrong_amount_is_kept_and_explained_beside_it(owner, funding, amount, sentence):
    page = owner.goto(f"{funding}top-ups/new/")
    field = page.get_by_label("Amount", exact=True)
    field.fill(amount)
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_role("alert").first).to_be_focused()
    expect(field).to_have_value(amount)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#id_amount_error")).to_contain_text(sentence)
    if amount == "10.5":
        owner.look("owner-top-up-wrong-amount")


def test_a_wrong_routing_number_and_a_blocked_script_lose_nothing(owner, funding):
    page = owner.page
    owner.expect_complaint("net::ERR_FAILED")
    page.route("**/js/stripe.js", lambda route: route.abort())
    page.goto(f"{funding}bank-accounts/new/")
    expect(page.get_by_role("heading", name="Stripe’s script could not be loaded")).to_be_visible()
    owner.look("owner-mandate-script-blocked")

    steps.authorize_debits(owner, routing="110000001")
    expect(page.get_by_text("one of its digits is wrong")).to_be_visible()
    expect(page.get_by_label("Routing number")).to_be_focused()
    owner.look("owner-mandate-wrong-digit")
    steps.authorize_debits(owner)
    for label, typed in (("Routing number", ROUTING), ("Account number", NUMBER)):
        expect(page.get_by_label(label)).to_have_value(typed)
    assert owner.carriers_of(NUMBER) == []


def test_an_expired_onboarding_link_is_replaced_by_a_new_one(signed_in, stripe):
    owner = signed_in("owner@maple-carpentry.demo.test")
    page = owner.page
    form = page.locator("form[action$='/onboard/']")
    token = form.locator("[name=csrfmiddlewaretoken]").input_value()
    address = owner.demo.site + form.get_attribute("action")
    reply = owner.context.request.post(
        address, form={"csrfmiddlewaretoken": token}, headers={"Referer": page.url}, max_redirects=0
    )
    link = reply.headers["location"]
    stripe.advance(LINKS_LIVE + 1)

    page.goto(link)
    assert page.url.startswith(f"{owner.demo.stripe}/setup/e/")
    expect(page.get_by_role("button", name="Save for later")).to_be_visible()
    minted = [url for url, _body in owner.sent if "/setup/s/" in url]
    assert len(set(minted)) == 2
