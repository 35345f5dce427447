"""What needs a member of staff now, as far as it is about Stripe itself."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from desk.paging import capped_count
from desk.work import WorkItem
from stripe_gateway import pauses, schedule, words
from stripe_gateway.models import StripeEvent, StripeOperation

State = StripeOperation.State
MOST_ITEMS = 20


def items(user, now: datetime) -> Iterator[WorkItem]:
    """Pauses first, then operations that nobody can settle but a person, then events that were given up."""
    if user.has_perm("stripe_gateway.view_pause"):
        yield from _pauses()
    if user.has_perm("stripe_gateway.view_stripeoperation"):
        yield from _operations(now)
    if user.has_perm("stripe_gateway.view_stripeevent"):
        yield from _events()


def _pauses() -> Iterator[WorkItem]:
    for pause in pauses.standing().order_by("since")[:MOST_ITEMS]:
        yield WorkItem(
            tone="bad",
            title=_("Writes to Stripe are paused: %(scope)s") % {"scope": words.scope(pause.scope)},
            detail=pause.reason,
            url=reverse("stripe_gateway:pause-list"),
            action_label=_("See why"),
            due_at=pause.since,
        )


def _operations(now: datetime) -> Iterator[WorkItem]:
    stuck = StripeOperation.objects.filter(state=State.NEEDS_PERSON)
    # Also what is sent again and again, because something of ours breaks over the answer.
    unsettled = StripeOperation.objects.filter(state__in=[State.UNKNOWN, State.SENDING])
    doubtful = unsettled.filter(first_sent_at__lt=now - schedule.SHOWN_AFTER)
    for operations, tone in ((stuck, "bad"), (doubtful, "warn")):
        for operation in operations.order_by("created_at")[:MOST_ITEMS]:
            yield WorkItem(
                tone=tone,
                title=_("%(kind)s is in doubt") % {"kind": words.kind(operation.kind)},
                detail=words.outcome(operation),
                url=reverse("stripe_gateway:operation-detail", args=[operation.pk]),
                action_label=_("Look into it"),
                due_at=operation.first_sent_at,
            )


def _events() -> Iterator[WorkItem]:
    count = capped_count(StripeEvent.objects.filter(state=StripeEvent.State.QUARANTINED))
    if count:
        title = ngettext("%(count)d event is quarantined", "%(count)d events are quarantined", count)
        yield WorkItem(
            tone="warn",
            title=title % {"count": count},
            detail=_("They could not be processed. Nothing is lost; they wait for a decision."),
            url=f"{reverse('stripe_gateway:event-list')}?view=quarantined",
            action_label=_("Decide"),
        )
