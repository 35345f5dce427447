import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ConnectedAccount
from desk.models import User
from tests.factories.accounts import MembershipFactory
from tests.factories.desk import StaffFactory

FORM = {
    "name": "Northwind Couriers",
    "contact_email": "maya@northwind.test",
    "country": "US",
    "entity_type": "company",
    "program": "commercial.celtic.spend_card",
    "language": "en",
}


@pytest.fixture
def staff_member(db):
    """`staff_member(role)` → a member of staff with that role, the same one each time."""

    def make(role):
        email = f"{role}@desk.test"
        return User.objects.filter(email=email).first() or StaffFactory(email=email, role=role)

    return make


@pytest.fixture
def as_staff(staff_member):
    """`as_staff(role)` → a client signed in as that role."""

    def make(role="operator"):
        client = Client()
        client.force_login(staff_member(role), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture
def as_owner(db):
    """`as_owner(account)` → a client signed in as an owner of the account."""

    def make(account=None, **membership):
        membership = MembershipFactory(**({"account": account} if account else {}), **membership)
        client = Client()
        client.force_login(membership.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.account = membership.account
        client.user = membership.user
        return client

    return make


@pytest.fixture
def invite(as_staff):
    """`invite(**changes)` → the answer to the invitation form, sent as an operator."""

    def send(**changes):
        form = FORM | {"operation": str(uuid.uuid4())} | changes
        return as_staff("operator").post(reverse("accounts:invite"), form)

    return send


@pytest.fixture
def invited(local_stripe, invite):
    """A business that was invited a moment ago, over HTTP, with its account at local Stripe."""
    answer = invite()
    assert answer.status_code == 302, answer.content.decode()
    return ConnectedAccount.objects.get()


def link_in(message) -> str:
    """The path of the invitation link in a mail."""
    return re.search(r"http://localhost:8000(/accounts/invitations/\S+/)", message.body)[1]
