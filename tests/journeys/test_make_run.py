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
    assert {"finance@harbor-bakery.demo.test", "viewer@harbor-bakery.demo.test"} <= set(logins)
    assert sum(login.startswith("owner@") for login in logins) == 12
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
    assert set(accounts.values()) == {"active", "onboarding", "info_due", "past_due", "awaiting"}
    assert {"succeeded", "pending", "failed", "canceled"} <= top_ups
    assert sources == {"chargeable", "pending"}
    assert (unsettled, real_people) == (0, 0)


def test_the_demo_shows_every_way_to_onboard(demo):
    with sqlite3.connect(demo.var_dir / "issuing_desk.sqlite3") as database:
        kinds = set(database.execute("SELECT kind, country, language FROM accounts_connectedaccount"))
        told = {part for (part,) in database.execute("SELECT part FROM accounts_accountchange")}
        documents = list(database.execute("SELECT status, error_code FROM accounts_document"))
        asked = list(database.execute("SELECT sent_at IS NOT NULL, opened_at FROM accounts_informationrequest"))
        roles = {role for (role,) in database.execute("SELECT role FROM accounts_membership")}
        express = database.execute(
            "SELECT public_id, details_submitted FROM accounts_connectedaccount WHERE kind = 'express'"
        ).fetchall()
        opened = {
            id for (id,) in database.execute("SELECT object_id FROM desk_auditentry WHERE verb = 'onboarding.opened'")
        }
        without_program = database.execute(
            "SELECT count(*) FROM accounts_connectedaccount AS account WHERE can_issue"
            " AND NOT EXISTS (SELECT 1 FROM cards_program WHERE account_id = account.id AND stripe_id IS NOT NULL)"
        ).fetchone()[0]
    assert kinds == {
        ("issuing", "US", "en"),
        ("issuing", "GB", "en"),
        ("issuing", "FR", "fr"),
        ("express", "US", "en"),
        ("oauth", "US", "en"),
    }
    assert {"business", "person", "document", "program"} <= told
    assert documents == [("refused", "verification_document_not_readable")]
    assert asked == [(1, None)]
    assert roles == {"owner", "finance", "viewer"}
    assert [(id in opened, is_submitted) for id, is_submitted in express] == [(True, 0)]
    assert without_program == 0


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
