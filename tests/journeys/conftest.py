"""What every journey in a browser shares: the running demo, Chromium, and windows that are judged when they close."""

import pytest

from tests.conftest import LocalStripe
from tests.journeys.demo import Demo


@pytest.fixture(scope="package")
def running_demo(tmp_path_factory):
    demo = Demo.start(tmp_path_factory.mktemp("running-demo"))
    yield demo
    demo.press_ctrl_c()


@pytest.fixture(scope="package")
def stripe(running_demo):
    """The controls of the demo's local Stripe."""
    return LocalStripe(running_demo.stripe)


@pytest.fixture(scope="module")
def chromium():
    from tests.journeys import browsing

    with browsing.chromium() as browser:
        yield browser


@pytest.fixture
def open_window(running_demo, chromium):
    """`open_window(**options)` → a watched window, which must have complained of nothing and met no stranger."""
    from tests.journeys.browsing import Window

    windows = []

    def open_(**options):
        windows.append(Window(chromium, running_demo, **options))
        return windows[-1]

    yield open_
    for window in windows:
        window.context.close()
    assert [flaw for window in windows for flaw in window.flaws] == []
    assert [text for window in windows for text in window.unexpected_complaints()] == []
    assert [url for window in windows for url in window.strangers()] == []


@pytest.fixture
def signed_in(open_window):
    """`signed_in(email)` → the window of somebody of the demo."""
    from config.run.demo_businesses import PASSWORD

    def open_(email, **options):
        window = open_window(**options)
        window.sign_in(email, PASSWORD)
        return window

    return open_
