"""Nobody sees or does more with an account than their role or membership says."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ConnectedAccount, Membership
from tests.factories.accounts import ConnectedAccountFactory, InvitationFactory, MembershipFactory

pytestmark = pytest.mark.django_db

# The first pages that were about one account; tests/isolation holds every route to the same, and finds them by itself.
ABOUT_ONE_ACCOUNT = [
    "accounts:detail",
    "accounts:live",
    "accounts:timeline-panel",
    "accounts:put-away",
    "accounts:reread",
    "accounts:low-balance-line",
    "accounts:business-home",
    "accounts:home-status",
    "accounts:onboard",
    "accounts:onboarding-return",
    "accounts:onboarding-refresh",
    "accounts:invitation-resend",
    "accounts:invitation-withdraw",
]
MALFORMED = ["acct_nope", "biz_nope", "nonsense", "acct_%00", "acct_'--", "x" * 500, "1"]


def url_of(name, ref):
    placeholder = "acct_placeholder"
    args = [placeholder, 1] if "invitation" in name else [placeholder]
    return reverse(name, args=args).replace(placeholder, ref)


def essence(answer) -> str:
    """A page without what differs from one answer to the next: nonces, CSRF tokens, request ids."""
    return re.sub(r"[A-Za-z0-9+/_-]{22,}=*", "", answer.content.decode())


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ABOUT_ONE_ACCOUNT)
def test_a_foreign_account_answers_exactly_as_an_absent_one(as_owner, name, method):
    client, foreign = as_owner(), ConnectedAccountFactory()
    InvitationFactory(account=foreign, pk=1)
    ours = getattr(client, method)(url_of(name, foreign.ref))
    absent = getattr(client, method)(url_of(name, "acct_1Absent00000"))
    assert ours.status_code == absent.status_code == 404
    assert essence(ours) == essence(absent)


@pytest.mark.parametrize("ref", MALFORMED)
@pytest.mark.parametrize("name", ABOUT_ONE_ACCOUNT)
def test_a_malformed_id_is_not_found(as_staff, as_owner, name, ref):
    for client in (as_staff("admin"), as_owner()):
        assert client.get(url_of(name, ref)).status_code == 404


@pytest.mark.parametrize("name", ABOUT_ONE_ACCOUNT)
def test_anonymous_people_sign_in_first(name):
    account = ConnectedAccountFactory()
    answer = Client().get(url_of(name, account.ref))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_an_ended_membership_opens_nothing(as_owner):
    client = as_owner(ended_at=datetime.now(UTC))
    assert client.get(reverse("accounts:business-home", args=[client.account.ref])).status_code == 404


def test_somebody_who_was_switched_off_sees_nothing(as_owner):
    client = as_owner()
    client.user.is_active = False
    client.user.save()
    assert client.get(reverse("accounts:business-home", args=[client.account.ref])).status_code == 302
    assert not ConnectedAccount.objects.for_user(client.user).exists()


def test_staff_without_a_role_see_no_account(as_staff, staff_member):
    client = as_staff("viewer")
    staff_member("viewer").groups.clear()
    account = ConnectedAccountFactory()
    assert client.get(reverse("accounts:detail", args=[account.ref])).status_code == 404
    assert client.get(reverse("accounts:list")).status_code == 403


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        ("owner", "accounts.onboard_connectedaccount", True),
        ("owner", "accounts.change_connectedaccount", True),
        ("owner", "accounts.invite_connectedaccount", False),
        ("owner", "funding.add_topup", True),
        ("owner", "funding.record_offline_mandate", False),
        ("owner", "stripe_gateway.view_stripeoperation", False),
        ("viewer", "accounts.view_connectedaccount", True),
        ("viewer", "accounts.onboard_connectedaccount", False),
        ("viewer", "funding.view_topup", True),
        ("viewer", "funding.add_topup", False),
        ("a new role", "accounts.view_connectedaccount", False),
    ],
)
def test_what_a_membership_allows(role, permission, allowed):
    membership = MembershipFactory(role=role)
    assert membership.user.has_perm(permission, membership.account) is allowed
    assert not membership.user.has_perm(permission)
    assert not membership.user.has_perm(permission, ConnectedAccountFactory())


def test_a_membership_gives_staff_nothing():
    membership = MembershipFactory(user__is_staff=True)
    assert not membership.user.has_perm("accounts.view_connectedaccount", membership.account)


def test_people_of_a_business_do_not_see_staff_pages(as_owner):
    client = as_owner()
    home = reverse("accounts:business-home", args=[client.account.ref])
    assert client.get(reverse("accounts:detail", args=[client.account.ref])).url == home
    assert client.get(reverse("accounts:timeline-panel", args=[client.account.ref])).url == home
    assert client.get(reverse("accounts:list")).status_code == 403
    assert client.get(reverse("accounts:invite")).status_code == 403


def test_a_viewer_of_a_business_changes_nothing(as_owner):
    client = as_owner(role=Membership.Role.VIEWER)
    for name in ("accounts:onboard", "accounts:low-balance-line", "accounts:reread"):
        assert client.post(reverse(name, args=[client.account.ref])).status_code == 403
    page = client.get(reverse("accounts:business-home", args=[client.account.ref])).content.decode()
    assert reverse("accounts:onboard", args=[client.account.ref]) not in page


def test_somebody_with_several_businesses_chooses(as_owner):
    client = as_owner()
    second = MembershipFactory(user=client.user).account
    foreign = ConnectedAccountFactory()
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0] == reverse("accounts:switch")
    assert client.account.name in page.content.decode()
    assert second.name in page.content.decode()
    assert foreign.name not in page.content.decode()


def test_somebody_with_one_business_goes_straight_there(as_owner):
    client = as_owner()
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0] == reverse("accounts:business-home", args=[client.account.ref])


def test_somebody_without_a_business_is_told_so(as_owner):
    client = as_owner(ended_at=datetime.now(UTC))
    assert "You do not act for any business" in client.get("/", follow=True).content.decode()
