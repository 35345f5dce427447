"""Several at once, with real threads and connections, which PostgreSQL alone lets race; SQLite has one writer."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from accounts import connected_accounts, invitations, members, onboarding
from accounts.connecting import connections
from accounts.models import ConnectedAccount, Membership, OAuthConnection
from desk.models import AuditEntry, User
from tests.accounts.conftest import FORM
from tests.accounts.test_standing import account as stripe_account
from tests.accounts.test_standing import entry
from tests.factories.accounts import LONG_AGO, ConnectedAccountFactory, InvitationFactory, MembershipFactory
from tests.factories.desk import PASSWORD

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(jobs):
    """What each job returned or how it was turned away, all of them started in the same moment."""
    barrier = Barrier(len(jobs))

    def attempt(job):
        barrier.wait()
        try:
            return job()
        except (invitations.NotOpen, members.LastOwner, connections.WrongState, connections.Failed) as turned_away:
            return turned_away
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(attempt, jobs))


def test_a_double_click_in_the_same_instant_invites_once(local_stripe, staff_member):
    operator, form_id = staff_member("operator"), uuid.uuid4()
    found = at_once([lambda: onboarding.invite(form_id=form_id, actor=operator, now=timezone.now(), **FORM)] * 4)
    assert len({account.pk for account in found}) == 1
    assert len(local_stripe.list("account")) == 1
    assert len(mail.outbox) == 1


def test_a_link_opened_in_several_tabs_lets_one_person_in():
    invitation = InvitationFactory()

    def accept():
        return invitations.accept(invitation=invitation, now=timezone.now(), full_name="Maya Okafor", password=PASSWORD)

    found = at_once([accept] * 4)
    assert sum(isinstance(outcome, User) for outcome in found) == 1
    assert User.objects.count() == Membership.objects.count() == 1


def test_two_invitations_of_one_address_make_one_person():
    jobs = []
    for _number in range(2):
        invitation = InvitationFactory(email="maya@northwind.test")
        jobs.append(
            lambda invitation=invitation: invitations.accept(
                invitation=invitation, now=timezone.now(), full_name="Maya Okafor", password=PASSWORD
            )
        )
    found = at_once(jobs)
    assert sum(isinstance(outcome, User) for outcome in found) == 1
    assert User.objects.count() == 1


def test_several_sweeps_at_once_send_one_mail():
    now = timezone.now()
    InvitationFactory(next_send_at=now)
    assert sum(at_once([lambda: invitations.send_due(now=now)] * 4)) == 1
    assert len(mail.outbox) == 1


def test_the_youngest_of_several_readings_wins_and_every_change_is_recorded_once():
    account = ConnectedAccountFactory()
    states = [
        stripe_account(entries=[entry()]),
        stripe_account("pending", ()),
        stripe_account("active", (), [entry(deadline="currently_due")]),
        stripe_account("active", ()),
    ]

    def apply(number):
        mine = ConnectedAccount.objects.get(pk=account.pk)
        return connected_accounts.apply(mine, states[number], read_started_at=LONG_AGO + timedelta(hours=1 + number))

    at_once([lambda number=number: apply(number) for number in range(4)])
    account.refresh_from_db()
    assert (account.status, account.capabilities.get().status) == ("active", "active")
    assert account.requirements.count() == 0
    acts = AuditEntry.objects.filter(stream=account.audit_stream, verb="account.status_changed").order_by("position")
    steps = [(act.details["from"], act.details["to"]) for act in acts]
    assert steps[0][0] == "onboarding"
    assert steps[-1][1] == "active"
    assert all(before[1] == after[0] for before, after in pairwise(steps))


def test_two_owners_who_remove_each_other_in_the_same_instant_leave_one():
    account = ConnectedAccountFactory()
    first, second = (MembershipFactory(account=account) for _owner in range(2))

    def remove(member, other):
        return members.remove(member, actor=other.user, now=timezone.now())

    found = at_once([lambda: remove(first, second), lambda: remove(second, first)])
    assert sorted(map(repr, found)) == ["LastOwner()", "True"]
    assert account.memberships.filter(ended_at=None).count() == 1


def test_a_way_back_opened_twice_in_the_same_instant_sends_its_code_once(local_stripe):
    member = MembershipFactory(account=ConnectedAccountFactory(kind="oauth", stripe_id=None, status="awaiting"))
    connection_id = OAuthConnection.objects.create(
        account=member.account,
        user=member.user,
        state_hash=connections.hash_of("state"),
        session_hash=connections.hash_of("session"),
        expires_at=timezone.now() + timedelta(minutes=10),
    ).pk

    def come_back():
        walk = OAuthConnection.objects.select_related("account").get(pk=connection_id)
        return connections.exchange(walk, code="ac_nonsense", actor=member.user, now=timezone.now())

    found = at_once([come_back] * 4)
    assert sorted(type(outcome).__name__ for outcome in found) == ["Failed", "WrongState", "WrongState", "WrongState"]
    assert len([call for call in local_stripe.requests() if call["path"] == "/oauth/token"]) == 1


def test_one_stripe_account_that_several_businesses_connect_in_the_same_instant_is_one_businesss(local_stripe):
    walks = []
    for number in range(4):
        account = ConnectedAccountFactory(kind="oauth", stripe_id=None, status="awaiting")
        walk = OAuthConnection.objects.create(
            account=account,
            user=MembershipFactory(account=account).user,
            state_hash=connections.hash_of(f"state {number}"),
            session_hash=connections.hash_of("session"),
            status=OAuthConnection.Status.EXCHANGING,
            expires_at=timezone.now() + timedelta(minutes=10),
        )
        walks.append(walk)

    def arrive(walk):
        return connections.connected(walk, "acct_1Theirs", actor=walk.user, now=timezone.now())

    found = at_once([lambda walk=walk: arrive(walk) for walk in walks])
    assert sorted(type(outcome).__name__ for outcome in found) == ["ConnectedAccount", "Failed", "Failed", "Failed"]
    assert {outcome.code for outcome in found if isinstance(outcome, connections.Failed)} == {connections.TAKEN}
    steps = OAuthConnection.objects.values_list("status", flat=True)
    assert sorted(steps) == ["connected", "failed", "failed", "failed"]


def test_an_invitation_to_connect_sent_twice_in_the_same_instant_is_one(local_stripe, staff_member, settings):
    settings.STRIPE_CLIENT_ID = "ca_northwind"
    operator, form_id = staff_member("operator"), uuid.uuid4()
    terms = {name: value for name, value in FORM.items() if name != "program"} | {"kind": "oauth"}
    found = at_once([lambda: onboarding.invite(form_id=form_id, actor=operator, now=timezone.now(), **terms)] * 4)
    assert len({account.pk for account in found}) == 1
    assert len(mail.outbox) == 1
