"""What only a browser shows: passkeys, the keyboard, themes, and a content policy that blocks nothing of ours."""

import pytest

from tests.factories.desk import PASSWORD, StaffFactory
from tests.lanes import CHROMIUM

sync_api = pytest.importorskip("playwright.sync_api")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, live_server, monkeypatch):
    """A page of a fresh browser profile; complaints of the browser fail the test at its end."""
    monkeypatch.setattr("desk.work.tables", quiet_tables)
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1360, "height": 860})
    page = context.new_page()
    complaints, elsewhere = [], []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda request: None if request.url.startswith(live_server.url) else elsewhere.append(request.url)
    )
    yield page
    context.close()
    # A form with mistakes is answered with 422, which the browser mentions.
    assert [text for text in complaints if "status of 422" not in text] == []
    assert [url for url in elsewhere if not url.startswith("data:")] == []


def quiet_tables():
    navigation = [
        (
            "",
            [
                ("Work queue", "inbox", "desk:home", "desk:home", "", "w"),
                ("Team", "users", "desk:team", "desk:team", "", "t"),
            ],
        )
    ]
    return type("Tables", (), {"WORK_QUEUE": [], "SEARCH": [], "READY_CHECKS": {}, "NAVIGATION": navigation})


@pytest.fixture
def member():
    return StaffFactory(role="admin", full_name="Ada Okafor")


def sign_in(page, member):
    page.goto("/account/login/")
    page.get_by_label("E-mail address").fill(member.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    sync_api.expect(page.get_by_role("heading", name="Work queue")).to_be_visible()


def test_a_passkey_is_enrolled_and_signs_in_alone(page, member):
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    sign_in(page, member)
    page.goto("/account/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Sign in with it alone, without a password").check()
    page.get_by_role("button", name="Add the passkey").click()
    sync_api.expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    page.goto("/")
    page.get_by_role("button", name="Signed in as Ada Okafor").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    sync_api.expect(page.get_by_role("heading", name="Work queue")).to_be_visible()


def test_a_theme_is_switched_without_a_new_page_and_kept(page, member):
    sign_in(page, member)
    html = page.locator("html")
    page.get_by_role("button", name="Switch between light and dark").click()
    sync_api.expect(html).to_have_attribute("data-theme", "dark")
    page.reload()
    sync_api.expect(html).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 15, 20)"


def test_single_keys_search_move_and_help_and_can_be_turned_off(page, member):
    sign_in(page, member)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    sync_api.expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    search = page.get_by_label("Search everything")
    sync_api.expect(search).to_be_focused()
    page.keyboard.type("g?")
    sync_api.expect(search).to_have_value("g?")
    sync_api.expect(dialog).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("t")
    sync_api.expect(page.get_by_role("heading", name="Team", exact=True)).to_be_visible()

    page.goto("/preferences/")
    page.get_by_label("Use single keys as shortcuts").uncheck()
    page.get_by_role("button", name="Save").click()
    sync_api.expect(page.get_by_text("Your preferences were saved.")).to_be_visible()
    page.keyboard.press("?")
    sync_api.expect(dialog).to_be_hidden()


def test_mistakes_take_the_focus(page, member):
    sign_in(page, member)
    page.goto("/preferences/")
    page.get_by_label("Your name").fill("")
    page.get_by_role("button", name="Save").click()
    sync_api.expect(page.get_by_role("alert")).to_be_focused()


def test_the_menu_opens_on_a_phone_without_scripts(chromium, live_server, member, monkeypatch):
    monkeypatch.setattr("desk.work.tables", quiet_tables)
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 390, "height": 800}, java_script_enabled=False
    )
    page = context.new_page()
    sign_in(page, member)
    team = page.get_by_role("link", name="Team")
    sync_api.expect(team).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    sync_api.expect(team).to_be_visible()
    context.close()
