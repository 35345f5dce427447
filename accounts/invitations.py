"""How a person of a business gets in: a single-use link by e-mail, good for a week.

Only a hash of the link's token is kept. So a mail that may not have gone out is sent again with a new token, and the
link in an older mail stops working: a business may get two mails, never none.
"""

import hashlib
import logging
import math
import secrets
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import ConnectedAccount, Invitation, Membership
from desk import audit, hosts
from desk.models import User

LIFETIME = timedelta(days=7)
# How long one process may take over a mail before another one tries; then the waits between failed tries.
LEASE = timedelta(minutes=5)
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
BATCH = 100
TOKEN_BYTES = 32
OPEN = {"accepted_at": None, "withdrawn_at": None}

logger = logging.getLogger(__name__)


class NotOpen(Exception):
    """The invitation was accepted, withdrawn or has expired; the message says which, for the reader."""


def prepare(
    *, account: ConnectedAccount, actor: User, now: datetime, email: str = "", role: str = Membership.Role.OWNER
) -> Invitation:
    """Write an invitation, for the contact of a business if nobody else is named. Nothing is sent before `release`.

    In a transaction.
    """
    return Invitation.objects.create(
        account=account, email=email or account.contact_email, role=role, invited_by=actor, expires_at=now + LIFETIME
    )


def release(account: ConnectedAccount, *, now: datetime) -> None:
    """Stripe has made the account: its invitation may go out, once the caller's transaction is committed."""
    waiting = account.invitations.filter(**OPEN, sent_at=None, next_send_at=None)
    if waiting.update(next_send_at=now, expires_at=now + LIFETIME):
        transaction.on_commit(lambda: send_due(account=account), robust=True)


def resend(invitation: Invitation, *, actor: User, now: datetime, request=None) -> bool:
    """Mail a new link, good for a week from now; the old one stops working. False when it is not open any more."""
    with transaction.atomic(durable=True):
        still_open = Invitation.objects.filter(pk=invitation.pk, **OPEN)
        fresh = {"token_hash": None, "sent_at": None, "send_attempts": 0, "next_send_at": now}
        if not still_open.update(expires_at=now + LIFETIME, **fresh):
            return False
        _record("invitation.resent", invitation, actor=actor, request=request)
    send_due(account=invitation.account)
    return True


def withdraw(invitation: Invitation, *, actor: User | None, now: datetime, reason: str = "", request=None) -> bool:
    """Make the link worthless. False when it had been accepted or withdrawn before."""
    with transaction.atomic():
        still_open = Invitation.objects.filter(pk=invitation.pk, **OPEN)
        if not still_open.update(withdrawn_at=now, next_send_at=None):
            return False
        _record("invitation.withdrawn", invitation, actor=actor, reason=reason, request=request)
    return True


def send_due(*, now: datetime | None = None, account: ConnectedAccount | None = None, seconds: float = math.inf) -> int:
    """Send the mails that are due (of one account, or of all). Returns how many went out. Safe to run twice at once.

    Without `now` every mail asks the clock. None is begun after `seconds`: a mail server may be slow, a task may not.
    """
    began_at = now or timezone.now()
    due = Invitation.objects.filter(**OPEN, next_send_at__lte=began_at, expires_at__gt=began_at)
    if account is not None:
        due = due.filter(account=account)
    stop_at = time.monotonic() + seconds
    sent = 0
    for invitation in due.select_related("account").order_by("next_send_at")[:BATCH]:
        if time.monotonic() > stop_at:
            break
        sent += _send(invitation, now or timezone.now())
    return sent


def _send(invitation: Invitation, now: datetime) -> bool:
    """Claim, mail, mark as sent. A crash in between leaves it due again when the lease ends."""
    token = mint_token()
    claim = Invitation.objects.filter(
        pk=invitation.pk, **OPEN, next_send_at=invitation.next_send_at, expires_at__gt=now
    )
    attempt = invitation.send_attempts + 1
    if not claim.update(next_send_at=now + LEASE, token_hash=hash_of(token), send_attempts=attempt):
        return False
    try:
        _mail(invitation, token)
    except OSError:
        # The sentence of a mail server can quote addresses and the mail itself, so only its kind is logged.
        logger.warning("invitation %s was not sent, try %s", invitation.pk, attempt, exc_info=settings.DEBUG)
        wait = WAITS[min(attempt, len(WAITS)) - 1]
        Invitation.objects.filter(pk=invitation.pk, token_hash=hash_of(token)).update(next_send_at=now + wait)
        return False
    with transaction.atomic():
        sent = Invitation.objects.filter(pk=invitation.pk, token_hash=hash_of(token))
        if sent.update(sent_at=now, next_send_at=None):
            _record("invitation.sent", invitation)
    return True


