"""What we note of an event beside its raw text, whether it came as a snapshot (v1) or thin (v2)."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

LONGEST_ID, LONGEST_TYPE, LONGEST_ACCOUNT, LONGEST_VERSION = 255, 120, 64, 80
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class NotAnEvent(Exception):
    """The text is not an event as Stripe writes them."""


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Columns of a StripeEvent that are read out of its text."""

    stripe_id: str
    type: str
    stripe_account: str
    object_id: str
    operation_id: str
    livemode: bool
    api_version: str
    stripe_created_at: datetime | None


def read(text: str) -> EventFacts:
    """Raises NotAnEvent for text that is no JSON object with an id and a type that can be stored."""
    try:
        event = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAnEvent("no JSON") from error
    return facts_of(event)


def facts_of(event) -> EventFacts:
    """As `read`, from parsed JSON."""
    if not isinstance(event, dict):
        raise NotAnEvent("no object")
    stripe_id, type_ = _text(event, "id", LONGEST_ID), _text(event, "type", LONGEST_TYPE)
    if not stripe_id or not type_:
        raise NotAnEvent("no id or no type")
    obj = _dict(_dict(event, "data"), "object") or _dict(event, "related_object")
    return EventFacts(
        stripe_id=stripe_id,
        type=type_,
        # v1 names the account; v2 may give a path of accounts, the last being the one it is about.
        stripe_account=_text(event, "account", LONGEST_ACCOUNT) or _text(event, "context", 255).rpartition("/")[2][:64],
        object_id=_text(obj, "id", LONGEST_ID),
        operation_id=_operation_id(event, obj),
        livemode=event.get("livemode") is True,
        api_version=_text(event, "api_version", LONGEST_VERSION),
        stripe_created_at=moment(event.get("created")),
    )


def _dict(event: dict, name: str) -> dict:
    value = event.get(name)
    return value if isinstance(value, dict) else {}


def _text(event: dict, name: str, longest: int) -> str:
    """A value that any database can hold: short, ASCII, printable. Anything else counts as absent."""
    value = event.get(name)
    fits = isinstance(value, str) and len(value) <= longest and value.isascii() and value.isprintable()
    return value if fits else ""


def _operation_id(event: dict, obj: dict) -> str:
    """The operation that made the object: by its metadata, or by the key of the request that caused a thin event."""
    by_metadata = _text(_dict(obj, "metadata"), "operation", 36)
    if _UUID.fullmatch(by_metadata):
        return by_metadata
    key = _text(_dict(_dict(event, "reason"), "request"), "idempotency_key", LONGEST_ID)
    by_key = key.split(":")[2] if key.count(":") == 3 else ""
    return by_key if _UUID.fullmatch(by_key) else ""


def moment(created) -> datetime | None:
    """When something happened, as v1 (Unix seconds) or v2 (ISO 8601) writes it; None when it cannot be read."""
    try:
        if isinstance(created, str):
            parsed = datetime.fromisoformat(created)
            return parsed.astimezone(UTC) if parsed.tzinfo else None
        if isinstance(created, int) and not isinstance(created, bool):
            return datetime.fromtimestamp(created, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
