"""Bringing a business in: making its account at Stripe, and sending its owner through Stripe's hosted pages."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts import connected_accounts, invitations, programs
from accounts.models import ConnectedAccount
from accounts.standing import URGENCY
from desk import audit
from desk.models import User
from stripe_gateway import client, operations

CREATE_PATH = "/v2/core/accounts"
# How many accounts are looked through for one whose creation is in doubt.
LOOK_THROUGH = 2000
OPENED = "onboarding.opened"
# The place in the list of a failed invitation that somebody has dealt with.
PUT_AWAY = URGENCY[ConnectedAccount.Status.CLOSED]


class LinkRefused(Exception):
    """Stripe's link leads somewhere that the settings do not name, so nobody is sent there."""


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


def invite(*, form_id: UUID, actor: User, now: datetime, request=None, **terms) -> ConnectedAccount:
    """Write the business down with its invitation, commit, and only then ask Stripe to make its account.

    `terms`: name, contact_email, country, entity_type, program, language. `form_id` is minted when the form is drawn,
    so a double click finds the first business. Raises operations.FormReused when it comes back with other terms.
    """
    account = ConnectedAccount(**terms, currency=programs.currency_of(terms["country"]), invited_by=actor)
    account.urgency = URGENCY[ConnectedAccount.Status.CREATING]
    with transaction.atomic(durable=True):
        operation, is_new = operations.prepare(
            id=form_id, kind="account.create", path=CREATE_PATH, params=account_params(account), actor=actor
        )
        if not is_new:
            return operation.connected_account
        account.operation = operation
        account.save()
        invitations.prepare(account=account, actor=actor, now=now)
        audit.record(
            verb="account.invited",
            obj=account,
            actor=actor,
            stream=account.audit_stream,
            details={"operation": str(operation.pk), "country": account.country, "program": account.program},
            request=request,
        )
    operations.perform(operation.pk)
    account.refresh_from_db()
    return account


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
    failed = ConnectedAccount.Status.FAILED
    waiting = ConnectedAccount.objects.filter(pk=account.pk, status=ConnectedAccount.Status.CREATING)
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
    failed = ConnectedAccount.objects.filter(pk=account.pk, status=ConnectedAccount.Status.FAILED)
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


CREATE_ACCOUNT = operations.OperationKind(
    name="account.create",
    label=gettext_lazy("Create account"),
    method="POST",
    family=connected_accounts.FAMILY,
    apply=_record_created,
    refuse=_record_refused,
    find=_find_created,
)


def mint_link(account: ConnectedAccount) -> str:
    """A fresh address of Stripe's hosted onboarding: a bearer secret that works once and for minutes.

    To be redirected to at once and never kept, logged or mailed. Raises LinkRefused, or what the client raises.
    """
    link = client.ephemeral(
        "/v1/account_links",
        family="v1",
        params={
            "account": account.stripe_id,
            "type": "account_onboarding",
            "refresh_url": _ours("accounts:onboarding-refresh", account),
            "return_url": _ours("accounts:onboarding-return", account),
            "collection_options": {"fields": "eventually_due", "future_requirements": "include"},
        },
    )
    parts = urlsplit(link["url"])
    if f"{parts.scheme}://{parts.netloc}" not in settings.STRIPE_ONBOARDING_ORIGINS:
        raise LinkRefused
    return link["url"]


def open_link(account: ConnectedAccount, *, actor: User, request=None) -> str:
    """Mint a link for this person, and record that (not what) it was. Raises as `mint_link`."""
    link = mint_link(account)
    with transaction.atomic():
        audit.record(verb=OPENED, obj=account, actor=actor, stream=account.audit_stream, request=request)
    return link


def has_begun(account: ConnectedAccount) -> bool:
    """Whether somebody of the business has opened Stripe's form before."""
    return audit.entries_for(account.audit_stream).filter(verb=OPENED).exists()


def _ours(name: str, account: ConnectedAccount) -> str:
    return settings.SITE_URL + reverse(name, args=[account.ref])
