"""The one sentence at the top of an account's page: what follows from where it stands, and by when."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import ConnectedAccount
from accounts.requirement_lines import RequirementLine
from accounts.words import refusal_sentence
from desk.templatetags.desk_ui import full_day

Status = ConnectedAccount.Status


@dataclass(frozen=True)
class Notice:
    """A lasting banner. `tone` is bad, warn or info."""

    tone: str
    title: str
    body: str


def notice_for(account: ConnectedAccount, lines: list[RequirementLine]) -> Notice | None:
    """The banner for staff; None when nothing needs saying."""
    due = sum(line.is_due for line in lines)
    plain = {
        Status.CREATING: _being_created,
        Status.RESTRICTED: _restricted,
        Status.REJECTED: _rejected,
        Status.CLOSED: _closed,
        Status.IN_REVIEW: _in_review,
    }.get(account.status)
    if plain:
        return plain()
    if account.status == Status.FAILED:
        return _failed(account)
    if account.status == Status.ONBOARDING:
        return _onboarding(account)
    if account.status in (Status.PAST_DUE, Status.INFO_DUE):
        return _due(account, due) if account.details_are_done else _to_correct(lines)
    return None


def _onboarding(account: ConnectedAccount) -> Notice:
    if not account.memberships.filter(ended_at=None).exists():
        body = _("Nobody of the business has opened the invitation yet. It goes on once somebody does.")
        return Notice("info", _("The business has not signed in yet"), body)
    body = _("Nothing for you to do. Only the business itself can fill in Stripe’s form.")
    return Notice("info", _("The business is giving Stripe its details"), body)


def _to_correct(lines: list[RequirementLine]) -> Notice:
    wrong = sum(line.is_due and not line.is_expected for line in lines)
    title = ngettext("%(count)d item has to be corrected", "%(count)d items have to be corrected", wrong)
    body = _("Stripe could not accept what the business gave. Card issuing starts once it has corrected it.")
    return Notice("warn", title % {"count": wrong}, body)


def _due(account: ConnectedAccount, due: int) -> Notice:
    items = ngettext("%(count)d item", "%(count)d items", due) % {"count": due}
    if not account.can_issue:
        title = _("Card issuing is paused until %(items)s are supplied") % {"items": items}
        if due == 1:
            title = _("Card issuing is paused until 1 item is supplied")
        return Notice("bad", title, _declining(account))
    title = ngettext("Stripe asks for %(count)d item", "Stripe asks for %(count)d items", due) % {"count": due}
    if account.next_deadline_at:
        day = full_day(account.next_deadline_at)
        body = _("Cards work for now. Stripe pauses what depends on it after %(day)s if nothing changes.")
        body = body % {"day": day}
    else:
        body = _("Cards work for now. Stripe pauses what depends on it if nothing is supplied.")
    return Notice("bad" if account.status == Status.PAST_DUE else "warn", title, body)


def _declining(account: ConnectedAccount) -> str:
    if account.next_deadline_at is None:
        return _("Cards of this business decline until then. Only the business itself can supply what is missing.")
    sentence = _("It was due on %(day)s. Cards of this business decline; only the business can supply what is missing.")
    return sentence % {"day": full_day(account.next_deadline_at)}


def _being_created() -> Notice:
    body = _(
        "Stripe has not confirmed the account yet. It is asked again by itself; the invitation goes out after that."
    )
    return Notice("info", _("The account is being created"), body)


def _failed(account: ConnectedAccount) -> Notice:
    said = refusal_sentence(account.operation) if account.operation else ""
    remedy = _("No invitation went out. Correct what it names and invite the business again.")
    return Notice("bad", _("Stripe did not make this account"), f"{said} {remedy}".strip())


def _restricted() -> Notice:
    body = _("Cards of this business decline. The reason stands beside each capability below.")
    return Notice("bad", _("Stripe has restricted card issuing"), body)


def _rejected() -> Notice:
    body = _("This business cannot have cards. The reason stands beside each capability below.")
    return Notice("bad", _("Stripe has rejected this account"), body)


def _closed() -> Notice:
    body = _("Stripe no longer knows the account or no longer lets the platform see it. Nothing can be sent for it.")
    return Notice("info", _("This account is closed"), body)


def _in_review() -> Notice:
    return Notice(
        "info", _("Stripe is checking the details"), _("Nobody has to do anything. This page follows by itself.")
    )
