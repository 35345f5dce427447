"""Walks through Stripe's OAuth: a state that is used once, a code that is exchanged once, and the end of a connection.

Neither call takes an idempotency key, and a code that is sent twice revokes the connection it made. So the row is moved
on and committed before the call; whatever becomes of it then, the code is never sent again.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.changes import reread_quietly
from accounts.models import ConnectedAccount, OAuthConnection
from accounts.standing import URGENCY
from desk import audit
from desk.models import User
from stripe_gateway import client
from stripe_gateway.outcomes import CredentialRefused, Refused, StripeProblem

Kind, Status = ConnectedAccount.Kind, ConnectedAccount.Status
Step = OAuthConnection.Status
LIFETIME = timedelta(minutes=10)
# What Stripe's own form calls these legal forms; of a company it wants to know more than we do.
BUSINESS_TYPES = {"individual": "sole_prop", "non_profit": "non_profit"}
TAKEN, ANOTHER = "account_belongs_to_another_business", "not_the_account_of_before"


class WrongState(Exception):
    """Nobody here began this walk, or it has been used, has expired, or belongs to somebody else."""


class NotOffered(Exception):
    """This business has nothing to connect now."""


class Failed(Exception):
    """It came to nothing, and that is certain. `code` is OAuth's own, or one of ours.

    `fault` says whose it is: answer (what the owner came back with), conflict, ours (how we asked), or stripe.
    """

    def __init__(self, code: str, *, fault: str = "answer"):
        super().__init__(code)
        self.code = code
        self.fault = fault


class InDoubt(Exception):
    """Nobody knows whether the account is connected now."""


def may_start(account: ConnectedAccount) -> bool:
    """Whether the owner may be sent to Stripe: of a business that is to connect an account, and has none now."""
    is_free = account.status in (Status.AWAITING, Status.REVOKED)
    busy = account.oauth_connections.filter(status__in=[Step.DISCONNECTING, Step.EXCHANGING]).exists()
    return bool(settings.STRIPE_CLIENT_ID) and account.kind == Kind.OAUTH and is_free and not busy


def start(
    *, account: ConnectedAccount, user: User, binding: str, callback: str, express: bool, now: datetime, request=None
) -> str:
    """Write the walk down and return the address at Stripe that it leads to.

    `binding` is a secret of the person's session: only that session can end the walk. Raises NotOffered.
    """
    if not may_start(account):
        raise NotOffered
    state = secrets.token_urlsafe(32)
    with transaction.atomic(durable=True):
        connection = OAuthConnection.objects.create(
            account=account,
            user=user,
            state_hash=hash_of(state),
            session_hash=hash_of(binding),
            expires_at=now + LIFETIME,
        )
        record("oauth.started", connection, actor=user, request=request, express=express)
    return client.oauth_address(_address_params(account, state, callback, express=express), express=express)


def _address_params(account: ConnectedAccount, state: str, callback: str, *, express: bool) -> dict:
    """What is known is prefilled; a newcomer to Stripe gets an Express account that can be paid."""
    person = {
        "email": account.contact_email,
        "country": account.country,
        "business_name": account.name,
        "business_type": BUSINESS_TYPES.get(account.entity_type, ""),
    }
    params = {
        "state": state,
        "redirect_uri": callback,
        "stripe_user": {name: value for name, value in person.items() if value},
    }
    if express:
        return params | {"suggested_capabilities": ["transfers"]}
    return params | {"scope": "read_write", "stripe_landing": "login"}


def come_back(*, state: str, binding: str, user: User, now: datetime) -> OAuthConnection:
    """The walk that this person, in this session, is coming back from. Raises WrongState."""
    connection = OAuthConnection.objects.select_related("account").filter(state_hash=hash_of(state)).first()
    if connection is None or not hmac.compare_digest(connection.session_hash, hash_of(binding)):
        raise WrongState
    if connection.user_id != user.pk or connection.status != Step.STARTED or connection.expires_at <= now:
        raise WrongState
    return connection


def end_without(connection: OAuthConnection, *, code: str, actor: User, now: datetime, request=None) -> None:
    """Stripe sent the owner back without a code: denied by the owner, or ended by Stripe. Raises WrongState if used."""
    step, verb = (Step.DENIED, "oauth.denied") if code == "access_denied" else (Step.FAILED, "oauth.failed")
    with transaction.atomic(durable=True):
        if not move(connection, [Step.STARTED], status=step, error_code=code[:80], finished_at=now):
            raise WrongState
        record(verb, connection, actor=actor, request=request, code=code[:80])


def exchange(connection: OAuthConnection, *, code: str, actor: User, now: datetime, request=None) -> ConnectedAccount:
    """Exchange the code, once, and make the account at Stripe that of the business.

    Neither the code nor the tokens of the answer are kept. Raises WrongState when it was sent before, Failed, InDoubt.
    """
    with transaction.atomic(durable=True):
        if not move(connection, [Step.STARTED], status=Step.EXCHANGING):
            raise WrongState
    try:
        answer = client.oauth("token", {"grant_type": "authorization_code", "code": code})
    except StripeProblem as problem:
        _not_exchanged(connection, problem, actor=actor, now=now, request=request)
    stripe_id, is_express = str(answer.get("stripe_user_id") or ""), answer.get("scope") == "express"
    if not stripe_id.startswith("acct_"):
        doubt(connection, "unreadable_answer", now=now)
        raise InDoubt
    return connected(connection, stripe_id, is_express=is_express, actor=actor, now=now, request=request)


def _not_exchanged(connection, problem: StripeProblem, *, actor, now: datetime, request) -> None:
    """Raises InDoubt, or Failed when nothing can have happened."""
    code = problem.code or type(problem).__name__
    if problem.executed:
        doubt(connection, code, now=now)
        raise InDoubt from problem
    with transaction.atomic(durable=True):
        if move(connection, [Step.EXCHANGING], status=Step.FAILED, error_code=code[:80], finished_at=now):
            record("oauth.failed", connection, actor=actor, request=request, code=code[:80])
    fault = "answer" if code == "invalid_grant" else "stripe"
    if isinstance(problem, Refused | CredentialRefused) and fault == "stripe":
        fault = "ours"
    raise Failed(code, fault=fault) from problem


def doubt(connection: OAuthConnection, code: str, *, now: datetime) -> None:
    """Nobody knows how the exchange ended, and the code is not sent again."""
    with transaction.atomic(durable=True):
        if move(connection, [Step.EXCHANGING], status=Step.UNKNOWN, error_code=code[:80], finished_at=now):
            record("oauth.in_doubt", connection, code=code[:80])


def connected(
    connection: OAuthConnection,
    stripe_id: str,
    *,
    actor: User | None,
    now: datetime,
    is_express: bool = False,
    request=None,
) -> ConnectedAccount:
    """The account is connected: it belongs to this business from now on, if to no other. Raises Failed if it does.

    An Express account that was opened on the way is one like those that the platform makes itself.
    """
    who = {"actor": actor, "now": now, "request": request, "is_express": is_express}
    try:
        account, failure = _write_connected(connection, stripe_id, **who)
    except IntegrityError:
        # Another business connected the same account in the same instant, and had its row written first.
        account, failure = _write_connected(connection, stripe_id, **who)
    if failure:
        raise Failed(failure, fault="conflict")
    reread_quietly(account)
    return account


def _write_connected(
    connection: OAuthConnection, stripe_id: str, *, actor: User | None, now: datetime, is_express: bool, request
) -> tuple[ConnectedAccount, str]:
    """The business with its account, and why it did not get it, if so: TAKEN or ANOTHER."""
    failure = ""
    with transaction.atomic(durable=True):
        account = ConnectedAccount.objects.select_for_update(no_key=True).get(pk=connection.account_id)
        taken = ConnectedAccount.objects.filter(stripe_id=stripe_id).exclude(pk=account.pk).exists()
        another = account.stripe_id not in (None, stripe_id)
        steps = [Step.EXCHANGING, Step.UNKNOWN]
        if taken or another:
            # What nobody here may use is given back; what another business uses stays as it is.
            step, failure = (Step.FAILED, TAKEN) if taken else (Step.DISCONNECTING, ANOTHER)
            move(connection, steps, status=step, error_code=failure, stripe_id=stripe_id, finished_at=now)
            record("oauth.failed", connection, actor=actor, request=request, code=failure)
        elif move(connection, steps, status=Step.CONNECTED, error_code="", stripe_id=stripe_id, finished_at=now):
            _take(account, stripe_id, is_express=is_express)
            record("oauth.connected", connection, actor=actor, request=request, stripe_id=stripe_id)
    return account, failure


def _take(account: ConnectedAccount, stripe_id: str, *, is_express: bool) -> None:
    account.stripe_id, account.status, account.revoked_at = stripe_id, Status.ONBOARDING, None
    account.kind = Kind.EXPRESS if is_express else Kind.OAUTH
    account.urgency, account.synced_at = URGENCY[Status.ONBOARDING], None
    account.save(update_fields=["stripe_id", "kind", "status", "urgency", "revoked_at", "synced_at"])


def hash_of(secret: str) -> str:
    """What is kept of a state or of a session's secret: random enough that no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_binding() -> str:
    return secrets.token_urlsafe(32)


def move(connection: OAuthConnection, steps: list[str], **changes) -> bool:
    """Compare-and-set: of two who act on one walk, one wins."""
    won = OAuthConnection.objects.filter(pk=connection.pk, status__in=steps).update(**changes) == 1
    if won:
        for name, value in changes.items():
            setattr(connection, name, value)
    return won


def record(verb: str, connection: OAuthConnection, *, actor=None, reason="", request=None, **details) -> None:
    """One entry of the business's timeline, in a transaction."""
    audit.record(
        verb=verb,
        obj=connection.account,
        actor=actor,
        stream=connection.account.audit_stream,
        details={"connection": connection.pk} | details,
        reason=reason,
        request=request,
    )
