"""Pulling money from a verified bank account into the Issuing balance, and following it until it is there."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ConnectedAccount
from desk import audit
from funding import calendars, limits, standing
from funding.models import Source, TopUp
from stripe_gateway import client, operations
from stripe_gateway.models import StripeOperation

# Within this time the same amount from the same bank account is more likely a second tab than a second wish.
TWIN_WINDOW = timedelta(minutes=15)
# Stripe stamps an object when it begins the call, our row when the call is prepared, by another clock.
CLOCK_MARGIN = timedelta(minutes=15)
NOTHING_TO_CANCEL = gettext_lazy("This top-up is no longer on its way, so there is nothing to cancel.")


class SourceNotReady(Exception):
    """Money cannot be pulled from this bank account; the message says why."""


class CannotCancel(Exception):
    """The top-up cannot be canceled any more; the message says why."""


def initiate(
    *,
    account: ConnectedAccount,
    source: Source,
    amount: int,
    description: str = "",
    statement_descriptor: str = "",
    form_id: UUID,
    actor,
    reason: str = "",
    now: datetime,
) -> TopUp:
    """Write the top-up down, commit, and only then ask Stripe for it.

    `amount` is in minor units of the source's currency. `form_id` was minted when the form was drawn and becomes the
    idempotency key, so a double click finds the first top-up. Raises CannotFund, SourceNotReady, AmountOutsideLimits,
    and FormReused when the form comes back with other terms.
    """
    with transaction.atomic(durable=True):
        # The row lock makes top-ups of one account take turns, so that caps hold however many are sent at once.
        account = ConnectedAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        source = Source.objects.get(pk=source.pk, account=account)
        operation, created = operations.prepare(
            id=form_id,
            kind="top_up.create",
            path="/v1/topups",
            params=_params(source, amount, description, statement_descriptor),
            sealed={"source": source.stripe_id},
            account=account.stripe_id or "",
            actor=actor,
        )
        if created:
            standing.check_may_top_up(account)
            check_chargeable(source)
            limits.check(account, amount, source.currency, now)
            _write_down(operation, source, reason, now)
    operations.perform(operation.pk)
    return TopUp.objects.select_related("operation", "source", "account").get(operation=operation)


def cancel(*, top_up: TopUp, form_id: UUID, actor, reason: str = "") -> TopUp:
    """Ask Stripe to cancel a top-up that has not arrived. Raises CannotCancel, and FormReused.

    Whatever Stripe answers, the top-up shows how it stands there afterwards: canceled, or arrived before the request.
    """
    with transaction.atomic(durable=True):
        top_up = TopUp.objects.select_for_update(of=("self",), no_key=True).select_related("account").get(pk=top_up.pk)
        operation = _cancellation_under_way(top_up)
        if operation is None:
            _check_cancelable(top_up)
            operation = _write_down_cancellation(top_up, form_id, actor, reason)
    if operations.perform(operation.pk).state == StripeOperation.State.REJECTED:
        reread(top_up)
    return TopUp.objects.select_related("operation", "cancel_operation", "account").get(pk=top_up.pk)


def reread(top_up: TopUp, now: datetime | None = None, *, urgent: bool = True) -> bool:
    """Ask Stripe for the top-up and apply the answer. Returns whether its status moved; raises client errors.

    What counts is when the reading begins, so without `now` the clock is asked. `urgent=False` lets people go first.
    That Stripe does not know it is written down, and raised as NotFound.
    """
    began_at = now or timezone.now()
    try:
        topup_object = client.get(f"/v1/topups/{top_up.stripe_id}", account=top_up.account.stripe_id, urgent=urgent)
    except client.NotFound:
        _mark_missing(top_up, began_at)
        raise
    return apply(top_up, topup_object, read_at=began_at)


def _mark_missing(top_up: TopUp, read_at: datetime) -> None:
    with transaction.atomic():
        if TopUp.objects.filter(pk=top_up.pk, missing_since=None).update(missing_since=read_at):
            audit.record(
                verb="top_up.missing",
                obj=top_up,
                stream=top_up.account.audit_stream,
                details={"stripe_id": top_up.stripe_id},
            )


def apply(top_up: TopUp, topup_object: dict, *, read_at: datetime) -> bool:
    """Take over what Stripe says of a top-up, read at or after `read_at`. Returns whether its status moved."""
    status = topup_object["status"]
    facts = {"stripe_id": topup_object["id"], "checked_at": read_at, "missing_since": None}
    if topup_object.get("expected_availability_date"):
        facts["expected_on"] = datetime.fromtimestamp(topup_object["expected_availability_date"], UTC).date()
    moved_facts = {
        "failure_code": topup_object.get("failure_code") or "",
        "failure_message": topup_object.get("failure_message") or "",
    }
    if status in TopUp.FINAL:
        moved_facts["settled_at"] = read_at
    with transaction.atomic():
        TopUp.objects.filter(pk=top_up.pk).exclude(checked_at__gt=read_at).update(**facts)
        moved = TopUp.objects.advance(top_up, status, **moved_facts)
        if moved:
            audit.record(
                verb=f"top_up.{status}",
                obj=top_up,
                stream=top_up.account.audit_stream,
                details={"stripe_id": topup_object["id"], "code": moved_facts["failure_code"]},
            )
    return moved


def twin(*, source: Source, amount: int, form_id: UUID, now: datetime) -> TopUp | None:
    """The same amount (minor units) from the same bank account, asked for a moment ago by another form."""
    alike = TopUp.objects.counting_against_caps().filter(source=source, amount=amount)
    recent = alike.filter(created_at__gte=now - TWIN_WINDOW).exclude(operation_id=form_id)
    return recent.order_by("-created_at").first()


def check_chargeable(source: Source) -> None:
    """Raise SourceNotReady unless Stripe lets this bank account be debited and its mandate is on record."""
    sentence = why_not_chargeable(source)
    if sentence:
        raise SourceNotReady(sentence)


def why_not_chargeable(source: Source) -> str:
    """Why money cannot be pulled from a bank account, in words; empty when it can."""
    return {
        Source.Status.CHARGEABLE: "",
        Source.Status.SUBMITTING: _("Stripe has not confirmed this bank account yet."),
        Source.Status.PENDING: _("This bank account is not verified yet. Enter the two deposits first."),
        Source.Status.FAILED: _("Verification of this bank account failed. Connect it again."),
        Source.Status.REFUSED: _("Stripe did not take this bank account. Connect it again."),
    }.get(source.status, _("This bank account can no longer be debited. Connect one again."))


def _params(source: Source, amount: int, description: str, statement_descriptor: str) -> dict:
    params = {"amount": amount, "currency": source.currency, "destination_balance": "issuing"}
    if description:
        params["description"] = description
    if statement_descriptor:
        params["statement_descriptor"] = statement_descriptor
    return params


def _write_down(operation: StripeOperation, source: Source, reason: str, now: datetime) -> None:
    params = operation.params
    top_up = TopUp.objects.create(
        account=source.account,
        source=source,
        operation=operation,
        amount=params["amount"],
        currency=source.currency,
        description=params.get("description", ""),
        statement_descriptor=params.get("statement_descriptor", ""),
        expected_on=calendars.arrives_on(now, "ach_pull"),
        created_by=operation.actor,
        on_behalf_reason=reason,
    )
    audit.record(
        verb="top_up.requested",
        obj=top_up,
        actor=operation.actor,
        stream=source.account.audit_stream,
        reason=reason,
        details={"operation": str(operation.pk), "amount": top_up.amount, "currency": top_up.currency},
    )


def _cancellation_under_way(top_up: TopUp) -> StripeOperation | None:
    operation = top_up.cancel_operation
    return None if operation is None or operation.state == StripeOperation.State.REJECTED else operation


def _check_cancelable(top_up: TopUp) -> None:
    if top_up.status == TopUp.Status.SUBMITTING:
        raise CannotCancel(_("Stripe has not confirmed this top-up yet. Wait for its answer, then cancel."))
    if top_up.status != TopUp.Status.PENDING:
        raise CannotCancel(NOTHING_TO_CANCEL)


def _write_down_cancellation(top_up: TopUp, form_id: UUID, actor, reason: str) -> StripeOperation:
    operation, created = operations.prepare(
        id=form_id,
        kind="top_up.cancel",
        path=f"/v1/topups/{top_up.stripe_id}/cancel",
        params={},
        account=top_up.account.stripe_id,
        actor=actor,
    )
    if created:
        TopUp.objects.filter(pk=top_up.pk).update(cancel_operation=operation)
        audit.record(
            verb="top_up.cancel_requested",
            obj=top_up,
            actor=actor,
            stream=top_up.account.audit_stream,
            reason=reason,
            details={"operation": str(operation.pk)},
        )
    return operation


def _apply_created(operation: StripeOperation, topup_object: dict) -> None:
    apply(operation.top_up, topup_object, read_at=timezone.now())


def _refuse_created(operation: StripeOperation) -> None:
    top_up = operation.top_up
    if TopUp.objects.advance(top_up, TopUp.Status.REFUSED, failure_code=operation.error_code):
        audit.record(
            verb="top_up.refused",
            obj=top_up,
            stream=top_up.account.audit_stream,
            details={"code": operation.error_code},
        )


def _find_created(operation: StripeOperation) -> dict | None:
    """The top-up that carries our operation's id. Stripe's v1 lists show a write at once, so absence is sure."""
    since = int((operation.created_at - CLOCK_MARGIN).timestamp())
    listed = client.list_all(
        "/v1/topups", account=operation.stripe_account, params={"created": {"gte": since}}, limit=1000
    )
    return operations.matching(listed, operation)


def _check_sendable(operation: StripeOperation) -> None:
    """What held when the person confirmed must still hold when it is sent, perhaps hours later."""
    top_up = operation.top_up
    try:
        standing.check_may_top_up(top_up.account)
        check_chargeable(top_up.source)
    except (standing.CannotFund, SourceNotReady) as refusal:
        raise operations.Withdrawn(str(refusal)) from refusal


def _apply_canceled(operation: StripeOperation, topup_object: dict) -> None:
    apply(operation.canceled_top_up, topup_object, read_at=timezone.now())


def _refuse_canceled(operation: StripeOperation) -> None:
    top_up = operation.canceled_top_up
    audit.record(
        verb="top_up.cancel_refused",
        obj=top_up,
        stream=top_up.account.audit_stream,
        details={"code": operation.error_code},
    )


def _find_canceled(operation: StripeOperation) -> dict | None:
    topup_object = client.get(f"/v1/topups/{operation.canceled_top_up.stripe_id}", account=operation.stripe_account)
    return topup_object if topup_object["status"] == TopUp.Status.CANCELED else None


CREATE_TOP_UP = operations.OperationKind(
    name="top_up.create",
    label=gettext_lazy("Top up"),
    method="POST",
    family="v1",
    apply=_apply_created,
    refuse=_refuse_created,
    find=_find_created,
    check=_check_sendable,
    sealed=("source",),
)

CANCEL_TOP_UP = operations.OperationKind(
    name="top_up.cancel",
    label=gettext_lazy("Cancel top-up"),
    method="POST",
    family="v1",
    apply=_apply_canceled,
    refuse=_refuse_canceled,
    find=_find_canceled,
    metadata=False,
)
