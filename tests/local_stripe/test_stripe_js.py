import re
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.lanes import CHROMIUM

SCRIPT = Path(__file__).resolve().parents[2] / "local_stripe" / "static" / "stripe.js"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CREATE_TOKEN = """async ([key, options, type, changes]) => {
    const numbers = {country: "US", currency: "usd", routing_number: "110000000", account_number: "000123456789",
                     account_holder_name: "Zoë & Co", account_holder_type: "company", ...changes};
    try {
        return await Stripe(key, options).createToken(type, numbers);
    } catch (problem) {
        return {thrown: problem.name};
    }
}"""


@pytest.mark.parametrize("path", ["/js/stripe.js", "/v3/"])
def test_the_script_is_served_as_a_script(local_stripe, path):
    with urllib.request.urlopen(local_stripe.base + path, timeout=10) as reply:
        assert reply.headers["Content-Type"].startswith("text/javascript")
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.read() == SCRIPT.read_bytes()


def test_the_script_holds_nothing_a_strict_policy_forbids():
    text = SCRIPT.read_text()
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.(write|cookie)|\.style\b|localStorage", text)
    assert not re.findall(r"https?://", text)


@pytest.fixture
def portal(local_stripe):
    """Serves a page of another origin; its policy allows local Stripe's script, and what `connect` says."""

    class Page(BaseHTTPRequestHandler):
        connect = local_stripe.base

        def do_GET(self):
            body = (
                f'<!doctype html><title>Portal</title><script src="{local_stripe.base}/js/stripe.js"></script>'.encode()
            )
            policy = f"default-src 'none'; script-src {local_stripe.base}; connect-src {self.connect}"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.page = Page
    server.url = f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(portal):
    """A Chromium page, with the addresses of all requests it makes in `page.asked`."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = chromium.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        yield page
        chromium.close()


def create_token(page, key="pk_test_1", options=None, type="bank_account", **changes):
    return page.evaluate(CREATE_TOKEN, [key, options or {}, type, changes])


@pytest.mark.browser
def test_bank_numbers_go_from_the_browser_to_stripe_and_nowhere_else(client, account, local_stripe, portal, page):
    page.goto(portal.url)
    token = create_token(page, options={"stripeAccount": account, "locale": "en"})["token"]
    assert (token["object"], token["bank_account"]["account_holder_name"]) == ("token", "Zoë & Co")
    kept = client.v1.tokens.retrieve(token["id"], {}, {"stripe_account": account})
    assert kept.bank_account.last4 == "6789"
    assert page.asked == [portal.url, f"{local_stripe.base}/js/stripe.js", f"{local_stripe.base}/v1/tokens"]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("account", {"company": {"name": "Zoë & Co", "address": {"city": "Oslo"}}}),
        ("person", {"person": {"first_name": "Zoë", "id_number": "000000000"}}),
    ],
)
def test_what_a_business_and_its_people_say_becomes_a_token_too(portal, page, type, data):
    page.goto(portal.url)
    call = "([type, data]) => window.Stripe('pk_test_1').createToken(type, data)"
    token = page.evaluate(call, [type, data])["token"]
    assert (token["object"], token["type"]) == ("token", type)
    assert "Zoë" not in str(token)


@pytest.mark.browser
def test_a_refusal_names_the_field_of_the_person(portal, page):
    page.goto(portal.url)
    call = "data => window.Stripe('pk_test_1').createToken('person', data)"
    error = page.evaluate(call, {"person": {"dob": {"day": 1, "month": 1, "year": 1800}}})["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", "person[dob][year]")


@pytest.mark.browser
def test_refusals_come_back_as_an_error_to_show(account, portal, page):
    page.goto(portal.url)
    options = {"stripeAccount": account}
    error = create_token(page, options=options, routing_number="110000001")["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "routing_number_invalid")
    assert (error["param"], bool(error["message"])) == ("bank_account[routing_number]", True)
    assert create_token(page, options={"stripeAccount": "acct_nobodys"})["error"]["code"] == "account_invalid"


@pytest.mark.browser
def test_wrong_use_is_an_integration_error(portal, page):
    page.goto(portal.url)
    assert create_token(page, type="card") == {"thrown": "IntegrationError"}
    assert create_token(page, key="sk_test_1") == {"thrown": "IntegrationError"}
    assert create_token(page, key="") == {"thrown": "IntegrationError"}
    assert create_token(page, options={"stripeAccount": 7}) == {"thrown": "IntegrationError"}
    assert not any(url.endswith("/v1/tokens") for url in page.asked)


@pytest.mark.browser
def test_a_line_that_is_down_is_an_error_and_no_exception(portal, page):
    portal.page.connect = "'none'"
    page.goto(portal.url)
    assert create_token(page)["error"]["type"] == "api_connection_error"
