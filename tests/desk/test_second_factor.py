import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from desk.adapters import MFAAdapter
from tests.factories.desk import PASSWORD

pytestmark = pytest.mark.django_db


def code_now(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def enrolled(staff):
    """A member of staff who has just set up an authenticator app, and its secret."""
    client = staff("operator")
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'data-copy="([A-Z2-7]+)"', page)[1]
    client.post("/account/2fa/totp/activate/", {"code": code_now(secret)})
    return client, secret


def test_enrolment_turns_the_factor_on_and_shows_recovery_codes_once(enrolled):
    client, _secret = enrolled
    assert Authenticator.objects.filter(user=client.user, type="totp").exists()
    first = client.get("/account/2fa/recovery-codes/").content.decode()
    assert '<ul class="codes">' in first


def test_the_secret_is_not_in_the_database(enrolled):
    client, secret = enrolled
    stored = Authenticator.objects.get(user=client.user, type="totp").data["secret"]
    assert secret not in stored
    assert MFAAdapter().decrypt(stored) == secret


def test_password_alone_is_not_enough_any_more(enrolled, client):
    member, _secret = enrolled
    response = client.post("/account/login/", {"login": member.user.email, "password": PASSWORD})
    assert response.url == "/account/2fa/authenticate/"
    assert client.get("/preferences/").status_code == 302


def test_wrong_code_is_refused(enrolled, client):
    member, _secret = enrolled
    client.post("/account/login/", {"login": member.user.email, "password": PASSWORD})
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/preferences/").status_code == 302


def test_with_the_factor_every_page_opens(enrolled, settings):
    settings.STAFF_MFA_REQUIRED = True
    member, _secret = enrolled
    assert member.get("/preferences/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/account/2fa/",
        "/account/2fa/webauthn/add/",
        "/account/2fa/webauthn/",
        "/account/2fa/recovery-codes/generate/",
        "/account/2fa/totp/deactivate/",
        "/account/password/change/",
    ],
)
def test_pages_of_the_sign_in_library_wear_our_frame_and_the_nonce(enrolled, path):
    response = enrolled[0].get(path)
    assert response.status_code == 200
    page = response.content.decode()
    assert 'href="/static/css/app.css"' in page
    assert "style=" not in page
    nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])[1]
    scripts = re.findall(r"<script[^>]*>", page)
    assert all(f'nonce="{nonce}"' in tag or "application/json" in tag for tag in scripts)


@pytest.mark.parametrize("required", [True, False])
def test_staff_are_told_when_they_have_to_enrol(staff, settings, required):
    settings.STAFF_MFA_REQUIRED = required
    assert ("Set up a second factor to go on" in staff("viewer").get("/account/2fa/").content.decode()) is required
