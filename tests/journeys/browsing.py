"""A browser window that is watched: what it asks for, what it complains about, and how every page of it looks.

`SCREENSHOTS=folder` keeps a picture of every page that is judged, for eyes.
"""

import os
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.journeys.demo import Demo
from tests.lanes import CHROMIUM

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect
# Pages that follow by themselves wait for webhooks, a worker and a poll; a busy machine takes its time.
expect.set_options(timeout=45_000)

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
WIDE, PHONE, SMALLEST = 1360, 390, 320
LOOKS = [("light", WIDE), ("dark", WIDE), ("light", PHONE), ("dark", PHONE)]
AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# All that a browser may load from Stripe: its scripts, the tokens they make, and its pages for onboarding and consent.
STRIPE_PATHS = ("/js/stripe.js", "/v1/tokens", "/setup/", "/static/onboarding.", "/connect-js/", "/oauth/")
# Forms with mistakes and acts that come too late are answered with these, which the browser mentions.
EXPECTED_COMPLAINTS = ("status of 422", "status of 409")


@contextmanager
def chromium():
    """A running Chromium."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Window:
    """One person's browser: a profile of its own with one page, whose requests and complaints are kept."""

    def __init__(self, browser, demo: Demo, *, width: int = WIDE, **options):
        # Without motion a page is still at once, and its colours are the ones that stay.
        options = {"locale": "en-US", "reduced_motion": "reduce", **options}
        self.demo = demo
        self.context = browser.new_context(base_url=demo.site, viewport={"width": width, "height": 860}, **options)
        self.context.set_default_timeout(45_000)
        self.width = width
        self.sent: list[tuple[str, str]] = []
        self.complaints: list[str] = []
        self._expected = list(EXPECTED_COMPLAINTS)
        self.flaws: list[tuple] = []
        self.page = self.open_tab()

    def open_tab(self):
        """Another tab of the same person, watched as well."""
        page = self.context.new_page()
        page.on("request", self._keep_request)
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _keep_request(self, request):
        self.sent.append((request.url, (request.post_data_buffer or b"").decode(errors="replace")))

    def goto(self, path: str):
        self.page.goto(path)
        return self.page

    def sign_in(self, email: str, password: str):
        """By the form, from wherever the portal asks for it."""
        self.goto("/account/login/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("button", name="Signed in as")).to_be_visible()

    def carriers_of(self, text: str) -> list[str]:
        """Addresses of all requests that carried this text, in the address or in the body."""
        return [url for url, body in self.sent if text in body or text in url]

    def strangers(self) -> list[str]:
        """Addresses asked for that are neither the portal's nor what a browser may ask of Stripe."""
        return [url for url, _body in self.sent if not self._is_expected(url)]

    def _is_expected(self, url: str) -> bool:
        if url.startswith(self.demo.stripe + "/"):
            return urlsplit(url).path.startswith(STRIPE_PATHS)
        # A picture is shown before it is sent, out of the browser's own memory.
        return url.startswith((self.demo.site + "/", f"blob:{self.demo.site}/", "data:"))

    def expect_complaint(self, part: str):
        """The test provokes a complaint of the browser with this text in it."""
        self._expected.append(part)

    def unexpected_complaints(self) -> list[str]:
        return [text for text in self.complaints if not any(part in text for part in self._expected)]

    def look(self, name: str):
        """Judge the page as it stands, light and dark, wide and on phones; what is wrong is kept in `flaws`."""
        expect(self.page.locator(".skeleton, .htmx-request")).to_have_count(0)
        for theme, width in LOOKS:
            self.page.emulate_media(color_scheme=theme)
            self.resize(width)
            # What has scrolled below the bar at the top would count as too small to hit.
            self.page.evaluate("scrollTo(0, 0)")
            self.flaws += [(name, theme, width, flaw) for flaw in self.found_now()]
            self.picture(f"{name}-{theme}-{width}")
        self.page.emulate_media(color_scheme="light")
        self.resize(SMALLEST)
        self.flaws += [(name, "light", SMALLEST, flaw) for flaw in overflowing(self.page)]
        self.resize(self.width)

    def found_now(self) -> list:
        """What is wrong with the page at its present size; judged once more when it drew itself anew meanwhile."""
        try:
            return [*violations(self.page), *overflowing(self.page)]
        except sync_api.Error as problem:
            if "context was destroyed" not in str(problem):
                raise
        self.page.wait_for_load_state()
        return [*violations(self.page), *overflowing(self.page)]

    def resize(self, width: int):
        self.page.set_viewport_size({"width": width, "height": 860})

    def picture(self, name: str):
        if folder := os.environ.get("SCREENSHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def violations(page) -> list[tuple[str, str]]:
    """What axe finds wrong with a page: (rule, the first element concerned)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)  # Evaluated, because the pages' own policy lets no foreign script in.
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [(each["id"], each["nodes"][0]["html"][:160]) for each in found["violations"]]


OVERFLOWING = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    const wide = [...document.querySelectorAll("body *")].filter(each => each.getBoundingClientRect().right > room);
    return ["wider than the window: " + (wide.at(-1) ?? document.body).outerHTML.slice(0, 160)];
}"""


def overflowing(page) -> list[str]:
    """Nothing, or a sentence with an element that reaches beyond the window."""
    return page.evaluate(OVERFLOWING)
