"""Connect.js in a real browser: a page of another origin, under a strict policy, shows components that onboard."""

import re
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.lanes import CHROMIUM
from tests.local_stripe.conftest import BUSINESS, PREVIEW

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

STATIC = Path(__file__).resolve().parents[2] / "local_stripe" / "static"
SCRIPTS = {
    "/connect-js/v1.0/connect.js": "connect.js",
    "/v1.0/connect.js": "connect.js",
    "/connect-js/frame.js": "connect_frame.js",
}
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
V2 = {"stripe_version": PREVIEW}
COMPONENTS = {
    name: {"enabled": True} for name in ("account_onboarding", "notification_banner", "account_management", "payouts")
}
# What the loader of @stripe/connect-js does: elements before the script is there, setters that wait for the instance.
LOADER = """
const METHODS = ["setOnExit", "setOnStepChange", "setOnLoaderStart", "setOnLoadError", "setOnNotificationsChange",
    "setCollectionOptions", "setOnSectionOpen", "setPrivacyPolicyUrl", "setSkipTermsOfServiceCollection"];
window.loadConnect = (url, params) => {
    const loaded = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = url;
        script.addEventListener("load", () => resolve(window.StripeConnect));
        script.addEventListener("error", () => reject(new Error("Failed to load Connect.js")));
        document.head.append(script);
    });
    const eagerClientSecretPromise = params.fetchClientSecret();
    const ready = loaded.then((connect) => connect.init({...params, metaOptions: {eagerClientSecretPromise}}));
    return {
        debugInstance: () => ready,
        update: (changes) => ready.then((instance) => instance.update(changes)),
        logout: () => ready.then((instance) => instance.logout()),
        create(tag) {
            const element = document.createElement(`stripe-connect-${tag}`);
            for (const method of METHODS) {
                element[method] = function (value) {
                    ready.then(() => this[`${method}InternalOnly`]?.(value));
                };
            }
            ready.then((instance) => {
                if (!element.isConnected && !element.setConnector) {
                    document.body.append(element);
                    element.remove();
                }
                element.setConnector(instance.connect);
            });
            return element;
        },
    };
};
window.seen = [];
window.show = (url, key, tag, more = {}, options = {}) => {
    const fetchClientSecret = async () => {
        const reply = await fetch("/secret", {method: "POST"});
        return reply.text();
    };
    window.instance = window.loadConnect(url, {publishableKey: key, fetchClientSecret, ...more});
    window.add(tag, options);
};
window.add = (tag, options = {}) => {
    const element = window.instance.create(tag);
    element.setOnLoaderStart((start) => window.seen.push(["start", start.elementTagName]));
    element.setOnLoadError((failure) => window.seen.push(["error", failure.error.type]));
    element.setOnExit(() => window.seen.push(["exit"]));
    element.setOnStepChange((change) => window.seen.push(["step", change.step]));
    element.setOnSectionOpen((section) => window.seen.push(["section", section.sectionName]));
    element.setOnNotificationsChange((count) => window.seen.push(["notifications", count]));
    for (const [name, value] of Object.entries(options)) {
        element[name](value);
    }
    document.getElementById("here").append(element);
};
window.heard = [];
window.addEventListener("message", (event) => window.heard.push(JSON.stringify(event.data)));
"""


@pytest.fixture
def business(client) -> str:
    return client.v2.core.accounts.create({**BUSINESS, "identity": {"country": "us"}}, V2).id


