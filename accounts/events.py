"""What happens here when Stripe says that an account changed: it is read again, whatever the event itself says."""

import json
import re
from datetime import datetime

from accounts import coming_rules, connected_accounts
from accounts.connecting import endings
from accounts.models import ConnectedAccount
from stripe_gateway import client
from stripe_gateway.models import StripeEvent
from stripe_gateway.outcomes import AccessRevoked, NotFound

_ACCOUNT_ID = re.compile(r"\bacct_[A-Za-z0-9]+")


def account_changed(event: StripeEvent, now: datetime) -> str:
    """Re-read the account that an event is about: of a capability, a person, or the account itself; v1 or thin."""
    account = _account_of(event)
    if account is None:
        return "The event is about an account that is not one of ours."
    before = account.status
    if f"[{coming_rules.KEY}]" in event.type:
        coming_rules.forget(account)
    if not connected_accounts.reread(account):
        return "A younger reading of the account had already been written down."
    if account.status == before:
        return "The account was read again. Its status stays the same."
    return f"The account moved from {before} to {account.status}."


def account_authorized(event: StripeEvent, now: datetime) -> str:
    """An owner has given access by OAuth. The way back records that; this settles what it left in doubt."""
    account = _account_of(event)
    if account is not None:
        return account_changed(event, now)
    if endings.settle(now) and ConnectedAccount.objects.filter(stripe_id=account_id(event)).exists():
        return "A connection that was in doubt is known to have come about."
    return "The account is not that of a business here, or not yet."


def account_deauthorized(event: StripeEvent, now: datetime) -> str:
    """The account may no longer let the platform act for it: whether that is still so, Stripe is asked."""
    account = _account_of(event)
    if account is None:
        return "The event is about an account that is not one of ours."
    try:
        client.get(f"/v1/accounts/{account.stripe_id}")
    except (AccessRevoked, NotFound):
        if endings.ended(account.stripe_id, now=now):
            return "The account is no longer open to the platform."
        return "That the account is no longer open to the platform was known."
    return account_changed(event, now)


def _account_of(event: StripeEvent) -> ConnectedAccount | None:
    return ConnectedAccount.objects.filter(stripe_id=account_id(event)).first()


def account_id(event: StripeEvent) -> str:
    """The acct_ id that an event is about, or "". Thin events of persons and links name it only in their body."""
    for candidate in (event.stripe_account, event.object_id):
        if candidate.startswith("acct_"):
            return candidate
    body = json.loads(event.payload) if event.payload else {}
    related, data = body.get("related_object") or {}, body.get("data") or {}
    found = _ACCOUNT_ID.search(f"{related.get('url') or ''} {data.get('account_id') or ''} {data.get('account') or ''}")
    return found[0] if found else ""
