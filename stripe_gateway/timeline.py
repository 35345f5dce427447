"""The tries of an operation as a timeline, newest first."""

from datetime import datetime

from django.utils.translation import gettext as _

from desk.statuses import badge_for
from stripe_gateway.models import StripeOperation


def tries(operation: StripeOperation) -> list[dict]:
    """Entries for the timeline component: every recorded try, and when it was written down."""
    entries = [_entry(told) for told in reversed(operation.history)]
    by = _("by %(person)s") % {"person": operation.actor} if operation.actor else ""
    first = {"icon": "file-text", "tone": "", "title": _("Written down"), "detail": by, "at": operation.created_at}
    return [*entries, first]


def _entry(told: dict) -> dict:
    look = badge_for("operation", told["state"])
    facts = [
        told.get("error_message") or told.get("error_code") or "",
        _("HTTP %(status)s") % {"status": told["http_status"]} if told.get("http_status") else "",
        told.get("request_id") or "",
    ]
    return {
        "icon": look.icon,
        "tone": look.tone,
        "title": _("Try %(number)s: %(outcome)s") % {"number": told["attempt"], "outcome": look.label},
        "detail": " · ".join(fact for fact in facts if fact),
        "at": datetime.fromisoformat(told["at"]),
    }
