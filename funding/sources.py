"""Bank accounts that may be debited: connecting one, and following what Stripe says of it.

Stripe lists no sources, so an id is kept (encrypted) the moment it is known. A reply that never came is made up for by
asking again under the same key, or by an event whose object carries our operation's id.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import ConnectedAccount
from desk import audit
from funding import mandates, standing
from funding.models import Mandate, Source
from stripe_gateway import client, operations
from stripe_gateway.fields import blind_index
from stripe_gateway.models import StripeOperation


def connect(
    *,
    account: ConnectedAccount,
    form_id: UUID,
    token: str,
    holder_name: str,
    holder_type: str,
    acceptance: mandates.Acceptance,
    actor,
    reason: str = "",
    now: datetime,
) -> Source:
    """Record the mandate, commit, and only then make a source of the bank account token at Stripe.

    `token` is a btok_ made by the browser at Stripe; no bank number ever comes here. The same form sent twice finds the
    first source. Raises CannotFund, and FormReused when the form comes back naming another holder.
    """
    with transaction.atomic(durable=True):
        account = ConnectedAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        source = _made_by_form(account, form_id, holder_name, holder_type)
        if source is None:
            standing.check_may_connect_a_bank(account)
            mandate = mandates.record(
                account=account,
                holder_name=holder_name,
                holder_type=holder_type,
                acceptance=acceptance,
                actor=actor,
                reason=reason,
                now=now,
            )
            source = _write_down(mandate, form_id, token, actor)
    operations.perform(source.operation_id)
    source.refresh_from_db()
    return source


def reread(source: Source, now: datetime | None = None, *, urgent: bool = True) -> bool:
    """Ask Stripe for the source and apply the answer. Returns whether its status moved; raises client errors.

    What counts is when the reading begins, so without `now` the clock is asked. `urgent=False` lets people go first.
    """
    began_at = now or timezone.now()
    source_object = client.get(f"/v1/sources/{source.stripe_id}", account=source.account.stripe_id, urgent=urgent)
    return apply(source, source_object, read_at=began_at)


def apply(source: Source, source_object: dict, *, read_at: datetime) -> bool:
    """Take over what Stripe says of a source, read at or after `read_at`. Returns whether its status moved."""
    status = source_object["status"]
    verification = source_object.get("code_verification") or {}
    facts = {
        "bank_name": source_object["ach_debit"].get("bank_name") or "",
        "last4": source_object["ach_debit"].get("last4") or "",
        "attempts_remaining": verification.get("attempts_remaining"),
        "checked_at": read_at,
    }
    with transaction.atomic():
        _keep_id(source, source_object["id"])
        Source.objects.filter(pk=source.pk).exclude(checked_at__gt=read_at).update(**facts)
        verified = {"verified_at": read_at} if status == Source.Status.CHARGEABLE else {}
        moved = Source.objects.advance(source, status, **verified)
        if moved:
            audit.record(verb=f"source.{status}", obj=source, stream=source.account.audit_stream)
    return moved


def _made_by_form(account: ConnectedAccount, form_id: UUID, holder_name: str, holder_type: str) -> Source | None:
    """The source that this very form made before. Its token and its moment differ each time; who authorizes may not."""
    operation = StripeOperation.objects.filter(pk=form_id).first()
    if operation is None:
        return None
    source = Source.objects.filter(operation=operation, account=account).select_related("mandate").first()
    if source is None or (source.mandate.holder_name, source.mandate.holder_type) != (holder_name, holder_type):
        raise operations.FormReused
    return source


def _write_down(mandate: Mandate, form_id: UUID, token: str, actor) -> Source:
    account = mandate.account
    operation, _created = operations.prepare(
        id=form_id,
        kind="source.create",
        path="/v1/sources",
        params={
            "type": "ach_debit",
            "currency": account.currency,
            "usage": "reusable",
            "owner": {
                "name": mandate.holder_name,
                "email": account.contact_email,
                "address": {"country": account.country},
            },
            "mandate": mandates.acceptance_params(mandate),
        },
        sealed={"token": token},
        account=account.stripe_id,
        actor=actor,
    )
    source = Source.objects.create(account=account, mandate=mandate, operation=operation, currency=account.currency)
    audit.record(
        verb="source.requested",
        obj=source,
        actor=actor,
        stream=account.audit_stream,
        reason=mandate.on_behalf_reason,
        details={"operation": str(operation.pk)},
    )
    return source


def _keep_id(source: Source, stripe_id: str) -> None:
    Source.objects.filter(pk=source.pk, stripe_id_index=None).update(
        stripe_id=stripe_id, stripe_id_index=blind_index(stripe_id)
    )


def _apply_created(operation: StripeOperation, source_object: dict) -> None:
    apply(operation.source, source_object, read_at=timezone.now())


def _refuse_created(operation: StripeOperation) -> None:
    source = operation.source
    if Source.objects.advance(source, Source.Status.REFUSED):
        audit.record(
            verb="source.refused",
            obj=source,
            stream=source.account.audit_stream,
            details={"code": operation.error_code},
        )


def _find_created(operation: StripeOperation) -> dict:
    """The source, once an event has told its id. Raises Undecided till then: without a list nothing proves absence."""
    source = operation.source
    if not source.stripe_id:
        raise operations.Undecided("Stripe lists no sources, and no event has named this one.")
    return client.get(f"/v1/sources/{source.stripe_id}", account=operation.stripe_account)


def _check_connectable(operation: StripeOperation) -> None:
    try:
        standing.check_may_connect_a_bank(operation.source.account)
    except standing.CannotFund as refusal:
        raise operations.Withdrawn(str(refusal)) from refusal


CREATE_SOURCE = operations.OperationKind(
    name="source.create",
    label=gettext_lazy("Connect bank account"),
    method="POST",
    family="v1",
    apply=_apply_created,
    refuse=_refuse_created,
    find=_find_created,
    check=_check_connectable,
    lists=False,
    sealed=("token",),
    hides_id=True,
)
