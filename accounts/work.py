"""What needs a member of staff now, and what a search finds, as far as it is about accounts."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import ConnectedAccount
from accounts.standing import NEEDS_ATTENTION
from desk.work import SearchHit, WorkItem

Kind, Status = ConnectedAccount.Kind, ConnectedAccount.Status
MOST_ITEMS = 50
MOST_HITS = 10
# How long it is told that access to an account was taken away.
TOLD_FOR = timedelta(days=7)


def items(user, now: datetime) -> Iterator[WorkItem]:
    """Accounts that need attention, most urgent first, and those whose access was taken away a short while ago."""
    accounts = ConnectedAccount.objects.for_user(user)
    urgent = accounts.filter(urgency__lt=NEEDS_ATTENTION).order_by("urgency", "next_deadline_at", "pk")[:MOST_ITEMS]
    lately = accounts.filter(status=Status.REVOKED, revoked_at__gt=now - TOLD_FOR).order_by("-revoked_at")[:MOST_ITEMS]
    for account in (*urgent, *lately):
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
    if account.status == Status.FAILED:
        detail = _("Stripe refused to make the account. No invitation went out.")
        return "warn", _("A business could not be invited"), detail, _("Invite again")
    if account.status == Status.REVOKED:
        detail = _("Stripe no longer lets the platform see or use the account.")
        return "warn", _("Access to an account was taken away"), detail, _("See what follows")
    if account.unfit_reason and account.status == Status.RESTRICTED:
        detail = _("It was set up at Stripe in a way that does not allow cards. The business needs another account.")
        return "warn", _("This account can never have cards"), detail, _("See why")
    return _words_of_cards(account) if account.kind == Kind.ISSUING else _words_of_payouts(account)


def _words_of_cards(account: ConnectedAccount) -> tuple[str, str, str, str]:
    if account.status == Status.RESTRICTED:
        return "bad", _("Stripe has restricted the account"), _("Its cards decline."), _("See why")
    if account.status == Status.PAST_DUE:
        detail = (
            _("Cards keep working for now.") if account.can_issue else _("Its cards decline until they are supplied.")
        )
        return "bad", _("Overdue details"), detail, _("Review items")
    if not account.details_are_done:
        detail = _("Stripe could not accept what the business gave. It has to correct it before it can have cards.")
        return "warn", _("Details to correct"), detail, _("Review items")
    detail = _("If they are not supplied in time, Stripe pauses what depends on them.")
    return "warn", _("Stripe asks for details"), detail, _("Review items")


def _words_of_payouts(account: ConnectedAccount) -> tuple[str, str, str, str]:
    if account.status == Status.RESTRICTED:
        return "bad", _("Stripe has restricted the account"), _("The business is not paid out."), _("See why")
    if account.status == Status.PAST_DUE:
        paid = _("Payouts go on for now.") if account.payouts_enabled else _("The business is not paid out.")
        return "bad", _("Overdue details"), paid, _("Review items")
    if not account.details_are_done:
        detail = _("Stripe wants more of the business, or something corrected, before the first payout.")
        return "warn", _("Details missing after the form"), detail, _("Review items")
    detail = _("If they are not supplied in time, Stripe pauses the payouts.")
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
