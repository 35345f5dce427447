"""Confirming a bank account by the two small deposits that Stripe made to it. Stripe allows few tries."""

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk import audit
from funding import sources
from funding.models import Source, VerificationAttempt
from stripe_gateway import client, operations
from stripe_gateway.models import StripeOperation

# What Stripe answers to wrong amounts, and once no try is left.
WRONG_AMOUNTS = "bank_account_verification_failed"


class AttemptUnderWay(Exception):
    """Another submission for the same bank account has not been answered yet."""


class NothingToVerify(Exception):
    """The bank account does not wait for deposits to be confirmed; the message says why."""


def submit(*, source: Source, form_id: UUID, amounts: tuple[int, int], actor, reason: str = "") -> VerificationAttempt:
    """Write one attempt down, commit, and only then spend it at Stripe. `amounts` are in cents, as the person typed.

    The same form sent twice is one attempt. Raises AttemptUnderWay, NothingToVerify, and FormReused when the form comes
    back with other amounts.
    """
    with transaction.atomic(durable=True):
        source = Source.objects.select_for_update(no_key=True).select_related("account").get(pk=source.pk)
        operation, created = operations.prepare(
            id=form_id,
            kind="source.verify",
            path="/v1/sources/{source}/verify",
            params={},
            sealed={"source": source.stripe_id, "values": list(amounts)},
            account=source.account.stripe_id,
            actor=actor,
        )
        if created:
            _check_waiting(source)
            _write_down(source, operation, actor, reason)
    operations.perform(operation.pk)
    return _outcome(operation)


def _check_waiting(source: Source) -> None:
    if source.status != Source.Status.PENDING:
        raise NothingToVerify(_("This bank account is not waiting for deposits to be confirmed."))
    if source.attempts_remaining == 0:
        raise NothingToVerify(_("No try is left for this bank account. Start again with a new authorization."))
    if source.verification_attempts.filter(finished_at=None).exists():
        raise AttemptUnderWay


def _write_down(source: Source, operation: StripeOperation, actor, reason: str) -> None:
    attempt = VerificationAttempt.objects.create(
        source=source,
        operation=operation,
        attempts_before=source.attempts_remaining or 0,
        made_by=actor,
        on_behalf_reason=reason,
    )
    audit.record(
        verb="source.verification_attempted",
        obj=source,
        actor=actor,
        stream=source.account.audit_stream,
        reason=reason,
        details={"attempt": attempt.pk, "operation": str(operation.pk)},
    )


def _outcome(operation: StripeOperation) -> VerificationAttempt:
    """The attempt as it stands. After a refusal Stripe is asked how many tries are left; till then we count."""
    attempt = VerificationAttempt.objects.select_related("source__account", "operation").get(operation=operation)
    if attempt.succeeded is False:
        try:
            sources.reread(attempt.source)
        except client.StripeProblem:
            return attempt
        attempt.source.refresh_from_db()
    return attempt


def _finish(operation: StripeOperation, *, succeeded: bool) -> bool:
    attempts = VerificationAttempt.objects.filter(operation=operation, finished_at=None)
    return attempts.update(finished_at=timezone.now(), succeeded=succeeded) == 1


def _apply_verified(operation: StripeOperation, source_object: dict) -> None:
    _finish(operation, succeeded=source_object["status"] == Source.Status.CHARGEABLE)
    sources.apply(operation.verification_attempt.source, source_object, read_at=timezone.now())


def _refuse_verified(operation: StripeOperation) -> None:
    source = operation.verification_attempt.source
    if not _finish(operation, succeeded=False):
        return
    if operation.error_code == WRONG_AMOUNTS:
        Source.objects.filter(pk=source.pk, attempts_remaining__gt=0).update(
            attempts_remaining=F("attempts_remaining") - 1
        )
    audit.record(
        verb="source.verification_refused",
        obj=source,
        stream=source.account.audit_stream,
        details={"attempt": operation.verification_attempt.pk, "code": operation.error_code},
    )


def _find_verified(operation: StripeOperation) -> dict | None:
    """The source, when this attempt was spent on it: no longer pending, or with fewer tries left than before.

    Sure, because no other attempt on the same source can have been open meanwhile.
    """
    attempt = operation.verification_attempt
    source_object = client.get(f"/v1/sources/{attempt.source.stripe_id}", account=operation.stripe_account)
    left = (source_object.get("code_verification") or {}).get("attempts_remaining")
    untouched = source_object["status"] == Source.Status.PENDING and (left is None or left >= attempt.attempts_before)
    return None if untouched else source_object


def _check_verifiable(operation: StripeOperation) -> None:
    if operation.verification_attempt.source.status != Source.Status.PENDING:
        raise operations.Withdrawn(_("This bank account is not waiting for deposits to be confirmed."))


VERIFY_SOURCE = operations.OperationKind(
    name="source.verify",
    label=gettext_lazy("Confirm bank account"),
    method="POST",
    family="v1",
    apply=_apply_verified,
    refuse=_refuse_verified,
    find=_find_verified,
    check=_check_verifiable,
    sealed=("source", "values"),
    metadata=False,
)
