"""Account sessions: what lets Stripe's components show one account in one browser for a while."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from accounts.embedding import budgets
from accounts.links import ENDED
from accounts.models import ConnectedAccount
from desk import audit
from desk.models import User
from stripe_gateway import client

COMPONENTS = {"account_onboarding": {"enabled": True}, "notification_banner": {"enabled": True}}
OPENED = "embedded.opened"
# Connect.js asks again whenever a session runs out, and each open tab asks for itself.
LIMIT, PER = 30, timedelta(minutes=10)
# How long a drawn page is remembered, so that its renewals are no further openings.
VISIT_LASTS = 12 * 3600


class NotOffered(Exception):
    """There is nothing to embed for this account, or at all."""


class TooMany(Exception):
    """This person asked for more sessions than a page needs."""


@dataclass(frozen=True)
class AccountSession:
    """A bearer secret. Handed to the page that asked, and never stored, logged or shown."""

    client_secret: str = field(repr=False)
    expires_at: datetime


def is_offered(account: ConnectedAccount) -> bool:
    """Whether Stripe's components can be shown for this account, with the settings as they are."""
    has_form = account.kind != ConnectedAccount.Kind.OAUTH and account.status not in ENDED
    return bool(settings.STRIPE_PUBLISHABLE_KEY and account.stripe_id) and has_form


def open_session(account: ConnectedAccount, *, actor: User, visit: str, now: datetime, request=None) -> AccountSession:
    """A fresh session for this person. Asking again makes another one and changes nothing else.

    `visit` names the drawn page: its first session is recorded as an opening, its renewals are not. Raises NotOffered,
    TooMany, or what the client raises.
    """
    if not is_offered(account):
        raise NotOffered
    if not budgets.take(f"account-session:{actor.pk}", limit=LIMIT, per=PER, now=now):
        raise TooMany
    made = client.ephemeral("/v1/account_sessions", params={"account": account.stripe_id, "components": COMPONENTS})
    _record_once(account, actor=actor, visit=visit, request=request)
    return AccountSession(made["client_secret"], datetime.fromtimestamp(made["expires_at"], UTC))


def _record_once(account: ConnectedAccount, *, actor: User, visit: str, request) -> None:
    if visit and not cache.add(f"embedded-visit:{actor.pk}:{account.pk}:{visit}", True, timeout=VISIT_LASTS):
        return
    with transaction.atomic():
        audit.record(verb=OPENED, obj=account, actor=actor, stream=account.audit_stream, request=request)
