"""One person gets in by one link, once."""

import logging
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import invitations
from accounts.models import Invitation, Membership
from desk.logs import redact
from desk.models import AuditEntry, User
from tests.accounts.conftest import link_in
from tests.factories.accounts import ConnectedAccountFactory, InvitationFactory
from tests.factories.desk import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
ACCEPT = {"full_name": "Maya Okafor", "password": PASSWORD}


class Broken(EmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages):
        raise ConnectionResetError


@pytest.fixture
def account():
    return ConnectedAccountFactory(contact_email="maya@northwind.test")


@pytest.fixture
def sent(account):
    """An invitation that went out a moment ago, and the path of its link."""
    invitation = InvitationFactory(account=account, next_send_at=timezone.now())
    assert invitations.send_due(now=timezone.now()) == 1
    return invitation, link_in(mail.outbox[-1])


def follow(client, link):
    return client.get(link, follow=True)


def test_a_new_person_sets_a_password_and_is_signed_in(sent, account):
    client = Client()
    page = follow(client, sent[1])
    assert page.redirect_chain == [(reverse("accounts:invitation"), 302)]

    answer = client.post(reverse("accounts:invitation"), ACCEPT)

    assert answer.url == reverse("accounts:business-home", args=[account.ref])
    membership = Membership.objects.get()
    assert (membership.account, membership.role) == (account, "owner")
    assert membership.user.email == "maya@northwind.test"
    assert membership.user.check_password(PASSWORD)
    assert not membership.user.is_staff
    assert client.session["_auth_user_id"] == str(membership.user.pk)
    act = AuditEntry.objects.get(verb="invitation.accepted")
    assert act.actor == membership.user


def test_only_a_hash_of_the_token_is_kept(sent):
    token = sent[1].split("/")[-2]
    assert len(token) >= 64
    invitation = Invitation.objects.get()
    assert invitation.token_hash == invitations.hash_of(token)
    kept = [str(row) for model in (Invitation, AuditEntry, Session) for row in model.objects.values()]
    assert not [row for row in kept if token in row]


def test_the_token_leaves_the_address_and_no_page_carries_it_on(sent):
    token = sent[1].split("/")[-2]
    client = Client()
    first = client.get(sent[1])
    assert first["Referrer-Policy"] == "no-referrer"
    assert "no-store" in first["Cache-Control"]
    assert token not in first.url
    assert token not in client.get(first.url).content.decode()


def test_the_token_is_in_no_log_line(account, caplog):
    caplog.set_level(logging.DEBUG)
    InvitationFactory(account=account, next_send_at=timezone.now())
    invitations.send_due(now=timezone.now())
    link = link_in(mail.outbox[-1])
    follow(Client(), link)
    token = link.split("/")[-2]
    assert not [line for line in caplog.messages if token in redact(line)]


def test_a_used_link_says_so(sent):
    client = Client()
    follow(client, sent[1])
    client.post(reverse("accounts:invitation"), ACCEPT)

    page = follow(Client(), sent[1])
    assert page.status_code == 410
    assert "has already been used" in page.content.decode()


def test_a_double_click_on_accept_makes_one_person(sent):
    first, second = Client(), Client()
    follow(first, sent[1])
    follow(second, sent[1])
    assert first.post(reverse("accounts:invitation"), ACCEPT).status_code == 302
    late = second.post(reverse("accounts:invitation"), ACCEPT | {"full_name": "Somebody Else"})
    assert late.status_code == 410
    assert User.objects.count() == Membership.objects.count() == 1


def test_an_expired_link_says_so(sent):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    page = follow(Client(), sent[1])
    assert page.status_code == 410
    assert "has expired" in page.content.decode()


def test_a_link_is_good_for_seven_days(sent):
    left = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


@pytest.mark.parametrize("token", ["inv_" + "0" * 64, "nonsense", "inv_%00"])
def test_a_link_that_never_was_tells_nothing(account, token):
    page = follow(Client(), reverse("accounts:invitation-accept", args=["x"]).replace("/x/", f"/{token}/"))
    assert page.status_code == 404
    assert account.name not in page.content.decode()


