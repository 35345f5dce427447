import time

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client

from desk import tasks
from tests.factories.desk import PASSWORD, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/preferences/"


def signed_in(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get(PAGE)
    return client


def long_ago(client, **seconds):
    session = client.session
    for name, ago in seconds.items():
        session[name] = time.time() - ago
    session.save()


@pytest.mark.parametrize(("factory", "minutes"), [(StaffFactory, 15), (UserFactory, 30)])
def test_a_session_ends_when_nobody_is_there(factory, minutes):
    client = signed_in(factory())
    long_ago(client, seen_at=minutes * 60 - 30)
    assert client.get(PAGE).status_code == 200
    long_ago(client, seen_at=minutes * 60 + 30)
    assert client.get(PAGE).status_code == 302
    assert "without activity" in client.get("/account/login/").content.decode()


@pytest.mark.parametrize(("factory", "hours"), [(StaffFactory, 8), (UserFactory, 12)])
def test_a_session_ends_in_any_case(factory, hours):
    client = signed_in(factory())
    long_ago(client, began_at=hours * 3600 + 30)
    assert client.get(PAGE).status_code == 302


def test_a_page_that_refreshes_itself_keeps_no_session_alive():
    client = signed_in(StaffFactory())
    long_ago(client, seen_at=10 * 60)
    client.get(PAGE, headers={"HX-Request": "true"})
    assert time.time() - client.session["seen_at"] > 9 * 60
    client.get(PAGE, headers={"HX-Request": "true", "X-Activity": "1"})
    assert time.time() - client.session["seen_at"] < 60


def test_pages_of_signed_in_people_are_never_stored():
    assert "no-store" in signed_in(StaffFactory()).get(PAGE).headers["Cache-Control"]


def test_signing_in_takes_a_new_session_id(client):
    client.get("/account/login/")
    client.session["x"] = 1
    client.session.save()
    before = client.session.session_key
    person = UserFactory()
    response = client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/")
    assert client.session.session_key != before


def test_signing_out_makes_the_browser_forget():
    client = signed_in(StaffFactory())
    response = client.post("/account/logout/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get(PAGE).status_code == 302


def test_wrong_password_says_so_and_nothing_else(client):
    person = UserFactory()
    known = client.post("/account/login/", {"login": person.email, "password": "wrong"}).content.decode()
    unknown = client.post("/account/login/", {"login": "nobody@people.test", "password": "wrong"}).content.decode()
    said = "not correct"
    assert said in known
    assert said in unknown


def test_nobody_signs_up(client):
    answer = client.post("/account/signup/", {"email": "new@people.test", "password1": PASSWORD, "password2": PASSWORD})
    assert b"By invitation only" in answer.content
    assert not type(UserFactory.build()).objects.filter(email="new@people.test").exists()


def test_ended_access_ends_the_session():
    person = StaffFactory()
    client = signed_in(person)
    person.is_active = False
    person.save()
    assert client.get(PAGE).status_code == 302


def test_signing_in_is_not_announced(client):
    person = StaffFactory()
    page = client.post("/account/login/", {"login": person.email, "password": PASSWORD}, follow=True)
    assert "Successfully" not in page.content.decode()


def test_sessions_that_have_ended_are_dropped():
    kept, ended = SessionStore(), SessionStore()
    kept.create()
    ended.set_expiry(-1)
    ended.create()
    tasks.drop_ended_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == [kept.session_key]
