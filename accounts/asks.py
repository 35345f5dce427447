"""Staff asks a business for what is due: one mail with a link to the business's own signed-in page, never to Stripe's.

The request is committed first and the mail sent after, by whoever comes first: the page or a sweep. A lease keeps two
from sending at once, and the same Message-ID on every try lets a mailbox drop what a crash made go out twice.
"""

import logging
import math
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from accounts.ask_mail import compose, language_of
from accounts.models import ConnectedAccount, InformationRequest, Membership
from accounts.requirement_lines import RequirementLine, lines_of
from desk import audit
from desk.models import User
from stripe_gateway.operations import FormReused

# How long one process may take over a mail before another one tries; then the waits between failed tries.
LEASE = timedelta(minutes=5)
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
# A mail that nobody could send for so long has been overtaken by events.
GIVEN_UP_AFTER = timedelta(days=3)
AGAIN_AFTER = timedelta(days=1)
BATCH = 100
_ENDED = (ConnectedAccount.Status.REJECTED, ConnectedAccount.Status.CLOSED, ConnectedAccount.Status.REVOKED)

logger = logging.getLogger(__name__)


class AskedLately(Exception):
    """Some of it was asked for within a day, and nobody said why it has to be asked again."""


def key_of(line: RequirementLine) -> str:
    """By what an item is known when it is chosen, kept and compared: the path at Stripe, and whose it is."""
    first = line.requirements[0]
    return f"{first.person_id}:{first.description}"


def askable(account: ConnectedAccount) -> list[RequirementLine]:
    """What the business could be asked for: whatever waits for it, now, later or under rules to come."""
    return among(account, lines_of(account))


def among(account: ConnectedAccount, lines: list[RequirementLine]) -> list[RequirementLine]:
    """The same out of lines that were read before."""
    if not account.stripe_id or account.status in _ENDED:
        return []
    return [line for line in lines if line.awaits_business]


def owners(account: ConnectedAccount):
    """Who can be asked: people who sign in as owners of the business, the first one first."""
    open_ownerships = Membership.objects.filter(account=account, ended_at=None, role=Membership.Role.OWNER)
    return [row.user for row in open_ownerships.filter(user__is_active=True).select_related("user").order_by("since")]


def asked_lately(account: ConnectedAccount, items: Collection[str], now: datetime) -> set[str]:
    """Which of the items this business was asked for within the last day; what was never sent does not count."""
    recent = account.information_requests.filter(created_at__gt=now - AGAIN_AFTER).exclude(
        sent_at=None, next_send_at=None
    )
    return {item for row in recent for item in row.descriptions} & set(items)


def ask(
    *,
    form_id: UUID,
    account: ConnectedAccount,
    recipient: User,
    items: list[str],
    message: str,
    reason: str,
    actor: User,
    now: datetime,
    request=None,
) -> InformationRequest:
    """Write the request down, commit, and send its mail; the row tells how far it came.

    The same form sent twice asks once; raises FormReused when it comes back with other contents, and AskedLately when
    an item was asked for within a day and no reason is given.
    """
    wanted = {"account_id": account.pk, "recipient_id": recipient.pk, "descriptions": items, "message": message}
    with transaction.atomic(durable=True):
        # One after the other, so that two people cannot both ask for the first time.
        ConnectedAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        made_before = InformationRequest.objects.filter(form_id=form_id).first()
        if made_before:
            if any(getattr(made_before, name) != value for name, value in wanted.items()):
                raise FormReused(f"request {form_id}")
            return made_before
        if not reason and asked_lately(account, items, now):
            raise AskedLately
        made = InformationRequest.objects.create(form_id=form_id, asked_by=actor, next_send_at=now, **wanted)
        details = {"to": recipient.pk, "items": items}
        _record("ask.made", made, actor=actor, reason=reason, request=request, details=details)
    send_due(account=account)
    made.refresh_from_db()
    return made


def state_of(made: InformationRequest, now: datetime) -> str:
    """opened, sent, waiting (not tried yet), failing (tried again by itself), dropped (nothing to send any more)."""
    if made.opened_at:
        return "opened"
    if made.sent_at:
        return "sent"
    if made.next_send_at is None or made.created_at <= now - GIVEN_UP_AFTER:
        return "dropped"
    return "failing" if made.send_attempts else "waiting"


def shown(account: ConnectedAccount, now: datetime, *, most: int = 5) -> list[dict]:
    """The newest requests and how far each has come, for the account's page."""
    rows = account.information_requests.select_related("recipient", "asked_by").order_by("-pk")[:most]
    return [{"row": row, "state": state_of(row, now)} for row in rows]


def send_due(*, now: datetime | None = None, account: ConnectedAccount | None = None, seconds: float = math.inf) -> int:
    """Send the mails that are due (of one account, or of all). Returns how many went out. Safe to run twice at once.

    Without `now` every mail asks the clock. None is begun after `seconds`: a mail server may be slow, a task may not.
    """
    began_at = now or timezone.now()
    due = InformationRequest.objects.filter(
        sent_at=None, next_send_at__lte=began_at, created_at__gt=began_at - GIVEN_UP_AFTER
    )
    if account is not None:
        due = due.filter(account=account)
    stop_at = time.monotonic() + seconds
    sent = 0
    for made in due.select_related("account", "recipient").order_by("next_send_at")[:BATCH]:
        if time.monotonic() > stop_at:
            break
        sent += _send(made, now or timezone.now())
    return sent


def _send(made: InformationRequest, now: datetime) -> bool:
    """Claim, mail, mark as sent. A crash in between leaves it due again when the lease ends."""
    attempt, lease = made.send_attempts + 1, now + LEASE
    claim = InformationRequest.objects.filter(pk=made.pk, sent_at=None, next_send_at=made.next_send_at)
    if not claim.update(next_send_at=lease, send_attempts=attempt):
        return False
    mine = InformationRequest.objects.filter(pk=made.pk, sent_at=None, next_send_at=lease)
    with translation.override(language_of(made.account, made.recipient)):
        lines = still_open(made)
    if not lines or made.recipient not in owners(made.account):
        mine.update(next_send_at=None)
        return False
    try:
        compose(made, lines).send()
    except OSError:
        # The sentence of a mail server can quote addresses and the mail itself, so only its kind is logged.
        logger.warning("request %s was not sent, try %s", made.pk, attempt, exc_info=settings.DEBUG)
        mine.update(next_send_at=now + WAITS[min(attempt, len(WAITS)) - 1])
        return False
    with transaction.atomic():
        if InformationRequest.objects.filter(pk=made.pk, sent_at=None).update(sent_at=now, next_send_at=None):
            _record("ask.sent", made)
    return True


def still_open(made: InformationRequest) -> list[RequirementLine]:
    """What was asked for and has not been supplied since, as it reads now."""
    return [line for line in askable(made.account) if key_of(line) in made.descriptions]


def mark_opened(made: InformationRequest, *, now: datetime, request=None) -> None:
    """Its recipient, signed in, came by its link; the first time counts."""
    with transaction.atomic():
        if InformationRequest.objects.filter(pk=made.pk, opened_at=None).update(opened_at=now):
            _record("ask.opened", made, actor=made.recipient, request=request)


def _record(verb: str, made: InformationRequest, *, actor=None, reason="", request=None, details=None) -> None:
    audit.record(
        verb=verb,
        obj=made.account,
        actor=actor,
        stream=made.account.audit_stream,
        details={"request": made.pk} | (details or {}),
        reason=reason,
        request=request,
    )
