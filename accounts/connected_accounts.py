"""Keeping our picture of a connected account the same as Stripe's."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Capability, ConnectedAccount, Requirement
from accounts.standing import Standing, capability_facts, judge
from desk import audit
from stripe_gateway import client, outcomes

INCLUDE = [
    "configuration.card_creator",
    "configuration.merchant",
    "configuration.recipient",
    "requirements",
]
FAMILY = "accounts_v2"


def reread(account: ConnectedAccount, now: datetime | None = None, *, urgent: bool = True) -> bool:
    """Ask Stripe how the account stands and write it down. True when that was news.

    What counts is when the reading begins, so without `now` the clock is asked here. `urgent=False` lets people go
    first. Raises what `stripe_gateway.client.get` raises; an account that is gone, or whose access was taken from us,
    counts as closed.
    """
    started_at = now or timezone.now()
    path = f"/v2/core/accounts/{account.stripe_id}"
    try:
        found = client.get(path, family=FAMILY, params={"include": INCLUDE}, urgent=urgent)
        names = _person_names(path, found, urgent=urgent)
    except (outcomes.NotFound, outcomes.AccessRevoked):
        return mark_closed(account, read_started_at=started_at)
    return apply(account, found, read_started_at=started_at, person_names=names)


def _person_names(path: str, found: dict, *, urgent: bool) -> dict[str, str]:
    """Names of the people that requirements are about; asked for only when there are any."""
    if not any(_person_id(entry) for entry in _entries(found)):
        return {}
    people = client.list_all(f"{path}/persons", family=FAMILY, limit=100, urgent=urgent)
    return {
        person["id"]: " ".join(part for part in (person.get("given_name"), person.get("surname")) if part)
        for person in people
    }


def apply(account: ConnectedAccount, found: dict, *, read_started_at: datetime, person_names=None) -> bool:
    """Write down a v2 account as Stripe sent it. False when a younger reading has already been written down."""
    with transaction.atomic():
        row = _lock_if_older(account, read_started_at)
        if row is None:
            return False
        _write_standing(row, judge(found, was_active=row.activated_at is not None), read_started_at)
        _write_capabilities(row, found, read_started_at)
        _write_requirements(row, found, person_names or {})
    account.refresh_from_db()
    return True


def mark_closed(account: ConnectedAccount, *, read_started_at: datetime) -> bool:
    """Stripe no longer knows the account, or no longer lets us see it. False when that was already known."""
    with transaction.atomic():
        row = _lock_if_older(account, read_started_at)
        if row is None:
            return False
        closed = Standing(status=ConnectedAccount.Status.CLOSED, can_issue=False, next_deadline_at=None)
        _write_standing(row, closed, read_started_at)
    account.refresh_from_db()
    return True


def _lock_if_older(account: ConnectedAccount, read_started_at: datetime) -> ConnectedAccount | None:
    """The row as it stands, locked until the caller's commit; None when it already holds younger facts."""
    older = Q(synced_at=None) | Q(synced_at__lt=read_started_at)
    return ConnectedAccount.objects.select_for_update().filter(older, pk=account.pk).first()


def _write_standing(row: ConnectedAccount, standing: Standing, read_started_at: datetime) -> None:
    before, row.status = row.status, standing.status
    row.urgency = standing.urgency
    row.can_issue = standing.can_issue
    row.next_deadline_at = standing.next_deadline_at
    row.synced_at = read_started_at
    if standing.can_issue and row.activated_at is None:
        row.activated_at = read_started_at
    row.save(update_fields=["status", "urgency", "can_issue", "next_deadline_at", "synced_at", "activated_at"])
    if before != row.status:
        audit.record(
            verb="account.status_changed",
            obj=row,
            stream=row.audit_stream,
            details={"from": before, "to": row.status},
        )


def _write_capabilities(account: ConnectedAccount, found: dict, read_started_at: datetime) -> None:
    known = {(row.configuration, row.name): row for row in account.capabilities.all()}
    for fact in capability_facts(found):
        row = known.pop((fact.configuration, fact.name), None)
        if row is None:
            row = Capability(account=account, configuration=fact.configuration, name=fact.name)
        before, row.status, row.status_details = row.status, fact.status, fact.status_details
        if before != fact.status:
            row.since = read_started_at
            if before:
                _record_capability(account, row, before)
        row.save()
    Capability.objects.filter(pk__in=[row.pk for row in known.values()]).delete()


def _record_capability(account: ConnectedAccount, row: Capability, before: str) -> None:
    audit.record(
        verb="capability.status_changed",
        obj=account,
        stream=account.audit_stream,
        details={"configuration": row.configuration, "name": row.name, "from": before, "to": row.status},
    )


def _write_requirements(account: ConnectedAccount, found: dict, person_names: dict[str, str]) -> None:
    summary = (found.get("requirements") or {}).get("summary") or {}
    worst = (summary.get("minimum_deadline") or {}).get("status")
    account.requirements.all().delete()
    Requirement.objects.bulk_create(
        _requirement(account, entry, worst=worst, person_names=person_names) for entry in _entries(found)
    )


def _requirement(account: ConnectedAccount, entry: dict, *, worst: str, person_names: dict[str, str]) -> Requirement:
    status = (entry.get("minimum_deadline") or {}).get("status") or ""
    person = _person_id(entry)
    return Requirement(
        account=account,
        description=(entry.get("description") or "")[:200],
        awaiting_action_from=entry.get("awaiting_action_from") or "",
        deadline_status=status,
        # Stripe gives one moment for the whole account: it belongs to the entries of the worst urgency.
        deadline_at=account.next_deadline_at if status == worst else None,
        restricts=(entry.get("impact") or {}).get("restricts_capabilities") or [],
        errors=entry.get("errors") or [],
        reasons=entry.get("requested_reasons") or [],
        person_id=person,
        person_name=person_names.get(person, "")[:120],
    )


def set_low_balance_line(
    account: ConnectedAccount, *, amount: int | None, actor, reason: str = "", request=None
) -> None:
    """Below this Issuing balance (minor units; None for no line) people are warned."""
    with transaction.atomic():
        row = ConnectedAccount.objects.select_for_update().get(pk=account.pk)
        if row.low_balance_line == amount:
            return
        audit.record(
            verb="account.low_balance_line_changed",
            obj=row,
            actor=actor,
            stream=row.audit_stream,
            details={"from": row.low_balance_line, "to": amount},
            reason=reason,
            request=request,
        )
        row.low_balance_line = amount
        row.save(update_fields=["low_balance_line"])
    account.low_balance_line = amount


def _entries(found: dict) -> list[dict]:
    return (found.get("requirements") or {}).get("entries") or []


def _person_id(entry: dict) -> str:
    reference = entry.get("reference") or {}
    # The 2025-09-30 dialect calls the reference to a person "resource"; later ones say "person".
    return (reference.get("resource") or "") if reference.get("type") in ("person", "resource") else ""


def is_known(stripe_account: str) -> bool:
    """Whether a connected account is one of ours. Events about any other are quarantined."""
    return ConnectedAccount.objects.filter(stripe_id=stripe_account).exists()


def names(stripe_accounts: set[str]) -> dict[str, str]:
    """Names of businesses by their acct_ ids; those that are not ours are left out."""
    return dict(ConnectedAccount.objects.filter(stripe_id__in=stripe_accounts).values_list("stripe_id", "name"))
