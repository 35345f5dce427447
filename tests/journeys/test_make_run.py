"""The demo as a newcomer meets it: real processes, real ports, Ctrl-C."""

import http.cookiejar
import json
import os
import re
import signal
import sqlite3
import urllib.parse
import urllib.request

import pytest

from tests.journeys.demo import Demo, free_ports


def sign_in(site: str, email: str, password: str) -> str:
    """The page that a person lands on, by the real form with its real token."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = browser.open(f"{site}/account/login/", timeout=20).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token, "login": email, "password": password}).encode()
    return browser.open(f"{site}/account/login/", data=form, timeout=20).read().decode()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    port, stripe_port = free_ports(2)
    demo = Demo(tmp_path_factory.mktemp("demo"), port, stripe_port)
    yield demo
    if demo.process.poll() is None:
        demo.press_ctrl_c()


def test_it_starts_tells_where_it_is_and_ends_with_ctrl_c(demo):
    said = demo.wait_until_it_says("password: ")
    password = re.search(r"^password: (.+)$", said, re.MULTILINE).group(1)
    assert f"{demo.site}/" in said
    assert json.load(urllib.request.urlopen(f"{demo.site}/readyz", timeout=20))["status"] == "ready"

    logins = re.findall(r"^  (\S+@\S*demo\.test)\s", said, re.MULTILINE)
    assert {"viewer@demo.test", "operator@demo.test", "approver@demo.test", "admin@demo.test"} <= set(logins)
    assert sum(login.startswith("owner@") for login in logins) == 7
    for login in logins:
        assert 'name="password"' not in sign_in(demo.site, login, password), login
    assert 'name="password"' in sign_in(demo.site, "viewer@demo.test", "another-password")

    assert demo.press_ctrl_c() == 0
    assert demo.left_behind() == {}


def test_the_demo_shows_every_kind_of_business(demo):
    with sqlite3.connect(demo.var_dir / "issuing_desk.sqlite3") as database:
        accounts = dict(database.execute("SELECT name, status FROM accounts_connectedaccount"))
        top_ups = {status for (status,) in database.execute("SELECT status FROM funding_topup")}
        sources = {status for (status,) in database.execute("SELECT status FROM funding_source")}
        unsettled = database.execute(
            "SELECT count(*) FROM stripe_gateway_stripeoperation WHERE state NOT IN ('accepted', 'rejected')"
        ).fetchone()[0]
        real_people = database.execute("SELECT count(*) FROM desk_user WHERE NOT is_demo").fetchone()[0]
    assert {"active", "onboarding", "info_due", "past_due"} <= set(accounts.values())
    assert {"succeeded", "pending", "failed", "canceled"} <= top_ups
    assert sources == {"chargeable", "pending"}
    assert (unsettled, real_people) == (0, 0)


def test_a_second_start_finds_everything_as_it_was_and_names_a_child_that_died(demo):
    before = demo.counts()
    port, stripe_port = free_ports(2)
    again = Demo(demo.var_dir, port, stripe_port)
    try:
        again.wait_until_it_says("password: ")
        assert again.counts() == before
        worker = min(pid for pid, args in again.living_processes().items() if "celery" in args and " worker " in args)
        os.kill(worker, signal.SIGKILL)
        assert again.process.wait(60) == 1
        assert "worker ended with code -9" in again.console.read_text()
        assert again.left_behind() == {}
    finally:
        if again.process.poll() is None:
            again.press_ctrl_c()
