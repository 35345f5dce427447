"""What happened to an account, newest first: what people did, what Stripe said, and what changed by it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.event_words import is_echo, words_of
from accounts.models import ConnectedAccount
from accounts.words import capability_name
from desk import audit
from desk.models import AuditEntry
from desk.statuses import Badge, badge_for
from stripe_gateway.models import StripeEvent

SIZE = 25
SHOWS = ("", "people", "stripe")
# One change makes Stripe tell several times: what reads the same within this time is one line.
SAME_WITHIN = timedelta(minutes=5)
# What was sent to Stripe, by the part of an AccountChange.
PARTS = {
    "business": gettext_lazy("Business details"),
    "person": gettext_lazy("Details of a person"),
    "person_number": gettext_lazy("ID number of a person"),
    "person_removal": gettext_lazy("Removal of a person"),
    "people": gettext_lazy("Who owns and runs the business"),
    "document": gettext_lazy("Document"),
    "bank": gettext_lazy("Bank account for payouts"),
    "terms": gettext_lazy("Acceptance of terms"),
    "name": gettext_lazy("Name and contact"),
    "capability": gettext_lazy("Request for a capability"),
    "program": gettext_lazy("Card program"),
    "reject": gettext_lazy("Rejection of the account"),
    "close": gettext_lazy("Closing of the account"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline, as `components/_timeline.html` draws it."""

    icon: str
    tone: str
    title: str
    detail: str
    at: datetime


def entries_of(account: ConnectedAccount, *, show: str = "") -> list[Entry]:
    """The newest entries: what people did, what Stripe told and what changed; or only what people did (`people`), or
    only what came by itself (`stripe`), with every event: among everything those that only repeat would drown the rest.
    """
    acts = audit.entries_for(account.audit_stream)
    if show == "people":
        return [_of_act(act) for act in acts.exclude(actor=None)[:SIZE]]
    if show == "stripe":
        acts = acts.filter(actor=None)
    found = [_of_act(act) for act in acts[:SIZE]]
    if account.stripe_id:
        events = [event for event in _events(account) if show == "stripe" or not is_echo(event.type)]
        found += _merged(_of_event(event) for event in events)
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:SIZE]


def _events(account: ConnectedAccount):
    about = Q(stripe_account=account.stripe_id) | Q(object_id=account.stripe_id)
    done = StripeEvent.objects.filter(about, state=StripeEvent.State.DONE)
    return done.defer("payload", "sealed_payload").order_by("-id")[: SIZE * 4]


def _merged(entries: Iterable[Entry]) -> list[Entry]:
    """Entries that read the same shortly after each other, as one with their number; newest first."""
    groups: list[list[Entry]] = []
    for entry in sorted(entries, key=lambda entry: (entry.title, entry.at), reverse=True):
        last = groups[-1][-1] if groups else None
        if last and last.title == entry.title and last.at - entry.at <= SAME_WITHIN:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return [_one_line(group) for group in groups]


def _one_line(group: list[Entry]) -> Entry:
    if len(group) == 1:
        return group[0]
    times = ngettext("told %(count)d time", "told %(count)d times", len(group)) % {"count": len(group)}
    return replace(group[0], detail=f"{group[0].detail} · {times}")


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
    family = act.verb.partition(".")[0]
    badge = badge_for(f"audit_verb:{family}", act.verb)
    if family == "change" and details.get("part") in PARTS:
        return badge, _change_words(act.verb, PARTS[details["part"]])
    return badge, str(badge.label)


def _change_words(verb: str, part) -> str:
    """One line about a write to Stripe: never the values, only what it was about."""
    sentences = {
        "change.sent": _("%(part)s: sent to Stripe"),
        "change.accepted": _("%(part)s: taken by Stripe"),
        "change.refused": _("%(part)s: not taken by Stripe"),
    }
    return sentences.get(verb, "%(part)s") % {"part": part}


def _of_event(event: StripeEvent) -> Entry:
    words = words_of(event.type)
    return Entry(
        icon=words.icon,
        tone=words.tone,
        title=str(words.label),
        detail=f"{event.type} · {event.stripe_id}",
        at=event.stripe_created_at or event.received_at,
    )
