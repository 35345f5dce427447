"""What Stripe's events change here. None is believed: the object is read again, and what it says is applied."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import ConnectedAccount
from funding import balances, sources, top_ups
from funding.models import Source, TopUp
from stripe_gateway import client
from stripe_gateway.models import StripeEvent


def source_changed(event: StripeEvent, now: datetime) -> str:
    """A bank account was verified, failed or was canceled."""
    source_object = client.get(f"/v1/sources/{event.object_stripe_id}", account=event.stripe_account)
    ours = Source.objects.filter(account__stripe_id=event.stripe_account).select_related("account")
    source = ours.by_stripe_id(source_object["id"]).first() or _by_operation(ours, source_object)
    if source is None:
        return _("This bank account was not connected here.")
    moved = sources.apply(source, source_object, read_at=now)
    return _("The bank account is now %(status)s.") % {"status": source_object["status"]} if moved else ""


def top_up_changed(event: StripeEvent, now: datetime) -> str:
    """A top-up was made, arrived, failed, was canceled or was taken back."""
    topup_object = client.get(f"/v1/topups/{event.object_stripe_id}", account=event.stripe_account)
    ours = TopUp.objects.filter(account__stripe_id=event.stripe_account).select_related("account")
    top_up = ours.filter(stripe_id=topup_object["id"]).first() or _by_operation(ours, topup_object)
    if top_up is None:
        _reread_balance(event)
        return _("This top-up was not made here.")
    moved = top_ups.apply(top_up, topup_object, read_at=now)
    if moved or topup_object["status"] in TopUp.FINAL:
        # Also when the row has moved before: whoever moved it may not have come as far as the balance.
        balances.reread(top_up.account)
    return _("The top-up is now %(status)s.") % {"status": topup_object["status"]} if moved else ""


def balance_changed(event: StripeEvent, now: datetime) -> str:
    """Money became available. Top-ups are read first, so that none is counted both as arrived and as on its way."""
    account = ConnectedAccount.objects.filter(stripe_id=event.stripe_account).first()
    if account is None:
        return ""
    for top_up in TopUp.objects.on_their_way().filter(account=account).select_related("account"):
        top_ups.reread(top_up)
    balances.reread(account)
    return _("The balance was read again.")


def _by_operation(rows, stripe_object: dict):
    """The row whose reply was lost: Stripe's object carries the id of our operation."""
    operation_id = stripe_object.get("metadata", {}).get("operation", "")
    try:
        return rows.filter(operation_id=UUID(operation_id)).first()
    except ValueError:
        return None


def _reread_balance(event: StripeEvent) -> None:
    account = ConnectedAccount.objects.filter(stripe_id=event.stripe_account).first()
    if account is not None:
        balances.reread(account)
