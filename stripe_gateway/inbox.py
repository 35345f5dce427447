"""The inbox of events: each is kept once and answered for before anything is done about it."""

import hashlib
import json
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from desk import audit
from stripe_gateway import event_facts, redaction
from stripe_gateway.fields import blind_index
from stripe_gateway.models import AT_ONCE, StripeEvent
from stripe_gateway.processing import process_due

__all__ = ["drop_payloads", "ignore", "keep", "process_due", "replay", "with_old_payload"]

State = StripeEvent.State
# Stripe lists events for 30 days; after that our copy of the text is of no more use than id, type and hash.
PAYLOAD_KEPT = timedelta(days=35)
# Events whose text names an object with an id that the rooms keep encrypted (a top-up carries its source), and events
# about such an object itself.
SEALED_TYPES = ("source.", "topup.")
HIDDEN_TYPES = ("source.",)
# Events that carry a person or a business as a whole. Nobody reads that here, so it is not kept.
PERSONAL_TYPES = ("account.", "person.")
_SEALED_PAYLOAD = StripeEvent._meta.get_field("sealed_payload")
_TABLE = StripeEvent._meta.db_table
# From where staff may replay an event, and from where they may set it aside.
SETTLED = (State.DONE, State.IGNORED, State.QUARANTINED)
IGNORABLE = (State.NEW, State.QUARANTINED)
_NAMES = (
    "endpoint", "stripe_id", "type", "stripe_account", "object_id", "operation_id", "livemode", "api_version",
    "stripe_created_at", "received_at", "payload", "sealed_payload", "payload_hash", "state",
    "attempts", "next_try_at", "fence", "outcome", "error",
)  # fmt: skip
# By hand, because this one statement is most of what receiving an event costs: no savepoint, no look before the leap.
_INSERT = (
    f"INSERT INTO {_TABLE} ({', '.join(_NAMES)}) VALUES ({', '.join(['%s'] * len(_NAMES))})"  # noqa: S608 - constants
    " ON CONFLICT (endpoint, stripe_id) DO NOTHING"
)


def keep(endpoint: str, text: str, *, now: datetime, facts: event_facts.EventFacts | None = None) -> bool:
    """Store one event for good; False when it was stored before. Raises NotAnEvent.

    `text` is the event as Stripe wrote it; it must have been verified, or read from Stripe itself.
    """
    facts = facts or event_facts.read(text)
    of_this_mode = facts.livemode == settings.STRIPE_LIVE
    moment = connection.ops.adapt_datetimefield_value
    is_sealed = facts.type.startswith(SEALED_TYPES)
    values = (
        endpoint,
        facts.stripe_id,
        facts.type,
        facts.stripe_account,
        blind_index(facts.object_id) if facts.type.startswith(HIDDEN_TYPES) else facts.object_id,
        facts.operation_id,
        facts.livemode,
        facts.api_version,
        moment(facts.stripe_created_at) if facts.stripe_created_at else None,
        moment(now),
        "" if is_sealed else _kept(facts.type, text),
        _SEALED_PAYLOAD.get_prep_value(text) if is_sealed else "",
        hashlib.sha256(text.encode()).hexdigest(),
        State.NEW.value if of_this_mode else State.QUARANTINED.value,
        0,
        moment(AT_ONCE) if of_this_mode else None,
        "",
        "",
        "" if of_this_mode else _("It belongs to the other mode of Stripe (live or test)."),
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        return cursor.rowcount == 1


def _kept(type_: str, text: str) -> str:
    """What is stored of an event's text: as it came, but for names, addresses, birthdays and the like."""
    if not type_.startswith(PERSONAL_TYPES):
        return text
    try:
        return json.dumps(redaction.redact(json.loads(text)))
    except RecursionError:
        return ""


def replay(event: StripeEvent, *, actor, reason: str, request=None) -> bool:
    """Process an event again, as if it had just come. False when it is being worked on."""
    changes = {"state": State.NEW, "attempts": 0, "next_try_at": AT_ONCE, "error": "", "fence": ""}
    return _decide(event, "event.replayed", changes, SETTLED, actor, reason, request)


def ignore(event: StripeEvent, *, actor, reason: str, now: datetime, request=None) -> bool:
    """Set an event aside for good. False when it is being worked on or was processed."""
    changes = {"state": State.IGNORED, "next_try_at": None, "processed_at": now, "outcome": reason, "fence": ""}
    return _decide(event, "event.ignored", changes, IGNORABLE, actor, reason, request)


def with_old_payload(*, now: datetime) -> QuerySet[StripeEvent]:
    """Events older than 35 days whose text is still there."""
    return StripeEvent.objects.filter(received_at__lt=now - PAYLOAD_KEPT).exclude(payload="", sealed_payload="")


def drop_payloads(*, now: datetime, batch: int = 1000) -> int:
    """Empty the text of events older than 35 days. Returns how many."""
    dropped = 0
    while ids := list(with_old_payload(now=now).order_by("pk").values_list("pk", flat=True)[:batch]):
        dropped += StripeEvent.objects.filter(pk__in=ids).update(payload="", sealed_payload="")
    return dropped


def _decide(event, verb, changes, from_states, actor, reason, request) -> bool:
    with transaction.atomic(durable=True):
        moved = StripeEvent.objects.filter(pk=event.pk, state__in=from_states).update(**changes) == 1
        if moved:
            details = {"event": event.stripe_id, "type": event.type}
            audit.record(verb=verb, obj=event, actor=actor, reason=reason, details=details, request=request)
    return moved