@pytest.fixture
def platform(client, local_stripe, business):
    """A platform's page; its policy names local Stripe for scripts and frames only, and allows no inline style."""

    class Page(BaseHTTPRequestHandler):
        secrets: list[str] = []

        def do_GET(self):
            is_script = self.path == "/loader.js"
            html = '<!doctype html><title>Platform</title><script src="/loader.js"></script><main id="here"></main>'
            policy = f"default-src 'self'; script-src 'self' {local_stripe.base}; frame-src {local_stripe.base}"
            self.answer(LOADER if is_script else html, "text/javascript" if is_script else "text/html", policy)

        def do_POST(self):
            session = client.v1.account_sessions.create({"account": business, "components": COMPONENTS})
            self.secrets.append(session.client_secret)
            self.answer(session.client_secret, "text/plain", "")

        def answer(self, body, kind, policy):
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments):
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.secrets = Page.secrets
    server.url = f"http://localhost:{server.server_port}/"
    server.script = f"{local_stripe.base}/connect-js/v1.0/connect.js"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium, platform):
    """The platform's page, with everything it asked for in `window.asked` and complained about in `window.problems`."""
    context = chromium.new_context(locale="en-US")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.asked, page.problems = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("console", lambda message: message.type == "error" and page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(platform.url)
    yield page
    context.close()


def show(window, platform, tag="account-onboarding", key="pk_test_1", more=None, options=None):
    """Show a component; returns the frame's locator."""
    window.evaluate("args => show(...args)", [platform.script, key, tag, more or {}, options or {}])
    return window.frame_locator("iframe")


def complete(frame):
    """Go through every step with test data; owners that nobody needs to name are confirmed."""
    submit = frame.get_by_role("button", name="Agree and submit")
    owners = frame.get_by_role("button", name="These are all owners, continue")
    filled = frame.get_by_role("button", name="Use test data")
    heading = frame.get_by_role("heading", level=1)
    for _ in range(8):
        expect(submit.or_(owners).or_(filled).first).to_be_visible()
        title = heading.inner_text()
        if submit.count():
            frame.get_by_role("checkbox").check()
            submit.click()
            return
        if owners.count():
            owners.click()
        else:
            filled.click()
            frame.get_by_role("button", name="Continue").click()
        expect(heading).not_to_have_text(title)


def until(window, script):
    """Wait until the script says yes; Playwright's own waiting needs eval, which the page's policy forbids."""
    for _ in range(150):
        if window.evaluate(script):
            return
        window.wait_for_timeout(100)
    pytest.fail(f"never: {script}; seen: {window.evaluate('seen')}")


def seen(window, kind):
    return [each[1:] for each in window.evaluate("seen") if each[0] == kind]


@pytest.mark.parametrize(("path", "file"), SCRIPTS.items())
def test_scripts_are_served_and_hold_nothing_a_strict_policy_forbids(local_stripe, path, file):
    with urllib.request.urlopen(local_stripe.base + path, timeout=10) as reply:
        assert reply.headers["Content-Type"].startswith("text/javascript")
        text = reply.read().decode()
    assert text == (STATIC / file).read_text()
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.(write|cookie)|localStorage|sessionStorage", text)
    assert not re.findall(r"https?://", text)


@pytest.mark.browser
def test_a_business_onboards_inside_the_platforms_page(client, local_stripe, platform, window, business):
    complete(show(window, platform))
    frame = window.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Your details are saved")).to_be_visible()
    assert seen(window, "start") == [["account-onboarding"]]
    assert seen(window, "exit") == [[]]
    steps = [step for (step,) in seen(window, "step")]
    assert steps == ["business_type", "business_details", "representative_details", "owners", "summary"]
    account = client.v1.accounts.retrieve(business)
    assert account.requirements.currently_due == []
    assert "HeadlessChrome" in account.tos_acceptance.user_agent
    local_stripe.advance(10)
    assert client.v1.accounts.retrieve(business).capabilities.to_dict()["transfers"] == "active"
    # The platform's page learns nothing of what was typed, and no address carries a secret.
    assert "Rosen" not in "".join(window.evaluate("heard"))
    assert len(platform.secrets) == 1
    assert not [url for url in window.asked if "secret__" in url]
    assert window.problems == []


@pytest.mark.browser
def test_the_frame_is_as_high_as_its_page_and_wears_the_platforms_look(platform, window):
    look = {"colorBackground": "#101418", "colorText": "#f0f0f0", "colorPrimary": "#ffcc00", "borderRadius": "3px"}
    frame = show(window, platform, more={"appearance": {"variables": look}, "locale": "fr-FR"})
    expect(frame.get_by_role("button", name="Continuer")).to_be_visible()
    expect(frame.locator("html")).to_have_attribute("lang", "fr")
    style = "node => [getComputedStyle(node).backgroundColor, getComputedStyle(node).color]"
    assert frame.locator("body").evaluate(style) == ["rgb(16, 20, 24)", "rgb(240, 240, 240)"]
    button = frame.get_by_role("button", name="Continuer")
    assert button.evaluate(style) == ["rgb(255, 204, 0)", "rgb(0, 0, 0)"]
    assert frame.locator("html").evaluate("node => getComputedStyle(node).colorScheme") == "dark"
    for width in (1200, 390):
        window.set_viewport_size({"width": width, "height": 800})
        window.wait_for_timeout(300)
        assert frame.locator("html").evaluate("node => node.scrollHeight - node.clientHeight") <= 1
        assert frame.locator("html").evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    window.evaluate("instance.update({appearance: {variables: {colorBackground: '#fffaf0'}}, locale: 'es'})")
    expect(frame.get_by_role("button", name="Continuar")).to_be_visible()
    assert frame.locator("body").evaluate(style)[0] == "rgb(255, 250, 240)"
    assert window.problems == []


@pytest.mark.browser
def test_the_banner_counts_opens_the_steps_and_falls_silent(local_stripe, platform, window, business):
    frame = show(window, platform, "notification-banner")
    expect(frame.get_by_role("heading", name="Information is needed")).to_be_visible()
    [[first]] = seen(window, "notifications")
    assert first["total"] == first["actionRequired"] > 0
    frame.get_by_role("link", name="Provide it now").first.click()
    complete(frame)
    expect(frame.locator(".notices")).to_have_count(0)
    until(window, "seen.filter(each => each[0] === 'notifications').at(-1)[1].total === 0")
    assert window.locator("iframe").evaluate("node => node.getBoundingClientRect().height") < 40
    assert seen(window, "exit") == []
    assert window.problems == []


@pytest.mark.browser
def test_the_banner_hears_of_what_another_component_saved(platform, window):
    frame = show(window, platform)
    expect(frame.get_by_role("heading", name="Business type")).to_be_visible()
    window.evaluate("add('notification-banner')")
    banner = window.locator("iframe").nth(1).content_frame
    expect(banner.get_by_role("link", name="Business type")).to_be_visible()
    frame = window.locator("iframe").nth(0).content_frame
    frame.get_by_role("radio", name="Company").check()
    frame.get_by_role("button", name="Save for later").click()
    expect(frame.get_by_role("heading", name="Your details are saved")).to_be_visible()
    expect(banner.get_by_role("link", name="Owners")).to_be_visible()
    expect(banner.get_by_role("link", name="Business type")).to_have_count(0)
    frame.get_by_role("link", name="Continue").click()
    expect(frame.get_by_role("heading", name="Business details")).to_be_visible()
    assert window.problems == []


@pytest.mark.browser
def test_components_share_one_secret(platform, window):
    show(window, platform)
    window.evaluate("add('notification-banner'); add('account-management'); add('payouts')")
    frames = window.locator("iframe")
    expect(frames).to_have_count(4)
    expect(frames.nth(0).content_frame.get_by_role("heading", name="Business type")).to_be_visible()
    expect(frames.nth(1).content_frame.get_by_role("heading", name="Information is needed")).to_be_visible()
    expect(frames.nth(2).content_frame.get_by_role("heading", name="Your account")).to_be_visible()
    expect(frames.nth(3).content_frame.get_by_text("Not part of local Stripe")).to_be_visible()
    assert len(platform.secrets) == 1
    window.evaluate("async () => { await instance.logout(); }")
    expect(frames).to_have_count(0)
    assert window.problems == []


@pytest.mark.browser
def test_what_was_typed_survives_a_session_that_runs_out(client, local_stripe, platform, window, business):
    frame = show(window, platform)
    frame.get_by_role("radio", name="Company").check()
    local_stripe.advance(2000)
    frame.get_by_role("button", name="Continue").click()
    expect(frame.get_by_role("heading", name="Business details")).to_be_visible()
    assert len(platform.secrets) == 2
    assert client.v1.accounts.retrieve(business).business_type == "company"
    local_stripe.advance(2000)
    frame.get_by_role("link", name="Your details").click()
    expect(frame.get_by_role("heading", name="Your details")).to_be_visible()
    assert len(platform.secrets) == 3


@pytest.mark.browser
def test_failures_reach_the_listener(platform, window):
    window.evaluate("""url => {
        const fetchClientSecret = async () => "accs_secret__guessed";
        window.instance = loadConnect(url, {publishableKey: "pk_test_1", fetchClientSecret});
        add("account-onboarding");
    }""", platform.script)  # fmt: skip
    until(window, "seen.some(each => each[0] === 'error')")
    assert seen(window, "error") == [["invalid_request_error"]]
    window.reload()
    window.evaluate("""url => {
        const fetchClientSecret = () => Promise.reject(new Error("no"));
        window.instance = loadConnect(url, {publishableKey: "pk_test_1", fetchClientSecret});
        add("account-onboarding");
    }""", platform.script)  # fmt: skip
    until(window, "seen.some(each => each[0] === 'error')")
    assert seen(window, "error") == [["account_session_create_error"]]
    window.reload()
    show(window, platform, key="pk_live_1")
    until(window, "seen.some(each => each[0] === 'error')")
    assert seen(window, "error") == [["invalid_request_error"]]


@pytest.mark.browser
def test_wrong_use_is_an_integration_error_and_the_script_works_without_a_loader(platform, window):
    window.evaluate("""url => new Promise(done => {
        window.StripeConnect = {onLoad: done};
        const script = document.createElement("script");
        script.src = url;
        document.head.append(script);
    })""", platform.script)  # fmt: skip
    tries = ["{publishableKey: 'sk_test_1', fetchClientSecret() {}}", "{publishableKey: 'pk_test_1'}", "undefined"]
    for params in tries:
        thrown = window.evaluate(f"() => {{ try {{ StripeConnect.init({params}) }} catch (e) {{ return e.name }} }}")
        assert thrown == "IntegrationError"
    window.evaluate("""() => {
        const fetchClientSecret = async () => (await fetch("/secret", {method: "POST"})).text();
        const instance = StripeConnect.init({publishableKey: "pk_test_1", fetchClientSecret});
        const element = instance.create("account-onboarding");
        element.setCollectionOptions({fields: "eventually_due"});
        document.getElementById("here").append(element);
    }""")
    frame = window.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Business type")).to_be_visible()
    # All steps are asked for, also those with nothing due yet.
    expect(frame.get_by_role("link", name="Your details")).to_be_visible()
    assert window.problems == []


@pytest.mark.browser
def test_strangers_in_the_page_are_not_listened_to(platform, window, local_stripe):
    frame = show(window, platform)
    expect(frame.get_by_role("heading", name="Business type")).to_be_visible()
    window.evaluate(
        """window.postMessage({source: "local-stripe-connect", type: "page", exits: true, height: 9}, "*")"""
    )
    window.wait_for_timeout(200)
    assert seen(window, "exit") == []
    assert window.locator("iframe").evaluate("node => node.getBoundingClientRect().height") > 100
