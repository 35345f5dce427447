"""Staff on one host, businesses on another: who gets which pages where, and which of them may stand in a frame."""

import json

import pytest
from allauth.account.internal.flows.login import Login, perform_login
from django.contrib.auth import SESSION_KEY
from django.test import Client, RequestFactory
from django.urls import reverse

from desk import guards
from tests.factories.accounts import ConnectedAccountFactory, MembershipFactory
from tests.factories.desk import PASSWORD, StaffFactory
from tests.isolation import policy
from tests.isolation.world import SIGN_IN

pytestmark = pytest.mark.django_db
STAFF, BUSINESS = "desk.platform.test", "cards.platform.test"
PRODUCT = "https://app.platform.test"


@pytest.fixture
def split(settings):
    settings.ALLOWED_HOSTS = [STAFF, BUSINESS]
    settings.SITE_URL, settings.BUSINESS_SITE_URL = f"http://{STAFF}", f"http://{BUSINESS}"
    settings.EMBED_FRAME_ANCESTORS = [PRODUCT]


def browser(host, user=None) -> Client:
    client = Client(headers={"host": host}, raise_request_exception=False)
    if user:
        client.force_login(user, backend=SIGN_IN)
    return client


@pytest.fixture
def member(db):
    return MembershipFactory(account=ConnectedAccountFactory(active=True))


def home_of(member) -> str:
    return reverse("accounts:business-home", args=[member.account.ref])


def ancestors(response) -> str:
    policy_text = response["Content-Security-Policy"]
    return next(part.strip() for part in policy_text.split(";") if part.strip().startswith("frame-ancestors"))


def sign_in(client, user):
    return client.post("/account/login/", {"login": user.email, "password": PASSWORD})


class TestBusinessHost:
    def test_a_person_of_a_business_signs_in_and_finds_their_pages(self, split, member):
        client = browser(BUSINESS)
        assert sign_in(client, member.user).status_code == 302
        assert client.get(home_of(member)).status_code == 200
        assert client.get("/").url == home_of(member)
        assert client.get("/preferences/").status_code == 200
        assert client.get("/healthz").status_code == 200

    def test_pages_of_staff_are_not_there_for_anybody(self, split, member):
        staff_only = [
            route
            for route in policy.load().values()
            if "." in route.who and route.business == "nobody" and not route.objects
        ]
        assert len(staff_only) > 8
        for client in (
            browser(BUSINESS),
            browser(BUSINESS, member.user),
            browser(BUSINESS, StaffFactory(role="admin")),
        ):
            for route in [*staff_only, policy.load()["desk:search"]]:
                assert client.get(reverse(route.name)).status_code == 404, route.name

    def test_staff_cannot_sign_in_and_are_told_no_more_than_anybody(self, split, db):
        staff, client = StaffFactory(role="admin"), browser(BUSINESS)
        answer = sign_in(client, staff)
        wrong = client.post("/account/login/", {"login": staff.email, "password": "not the right words"})
        assert SESSION_KEY not in client.session
        assert answer.status_code == wrong.status_code
        assert answer.context["form"].errors == wrong.context["form"].errors

    def test_no_other_way_of_signing_in_lets_staff_in(self, split, db):
        """A passkey proves who somebody is without the password form; it ends where every sign-in passes."""
        request = RequestFactory(headers={"host": BUSINESS}).post("/")
        request.session, request._messages = Client().session, _Heard()
        answer = perform_login(request, Login(user=StaffFactory(role="viewer")))
        assert answer.url == reverse("account_login")
        assert SESSION_KEY not in request.session

    def test_a_session_of_staff_ends_there(self, split, db):
        client = browser(BUSINESS, StaffFactory(role="admin"))
        assert client.get("/").url.startswith("/account/login/")
        assert SESSION_KEY not in client.session

    def test_events_are_not_delivered_there(self, split, db):
        for kind in ("platform", "connect", "platform-thin", "connect-thin"):
            path = f"/webhooks/stripe/{kind}/"
            assert browser(BUSINESS).post(path, b"{}", "application/json").status_code == 404
            assert browser(STAFF).post(path, b"{}", "application/json").status_code == 400

    def test_the_platform_s_product_alone_may_frame_its_pages(self, split, member):
        client = browser(BUSINESS, member.user)
        for path in (home_of(member), "/account/login/", "/nothing/here/", "/embed/enter/x/"):
            response = client.get(path)
            assert ancestors(response) == f"frame-ancestors {PRODUCT}", path
            assert "X-Frame-Options" not in response, path

    def test_nobody_may_where_nobody_is_named(self, split, member, settings):
        settings.EMBED_FRAME_ANCESTORS = []
        response = browser(BUSINESS, member.user).get(home_of(member))
        assert ancestors(response) == "frame-ancestors 'none'"
        assert response["X-Frame-Options"] == "DENY"

    def test_pages_keep_what_else_their_policy_says(self, split, member):
        response = browser(BUSINESS, member.user).get(home_of(member))
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert "unsafe-" not in response["Content-Security-Policy"]
        assert "form-action 'self' http://127.0.0.1" in response["Content-Security-Policy"]


