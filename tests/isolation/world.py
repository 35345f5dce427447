"""Two businesses that must not see each other, everything that paths can name, and everybody who may come along."""

import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.invitations import hash_of
from accounts.models import Membership
from desk.adapters import MFAAdapter
from funding.models import Source
from stripe_gateway.models import StripeOperation
from tests.factories.accounts import (
    CapabilityFactory,
    ConnectedAccountFactory,
    EntryLinkFactory,
    InformationRequestFactory,
    InvitationFactory,
    MembershipFactory,
    RequirementFactory,
)
from tests.factories.cards import ProgramFactory
from tests.factories.desk import StaffFactory, UserFactory
from tests.factories.funding import BalanceFactory, MandateFactory, OperationFactory, SourceFactory, TopUpFactory
from tests.factories.stripe_gateway import PauseFactory, StripeEventFactory
from tests.isolation.policy import NOBODY, Route

SIGN_IN = "allauth.account.auth_backends.AuthenticationBackend"
ENDED = datetime(2026, 2, 1, tzinfo=UTC)


@dataclass
class Tenant:
    """A business, all of whose texts carry its canary; `ids` are what paths may name of it."""

    canary: str
    account: object
    owner: object
    ids: dict[str, str]
    chargeable: str


@dataclass
class Actor:
    """Somebody who asks. `staff` is a role; `members` says which role in which tenant (a or b)."""

    name: str
    client: Client
    staff: str = ""
    members: dict[str, str] = field(default_factory=dict)
    is_stopped: str = ""  # "login" or "enrol": where every page that is not public sends this one first.


def make_tenant(letter: str) -> Tenant:
    """A business with money on its way, a bank account to confirm and one to debit, an invitation, an event."""
    canary = f"Kanarie-{letter}-5f0c"
    account = ConnectedAccountFactory(
        active=True,
        name=f"{canary} Couriers",
        contact_email=f"{canary}@contact.test".lower(),
        stripe_id=f"acct_1Isolated{letter.upper()}",
    )
    owner = UserFactory(full_name=f"{canary} Owner", email=f"{canary}@owner.test".lower())
    membership = MembershipFactory(account=account, user=owner)
    person_id = f"person_1Isolated{letter.upper()}"
    RequirementFactory(account=account, person_id=person_id, person_name=f"{canary} Person")
    RequirementFactory(account=account, description="identity.attestations.persons_provided.owners")
    CapabilityFactory(account=account)
    BalanceFactory(account=account)
    EntryLinkFactory(account=account, user=owner, token_hash=hash_of(entry_token_of(letter)))
    invitation = InvitationFactory(account=account, token_hash=hash_of(token_of(letter)))
    asked = InformationRequestFactory(account=account, recipient=owner, message=f"{canary} message")
    pending, chargeable = (_source(account, canary, owner, status) for status in ("pending", "chargeable"))
    operation = OperationFactory(
        stripe_account=account.stripe_id, state=StripeOperation.State.UNKNOWN, error_message=f"{canary} refused"
    )
    top_up = TopUpFactory(
        account=account, source=chargeable, created_by=owner, description=f"{canary} note", operation=operation
    )
    event = StripeEventFactory(stripe_account=account.stripe_id, quarantined=True, error=f"{canary} error")
    program = ProgramFactory(account=account, stripe_id=f"iprg_1Isolated{letter.upper()}")
    ids = {
        "account": account.ref,
        "program": program.stripe_id,
        "stripe_person": person_id,
        "document_slot": "primary_verification",
        "source": str(pending.public_id),
        "top_up": str(top_up.public_id),
        "invitation": str(invitation.pk),
        "membership": str(membership.pk),
        "information_request": str(asked.pk),
        "invitation_token": token_of(letter),
        "entry_token": entry_token_of(letter),
        "operation": str(operation.pk),
        "event": str(event.pk),
    }
    return Tenant(canary, account, owner, ids, str(chargeable.public_id))


def token_of(letter: str) -> str:
    """The invitation token of a tenant."""
    return f"inv_{letter * 43}"


def entry_token_of(letter: str) -> str:
    """The token of a tenant's link from the platform's own product."""
    return f"ent_{letter * 64}"


def _source(account, canary: str, owner, status: str) -> Source:
    mandate = MandateFactory(account=account, holder_name=f"{canary} Holder", recorded_by=owner)
    return SourceFactory(account=account, mandate=mandate, bank_name=f"{canary} Bank", status=status)