def test_without_the_link_the_page_tells_nothing(sent, account):
    page = Client().post(reverse("accounts:invitation"), ACCEPT)
    assert page.status_code == 404
    assert account.name not in page.content.decode()
    assert not Membership.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password": "too short"}, "at least 15 characters"),
        ({"password": "maya@northwind.test"}, "too similar"),
        ({"full_name": ""}, "This is needed."),
    ],
)
def test_a_bad_password_says_what_would_be_right(sent, changes, sentence):
    client = Client()
    follow(client, sent[1])
    answer = client.post(reverse("accounts:invitation"), ACCEPT | changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert '<input type="password" name="password" value' not in answer.content.decode()
    assert not User.objects.exists()


class TestKnownPeople:
    def test_somebody_known_signs_in_before_accepting(self, sent, account):
        person = UserFactory(email="maya@northwind.test")
        client = Client()
        page = follow(client, sent[1]).content.decode()
        assert "You already sign in here" in page
        assert client.post(reverse("accounts:invitation"), ACCEPT).status_code == 200
        assert not Membership.objects.exists()

        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        follow(client, sent[1])
        assert client.post(reverse("accounts:invitation")).status_code == 302
        assert Membership.objects.get().user == person

    def test_somebody_else_who_is_signed_in_cannot_accept(self, sent):
        client = Client()
        client.force_login(UserFactory(), backend="allauth.account.auth_backends.AuthenticationBackend")
        page = follow(client, sent[1]).content.decode()
        assert "Sign out first" in page
        client.post(reverse("accounts:invitation"), ACCEPT)
        assert not Membership.objects.exists()

    def test_staff_never_become_people_of_a_business(self, sent):
        client = Client()
        staff = UserFactory(email="maya@northwind.test", is_staff=True)
        client.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
        follow(client, sent[1])
        client.post(reverse("accounts:invitation"), ACCEPT)
        assert not Membership.objects.exists()


class TestSending:
    def test_a_broken_mail_server_delays_and_never_loses(self, account, settings):
        settings.EMAIL_BACKEND = "tests.accounts.test_invitations.Broken"
        now = timezone.now()
        invitation = InvitationFactory(account=account, next_send_at=now)
        assert invitations.send_due(now=now) == 0
        invitation.refresh_from_db()
        assert (invitation.sent_at, invitation.send_attempts) == (None, 1)
        assert invitation.next_send_at > now

        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        assert invitations.send_due(now=now) == 0
        assert invitations.send_due(now=now + timedelta(minutes=10)) == 1
        invitation.refresh_from_db()
        assert invitation.sent_at

    def test_a_crash_between_mail_and_record_sends_again_with_a_link_that_works(self, account, monkeypatch):
        now = timezone.now()
        invitation = InvitationFactory(account=account, next_send_at=now)
        with monkeypatch.context() as crash:
            crash.setattr(invitations, "_record", lambda *args, **kwargs: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                invitations.send_due(now=now)
        invitation.refresh_from_db()
        assert invitation.sent_at is None

        assert invitations.send_due(now=now + invitations.LEASE) == 1
        first, second = (link_in(message) for message in mail.outbox)
        assert first != second
        assert follow(Client(), first).status_code == 404
        assert follow(Client(), second).status_code == 200

    def test_two_sweeps_at_once_send_one_mail(self, account, monkeypatch):
        now = timezone.now()
        InvitationFactory(account=account, next_send_at=now)
        mint, others = invitations.mint_token, []

        def mint_while_another_sweep_runs():
            if not others:
                others.append("running")
                others.append(invitations.send_due(now=now))
            return mint()

        monkeypatch.setattr(invitations, "mint_token", mint_while_another_sweep_runs)
        assert invitations.send_due(now=now) + others[1] == 1
        assert len(mail.outbox) == 1

    def test_each_of_many_slow_mails_is_leased_from_its_own_moment(self, account, monkeypatch):
        began_at = timezone.now()
        for minutes_ago in range(3):
            InvitationFactory(account=account, next_send_at=began_at - timedelta(minutes=minutes_ago))
        clock = (began_at + timedelta(minutes=minutes) for minutes in range(0, 100, 4))
        monkeypatch.setattr(invitations, "timezone", SimpleNamespace(now=lambda: next(clock)))
        leases = []
        monkeypatch.setattr(
            invitations, "_mail", lambda invitation, _token: leases.append(Invitation.objects.get(pk=invitation.pk))
        )
        assert invitations.send_due() == 3
        assert [lease.next_send_at - began_at - invitations.LEASE for lease in leases] == [
            timedelta(minutes=4),
            timedelta(minutes=8),
            timedelta(minutes=12),
        ]

    def test_no_mail_is_begun_when_time_is_up(self, account):
        InvitationFactory(account=account, next_send_at=timezone.now())
        assert invitations.send_due(seconds=-1) == 0
        assert invitations.send_due(seconds=10) == 1

    def test_a_mail_speaks_the_language_of_the_business(self, account):
        account.language = "fr"
        account.save()
        InvitationFactory(account=account, next_send_at=timezone.now())
        invitations.send_due(now=timezone.now())
        [message] = mail.outbox
        html, kind = message.alternatives[0]
        assert kind == "text/html"
        assert '<html lang="fr">' in html
        assert link_in(message) in html

    def test_a_name_cannot_smuggle_markup_into_the_mail(self, account):
        account.name = '<a href="https://evil.test">Click</a>'
        account.save()
        InvitationFactory(account=account, next_send_at=timezone.now())
        invitations.send_due(now=timezone.now())
        html = mail.outbox[0].alternatives[0][0]
        assert re.findall(r'href="([^"]+)"', html) == ["http://localhost:8000" + link_in(mail.outbox[0])]

    def test_nothing_goes_out_before_stripe_has_made_the_account(self, account):
        InvitationFactory(account=account)
        assert invitations.send_due(now=timezone.now()) == 0


class TestStaff:
    def test_a_new_link_replaces_the_old_one(self, sent, account, as_staff):
        client = as_staff("operator")
        url = reverse("accounts:invitation-resend", args=[account.ref, sent[0].pk])
        assert "stops working" in client.get(url).content.decode()
        client.post(url)
        assert follow(Client(), sent[1]).status_code == 404
        assert follow(Client(), link_in(mail.outbox[-1])).status_code == 200

    def test_an_expired_invitation_can_be_sent_again(self, sent, account, as_staff):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
        as_staff("operator").post(reverse("accounts:invitation-resend", args=[account.ref, sent[0].pk]))
        assert follow(Client(), link_in(mail.outbox[-1])).status_code == 200

    def test_a_withdrawn_link_says_so_and_cannot_be_sent_again(self, sent, account, as_staff):
        client = as_staff("operator")
        client.post(reverse("accounts:invitation-withdraw", args=[account.ref, sent[0].pk]))
        page = follow(Client(), sent[1])
        assert page.status_code == 410
        assert "was withdrawn" in page.content.decode()

        client.post(reverse("accounts:invitation-resend", args=[account.ref, sent[0].pk]))
        assert len(mail.outbox) == 1
        page = client.get(reverse("accounts:detail", args=[account.ref])).content.decode()
        assert "no longer open, so nothing was sent" in page

    def test_an_accepted_invitation_cannot_be_withdrawn(self, sent, account, as_staff):
        Invitation.objects.update(accepted_at=timezone.now())
        as_staff("operator").post(reverse("accounts:invitation-withdraw", args=[account.ref, sent[0].pk]))
        assert Invitation.objects.get().withdrawn_at is None

    def test_an_invitation_of_another_account_is_not_found(self, sent, as_staff):
        other = ConnectedAccountFactory()
        for name in ("accounts:invitation-resend", "accounts:invitation-withdraw"):
            assert as_staff("operator").post(reverse(name, args=[other.ref, sent[0].pk])).status_code == 404

    def test_viewers_neither_send_nor_withdraw(self, sent, account, as_staff):
        for name in ("accounts:invitation-resend", "accounts:invitation-withdraw"):
            assert as_staff("viewer").post(reverse(name, args=[account.ref, sent[0].pk])).status_code == 403