class _Heard:
    def add(self, level, message, extra_tags=""):
        assert message


class TestStaffHost:
    def test_no_page_of_it_is_ever_framed(self, split, db):
        client = browser(STAFF, StaffFactory(role="admin"))
        for path in ("/", "/accounts/", "/audit-trail/", "/account/login/", "/nothing/here/"):
            response = client.get(path)
            assert ancestors(response) == "frame-ancestors 'none'", path
            assert response["X-Frame-Options"] == "DENY", path

    def test_a_person_of_a_business_goes_on_to_theirs_and_leaves_no_session(self, split, member):
        client = browser(STAFF)
        sign_in(client, member.user)
        answer = client.get(f"{home_of(member)}?a=b")
        assert answer.url == f"http://{BUSINESS}{home_of(member)}?a=b"
        assert SESSION_KEY not in client.session

    def test_what_they_send_there_is_not_done(self, split, member):
        client = browser(STAFF, member.user)
        answer = client.post(reverse("desk:language"), {"language": "fr"})
        assert answer.url == f"http://{BUSINESS}/"
        member.user.refresh_from_db()
        assert member.user.language == ""

    def test_a_part_of_a_page_sends_the_whole_page(self, split, member):
        answer = browser(STAFF, member.user).get(home_of(member), headers={"HX-Request": "true"})
        assert answer["HX-Redirect"] == f"http://{BUSINESS}/"

    def test_staff_work_as_ever(self, split, db):
        client = browser(STAFF)
        assert sign_in(client, StaffFactory(role="viewer")).status_code == 302
        assert client.get("/accounts/").status_code == 200


class TestEntryLinks:
    @pytest.fixture
    def link(self, split, member, settings):
        settings.EMBED_API_KEYS = ["k" * 40]
        body = {"account": member.account.ref, "user": member.user.email, "page": "home"}
        answer = browser(STAFF).post(
            "/embed/entry-links/", json.dumps(body), "application/json", headers={"Authorization": f"Bearer {'k' * 40}"}
        )
        return answer.json()["url"]

    def test_they_lead_to_the_host_of_businesses(self, link, member):
        assert link.startswith(f"http://{BUSINESS}/embed/enter/")
        client = browser(BUSINESS)
        assert client.post(link.removeprefix(f"http://{BUSINESS}")).url == home_of(member)
        assert client.get(home_of(member)).status_code == 200

    def test_they_open_nothing_elsewhere(self, link):
        path, client = link.removeprefix(f"http://{BUSINESS}"), browser(STAFF)
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
        assert SESSION_KEY not in client.session


class TestOneHost:
    def test_without_a_second_name_nothing_is_separate_and_nothing_framed(self, member, settings):
        settings.EMBED_FRAME_ANCESTORS = [PRODUCT]
        client = browser("testserver", member.user)
        response = client.get(home_of(member))
        assert response.status_code == 200
        assert ancestors(response) == "frame-ancestors 'none'"
        assert response["X-Frame-Options"] == "DENY"
        assert browser("testserver", StaffFactory(role="viewer")).get("/accounts/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"BUSINESS_SITE_URL": f"http://{STAFF}:8001"}, "name of its own"),
        ({"BUSINESS_SITE_URL": f"https://{BUSINESS}"}, "scheme"),
        ({"BUSINESS_SITE_URL": BUSINESS}, "scheme"),
        ({"BUSINESS_SITE_URL": f"http://{BUSINESS}/cards"}, "scheme"),
        ({"BUSINESS_SITE_URL": ""}, "needs a BUSINESS_SITE_URL"),
        ({"EMBED_FRAME_ANCESTORS": ["*"]}, "origins"),
        ({"EMBED_FRAME_ANCESTORS": ["https://*.platform.test"]}, "origins"),
        ({"EMBED_FRAME_ANCESTORS": ["app.platform.test"]}, "origins"),
        ({"EMBED_FRAME_ANCESTORS": [f"{PRODUCT}; script-src *"]}, "origins"),
        ({"EMBED_API_KEYS": ["short"]}, "fewer than 32"),
    ],
)
def test_a_separation_that_would_not_hold_does_not_start(split, settings, changes, word):
    for name, value in changes.items():
        setattr(settings, name, value)
    assert word in " ".join(guards.setting_faults())


def test_a_separation_that_holds_starts(split, settings):
    settings.EMBED_API_KEYS = ["k" * 32, ""]
    assert list(guards.setting_faults()) == []
