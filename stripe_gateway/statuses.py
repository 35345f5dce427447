"""How operations, events and pauses look, and what the audit trail calls what staff do with them."""

from django.utils.translation import gettext_lazy as _

from desk.statuses import Badge
from stripe_gateway.models import StripeEvent, StripeOperation

OPERATION = {
    StripeOperation.State.APPROVED: Badge("info", "hourglass", _("Waiting to be sent")),
    StripeOperation.State.SENDING: Badge("info", "send", _("Being sent")),
    StripeOperation.State.ACCEPTED: Badge("ok", "circle-check", _("Accepted")),
    StripeOperation.State.REJECTED: Badge("bad", "circle-x", _("Refused")),
    StripeOperation.State.UNKNOWN: Badge("warn", "circle-help", _("In doubt")),
    StripeOperation.State.NEEDS_PERSON: Badge("bad", "user", _("Needs a person")),
}
EVENT = {
    StripeEvent.State.NEW: Badge("info", "hourglass", _("Waiting")),
    StripeEvent.State.PROCESSING: Badge("info", "refresh-cw", _("Being processed")),
    StripeEvent.State.DONE: Badge("ok", "circle-check", _("Processed")),
    StripeEvent.State.IGNORED: Badge("mute", "archive", _("Ignored")),
    StripeEvent.State.QUARANTINED: Badge("bad", "triangle-alert", _("Quarantined")),
}
FAMILIES = {
    "operation": OPERATION,
    "event": EVENT,
    "audit_verb:operation": {
        "operation.asked_again": Badge("info", "refresh-cw", _("Stripe was asked again")),
    },
    "audit_verb:event": {
        "event.replayed": Badge("info", "refresh-cw", _("An event was processed again")),
        "event.ignored": Badge("mute", "archive", _("An event was set aside")),
    },
    "audit_verb:pause": {
        "pause.opened": Badge("bad", "circle-pause", _("Writes to Stripe were paused")),
        "pause.lifted": Badge("ok", "play", _("A pause was lifted")),
    },
}
