"""Finding out by reading alone whether an operation in doubt has happened."""

from stripe_gateway import client, kinds
from stripe_gateway.models import StripeEvent, StripeOperation


def look_up(operation: StripeOperation) -> dict | None:
    """Stripe's object when it happened, None when it certainly did not.

    Raises Undecided when nobody can tell, and what `client.get` raises.
    """
    kind = kinds.named(operation.kind)
    told = _told_by_events(operation, kind.family) if kind.metadata else None
    return told or kind.find(operation)


def _told_by_events(operation: StripeOperation, family: str) -> dict | None:
    """What an event of ours tells of, read again and believed only if it carries the operation's id."""
    events = StripeEvent.objects.filter(operation_id=str(operation.pk)).exclude(object_id="").defer("payload")
    for object_id in {event.object_stripe_id for event in events}:
        try:
            obj = client.get(f"{operation.path}/{object_id}", account=operation.stripe_account, family=family)
        except client.NotFound:
            continue
        if matching([obj], operation):
            return obj
    return None


def matching(rows, operation: StripeOperation) -> dict | None:
    """The row of a list whose metadata names the operation: how `find` recognises what it made."""
    return next((row for row in rows if (row.get("metadata") or {}).get("operation") == str(operation.pk)), None)
