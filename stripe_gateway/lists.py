"""The lists of operations and of events as staff see them: saved views, filters, figures."""

from uuid import UUID

from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from desk.paging import Page, Tab, counted, keyset
from stripe_gateway import pauses
from stripe_gateway.models import StripeEvent, StripeOperation

State, EventState = StripeOperation.State, StripeEvent.State
OPERATION_VIEWS = {
    "": (_("All"), Q()),
    "doubt": (_("In doubt"), Q(state=State.UNKNOWN)),
    "person": (_("Needs a person"), Q(state=State.NEEDS_PERSON)),
    "waiting": (_("Waiting"), Q(state__in=[State.APPROVED, State.SENDING])),
    "refused": (_("Refused"), Q(state=State.REJECTED)),
    "accepted": (_("Accepted"), Q(state=State.ACCEPTED)),
}
EVENT_VIEWS = {
    "": (_("All"), Q()),
    "quarantined": (_("Quarantined"), Q(state=EventState.QUARANTINED)),
    "waiting": (_("Waiting"), Q(state__in=[EventState.NEW, EventState.PROCESSING])),
    "done": (_("Processed"), Q(state=EventState.DONE)),
    "ignored": (_("Ignored"), Q(state=EventState.IGNORED)),
}
# What nobody has settled is read from the oldest, what is over from the newest.
OLDEST_FIRST = ("doubt", "person", "waiting")


def operation_page(*, view: str, kind: str, q: str, cursor: str) -> Page:
    """One page of operations. `q` is an id: ours, Stripe's, or an account's."""
    operations = StripeOperation.objects.filter(OPERATION_VIEWS[view][1])
    if kind:
        operations = operations.filter(kind=kind)
    if q:
        operations = operations.filter(Q(stripe_id=q) | Q(stripe_account=q) | _own_id(q))
    direction = "asc" if view in OLDEST_FIRST else "desc"
    return keyset(operations, order=[("created_at", direction), ("id", direction)], cursor=cursor)


def event_page(*, view: str, type: str, q: str, cursor: str) -> Page:
    """One page of events. `q` is an id: the event's, its object's, or an account's."""
    events = StripeEvent.objects.filter(EVENT_VIEWS[view][1]).defer("payload", "sealed_payload")
    if type:
        events = events.filter(type__startswith=type[:-1]) if type.endswith("*") else events.filter(type=type)
    if q:
        events = events.filter(Q(stripe_id=q) | Q(object_id=q) | Q(stripe_account=q))
    return keyset(events, order=[("id", "desc")], cursor=cursor)


def tabs(model, views: dict, current: str) -> list[Tab]:
    """The saved views, each with its count."""
    return [
        Tab(key, label, counted(model.objects.filter(condition)), key == current)
        for key, (label, condition) in views.items()
    ]


def operation_figures() -> dict:
    """What stands above the list: how much is in doubt and since when, what waits, what is paused."""
    doubtful = StripeOperation.objects.filter(state=State.UNKNOWN)
    stuck = StripeOperation.objects.filter(state=State.NEEDS_PERSON)
    return {
        "in_doubt": counted(doubtful),
        "oldest_in_doubt": _oldest(doubtful),
        "needs_person": counted(stuck),
        "oldest_needing_person": _oldest(stuck),
        "waiting": counted(StripeOperation.objects.filter(state__in=[State.APPROVED, State.SENDING])),
        "pauses": pauses.standing().count(),
    }


def _oldest(operations: QuerySet):
    return operations.aggregate(oldest=Min("first_sent_at"))["oldest"]


def _own_id(text: str) -> Q:
    try:
        return Q(pk=UUID(text))
    except ValueError:
        return Q(pk=None)
