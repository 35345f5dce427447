"""Businesses, their people and their invitations, as the portal keeps them."""

import uuid
from datetime import UTC, datetime, timedelta

import factory

from accounts.models import (
    Capability,
    ConnectedAccount,
    EntryLink,
    InformationRequest,
    Invitation,
    Membership,
    Requirement,
)
from accounts.standing import URGENCY
from tests.factories.desk import UserFactory

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class ConnectedAccountFactory(factory.django.DjangoModelFactory):
    """A business whose account exists at Stripe, in onboarding."""

    class Meta:
        model = ConnectedAccount

    name = factory.Sequence(lambda n: f"Northwind Couriers {n}")
    contact_email = factory.LazyAttributeSequence(lambda obj, n: f"contact{n}@northwind.test")
    stripe_id = factory.Sequence(lambda n: f"acct_1Test{n:08d}")
    country = "US"
    entity_type = "company"
    currency = "usd"
    program = "commercial.celtic.spend_card"
    language = "en"
    status = ConnectedAccount.Status.ONBOARDING
    urgency = factory.LazyAttribute(lambda obj: URGENCY[obj.status])
    synced_at = LONG_AGO

    class Params:
        active = factory.Trait(
            status=ConnectedAccount.Status.ACTIVE,
            can_issue=True,
            activated_at=LONG_AGO,
        )


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    account = factory.SubFactory(ConnectedAccountFactory)
    user = factory.SubFactory(UserFactory)
    role = Membership.Role.OWNER


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    account = factory.SubFactory(ConnectedAccountFactory)
    email = factory.SelfAttribute("account.contact_email")
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(days=7))


class EntryLinkFactory(factory.django.DjangoModelFactory):
    """A link that was made just now, as the platform's own product asks for them."""

    class Meta:
        model = EntryLink

    account = factory.SubFactory(ConnectedAccountFactory)
    page = "home"
    expires_at = factory.LazyFunction(lambda: datetime.now(UTC) + timedelta(minutes=1))


class RequirementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Requirement

    account = factory.SubFactory(ConnectedAccountFactory)
    description = "identity.business_details.registered_name"
    awaiting_action_from = "user"
    deadline_status = "currently_due"
    restricts = factory.LazyFunction(
        lambda: [
            {
                "capability": "commercial.celtic.spend_card",
                "configuration": "card_creator",
                "deadline": {"status": "currently_due"},
            }
        ]
    )


class InformationRequestFactory(factory.django.DjangoModelFactory):
    """What staff asked a business for; its mail has gone out."""

    class Meta:
        model = InformationRequest

    account = factory.SubFactory(ConnectedAccountFactory)
    recipient = factory.SubFactory(UserFactory)
    asked_by = factory.SubFactory(UserFactory, is_staff=True)
    form_id = factory.LazyFunction(uuid.uuid4)
    descriptions = factory.LazyFunction(lambda: [":identity.business_details.registered_name"])
    sent_at = LONG_AGO


class CapabilityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Capability

    account = factory.SubFactory(ConnectedAccountFactory)
    configuration = "card_creator"
    name = "commercial.celtic.spend_card"
    status = "active"
    since = LONG_AGO
