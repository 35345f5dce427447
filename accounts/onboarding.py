"""Bringing a business in: making its account at Stripe, or inviting it to connect the one it has."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts import connected_accounts, invitations, programs
from accounts.models import ConnectedAccount
from accounts.standing import URGENCY
from desk import audit
from desk.models import User
from stripe_gateway import client, operations

Kind, Status = ConnectedAccount.Kind, ConnectedAccount.Status
CREATE_PATH = "/v2/core/accounts"
CREATE_EXPRESS_PATH = "/v1/accounts"
# How many accounts are looked through for one whose creation is in doubt.
LOOK_THROUGH = 2000
# Two clocks are never the same.
CLOCKS_DIFFER_SECONDS = 3600
# The place in the list of a failed invitation that somebody has dealt with.
PUT_AWAY = URGENCY[Status.CLOSED]


def kinds() -> list[str]:
    """What a business can be invited to: OAuth only where the platform has a client for it."""
    return [kind for kind in Kind.values if kind != Kind.OAUTH or settings.STRIPE_CLIENT_ID]


def account_params(account: ConnectedAccount) -> dict:
    """Parameters of the v2 account: no dashboard, fees and losses borne by the platform (Issuing demands both)."""
    card_creator: dict = {"requested": True}
    for part in reversed(account.program.split(".")):
        card_creator = {part: card_creator}
    return {
        "contact_email": account.contact_email,
        "display_name": account.name,
        "dashboard": "none",
        "identity": {"country": account.country.lower(), "entity_type": account.entity_type},
        "defaults": {
            "currency": account.currency,
            "responsibilities": {"fees_collector": "application", "losses_collector": "application"},
        },
        "configuration": {
            "card_creator": {"capabilities": card_creator},
            "merchant": {},
            "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}},
        },
        "include": connected_accounts.INCLUDE,
    }


def express_params(account: ConnectedAccount, *, url: str = "", mcc: str = "") -> dict:
    """Parameters of a v1 Express account, with everything known by now: after its first link only Stripe may ask."""
    wanted = ["transfers"]
    if account.country in settings.EXPRESS_WITH_CARD_PAYMENTS:
        wanted.append("card_payments")
    profile = {"name": account.name, "url": url, "mcc": mcc}
    return {
        "type": "express",
        "country": account.country,
        "email": account.contact_email,
        "default_currency": account.currency,
        "business_type": account.entity_type,
        "business_profile": {name: value for name, value in profile.items() if value},
        "capabilities": {name: {"requested": True} for name in wanted},
    }


def invite(
    *, form_id: UUID, actor: User, now: datetime, kind: str = Kind.ISSUING, url="", mcc="", request=None, **terms
) -> ConnectedAccount:
    """Write the business down with its invitation, commit, and only then ask Stripe to make its account.

    `terms`: name, contact_email, country, entity_type, language, and for cards the program. `url` and `mcc` are
    prefilled for an Express account. `form_id` is minted when the form is drawn, so a double click finds the first
    business. Raises operations.FormReused when it comes back with other terms.
    """
    account = ConnectedAccount(**terms, kind=kind, currency=programs.currency_of(terms["country"]), invited_by=actor)
    if kind == Kind.OAUTH:
        return _invite_to_connect(account, form_id=form_id, actor=actor, now=now, request=request)
    account.urgency = URGENCY[Status.CREATING]
    with transaction.atomic(durable=True):
        if kind == Kind.EXPRESS:
            name, path, params = CREATE_EXPRESS.name, CREATE_EXPRESS_PATH, express_params(account, url=url, mcc=mcc)
        else:
            name, path, params = CREATE_ACCOUNT.name, CREATE_PATH, account_params(account)
        operation, is_new = operations.prepare(id=form_id, kind=name, path=path, params=params, actor=actor)
        if not is_new:
            return operation.connected_account
        account.operation = operation
        account.save()
        invitations.prepare(account=account, actor=actor, now=now)
        _record_invited(account, actor=actor, request=request)
    operations.perform(operation.pk)
    account.refresh_from_db()
    return account


def _invite_to_connect(account: ConnectedAccount, *, form_id: UUID, actor, now, request) -> ConnectedAccount:
    """Nothing is made at Stripe: its owner connects an account once signed in. The form's id is its own id here."""
    account.public_id = f"biz_{form_id.hex}"
    account.status, account.urgency = Status.AWAITING, URGENCY[Status.AWAITING]
    with transaction.atomic(durable=True):
        terms = {name: getattr(account, name) for name in ("name", "contact_email", "country", "kind", "invited_by")}
        row, is_new = ConnectedAccount.objects.get_or_create(
            public_id=account.public_id,
            defaults=terms
            | {name: getattr(account, name) for name in ("entity_type", "currency", "language", "status", "urgency")},
        )
        if not is_new:
            if any(getattr(row, name) != value for name, value in terms.items()):
                raise operations.FormReused(f"invite {form_id}")
            return row
        invitations.prepare(account=row, actor=actor, now=now)
        _record_invited(row, actor=actor, request=request)
        invitations.release(row, now=now)
    return row


