"""The way in from the platform's own product: who may ask for a link, whom it lets in, and how often."""

import json
import threading
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.embedding import entry_links
from accounts.models import EntryLink, Membership
from desk.adapters import MFAAdapter
from desk.models import AuditEntry
from tests.factories.accounts import ConnectedAccountFactory, MembershipFactory
from tests.factories.desk import StaffFactory
from tests.isolation import answers

pytestmark = pytest.mark.django_db(transaction=True)
KEY, OTHER = "k" * 40, "another-key-of-the-platform-s-own-server"
CREATE = "/embed/entry-links/"


@pytest.fixture(autouse=True)
def _keys(settings, db):
    cache.clear()
    settings.EMBED_API_KEYS = [KEY, OTHER]


@pytest.fixture
def member(db):
    return MembershipFactory(account=ConnectedAccountFactory(active=True))


def ask(body=None, key=KEY, **more):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    content = body if isinstance(body, str | bytes) else json.dumps(body)
    return Client().post(CREATE, content, content_type="application/json", headers=headers, **more)


def wish(member, **changes):
    return {"account": member.account.ref, "user": member.user.email, "page": "home"} | changes


def link_for(member, **changes) -> str:
    answer = ask(wish(member, **changes))
    assert answer.status_code == 201, answer.content
    return answer.json()["url"].removeprefix("http://localhost:8000")


def is_signed_in(client) -> bool:
    return SESSION_KEY in client.session


class TestAsking:
    def test_a_server_with_a_key_gets_a_link_that_lasts_a_minute(self, member):
        before = timezone.now()
        answer = ask(wish(member))
        assert answer.status_code == 201
        assert set(answer.json()) == {"url", "expires_at"}
        assert answer.json()["url"].startswith("http://localhost:8000/embed/enter/ent_")
        life = parse_datetime(answer.json()["expires_at"]) - before
        assert timedelta(seconds=55) < life < timedelta(seconds=65)
        assert "no-store" in answer["Cache-Control"]

    @pytest.mark.parametrize("keys", [[], [""]])
    def test_without_any_key_there_is_no_such_address(self, member, settings, keys):
        settings.EMBED_API_KEYS = keys
        assert ask(wish(member)).status_code == 404
        assert ask(wish(member), key="").status_code == 404

    @pytest.mark.parametrize("key", ["", "wrong", KEY[:-1], KEY + "k", "é" * 40, f"{KEY},{OTHER}"])
    def test_a_wrong_key_is_refused_and_nothing_is_made(self, member, key):
        answer = ask(wish(member), key=key.encode().decode("latin-1"))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert not EntryLink.objects.exists()

    def test_the_key_stands_in_its_header_and_nowhere_else(self, member):
        basic = Client().post(
            CREATE, json.dumps(wish(member)), "application/json", headers={"Authorization": f"Basic {KEY}"}
        )
        assert basic.status_code == 401
        assert ask(wish(member) | {"key": KEY}, key="").status_code == 401
        assert Client().post(f"{CREATE}?key={KEY}", json.dumps(wish(member)), "application/json").status_code == 401

    def test_each_of_two_keys_counts_while_one_is_rolled(self, member):
        assert [ask(wish(member), key=key).status_code for key in (KEY, OTHER)] == [201, 201]
        names = {entry.details["key"] for entry in AuditEntry.objects.filter(verb="entry.issued")}
        assert len(names) == 2
        assert not [name for name in names if name in KEY or name in OTHER]

    def test_a_session_is_no_key(self, member, as_staff):
        body = json.dumps(wish(member))
        assert as_staff("admin").post(CREATE, body, content_type="application/json").status_code == 401
        assert as_staff("admin").get(CREATE).status_code == 405

    @pytest.mark.parametrize(
        "body",
        ["", "x", "[]", "1", '"x"', "{}", '{"account": 1, "user": 2, "page": 3}', b"\xff\xfe", "[" * 100_000],
    )
    def test_what_is_no_request_is_refused(self, body):
        assert ask(body).status_code == 400

    @pytest.mark.parametrize(
        "changes", [{"more": "x"}, {"user": "a\x00@b.test"}, {"user": "\ud800@b.test"}, {"page": "x" * 300}]
    )
    def test_unknown_fields_and_unprintable_text_are_refused(self, member, changes):
        assert ask(wish(member, **changes)).status_code == 400

    @pytest.mark.parametrize("page", ["", "detail", "accounts:detail", "/accounts/", "https://evil.test/", "Home"])
    def test_only_pages_of_the_short_list_are_led_to(self, member, page):
        answer = ask(wish(member, page=page))
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "unknown_page"

    def test_only_members_who_may_sign_in_get_one(self, member):
        account = member.account
        ended = MembershipFactory(account=account, ended_at=timezone.now()).user
        disabled = MembershipFactory(account=account, user__is_active=False).user
        foreign = MembershipFactory().user
        staff = StaffFactory(role="admin")
        promoted = MembershipFactory(account=account, user=StaffFactory(role="viewer")).user
        for email in (ended.email, disabled.email, foreign.email, staff.email, promoted.email, "nobody@x.test", ""):
            answer = ask(wish(member, user=email))
            assert (answer.status_code, answer.json()["error"]["code"]) == (422, "not_a_member"), email
        assert not EntryLink.objects.exists()

    @pytest.mark.parametrize("ref", ["acct_nothing", "biz_nothing", "nothing", "", "1"])
    def test_an_account_that_is_not_there_has_no_members(self, member, ref):
        assert ask(wish(member, account=ref)).json()["error"]["code"] == "not_a_member"

    def test_a_member_is_found_by_the_address_however_it_is_written(self, member):
        assert ask(wish(member, user=f" {member.user.email.upper()} ")).status_code == 201
        assert ask(wish(member, account=member.account.stripe_id)).status_code == 201

    def test_more_links_than_people_can_follow_are_refused(self, member):
        other = MembershipFactory(account=member.account)
        answers = [ask(wish(member)).status_code for _ in range(entry_links.PER_MEMBER + 1)]
        assert answers == [201] * entry_links.PER_MEMBER + [429]
        assert ask(wish(other)).status_code == 201

    def test_a_key_has_a_budget_whatever_it_asks_for(self, member, monkeypatch):
        monkeypatch.setattr(entry_links, "PER_KEY", 2)
        answers = [ask(wish(member, account="acct_none")).status_code for _ in range(3)]
        assert answers == [422, 422, 429]
        assert ask(wish(member), key=OTHER).status_code == 201

    def test_only_the_hash_of_the_token_is_kept(self, member):
        token = link_for(member).rstrip("/").rpartition("/")[2]
        [link] = EntryLink.objects.values()
        assert token not in str(link)
        assert not [entry for entry in AuditEntry.objects.values() if token[4:] in str(entry)]

    def test_rows_of_links_go_after_a_while_and_the_trail_stays(self, member):
        link_for(member)
        EntryLink.objects.update(expires_at=timezone.now() - entry_links.KEPT - timedelta(minutes=1))
        link_for(member)
        assert EntryLink.objects.count() == 1
        assert AuditEntry.objects.filter(verb="entry.issued").count() == 2


