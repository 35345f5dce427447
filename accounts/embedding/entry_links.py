"""The way in from the platform's own product: a link for one member of one business, good once and for a minute.

The platform's server asks for it with a key and sends its user's browser there. Only a hash of the token is kept.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts.embedding import budgets
from accounts.models import ConnectedAccount, EntryLink, Membership
from desk import audit, hosts
from desk.models import User

LIFETIME = timedelta(seconds=60)
# Spent links are evidence in the audit trail; their rows go after a while.
KEPT = timedelta(days=1)
TOKEN_BYTES = 32
# Where a link may lead, by the word that the platform uses for it.
PAGES = {
    "home": "accounts:business-home",
    "details": "accounts:details",
    "embedded": "accounts:embedded",
    "top_up": "funding:top-up-create",
}
PER_KEY, PER_MEMBER, WINDOW = 300, 20, timedelta(minutes=1)


class NotAMember(Exception):
    """Nobody of that address acts for that business, or there is no such business."""


class TooMany(Exception):
    """More links were asked for than people can follow."""


class NotOpen(Exception):
    """The link is unknown, used or too old, or its person may not come in any more. Which of these is not told."""


def issue(*, ref: str, email: str, page: str, key_name: str, now: datetime) -> tuple[str, EntryLink]:
    """A new link and its address. `key_name` tells keys apart in the audit trail, without being one.

    Raises KeyError for a page that is not in PAGES, NotAMember and TooMany.
    """
    PAGES[page]
    if not budgets.take(f"entry-key:{key_name}", limit=PER_KEY, per=WINDOW, now=now):
        raise TooMany
    membership = _membership(ref, email)
    if not budgets.take(f"entry-member:{membership.pk}", limit=PER_MEMBER, per=WINDOW, now=now):
        raise TooMany
    return _make(membership, page=page, key_name=key_name, now=now)


def _make(membership: Membership, *, page: str, key_name: str, now: datetime) -> tuple[str, EntryLink]:
    token = f"ent_{secrets.token_hex(TOKEN_BYTES)}"
    account = membership.account
    with transaction.atomic():
        account.entry_links.filter(expires_at__lt=now - KEPT).delete()
        link = EntryLink.objects.create(
            account=account, user=membership.user, token_hash=hash_of(token), page=page, expires_at=now + LIFETIME
        )
        _record("entry.issued", link, actor=None, details={"page": page, "key": key_name, "user": link.user_id})
    return hosts.business_site() + reverse("embed:entry", args=[token]), link


def _membership(ref: str, email: str) -> Membership:
    """An open membership of somebody who may sign in. Staff have none, and never come in this way."""
    accounts = ConnectedAccount.objects.by_ref(ref)
    found = Membership.objects.filter(
        account__in=accounts, ended_at=None, user__email__iexact=email, user__is_active=True, user__is_staff=False
    )
    membership = found.select_related("account", "user").first()
    if membership is None:
        raise NotAMember
    return membership


def find_open(token: str, *, now: datetime) -> EntryLink | None:
    """The link that this token opens now; None when there is none. Looking spends nothing."""
    links = EntryLink.objects.filter(token_hash=hash_of(token), used_at=None, expires_at__gt=now)
    people = links.filter(
        user__is_active=True,
        user__is_staff=False,
        user__memberships__account=F("account"),
        user__memberships__ended_at=None,
    )
    return people.select_related("account", "user").first()


def redeem(token: str, *, now: datetime, request=None) -> EntryLink:
    """Spend the link, exactly once. Raises NotOpen."""
    link = find_open(token, now=now)
    if link is None:
        raise NotOpen
    with transaction.atomic():
        if not EntryLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now):
            raise NotOpen
        _record("entry.used", link, actor=link.user, details={"page": link.page}, request=request)
    return link


def landing(link: EntryLink) -> str:
    """Path of the page that the link leads to."""
    return reverse(PAGES[link.page], args=[link.account.ref])


def hash_of(token: str) -> str:
    """What is kept of a token. It has too much randomness to be guessed, so no salt and no slow hash are needed."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _record(verb: str, link: EntryLink, *, actor: User | None, details: dict, request=None) -> None:
    stream = link.account.audit_stream
    audit.record(verb=verb, obj=link.account, actor=actor, stream=stream, details=details, request=request)