def _record_invited(account: ConnectedAccount, *, actor: User, request) -> None:
    details = {"kind": account.kind, "country": account.country, "program": account.program}
    if account.operation_id:
        details["operation"] = str(account.operation_id)
    audit.record(
        verb="account.invited",
        obj=account,
        actor=actor,
        stream=account.audit_stream,
        details=details,
        request=request,
    )


def _record_created(operation, found: dict) -> None:
    account = operation.connected_account
    unnamed = ConnectedAccount.objects.filter(pk=account.pk, stripe_id=None)
    if unnamed.update(stripe_id=found["id"]):
        audit.record(
            verb="account.created",
            obj=account,
            stream=account.audit_stream,
            details={"operation": str(operation.pk), "stripe_id": found["id"]},
        )
        invitations.release(account, now=timezone.now())
    # The answer may be a replay of what Stripe said the first time, so it counts as no younger than that.
    connected_accounts.apply(account, found, read_started_at=operation.first_sent_at)


def _record_refused(operation) -> None:
    account = operation.connected_account
    failed = Status.FAILED
    waiting = ConnectedAccount.objects.filter(pk=account.pk, status=Status.CREATING)
    if not waiting.update(status=failed, urgency=URGENCY[failed]):
        return
    for invitation in account.invitations.filter(**invitations.OPEN):
        invitations.withdraw(invitation, actor=None, now=timezone.now())
    audit.record(
        verb="account.refused",
        obj=account,
        stream=account.audit_stream,
        details={"operation": str(operation.pk), "code": operation.error_code},
    )


def put_away(account: ConnectedAccount, *, actor: User, request=None) -> bool:
    """Nobody needs to look at this failed invitation any more. False when it did not fail, or was put away before."""
    failed = ConnectedAccount.objects.filter(pk=account.pk, status=Status.FAILED)
    with transaction.atomic():
        if not failed.exclude(urgency=PUT_AWAY).update(urgency=PUT_AWAY):
            return False
        audit.record(verb="account.put_away", obj=account, actor=actor, stream=account.audit_stream, request=request)
    return True


def _find_created(operation) -> dict | None:
    """Look for the account by its metadata. Stripe's v2 lists lag behind, so not finding it proves nothing."""
    accounts = client.list_all(CREATE_PATH, family=connected_accounts.FAMILY, limit=LOOK_THROUGH)
    account = operations.matching(accounts, operation)
    if account is None:
        raise operations.Undecided
    include = {"include": connected_accounts.INCLUDE}
    return client.get(f"{CREATE_PATH}/{account['id']}", family=connected_accounts.FAMILY, params=include)


def _find_created_express(operation) -> dict | None:
    """Look for the account among those made since, by its metadata."""
    since = int(operation.created_at.timestamp()) - CLOCKS_DIFFER_SECONDS
    rows = client.list_all(CREATE_EXPRESS_PATH, params={"created": {"gte": since}}, limit=LOOK_THROUGH)
    return operations.matching(rows, operation)


CREATE_ACCOUNT = operations.OperationKind(
    name="account.create",
    label=gettext_lazy("Create account"),
    method="POST",
    family=connected_accounts.FAMILY,
    apply=_record_created,
    refuse=_record_refused,
    find=_find_created,
)
CREATE_EXPRESS = operations.OperationKind(
    name="account.create_express",
    label=gettext_lazy("Create Express account"),
    method="POST",
    family="v1",
    apply=_record_created,
    refuse=_record_refused,
    find=_find_created_express,
)
