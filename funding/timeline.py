"""What happened to a top-up or a bank account, read from the audit trail."""

from django.utils.translation import gettext as _

from desk import audit
from desk.models import AuditEntry
from desk.statuses import badge_for


def of(row, *, for_staff: bool) -> list[dict]:
    """Entries for `components/_timeline.html`, newest first. A business is not told which member of staff acted."""
    return [_entry(entry, for_staff) for entry in audit.entries_about(row)]


def _entry(entry: AuditEntry, for_staff: bool) -> dict:
    family = entry.verb.partition(".")[0]
    look = badge_for(f"audit_verb:{family}", entry.verb)
    return {
        "icon": look.icon,
        "tone": look.tone,
        "title": look.label,
        "detail": _detail(entry, for_staff),
        "at": entry.at,
    }


def _detail(entry: AuditEntry, for_staff: bool) -> str:
    if entry.actor is None:
        return ""
    who = str(entry.actor) if for_staff or not entry.actor.is_staff else _("Platform staff, on your behalf")
    return f"{who} · {entry.reason}" if entry.reason else who
