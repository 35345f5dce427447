"""Rows of the gateway as they stand in the database, without anything having been sent."""

import json
import uuid
from datetime import timedelta

import factory
from django.utils import timezone

from stripe_gateway.models import Pause, StripeEvent, StripeOperation


class StripeOperationFactory(factory.django.DjangoModelFactory):
    """An operation that waits to be sent; the traits are the states it can come to."""

    class Meta:
        model = StripeOperation

    id = factory.LazyFunction(uuid.uuid4)
    kind = "top_up.create"
    stripe_account = "acct_1Test"
    method = "POST"
    path = "/v1/topups"
    api_version = "2026-10-28.endive"
    params = factory.LazyFunction(lambda: {"amount": 5000, "currency": "usd"})
    params_hash = "0" * 64
    key = factory.LazyAttribute(lambda row: f"test:{row.kind}:{row.id}:1")

    class Params:
        accepted = factory.Trait(
            state=StripeOperation.State.ACCEPTED,
            next_try_at=None,
            attempts=1,
            stripe_id=factory.Sequence(lambda n: f"tu_{n}"),
            finished_at=factory.LazyFunction(timezone.now),
        )
        refused = factory.Trait(
            state=StripeOperation.State.REJECTED,
            next_try_at=None,
            attempts=1,
            http_status=400,
            error_code="amount_too_large",
            error_message="Amount must be no more than $999,999.99",
            finished_at=factory.LazyFunction(timezone.now),
        )
        in_doubt = factory.Trait(
            state=StripeOperation.State.UNKNOWN,
            attempts=3,
            first_sent_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=3)),
            last_sent_at=factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=3)),
            error_message="ReadTimeout",
            history=factory.LazyFunction(
                lambda: [
                    {
                        "at": (timezone.now() - timedelta(hours=3 - hour)).isoformat(),
                        "state": "unknown",
                        "attempt": hour + 1,
                        "http_status": None,
                        "request_id": "",
                        "error_code": "",
                        "error_message": "ReadTimeout",
                    }
                    for hour in range(3)
                ]
            ),
        )
        stuck = factory.Trait(
            state=StripeOperation.State.NEEDS_PERSON,
            next_try_at=None,
            attempts=9,
            first_sent_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=50)),
            last_sent_at=factory.LazyFunction(lambda: timezone.now() - timedelta(hours=31)),
            error_code="not_found_at_stripe",
            error_message="Stripe shows no trace of it.",
        )


class StripeEventFactory(factory.django.DjangoModelFactory):
    """An event that waits to be processed."""

    class Meta:
        model = StripeEvent

    endpoint = StripeEvent.Endpoint.CONNECT
    stripe_id = factory.Sequence(lambda n: f"evt_{n}")
    type = "topup.created"
    stripe_account = "acct_1Test"
    object_id = "tu_1"
    payload_hash = "0" * 64
    stripe_created_at = factory.LazyFunction(timezone.now)
    payload = factory.LazyAttribute(
        lambda row: json.dumps(
            {
                "id": row.stripe_id,
                "type": row.type,
                "account": row.stripe_account,
                "data": {
                    "object": {
                        "id": row.object_id,
                        "amount": 5000,
                        "currency": "usd",
                        "status": "pending",
                        "description": "For Jenny Rosen",
                        "source": {"id": "src_secret", "owner": {"email": "jenny@example.test"}},
                    }
                },
            }
        )
    )

    class Params:
        quarantined = factory.Trait(
            state=StripeEvent.State.QUARANTINED, next_try_at=None, attempts=8, error="ZeroDivisionError"
        )
        done = factory.Trait(
            state=StripeEvent.State.DONE,
            next_try_at=None,
            attempts=1,
            outcome="The top-up is now pending.",
            processed_at=factory.LazyFunction(timezone.now),
        )


class PauseFactory(factory.django.DjangoModelFactory):
    """A pause that stands."""

    class Meta:
        model = Pause

    scope = "all"
    reason = "The key was refused."
    since = factory.LazyFunction(timezone.now)