def _mail(invitation: Invitation, token: str) -> None:
    """In the language of the business, or the product's first language when it has none."""
    path = reverse("accounts:invitation-accept", args=[token])
    context = {
        "account": invitation.account,
        "purpose": purpose_of(invitation),
        "expires_at": invitation.expires_at,
        "link": f"{hosts.business_site()}{path}",
        "platform": settings.PLATFORM_NAME,
        "support": settings.SUPPORT_EMAIL,
    }
    with translation.override(invitation.account.language or settings.LANGUAGE_CODE):
        message = EmailMultiAlternatives(
            # One line: of several, as a name may have, no mail can be made.
            subject=" ".join((_subject(context["purpose"]) % context).split()),
            body=render_to_string("email/invitation.txt", context),
            to=[invitation.email],
        )
        message.attach_alternative(render_to_string("email/invitation.html", context), "text/html")
    message.send()


def purpose_of(invitation: Invitation) -> str:
    """What it invites to: an account of one kind, for its first person; for everybody after, to join the others."""
    joined = invitation.account.memberships.exists() or invitation.email != invitation.account.contact_email
    return "join" if joined else invitation.account.kind


def _subject(purpose: str) -> str:
    return {
        "join": _("You are invited to %(account)s on %(platform)s"),
        ConnectedAccount.Kind.EXPRESS: _("%(platform)s invites your business to set up payouts"),
        ConnectedAccount.Kind.OAUTH: _("%(platform)s invites you to connect your Stripe account"),
    }.get(purpose) or _("%(platform)s invites your business to set up cards")


def mint_token() -> str:
    """A new bearer token (256 bits). The prefix lets the log filter recognise it."""
    return f"inv_{secrets.token_hex(TOKEN_BYTES)}"


def hash_of(token: str) -> str:
    """What is kept of a token. It has too much randomness to be guessed, so no salt and no slow hash are needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def by_token(token: str) -> Invitation | None:
    """The invitation that a link belongs to, in whatever state."""
    return Invitation.objects.select_related("account").filter(token_hash=hash_of(token)).first()


def check_open(invitation: Invitation, now: datetime) -> None:
    """Raises NotOpen with a sentence for the person who followed the link."""
    if invitation.accepted_at:
        raise NotOpen(_("This invitation has already been used. Sign in with the e-mail address it was sent to."))
    if invitation.withdrawn_at:
        raise NotOpen(_("This invitation was withdrawn. Ask the person who invited you for a new one."))
    if invitation.expires_at <= now:
        raise NotOpen(_("This invitation has expired: a link is good for 7 days. Ask for a new one."))


def accept(*, invitation: Invitation, now: datetime, user: User | None = None, request=None, **new_user) -> User:
    """Give the person a membership, exactly once. `new_user` (full_name, password) makes the person if need be.

    Raises NotOpen when the invitation was used, withdrawn or has expired meanwhile.
    """
    with transaction.atomic(durable=True):
        still_open = Invitation.objects.filter(pk=invitation.pk, **OPEN, expires_at__gt=now)
        if not still_open.update(accepted_at=now, next_send_at=None):
            invitation.refresh_from_db()
            check_open(invitation, now)
        if user is None:
            user = _create_user(invitation, **new_user)
        _join(user, invitation)
        _record("invitation.accepted", invitation, actor=user, request=request)
    return user


def _create_user(invitation: Invitation, **fields) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(invitation.email, language=invitation.account.language, **fields)
    except IntegrityError as error:
        raise NotOpen(_("Somebody with this e-mail address signs in here already. Sign in to accept.")) from error


def _join(user: User, invitation: Invitation) -> None:
    Membership.objects.get_or_create(
        account=invitation.account, user=user, ended_at=None, defaults={"role": invitation.role}
    )


def existing_user(invitation: Invitation) -> User | None:
    """The person who already signs in with the invited address."""
    return User.objects.filter(email__iexact=invitation.email).first()


def _record(verb: str, invitation: Invitation, *, actor: User | None = None, reason="", request=None) -> None:
    audit.record(
        verb=verb,
        obj=invitation.account,
        actor=actor,
        stream=invitation.account.audit_stream,
        details={"invitation": invitation.pk},
        reason=reason,
        request=request,
    )
