"""Who acts for a business: invited, in a role, removed; one owner always stays."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import members
from accounts.models import ConnectedAccount, Invitation, Membership
from desk.models import AuditEntry
from tests.accounts.conftest import link_in
from tests.factories.accounts import ConnectedAccountFactory, InvitationFactory, MembershipFactory
from tests.factories.desk import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
ACCEPT = {"full_name": "Tomás Reyes", "password": PASSWORD}


def url(name, account, *more):
    return reverse(f"accounts:{name}", args=[account.ref, *more])


@pytest.fixture
def owner(as_owner):
    return as_owner(ConnectedAccountFactory(active=True, language="fr"))


@pytest.fixture
def account(owner):
    return owner.account


def accept(client, message):
    client.get(link_in(message), follow=True)
    return client.post(reverse("accounts:invitation"), ACCEPT)


class TestInvite:
    def test_an_owner_invites_somebody_with_a_role(self, owner, account):
        answer = owner.post(url("member-invite", account), {"email": "Tomas@Northwind.test", "role": "finance"})
        assert answer.url == url("members", account)
        [message] = mail.outbox
        assert message.to == ["tomas@northwind.test"]
        page = owner.get(url("members", account)).content.decode()
        assert "tomas@northwind.test" in page
        assert "Finance" in page

        newcomer = Client()
        assert accept(newcomer, message).status_code == 302
        membership = Membership.objects.exclude(user=owner.user).get()
        assert (membership.role, membership.account) == ("finance", account)
        assert newcomer.get(url("members", account)).status_code == 403
        assert AuditEntry.objects.get(verb="member.invited").actor == owner.user

    def test_a_name_of_several_lines_stops_no_mail(self, owner, account):
        ConnectedAccount.objects.filter(pk=account.pk).update(
            name="Northwind\r\nBcc: all@northwind.test", language="en"
        )
        owner.post(url("member-invite", account), {"email": "tomas@northwind.test", "role": "viewer"})
        [message] = mail.outbox
        assert "Northwind Bcc: all@northwind.test on" in message.subject
        assert message.recipients() == ["tomas@northwind.test"]
        assert Invitation.objects.get().sent_at

    def test_the_mail_speaks_the_language_of_the_business_and_of_joining(self, owner, account):
        account.language = "en"
        account.save()
        owner.post(url("member-invite", account), {"email": "tomas@northwind.test", "role": "viewer"})
        assert f"You are invited to {account.name}" in mail.outbox[0].subject
        assert "to act for" in mail.outbox[0].body
        assert "cards" not in mail.outbox[0].body
        account.language = "fr"
        account.save()
        owner.post(url("member-invite", account), {"email": "second@northwind.test", "role": "viewer"})
        assert '<html lang="fr">' in mail.outbox[1].alternatives[0][0]

    def test_somebody_who_signs_in_already_only_accepts(self, owner, account):
        person = UserFactory(email="tomas@northwind.test")
        owner.post(url("member-invite", account), {"email": person.email, "role": "viewer"})
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.get(link_in(mail.outbox[0]), follow=True)
        client.post(reverse("accounts:invitation"))
        assert account.memberships.get(user=person).role == "viewer"

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"email": "no address", "role": "viewer"}, "This is not an e-mail address"),
            ({"email": "tomas@northwind.test"}, "Choose a role."),
            ({"email": "tomas@northwind.test", "role": "king"}, "Select a valid choice"),
            ({"email": "operator@desk.test", "role": "viewer"}, "member of the platform’s staff"),
        ],
    )
    def test_a_bad_form_says_what_is_wrong(self, owner, account, staff_member, typed, sentence):
        staff_member("operator")
        answer = owner.post(url("member-invite", account), typed)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not Invitation.objects.exists()

    def test_nobody_is_invited_twice_or_when_already_there(self, owner, account):
        for email in ("tomas@northwind.test", "TOMAS@northwind.test", owner.user.email):
            answer = owner.post(url("member-invite", account), {"email": email, "role": "viewer"})
        assert answer.status_code == 422
        assert "belongs to the business already, or is invited" in answer.content.decode()
        assert Invitation.objects.count() == len(mail.outbox) == 1

    def test_nobody_has_us_write_to_any_number_of_strangers(self, owner, account):
        InvitationFactory.create_batch(members.MOST_PER_DAY, account=account)
        refused = owner.post(url("member-invite", account), {"email": "one@more.test", "role": "viewer"})
        assert refused.status_code == 422
        assert not account.invitations.filter(email="one@more.test").exists()
        Invitation.objects.update(created_at=timezone.now() - timedelta(days=2))
        assert owner.post(url("member-invite", account), {"email": "one@more.test", "role": "viewer"}).url

    def test_an_invitation_that_expired_does_not_stand_in_the_way(self, owner, account):
        InvitationFactory(account=account, email="t@northwind.test", expires_at=timezone.now() - timedelta(days=1))
        answer = owner.post(url("member-invite", account), {"email": "t@northwind.test", "role": "viewer"})
        assert answer.status_code == 302

    def test_before_stripe_has_made_the_account_the_mail_waits(self, as_owner):
        client = as_owner(ConnectedAccountFactory(stripe_id=None, status=ConnectedAccount.Status.CREATING))
        client.post(url("member-invite", client.account), {"email": "t@northwind.test", "role": "viewer"})
        assert mail.outbox == []
        assert Invitation.objects.get().next_send_at is None

    def test_staff_give_a_reason(self, account, as_staff):
        form = {"email": "t@northwind.test", "role": "owner"}
        assert as_staff("operator").post(url("member-invite", account), form).status_code == 422
        as_staff("operator").post(url("member-invite", account), form | {"reason": "their owner has left"})
        assert AuditEntry.objects.get(verb="member.invited").reason == "their owner has left"

    def test_an_owner_withdraws_it(self, owner, account):
        owner.post(url("member-invite", account), {"email": "t@northwind.test", "role": "viewer"})
        invitation = Invitation.objects.get()
        owner.post(url("member-invitation-withdraw", account, invitation.pk))
        assert Client().get(link_in(mail.outbox[0]), follow=True).status_code == 410

    def test_that_of_another_business_is_not_found(self, owner, account):
        other = InvitationFactory()
        assert owner.post(url("member-invitation-withdraw", account, other.pk)).status_code == 404
        other.refresh_from_db()
        assert other.withdrawn_at is None


class TestRoles:
    def test_a_new_role_counts_from_the_next_click(self, owner, account, as_owner):
        colleague = as_owner(account, role="viewer")
        assert colleague.get(url("members", account)).status_code == 403
        membership = account.memberships.get(user=colleague.user)
        owner.post(url("member-role", account, membership.pk), {"role": "owner"})
        assert colleague.get(url("members", account)).status_code == 200
        act = AuditEntry.objects.get(verb="member.role_changed")
        assert act.details == {"membership": membership.pk, "from": "viewer", "to": "owner"}

    @pytest.mark.parametrize("role", ["finance", "viewer"])
    def test_the_only_owner_stays_one(self, owner, account, role):
        MembershipFactory(account=account, role="finance")
        MembershipFactory(account=account, ended_at=timezone.now())
        MembershipFactory(account=account, user=UserFactory(is_active=False))
        answer = owner.post(url("member-role", account, account.memberships.get(user=owner.user).pk), {"role": role})
        assert answer.status_code == 422
        assert "This is the only owner" in answer.content.decode()
        assert account.memberships.get(user=owner.user).role == "owner"

    def test_an_owner_beside_another_may_step_down_and_lands_where_they_may_be(self, owner, account):
        MembershipFactory(account=account)
        answer = owner.post(
            url("member-role", account, account.memberships.get(user=owner.user).pk), {"role": "viewer"}
        )
        assert answer.url == reverse("accounts:switch")

    def test_finance_moves_money_and_nothing_else(self, account, as_owner):
        client = as_owner(account, role="finance")
        assert client.get(url("low-balance-line", account)).status_code == 200
        for name in ("members", "member-invite", "rename"):
            assert client.get(url(name, account)).status_code == 403
        assert client.post(url("onboard", account)).status_code == 403


class TestRemoval:
    def test_open_sessions_lose_access_at_once(self, owner, account, as_owner):
        colleague = as_owner(account)
        membership = account.memberships.get(user=colleague.user)
        assert colleague.get(url("business-home", account)).status_code == 200
        assert "ends at once" in owner.get(url("member-remove", account, membership.pk)).content.decode()
        owner.post(url("member-remove", account, membership.pk))
        assert colleague.get(url("business-home", account)).status_code == 404
        membership.refresh_from_db()
        assert membership.ended_at
        assert AuditEntry.objects.get(verb="member.removed").actor == owner.user

    def test_the_only_owner_cannot_be_removed_even_by_staff(self, owner, account, as_staff):
        pk = account.memberships.get().pk
        for client, more in ((owner, {}), (as_staff("admin"), {"reason": "asked"})):
            answer = client.post(url("member-remove", account, pk), more)
            assert answer.status_code == 422
            assert "This is the only owner" in answer.content.decode()
        assert account.memberships.filter(ended_at=None).count() == 1

    def test_an_open_invitation_of_theirs_goes_with_them(self, owner, account, as_owner):
        colleague = as_owner(account)
        InvitationFactory(account=account, email=colleague.user.email)
        owner.post(url("member-remove", account, account.memberships.get(user=colleague.user).pk))
        assert Invitation.objects.get().withdrawn_at

    def test_twice_is_once(self, owner, account):
        membership = MembershipFactory(account=account)
        assert members.remove(membership, actor=owner.user, now=timezone.now())
        assert not members.remove(membership, actor=owner.user, now=timezone.now())
        assert owner.post(url("member-remove", account, membership.pk)).status_code == 404

    def test_two_owners_who_remove_each_other_leave_one(self, owner, account):
        first, second = account.memberships.get(), MembershipFactory(account=account)
        assert members.remove(second, actor=first.user, now=timezone.now())
        with pytest.raises(members.LastOwner):
            members.remove(first, actor=second.user, now=timezone.now())

    def test_a_member_of_another_business_is_not_found(self, owner, account):
        other = MembershipFactory()
        for name in ("member-role", "member-remove"):
            assert owner.post(url(name, account, other.pk), {"role": "viewer"}).status_code == 404
        assert Membership.objects.get(pk=other.pk).ended_at is None

    def test_somebody_removed_can_be_invited_again(self, owner, account):
        person = MembershipFactory(account=account)
        members.remove(person, actor=owner.user, now=timezone.now())
        owner.post(url("member-invite", account), {"email": person.user.email, "role": "viewer"})
        assert len(mail.outbox) == 1


def test_viewers_of_the_staff_do_not_manage_members(account, as_staff):
    assert as_staff("viewer").get(url("members", account)).status_code == 403
    assert as_staff("operator").get(url("members", account)).status_code == 200


def test_owners_stand_first_then_finance_then_viewers(account):
    for role in ("viewer", "finance", "owner"):
        MembershipFactory(account=account, role=role)
    assert [row.role for row in members.of(account)] == ["owner", "owner", "finance", "viewer"]
