"""How a connection ends, by us or by its owner at Stripe, and what becomes of walks that were interrupted."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts import connected_accounts
from accounts.connecting import connections
from accounts.connecting.connections import Step
from accounts.models import ConnectedAccount, OAuthConnection
from desk.models import User
from stripe_gateway import client
from stripe_gateway.models import StripeEvent
from stripe_gateway.outcomes import AccessRevoked, NotFound, Refused, StripeProblem

Kind, Status = ConnectedAccount.Kind, ConnectedAccount.Status
AUTHORIZED = "account.application.authorized"
# A call takes ten seconds at most: a walk that is still being exchanged after this was left behind by a crash.
LEFT_BEHIND_AFTER = timedelta(minutes=2)
# How long after a walk its event may come in, and still be about it.
EVENT_WITHIN = timedelta(minutes=30)
BATCH = 50

logger = logging.getLogger(__name__)


def may_disconnect(account: ConnectedAccount) -> bool:
    """Only a connection to an account of its owner's own ends so; an Express account is rejected or closed."""
    return account.kind == Kind.OAUTH and account.oauth_connections.filter(status=Step.CONNECTED).exists()


def disconnect(
    account: ConnectedAccount, *, actor: User, now: datetime, reason: str = "", request=None
) -> OAuthConnection | None:
    """Give the access up: written down, then told to Stripe. None when the account is not connected."""
    with transaction.atomic(durable=True):
        connection = account.oauth_connections.filter(status=Step.CONNECTED).order_by("-pk").first()
        if not may_disconnect(account) or not connections.move(connection, [Step.CONNECTED], status=Step.DISCONNECTING):
            return None
        connections.record("oauth.disconnecting", connection, actor=actor, reason=reason, request=request)
    finish(connection, now=now)
    return connection


def give_back(connection: OAuthConnection, *, now: datetime) -> None:
    """End at once what was connected by mistake; the sweep does it when this fails."""
    if connection.status == Step.DISCONNECTING:
        finish(connection, now=now)


def finish(connection: OAuthConnection, *, now: datetime) -> bool:
    """Tell Stripe that the connection ends; told twice, that changes nothing. False while it is in doubt."""
    params = {"client_id": settings.STRIPE_CLIENT_ID, "stripe_user_id": connection.stripe_id}
    try:
        client.oauth("deauthorize", params)
    except StripeProblem as problem:
        # Stripe refuses what is not connected any more; whether that is why can be read.
        if not _is_out_of_reach(connection.stripe_id):
            _not_ended(connection, problem)
            return False
    ended(connection.stripe_id, now=now)
    return True


def _not_ended(connection: OAuthConnection, problem: StripeProblem) -> None:
    """Refused for good: it stands as before. Anything else is told to Stripe again."""
    logger.warning("connection %s was not ended: %s", connection.pk, type(problem).__name__)
    if not isinstance(problem, Refused):
        return
    is_ours = connection.stripe_id == connection.account.stripe_id
    step = Step.CONNECTED if is_ours else Step.FAILED
    with transaction.atomic(durable=True):
        if connections.move(connection, [Step.DISCONNECTING], status=step, error_code=problem.code[:80]):
            connections.record("oauth.still_connected", connection, code=problem.code)


def _is_out_of_reach(stripe_id: str) -> bool:
    try:
        client.get(f"/v1/accounts/{stripe_id}")
    except (NotFound, AccessRevoked):
        return True
    except StripeProblem:
        return False
    return False


def ended(stripe_id: str, *, now: datetime) -> bool:
    """The platform has no access to this account any more. False when that was known."""
    with transaction.atomic(durable=True):
        open_steps = [Step.CONNECTED, Step.DISCONNECTING]
        for connection in OAuthConnection.objects.filter(stripe_id=stripe_id, status__in=open_steps):
            if connections.move(connection, open_steps, status=Step.DISCONNECTED, finished_at=now):
                connections.record("oauth.disconnected", connection)
        account = ConnectedAccount.objects.filter(stripe_id=stripe_id).first()
        if account is None or account.status in (Status.REVOKED, Status.CLOSED):
            return False
        return connected_accounts.mark_revoked(account, read_started_at=now)


def settle(now: datetime) -> int:
    """Finish what was interrupted. Returns how many walks moved on. Safe to run twice, and two at once."""
    moved = 0
    left = OAuthConnection.objects.select_related("account").order_by("pk")
    stuck = left.filter(status=Step.EXCHANGING, created_at__lt=now - LEFT_BEHIND_AFTER - connections.LIFETIME)
    for connection in stuck[:BATCH]:
        connections.doubt(connection, "interrupted", now=now)
        moved += 1
    for connection in left.filter(status=Step.DISCONNECTING)[:BATCH]:
        moved += finish(connection, now=now)
    for connection in left.filter(status=Step.UNKNOWN, created_at__gt=now - timedelta(days=1))[:BATCH]:
        moved += _found_by_event(connection, now=now)
    return moved


def _found_by_event(connection: OAuthConnection, *, now: datetime) -> bool:
    """Whether Stripe has told, by exactly one event that can be about no other walk, which account was connected.

    An event names no state. So the account must also bear the e-mail address of the person who walked, and no second
    walk may be in doubt; otherwise the business connects again, which is always safe.
    """
    others = OAuthConnection.objects.filter(status__in=[Step.UNKNOWN, Step.EXCHANGING]).exclude(pk=connection.pk)
    if others.exclude(account=connection.account).exists() or not connections.may_start(connection.account):
        return False
    told = StripeEvent.objects.filter(
        type=AUTHORIZED, received_at__range=(connection.created_at, connection.created_at + EVENT_WITHIN)
    )
    ids = set(told.values_list("stripe_account", flat=True))
    unknown = ids - set(ConnectedAccount.objects.filter(stripe_id__in=ids).values_list("stripe_id", flat=True))
    if len(unknown) != 1:
        return False
    [stripe_id] = unknown
    try:
        found = client.get(f"/v1/accounts/{stripe_id}")
    except StripeProblem:
        return False
    if (found.get("email") or "").lower() != connection.user.email.lower():
        return False
    try:
        connections.connected(connection, stripe_id, actor=None, now=now)
    except connections.Failed:
        return False
    return True