class TestEntering:
    def test_whoever_is_signed_in_as_somebody_else_is_asked_first(self, member, as_owner):
        link = link_for(member)
        assert "data-enter" in Client().get(link).content.decode()
        page = as_owner().get(link).content.decode()
        assert "data-enter" not in page
        assert f"Continue as {member.user.email}?" in page

    def test_the_button_signs_the_member_in_and_leads_on(self, member):
        browser = Client()
        link = link_for(member)
        assert browser.get(link).status_code == 200
        answer = browser.post(link)
        assert answer.status_code == 302
        assert answer.url == reverse("accounts:business-home", args=[member.account.ref])
        assert browser.session[SESSION_KEY] == str(member.user.pk)
        assert browser.get(answer.url).status_code == 200
        used = AuditEntry.objects.get(verb="entry.used")
        assert (used.actor, used.details) == (member.user, {"page": "home"})

    @pytest.mark.parametrize("page", entry_links.PAGES)
    def test_each_page_of_the_list_is_there(self, member, page):
        browser = Client()
        answer = browser.post(link_for(member, page=page))
        assert answer.url == reverse(entry_links.PAGES[page], args=[member.account.ref])
        assert browser.get(answer.url).status_code in (200, 302)

    def test_looking_spends_nothing_and_tells_nothing(self, member):
        link = link_for(member)
        for method in ("get", "head", "get"):
            answer = getattr(Client(), method)(link)
            assert answer.status_code == 200
            # Without any, the browser would send the button's form from nowhere, and it would be refused.
            assert answer["Referrer-Policy"] == "same-origin"
            assert "no-store" in answer["Cache-Control"]
            for told in (member.account.name, member.user.email, member.user.full_name, member.account.ref):
                assert told not in answer.content.decode()
        assert EntryLink.objects.get().used_at is None

    def test_it_works_once(self, member):
        link, first, second = link_for(member), Client(), Client()
        assert first.post(link).status_code == 302
        assert second.post(link).status_code == 410
        assert second.get(link).status_code == 410
        assert not is_signed_in(second)

    def test_used_old_and_invented_links_answer_alike(self, member):
        used, old, still_open = (link_for(member) for _ in range(3))
        Client().post(used)
        too_old = EntryLink.objects.filter(token_hash=entry_links.hash_of(token_in(old)))
        too_old.update(expires_at=timezone.now())
        invented = reverse("embed:entry", args=["ent_" + "0" * 64])
        told = [
            answers.normal(getattr(Client(), method)(link), token_in(link))
            for link in (used, old, invented)
            for method in ("get", "post")
        ]
        assert len(set(told)) == 1
        status, text = told[0]
        assert status == 410
        assert member.account.name not in text
        assert Client().get(still_open).status_code == 200

    @pytest.mark.parametrize("token", ["x", "%00", "ent_", "é", "%ED%A0%80", "x" * 3000])
    def test_nonsense_is_just_a_link_that_does_not_work(self, token):
        assert Client().get(f"/embed/enter/{token}/").status_code in (400, 404, 410)

    @pytest.mark.parametrize("happened", ["ended", "disabled", "became staff"])
    def test_who_may_not_come_in_any_more_does_not(self, member, happened):
        link, browser = link_for(member), Client()
        if happened == "ended":
            Membership.objects.update(ended_at=timezone.now())
        else:
            fields = {"is_active": False} if happened == "disabled" else {"is_staff": True}
            type(member.user).objects.filter(pk=member.user.pk).update(**fields)
        assert browser.get(link).status_code == 410
        assert browser.post(link).status_code == 410
        assert not is_signed_in(browser)

    def test_another_site_cannot_press_the_button(self, member):
        strict = Client(enforce_csrf_checks=True)
        link = link_for(member)
        assert strict.post(link).status_code == 403
        token = strict.get(link).context["csrf_token"]
        assert strict.post(link, {"csrfmiddlewaretoken": str(token)}).status_code == 302

    def test_a_second_factor_is_still_asked_for(self, member):
        secret = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
        Authenticator.objects.create(user=member.user, type=Authenticator.Type.TOTP, data={"secret": secret})
        browser = Client()
        answer = browser.post(link_for(member))
        assert answer.url.startswith(reverse("mfa_authenticate"))
        assert not is_signed_in(browser)
        home = reverse("accounts:business-home", args=[member.account.ref])
        assert browser.get(home).url.startswith("/account/login/")

    def test_coming_in_proves_nothing_that_asks_for_the_password(self, member):
        browser = Client()
        browser.post(link_for(member))
        answer = browser.get(reverse("mfa_activate_totp"))
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_reauthenticate"))

    def test_a_role_is_what_it_was(self, member):
        viewer = MembershipFactory(account=member.account, role=Membership.Role.VIEWER)
        browser = Client()
        answer = browser.post(link_for(viewer, page="embedded"))
        assert browser.get(answer.url).status_code == 403

    def test_only_the_member_s_own_businesses_are_open(self, member):
        other = MembershipFactory()
        browser = Client()
        browser.post(link_for(member))
        assert browser.get(reverse("accounts:business-home", args=[other.account.ref])).status_code == 404

    def test_whoever_was_signed_in_before_is_so_no_more(self, member, as_staff):
        browser = as_staff("admin")
        before = browser.session.session_key
        browser.post(link_for(member))
        assert browser.session[SESSION_KEY] == str(member.user.pk)
        assert browser.session.session_key != before
        assert browser.get(reverse("accounts:list")).status_code == 403

    def test_who_is_in_already_stays_in_as_they_were(self, member, as_owner):
        browser = Client()
        browser.post(link_for(member))
        kept = browser.session.session_key
        assert browser.post(link_for(member, page="details")).url.endswith("/details/")
        assert browser.session.session_key == kept

    def test_what_was_open_a_moment_ago_is_spent_once(self, member, monkeypatch):
        """Two requests may both have found it open; only one of them gets in."""
        link = link_for(member)
        found = entry_links.find_open(token_in(link), now=timezone.now())
        monkeypatch.setattr(entry_links, "find_open", lambda token, *, now: found)
        assert [Client().post(link).status_code for _ in range(2)] == [302, 410]
        assert AuditEntry.objects.filter(verb="entry.used").count() == 1

    @pytest.mark.postgres
    def test_browsers_at_the_same_moment_get_one_session(self, member):
        link, codes, start = link_for(member), [], threading.Barrier(4)

        def follow():
            start.wait()
            codes.append(Client().post(link).status_code)
            connection.close()

        threads = [threading.Thread(target=follow) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(codes) == [302, 410, 410, 410]
        assert AuditEntry.objects.filter(verb="entry.used").count() == 1


def token_in(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_no_address_of_a_link_reaches_the_log(member, caplog):
    caplog.set_level("DEBUG")
    link = link_for(member)
    Client().get(link)
    Client().post(link)
    Client().post(link)
    assert token_in(link) not in caplog.text
