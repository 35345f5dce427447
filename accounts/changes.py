"""Writes to Stripe about an account that are no money: what a business tells, what staff decide.

Each is an `AccountChange` beside its operation, committed before the call. What is personal goes to Stripe as a token
made a moment before, so neither row holds it: `sealed` keeps the token until the outcome is final.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import connected_accounts
from accounts.models import AccountChange, ConnectedAccount
from desk import audit
from desk.models import User
from stripe_gateway import client, kinds, operations
from stripe_gateway.fields import blind_index
from stripe_gateway.models import StripeOperation
from stripe_gateway.outcomes import NotFound, StripeProblem

# Under this name the object at Stripe tells which of our changes it saw last.
MARK = "last_change"


def send(
    *,
    form_id: uuid.UUID,
    kind: str,
    account: ConnectedAccount,
    part: str,
    path: str,
    params: dict,
    actor: User,
    sealed: Callable[[], dict] | None = None,
    typed: Mapping | None = None,
    person_id: str = "",
    reason: str = "",
    details: dict | None = None,
    beside: Callable[[AccountChange], None] | None = None,
    stripe_account: str = "",
    request=None,
) -> AccountChange:
    """Write a change down, commit, send it once, and return it as it then stands; its operation tells the outcome.

    `form_id` is minted when the form is drawn: the same form sent twice is one change. `typed` is what the person
    typed, without secrets, by which the second sending is known as the same. `sealed` makes the token, outside any
    transaction and only for a first sending. `beside` writes further rows in the same transaction. Raises
    operations.FormReused when the form came back with other contents, and what the client raises while a token is made
    (nothing is kept then).
    """
    fingerprint = blind_index(json.dumps([part, path, params, dict(typed or {})], sort_keys=True, default=str))
    sent_before = _sent_before(form_id, fingerprint)
    if sent_before:
        return sent_before
    secrets = sealed() if sealed else None
    try:
        with transaction.atomic(durable=True):
            operation, is_new = operations.prepare(
                id=form_id, kind=kind, path=path, params=params, account=stripe_account, actor=actor, sealed=secrets
            )
            if not is_new:
                return operation.account_change
            change = AccountChange.objects.create(
                account=account,
                operation=operation,
                part=part,
                person_id=person_id,
                fingerprint=fingerprint,
                made_by=actor,
            )
            if beside:
                beside(change)
            _record(change, "change.sent", actor=actor, reason=reason, request=request, more=details)
    except operations.FormReused:
        # Two tokens of the same words differ: a double click that came in between is still the same form.
        sent_before = _sent_before(form_id, fingerprint)
        if sent_before is None:
            raise
        return sent_before
    operations.perform(operation.pk)
    return AccountChange.objects.select_related("operation", "account").get(pk=change.pk)


def _sent_before(form_id: uuid.UUID, fingerprint: str) -> AccountChange | None:
    change = AccountChange.objects.select_related("operation", "account").filter(operation_id=form_id).first()
    if change is None:
        return None
    if change.fingerprint != fingerprint:
        raise operations.FormReused(f"change {form_id}")
    return change


def marked(params: dict, form_id: uuid.UUID) -> dict:
    """Parameters of an update with the mark by which it is recognised at Stripe."""
    return params | {"metadata": {**params.get("metadata", {}), MARK: str(form_id)}}


def accepted(operation: StripeOperation, found: dict) -> None:
    """What every kind of change records once Stripe has taken it."""
    change = operation.account_change
    if not change.person_id and found.get("object") in ("person", "v2.core.account_person"):
        AccountChange.objects.filter(pk=change.pk).update(person_id=found["id"])
    _record(change, "change.accepted")


def refused(operation: StripeOperation) -> None:
    """What every kind of change records once Stripe has refused it."""
    _record(operation.account_change, "change.refused", more={"code": operation.error_code})
    if kinds.named(operation.kind).sealed and operation.http_status is not None:
        _forget_message(operation)


def _forget_message(operation: StripeOperation) -> None:
    """Stripe's sentence may repeat what was typed, which we do not keep: its code and parameter are enough."""
    history = [{**entry, "error_message": ""} for entry in operation.history]
    StripeOperation.objects.filter(pk=operation.pk).update(error_message="", history=history)


def find_update(operation: StripeOperation) -> dict | None:
    """Whether an update reached its object: by its mark, or by that of a later change, which proves nothing."""
    found = client.get(operation.path, account=operation.stripe_account, family=_family(operation))
    mark = (found.get("metadata") or {}).get(MARK)
    if mark == str(operation.pk):
        return found
    # v1 and v2 have different paths for the same account, and one mark.
    same_object = operation.path.rpartition("/")[2]
    others = AccountChange.objects.filter(account_id=operation.account_change.account_id).exclude(operation=operation)
    sent_since = operation.first_sent_at or operation.created_at
    if others.filter(operation__path__endswith=f"/{same_object}", operation__last_sent_at__gt=sent_since).exists():
        raise operations.Undecided("A later change has been made to the same object.")
    return None


def is_overtaken(operation: StripeOperation) -> bool:
    """Whether Stripe has taken a change of the same kind to the same account that was first sent after this one.

    Which of the two took effect last is then not told by an answer to either.
    """
    same = AccountChange.objects.filter(account_id=operation.account_change.account_id, operation__kind=operation.kind)
    taken = same.filter(operation__state=StripeOperation.State.ACCEPTED)
    return taken.filter(operation__first_sent_at__gt=operation.first_sent_at or operation.created_at).exists()


def find_listed(operation: StripeOperation) -> dict | None:
    """What was made, among what the path of the operation lists, by its metadata."""
    rows = client.list_all(operation.path, account=operation.stripe_account, family=_family(operation), limit=1000)
    return operations.matching(rows, operation)


def find_deleted(operation: StripeOperation) -> dict | None:
    """Whether the object of a DELETE is gone."""
    try:
        client.get(operation.path, account=operation.stripe_account, family=_family(operation))
    except NotFound:
        return {"id": operation.path.rpartition("/")[2], "deleted": True}
    return None


def _family(operation: StripeOperation) -> str:
    return "accounts_v2" if operation.path.startswith("/v2/") else "v1"


def reread_quietly(account: ConnectedAccount, now: datetime | None = None) -> None:
    """Read the account again after a change, so that the next page is true; events do it anyway when this fails."""
    try:
        connected_accounts.reread(account, now or timezone.now())
    except StripeProblem:
        return


def _record(change: AccountChange, verb: str, *, actor=None, reason="", request=None, more: dict | None = None) -> None:
    audit.record(
        verb=verb,
        obj=change.account,
        actor=actor,
        stream=change.account.audit_stream,
        details={"part": change.part, "operation": str(change.operation_id), "person": change.person_id} | (more or {}),
        reason=reason,
        request=request,
    )
