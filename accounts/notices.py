"""The one sentence at the top of an account's page: what follows from where it stands, and by when."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import ConnectedAccount
from accounts.requirement_lines import RequirementLine
from accounts.words import disabled_sentence, refusal_sentence
from desk.templatetags.desk_ui import full_day

Kind, Status = ConnectedAccount.Kind, ConnectedAccount.Status


@dataclass(frozen=True)
class Notice:
    """A lasting banner. `tone` is bad, warn or info."""

    tone: str
    title: str
    body: str


def notice_for(account: ConnectedAccount, lines: list[RequirementLine]) -> Notice | None:
    """The banner for staff; None when nothing needs saying."""
    said = {
        Status.CREATING: _being_created,
        Status.AWAITING: _awaiting,
        Status.RESTRICTED: _restricted,
        Status.REJECTED: _rejected,
        Status.CLOSED: _closed,
        Status.REVOKED: _revoked,
        Status.IN_REVIEW: _in_review,
        Status.FAILED: _failed,
        Status.ONBOARDING: _onboarding,
    }.get(account.status)
    if said:
        return said(account)
    if account.status in (Status.PAST_DUE, Status.INFO_DUE):
        return _due(account, lines) if account.details_are_done else _to_correct(account, lines)
    return None


# Why an account can never issue cards, by `unfit_reason`. Stripe fixes all of it when the account is made.
UNFIT = {
    "dashboard": gettext_lazy("Its owner has a dashboard at Stripe, and Stripe gives cards only to accounts without."),
    "losses_collector": gettext_lazy("Stripe, not the platform, bears its losses."),
    "fees_collector": gettext_lazy("Stripe, not the platform, collects its fees."),
    "requirements_collector": gettext_lazy("Stripe, not the platform, collects what it is asked for."),
}


def unfit_sentence(reason: str) -> str:
    """Why an account can never issue cards."""
    return str(UNFIT.get(reason) or _("The way it was set up at Stripe does not allow it."))


def _onboarding(account: ConnectedAccount) -> Notice:
    if not account.memberships.filter(ended_at=None).exists():
        body = _("Nobody of the business has opened the invitation yet. It goes on once somebody does.")
        return Notice("info", _("The business has not signed in yet"), body)
    if account.kind == Kind.OAUTH:
        body = _("Nothing for you to do. The business gives Stripe its details in its own dashboard there.")
    elif account.kind == Kind.ISSUING:
        body = _("Nothing for you to do. With its word you may also fill in details on its behalf.")
    else:
        body = _("Nothing for you to do. Only the business itself can give its details.")
    return Notice("info", _("The business is giving Stripe its details"), body)


def _awaiting(account: ConnectedAccount) -> Notice:
    title = _("The business has not connected its Stripe account yet")
    body = _("It chooses the account at Stripe and agrees there. Until then nothing can be sent for it.")
    return Notice("info", title, body)


def _to_correct(account: ConnectedAccount, lines: list[RequirementLine]) -> Notice:
    wrong = sum(line.is_due and not line.is_expected for line in lines)
    title = ngettext("%(count)d item has to be corrected", "%(count)d items have to be corrected", wrong)
    if account.kind != Kind.ISSUING:
        body = _("Stripe could not accept what the business gave, or wants more. Payouts start once it has it.")
    else:
        body = _("Stripe could not accept what the business gave. Card issuing starts once it has corrected it.")
    return Notice("warn", title % {"count": wrong}, body)


def _due(account: ConnectedAccount, lines: list[RequirementLine]) -> Notice:
    due = sum(line.is_due for line in lines)
    if account.kind != Kind.ISSUING:
        return _payouts_due(account, due)
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


def _payouts_due(account: ConnectedAccount, due: int) -> Notice:
    title = ngettext("Stripe asks for %(count)d item", "Stripe asks for %(count)d items", due) % {"count": due}
    if not account.payouts_enabled:
        return Notice("bad", title, _("The business is not paid out until it has supplied them at Stripe."))
    body = _("Payouts go on for now. Stripe pauses them if nothing is supplied.")
    if account.next_deadline_at:
        body = _("Payouts go on for now. Stripe pauses them after %(day)s if nothing is supplied.")
        body = body % {"day": full_day(account.next_deadline_at)}
    return Notice("bad" if account.status == Status.PAST_DUE else "warn", title, body)


def _declining(account: ConnectedAccount) -> str:
    if account.next_deadline_at is None:
        return _("Cards of this business decline until then. Ask it for what is missing, or fill it in on its behalf.")
    sentence = _(
        "It was due on %(day)s. Cards of this business decline: ask for what is missing, or fill it in on its behalf."
    )
    return sentence % {"day": full_day(account.next_deadline_at)}


def _being_created(account: ConnectedAccount) -> Notice:
    body = _(
        "Stripe has not confirmed the account yet. It is asked again by itself; the invitation goes out after that."
    )
    return Notice("info", _("The account is being created"), body)


def _failed(account: ConnectedAccount) -> Notice:
    said = refusal_sentence(account.operation) if account.operation else ""
    remedy = _("No invitation went out. Correct what it names and invite the business again.")
    return Notice("bad", _("Stripe did not make this account"), f"{said} {remedy}".strip())


def _restricted(account: ConnectedAccount) -> Notice:
    if account.unfit_reason:
        title = _("This account can never have cards")
        remedy = _(
            "That cannot be changed: invite the business anew, which makes another account, then close this one."
        )
        return Notice("bad", title, f"{unfit_sentence(account.unfit_reason)} {remedy}")
    if account.kind != Kind.ISSUING:
        said = disabled_sentence(account.disabled_reason)
        remedy = _("The business is not paid out. Ask Stripe support.")
        return Notice("bad", _("Stripe has restricted this account"), f"{said} {remedy}".strip())
    body = _("Cards of this business decline. The reason stands beside each capability below.")
    return Notice("bad", _("Stripe has restricted card issuing"), body)


def _rejected(account: ConnectedAccount) -> Notice:
    if account.kind != Kind.ISSUING:
        said = disabled_sentence(account.disabled_reason)
        remedy = _("This business cannot be paid out with this account.")
        return Notice("bad", _("Stripe has rejected this account"), f"{said} {remedy}".strip())
    body = _("This business cannot have cards. The reason stands beside each capability below.")
    return Notice("bad", _("Stripe has rejected this account"), body)


def _closed(account: ConnectedAccount) -> Notice:
    body = _("Stripe no longer knows the account. Nothing can be sent for it, and nothing can be undone.")
    return Notice("info", _("This account is closed"), body)


def _revoked(account: ConnectedAccount) -> Notice:
    body = _("Stripe no longer lets the platform see or use it. Only the business can give the access back, at Stripe.")
    if account.kind == Kind.OAUTH:
        body = _("Stripe no longer lets the platform see or use it. The business can connect it again on its own page.")
    title = _("Access to this account was taken away")
    if account.revoked_at:
        title = _("Access to this account was taken away on %(day)s") % {"day": full_day(account.revoked_at)}
    return Notice("bad", title, body)


def _in_review(account: ConnectedAccount) -> Notice:
    return Notice(
        "info", _("Stripe is checking the details"), _("Nobody has to do anything. This page follows by itself.")
    )
