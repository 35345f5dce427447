"""Bank numbers and deposits in a real browser: the numbers go to Stripe and nowhere else."""

import pytest
from django.conf import settings
from django.urls import reverse

from funding.models import Mandate, Source
from tests.lanes import CHROMIUM

# A heavier development tool, not there where only requirements.txt is installed.
playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROUTING, NUMBER = "110000000", "000123456789"


@pytest.fixture(scope="module")
def chromium():
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, live_server, account, as_owner):
    """`open_page(prepare)` → the mandate page of a signed-in owner; `prepare(page)` runs before it loads."""
    contexts = []

    def open_(prepare=lambda page: None, *, path=None, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        session = as_owner.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.problems = []
        page.on("console", lambda message: message.type == "error" and page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        prepare(page)
        path = path or reverse("funding:mandate-create", args=[account.ref])
        page.goto(live_server.url + path, wait_until="domcontentloaded")
        return page

    yield open_
    for context in contexts:
        context.close()


def fill(page, routing=ROUTING, number=NUMBER, *, agree=True):
    page.get_by_label("Routing number").fill(routing)
    page.get_by_label("Account number").fill(number)
    if agree:
        page.get_by_label("I am allowed to authorize debits").check()


def submit(page):
    page.get_by_role("button", name="Authorize debits").click()


def test_bank_numbers_go_to_stripe_and_never_to_us(open_page, live_server):
    sent = []
    page = open_page(
        lambda page: page.on("request", lambda request: sent.append((request.url, request.post_data or "")))
    )
    fill(page)
    submit(page)
    expect(page.get_by_text("Waiting for deposits")).to_be_visible()

    carried = [url for url, body in sent if NUMBER in body or NUMBER in url]
    assert carried
    assert all(url.startswith(settings.STRIPE_API_BASE) for url in carried)
    assert {url for url, _body in sent if not url.startswith((live_server.url, settings.STRIPE_API_BASE))} == set()
    assert page.problems == []
    assert Source.objects.get().last4 == "6789"


@pytest.mark.parametrize(
    ("routing", "number", "sentence"),
    [
        ("11000001", NUMBER, "This has 8 digits. Routing numbers have 9."),
        ("110000001", NUMBER, "one of its digits is wrong"),
        ("11000000x", NUMBER, "Use digits only."),
        (ROUTING, "123", "Account numbers have 4 to 17 digits."),
        (ROUTING, "", "Enter the account number."),
    ],
)
def test_wrong_numbers_are_caught_before_anything_is_sent(open_page, local_stripe, routing, number, sentence):
    page = open_page()
    fill(page, routing, number)
    submit(page)
    expect(page.get_by_text(sentence)).to_be_visible()
    assert not [each for each in local_stripe.requests() if each["path"] == "/v1/tokens"]
    assert not Mandate.objects.exists()


def test_without_the_tick_no_token_is_made(open_page, local_stripe):
    page = open_page()
    fill(page, agree=False)
    submit(page)
    expect(page.get_by_text("Tick the box to continue.")).to_be_visible()
    assert not [each for each in local_stripe.requests() if each["path"] == "/v1/tokens"]


def test_a_blocked_script_is_said_and_nothing_typed_is_lost(open_page):
    page = open_page(lambda page: page.route(settings.STRIPE_JS_URL, lambda route: route.abort()))
    expect(page.get_by_text("Stripe’s script could not be loaded")).to_be_visible()
    fill(page)
    submit(page)
    expect(page.get_by_label("Account number")).to_have_value(NUMBER)

    page.unroute(settings.STRIPE_JS_URL)
    submit(page)
    expect(page.get_by_text("Waiting for deposits")).to_be_visible()


def test_a_script_that_hangs_is_given_up_after_eight_seconds(open_page):
    def hang(page):
        page.clock.install()
        page.route(settings.STRIPE_JS_URL, lambda route: None)

    page = open_page(hang)
    expect(page.get_by_text("Stripe’s script could not be loaded")).to_be_hidden()
    page.clock.fast_forward(8001)
    expect(page.get_by_text("Stripe’s script could not be loaded")).to_be_visible()


def test_a_refusal_by_stripe_is_shown_where_it_belongs(open_page, local_stripe):
    page = open_page()
    local_stripe.fault("400", path="/v1/tokens")
    fill(page)
    submit(page)
    expect(page.get_by_text("Stripe did not take the bank numbers")).to_be_visible()
    expect(page.get_by_label("Account number")).to_have_value(NUMBER)


def test_without_javascript_no_number_is_sent_and_the_answer_says_so(open_page):
    page = open_page(java_script_enabled=False)
    assert "This page needs JavaScript" in page.locator("noscript").inner_html()
    fill(page)
    submit(page)
    expect(page.get_by_text("did not reach Stripe")).to_be_visible()
    assert not Mandate.objects.exists()


def test_each_deposit_is_read_back_before_a_try_is_spent(open_page, connect, account):
    page = open_page(path=reverse("funding:source-verify", args=[account.ref, connect().public_id]))
    page.get_by_label("First deposit").fill("32")
    page.get_by_label("Second deposit").fill(".4")
    expect(page.get_by_text("That is $0.32.")).to_be_visible()
    expect(page.locator("output").nth(1)).to_be_empty()
    page.get_by_label("Second deposit").fill(".45")
    expect(page.get_by_text("That is $0.45.")).to_be_visible()
    page.get_by_role("button", name="Confirm account").click()
    expect(page.get_by_text("Verified. Money can be pulled from it.")).to_be_visible()
