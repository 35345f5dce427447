"""What happened to an account, newest first: what people did, what Stripe said, and what changed by it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import ConnectedAccount
from accounts.words import capability_name
from desk import audit
from desk.models import AuditEntry
from desk.statuses import Badge, badge_for
from stripe_gateway.models import StripeEvent

SIZE = 25
SHOWS = ("", "people", "stripe")


@dataclass(frozen=True)
class Entry:
    """One line of the timeline, as `components/_timeline.html` draws it."""

    icon: str
    tone: str
    title: str
    detail: str
    at: datetime


def entries_of(account: ConnectedAccount, *, show: str = "") -> list[Entry]:
    """The newest entries: what people did and what changed, or only what people did (`people`), or only what changed by
    itself, with the events that told of it (`stripe`): among everything those would drown the rest.
    """
    acts = audit.entries_for(account.audit_stream)
    if show == "people":
        acts = acts.exclude(actor=None)
    elif show == "stripe":
        acts = acts.filter(actor=None)
    found = [_of_act(act) for act in acts[:SIZE]]
    if show == "stripe" and account.stripe_id:
        found += [_of_event(event) for event in _events(account)]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:SIZE]


def _events(account: ConnectedAccount):
    about = Q(stripe_account=account.stripe_id) | Q(object_id=account.stripe_id)
    return StripeEvent.objects.filter(about, state=StripeEvent.State.DONE).order_by("-id")[:SIZE]


def _of_act(act: AuditEntry) -> Entry:
    badge, title = _look(act)
    parts = [_("by %(person)s") % {"person": act.actor_label} if act.actor_id else "", act.reason]
    detail = " · ".join(part for part in parts if part)
    return Entry(icon=badge.icon, tone=badge.tone, title=title, detail=detail, at=act.at)


def _look(act: AuditEntry) -> tuple[Badge, str]:
    """How an act looks and what it is called; a change looks like what it led to."""
    details = act.details
    if act.verb == "account.status_changed":
        after = badge_for("account", details.get("to", ""))
        return after, _("Account: %(status)s") % {"status": after.label}
    if act.verb == "capability.status_changed":
        after = badge_for("capability", details.get("to", ""))
        name = capability_name(details.get("configuration", ""), details.get("name", ""))
        return after, _("%(capability)s: %(status)s") % {"capability": name, "status": after.label}
    badge = badge_for(f"audit_verb:{act.verb.partition('.')[0]}", act.verb)
    return badge, str(badge.label)


def _of_event(event: StripeEvent) -> Entry:
    detail = f"{event.type} · {event.stripe_id}"
    title = _("Stripe told of a change")
    return Entry(
        icon="webhook", tone="mute", title=title, detail=detail, at=event.stripe_created_at or event.received_at
    )
