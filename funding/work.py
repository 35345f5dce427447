"""What needs a member of staff now, and what a search finds, as far as it is about money on its way to cards."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.countries import debit_countries
from accounts.models import ConnectedAccount
from desk import money
from desk.work import SearchHit, WorkItem
from funding import refusals
from funding.models import Source, TopUp

# After this a failure that nobody followed up is history, not work.
FAILURES_ARE_SHOWN_FOR = timedelta(days=14)
MOST_ITEMS = 50
MOST_HITS = 10


def items(user, now: datetime) -> Iterator[WorkItem]:
    """Money lost sight of, taken back or not come, balances running low, bank accounts that could not be verified."""
    yield from (_missing_item(top_up) for top_up in _missing(user))
    yield from (_returned_item(top_up) for top_up in _returned(user, now))
    yield from (_low_item(account) for account in _low(user))
    yield from (_failed_source_item(source) for source in _failed_sources(user, now))


def search(user, text: str) -> Iterator[SearchHit]:
    """Top-ups by their Stripe id or our own."""
    rows = TopUp.objects.for_user(user).select_related("account")
    for top_up in rows.filter(_named(text))[:MOST_HITS]:
        yield SearchHit(
            title=money.format(top_up.amount, top_up.currency),
            detail=top_up.account.name,
            url=reverse("funding:top-up-detail", args=[top_up.account.ref, top_up.public_id]),
            kind=_("Top-up"),
        )


def _named(text: str) -> Q:
    try:
        return Q(public_id=uuid.UUID(text))
    except ValueError:
        return Q(stripe_id__startswith=text) if text.startswith("tu_") else Q(pk=None)


def _missing(user):
    """Top-ups that Stripe answers for with "no such object"."""
    missing = TopUp.objects.for_user(user).exclude(missing_since=None)
    return missing.select_related("account").order_by("missing_since")[:MOST_ITEMS]


def _missing_item(top_up: TopUp) -> WorkItem:
    return WorkItem(
        tone="bad",
        title=_("Stripe does not know a top-up of %(amount)s")
        % {"amount": money.format(top_up.amount, top_up.currency)},
        detail=_("It was made, and is gone. Ask Stripe what became of it, and count on nothing till then."),
        url=reverse("funding:top-up-detail", args=[top_up.account.ref, top_up.public_id]),
        action_label=_("See the top-up"),
        account_name=top_up.account.name,
    )


def _returned(user, now: datetime):
    """Failed, refused and reversed top-ups that no later top-up of the same account has made up for."""
    later = TopUp.objects.filter(
        account=OuterRef("account"),
        created_at__gt=OuterRef("created_at"),
        status__in=[TopUp.Status.PENDING, TopUp.Status.SUCCEEDED],
    )
    wrong = TopUp.objects.for_user(user).filter(
        status__in=[TopUp.Status.FAILED, TopUp.Status.REVERSED, TopUp.Status.REFUSED]
    )
    since = now - FAILURES_ARE_SHOWN_FOR
    recent = wrong.filter(Q(settled_at__gte=since) | Q(settled_at=None, created_at__gte=since))
    return recent.exclude(Exists(later)).select_related("account", "operation").order_by("-created_at")[:MOST_ITEMS]


def _returned_item(top_up: TopUp) -> WorkItem:
    amount = {"amount": money.format(top_up.amount, top_up.currency)}
    if top_up.status == TopUp.Status.REVERSED:
        title = _("The bank took %(amount)s back") % amount
        detail = _("It had arrived and was removed from the card balance again.")
    elif top_up.status == TopUp.Status.FAILED:
        title, detail = _("A top-up of %(amount)s failed") % amount, refusals.returned(top_up.failure_code)
    else:
        title, detail = _("A top-up of %(amount)s was refused") % amount, refusals.sentence(top_up.operation)
    return WorkItem(
        tone="bad",
        title=title,
        detail=detail,
        url=reverse("funding:top-up-detail", args=[top_up.account.ref, top_up.public_id]),
        action_label=_("See the top-up"),
        account_name=top_up.account.name,
    )


def _low(user):
    """Accounts that can spend and whose balance, even with what is on its way, is below their line."""
    way = TopUp.objects.on_their_way().filter(account=OuterRef("pk"), currency=OuterRef("currency"))
    total = way.order_by().values("account").annotate(total=Sum("amount")).values("total")
    return (
        ConnectedAccount.objects.for_user(user)
        .filter(can_issue=True, balances__currency=F("currency"))
        .filter(kind=ConnectedAccount.Kind.ISSUING, country__in=debit_countries(), currency__in=settings.TOP_UP_LIMITS)
        .annotate(
            available=F("balances__issuing_available"),
            on_its_way=Coalesce(Subquery(total), 0),
        )
        .filter(low_balance_line__gt=F("available") + F("on_its_way"))
        .order_by("pk")[:MOST_ITEMS]
    )


def _low_item(account: ConnectedAccount) -> WorkItem:
    return WorkItem(
        tone="warn",
        title=_("The card balance is low: %(amount)s") % {"amount": money.format(account.available, account.currency)},
        detail=_("Its low-balance line is %(line)s, and what is on its way does not lift it above.")
        % {"line": money.format(account.low_balance_line, account.currency)},
        url=reverse("funding:account-top-up-list", args=[account.ref]),
        action_label=_("Add money"),
        account_name=account.name,
    )


def _failed_sources(user, now: datetime):
    """Bank accounts that could not be verified, where the business has connected no other since."""
    later = Source.objects.filter(account=OuterRef("account"), created_at__gt=OuterRef("created_at")).exclude(
        status__in=[Source.Status.FAILED, Source.Status.REFUSED]
    )
    failed = Source.objects.for_user(user).filter(
        status=Source.Status.FAILED, created_at__gte=now - FAILURES_ARE_SHOWN_FOR
    )
    return failed.exclude(Exists(later)).select_related("account").order_by("-created_at")[:MOST_ITEMS]


def _failed_source_item(source: Source) -> WorkItem:
    return WorkItem(
        tone="warn",
        title=_("Bank account ••%(last4)s could not be verified") % {"last4": source.last4},
        detail=_("No try is left. The business has to authorize debits again."),
        url=reverse("funding:source-detail", args=[source.account.ref, source.public_id]),
        action_label=_("See the bank account"),
        account_name=source.account.name,
    )