def _passkey(user, name: str) -> Authenticator:
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name})


class World:
    """Tenants a and b, things of the platform, and the actors."""

    def __init__(self):
        self.tenants = {letter: make_tenant(letter) for letter in "ab"}
        admins = [StaffFactory(role="admin", full_name="Colleague") for _ in range(2)]
        self.platform_ids = {
            "colleague": str(admins[0].pk),
            "pause": str(PauseFactory(scope="kind:account.create").pk),
            "person": "1",
            "password_key": "set-password",
            "passkey": str(_passkey(admins[1], "Colleague’s key").pk),
        }
        self.actors = {actor.name: actor for actor in self._make_actors()}

    def _make_actors(self):
        a, b = (self.tenants[letter] for letter in "ab")
        yield Actor("anonymous", Client(), is_stopped="login")
        disabled = UserFactory(full_name="Disabled")
        MembershipFactory(account=a.account, user=disabled)
        yield Actor("disabled owner of a", signed_in(disabled, then_disable=True), is_stopped="login")
        unenrolled = StaffFactory(role="admin", full_name="Unenrolled")
        yield Actor("staff without a second factor", signed_in(unenrolled), is_stopped="enrol")
        for role in ("viewer", "operator", "approver", "admin"):
            person = StaffFactory(role=role, full_name=f"Staff {role}")
            enrol(person)
            yield Actor(f"staff {role}", signed_in(person), staff=role)
        yield Actor("owner of a", signed_in(a.owner), members={"a": "owner"})
        viewer = MembershipFactory(account=a.account, role=Membership.Role.VIEWER, user__full_name="Viewer")
        yield Actor("viewer of a", signed_in(viewer.user), members={"a": "viewer"})
        finance = MembershipFactory(account=a.account, role=Membership.Role.FINANCE, user__full_name="Finance")
        yield Actor("finance of a", signed_in(finance.user), members={"a": "finance"})
        ended = MembershipFactory(account=a.account, ended_at=ENDED, user__full_name="Ended")
        yield Actor("ended member of a", signed_in(ended.user))
        yield Actor("owner of b", signed_in(b.owner), members={"b": "owner"})


def enrol(user) -> None:
    """Give this person a second factor."""
    secret = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": secret})


def signed_in(user, *, then_disable: bool = False) -> Client:
    """A client signed in just now; disabled behind its back if need be."""
    client = Client()
    client.force_login(user, backend=SIGN_IN)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    if then_disable:
        type(user).objects.filter(pk=user.pk).update(is_active=False)
    return client


def asker(route: Route, world: World) -> Client:
    """Whoever may post there: staff where staff may, so that the field for their reason is filled too."""
    if route.name == "accounts:invitation":
        client = world.actors["anonymous"].client
        client.get(reverse("accounts:invitation-accept", args=[world.tenants["a"].ids["invitation_token"]]))
        return client
    is_for_business = route.business != NOBODY and (route.staff == NOBODY or route.name == "funding:mandate-create")
    return world.actors["owner of a" if is_for_business else "staff admin"].client


def path_of(route: Route, world: World) -> str:
    """The address of a route, with what tenant a and the platform own in it."""
    ids = world.platform_ids | world.tenants["a"].ids
    return reverse(route.name, kwargs={name: ids[kind] for name, kind in route.objects.items()})


def absent_ids() -> dict[str, str]:
    """Ids as well made as real ones, of nothing."""
    return {
        "account": "acct_1IsolatedZ",
        "source": str(uuid.UUID(int=1, version=4)),
        "top_up": str(uuid.UUID(int=2, version=4)),
        "operation": str(uuid.UUID(int=3, version=4)),
        "invitation": "987654",
        "membership": "987654",
        "information_request": "987654",
        "event": "987654",
        "pause": "987654",
        "colleague": "987654",
        "passkey": "987654",
        "invitation_token": "inv_" + "z" * 43,
        "entry_token": "ent_" + "z" * 64,
        "program": "iprg_1IsolatedZ",
        "stripe_person": "person_1IsolatedZ",
        "person": "zz",
        "password_key": "zz-zz",
    }


# What no id looks like, as it stands in a path.
MALFORMED = ("%00", "%27%20OR%201=1--", "9" * 40, "%ED%A0%80", "-1", "%2e%2e%2f", "x" * 300)
