"""Bank accounts and top-ups as they stand once Stripe has answered."""

import uuid
from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from funding.models import Balance, Mandate, Source, TopUp
from stripe_gateway.fields import blind_index
from stripe_gateway.models import StripeOperation
from tests.factories.accounts import ConnectedAccountFactory
from tests.factories.desk import UserFactory


class OperationFactory(DjangoModelFactory):
    """A write that Stripe has accepted."""

    class Meta:
        model = StripeOperation

    id = factory.LazyFunction(uuid.uuid4)
    kind = "top_up.create"
    stripe_account = "acct_1"
    method = "POST"
    path = "/v1/topups"
    api_version = "2026-10-28.endive"
    params_hash = factory.Sequence(lambda n: f"{n:064x}")
    key = factory.LazyAttribute(lambda operation: f"test:{operation.kind}:{operation.id}:1")
    state = StripeOperation.State.ACCEPTED


class MandateFactory(DjangoModelFactory):
    class Meta:
        model = Mandate

    account = factory.SubFactory(ConnectedAccountFactory)
    channel = Mandate.Channel.ONLINE
    holder_name = "Northwind Couriers LLC"
    holder_type = Mandate.HolderType.COMPANY
    text = "Northwind authorizes debits."
    text_version = "2026-11"
    language = "en"
    accepted_at = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    recorded_by = factory.SubFactory(UserFactory)
    ip = "203.0.113.7"


class SourceFactory(DjangoModelFactory):
    """A verified bank account."""

    class Meta:
        model = Source

    account = factory.SubFactory(ConnectedAccountFactory)
    mandate = factory.SubFactory(MandateFactory, account=factory.SelfAttribute("..account"))
    operation = factory.SubFactory(OperationFactory, kind="source.create", path="/v1/sources")
    stripe_id = factory.Sequence(lambda n: f"src_{n}")
    stripe_id_index = factory.LazyAttribute(lambda source: blind_index(source.stripe_id))
    bank_name = "STRIPE TEST BANK"
    last4 = "6789"
    status = Source.Status.CHARGEABLE
    attempts_remaining = 3


class TopUpFactory(DjangoModelFactory):
    """A top-up that is on its way."""

    class Meta:
        model = TopUp

    account = factory.SubFactory(ConnectedAccountFactory)
    source = factory.SubFactory(SourceFactory, account=factory.SelfAttribute("..account"))
    operation = factory.SubFactory(OperationFactory)
    stripe_id = factory.Sequence(lambda n: f"tu_{n}")
    amount = 5000_00
    currency = "usd"
    status = TopUp.Status.PENDING
    created_by = factory.SubFactory(UserFactory)


class BalanceFactory(DjangoModelFactory):
    class Meta:
        model = Balance

    account = factory.SubFactory(ConnectedAccountFactory)
    currency = "usd"
    issuing_available = 2130_42
    read_at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
