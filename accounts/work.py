"""What needs a member of staff now, and what a search finds, as far as it is about accounts."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import ConnectedAccount
from accounts.standing import NEEDS_ATTENTION
from desk.work import SearchHit, WorkItem

Status = ConnectedAccount.Status
MOST_ITEMS = 50
MOST_HITS = 10


def items(user, now: datetime) -> Iterator[WorkItem]:
    """Accounts that need attention, most urgent first."""
    accounts = ConnectedAccount.objects.for_user(user).filter(urgency__lt=NEEDS_ATTENTION)
    for account in accounts.order_by("urgency", "next_deadline_at", "pk")[:MOST_ITEMS]:
        tone, title, detail, action = _item_words(account)
        yield WorkItem(
            tone=tone,
            title=title,
            detail=detail,
            url=reverse("accounts:detail", args=[account.ref]),
            action_label=action,
            due_at=account.next_deadline_at,
            account_name=account.name,
        )


def _item_words(account: ConnectedAccount) -> tuple[str, str, str, str]:
    if account.status == Status.RESTRICTED:
        return "bad", _("Stripe has restricted the account"), _("Its cards decline."), _("See why")
    if account.status == Status.FAILED:
        detail = _("Stripe refused to make the account. No invitation went out.")
        return "warn", _("A business could not be invited"), detail, _("Invite again")
    if account.status == Status.PAST_DUE:
        detail = _("Cards keep working for now.") if account.can_issue else _("Its cards decline until it is supplied.")
        return "bad", _("Overdue details"), detail, _("Review items")
    if not account.details_are_done:
        detail = _("Stripe could not accept what the business gave. It has to correct it before it can have cards.")
        return "warn", _("Details to correct"), detail, _("Review items")
    detail = _("If it is not supplied in time, Stripe pauses what depends on it.")
    return "warn", _("Stripe asks for details"), detail, _("Review items")


def search(user, text: str) -> Iterator[SearchHit]:
    """Accounts by name or by the beginning of their Stripe id."""
    for account in matching(ConnectedAccount.objects.for_user(user), text)[:MOST_HITS]:
        yield SearchHit(
            title=account.name,
            detail=account.ref,
            url=reverse("accounts:detail", args=[account.ref]),
            kind=_("Account"),
        )


def matching(accounts: QuerySet, text: str) -> QuerySet:
    """Accounts whose name contains the text, or whose id begins with it."""
    return accounts.filter(sought(text))


def sought(text: str) -> Q:
    """The condition of `matching`."""
    if text.startswith("acct_"):
        return Q(stripe_id__startswith=text)
    return Q(name__icontains=text) | Q(contact_email__iexact=text)
