"""What a business that gets payouts, not cards, has to do next: one thing at a time, worked out from Stripe's facts."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import ConnectedAccount

Kind, Status = ConnectedAccount.Kind, ConnectedAccount.Status


@dataclass(frozen=True)
class Prompt:
    """`action` is what the button leads to: form (Stripe's hosted one), connect (OAuth), stripe (its site), or none."""

    tone: str
    icon: str
    title: str
    body: str
    action: str = ""
    label: str = ""


def prompt_for(account: ConnectedAccount, *, is_due: bool, has_begun: bool) -> Prompt:
    """`is_due`: Stripe wants something from the business now. `has_begun`: somebody has opened Stripe's form before."""
    ended = {
        Status.CREATING: _being_created,
        Status.FAILED: _not_made,
        Status.AWAITING: _to_connect,
        Status.REVOKED: _revoked,
        Status.REJECTED: _rejected,
        Status.CLOSED: _closed,
    }.get(account.status)
    if ended:
        return ended(account)
    if not account.details_submitted:
        return _unfinished(account, has_begun=has_begun)
    if is_due:
        return _missing(account)
    return _ready() if account.payouts_enabled else _being_checked(account)


def _unfinished(account: ConnectedAccount, *, has_begun: bool) -> Prompt:
    """Coming back from Stripe's pages does not mean having been through them."""
    if account.kind == Kind.OAUTH:
        body = _("Your Stripe account is connected, but Stripe does not have all its details yet. Sign in at Stripe.")
        return Prompt("warn", "pencil", _("Your Stripe account is not complete"), body, "stripe", _("Go to Stripe"))
    if has_begun:
        body = _("Stripe has saved what you entered. You can go on where you stopped; most of it takes a few minutes.")
        title = _("You stopped before the end")
        return Prompt("warn", "pencil", title, body, "form", _("Continue where you left off"))
    body = _(
        "Stripe pays you and has to know who you are. You fill in its form on Stripe’s own pages and come back here."
    )
    return Prompt("info", "user-check", _("Set up your payouts"), body, "form", _("Start"))


def _missing(account: ConnectedAccount) -> Prompt:
    if account.payouts_enabled:
        body = _("Your payouts work for now. They pause if this is not supplied in time.")
    else:
        body = _("You are not paid out until this is supplied.")
    action = ("stripe", _("Go to Stripe")) if account.kind == Kind.OAUTH else ("form", _("Supply what is missing"))
    return Prompt("warn", "triangle-alert", _("Stripe needs more from you"), body, *action)


def _being_checked(account: ConnectedAccount) -> Prompt:
    if account.status == Status.RESTRICTED:
        body = _("Write to %(support)s: they can ask Stripe for the reason.") % {"support": settings.SUPPORT_EMAIL}
        return Prompt("bad", "ban", _("Stripe has paused your payouts"), body)
    body = _("You have nothing to do. Most checks end within minutes, some take two or three days.")
    return Prompt("info", "hourglass", _("Stripe is checking your details"), body)


def _ready() -> Prompt:
    body = _("Stripe has everything it needs. Money that reaches your Stripe balance is paid out to your bank account.")
    return Prompt("ok", "circle-check", _("Your payouts are on"), body)


def _being_created(account: ConnectedAccount) -> Prompt:
    body = _("This takes a moment. The page follows by itself.")
    return Prompt("info", "hourglass", _("Your account is being prepared"), body)


def _not_made(account: ConnectedAccount) -> Prompt:
    body = _("This is not something you did. Write to %(support)s and a person will look at it.")
    return Prompt("bad", "circle-x", _("Your account could not be made"), body % {"support": settings.SUPPORT_EMAIL})


def _to_connect(account: ConnectedAccount) -> Prompt:
    body = _("You choose at Stripe which account it is and agree there. You can end the connection at any time.")
    return Prompt("info", "plug", _("Connect your Stripe account"), body, "connect")


def _revoked(account: ConnectedAccount) -> Prompt:
    title = _("The connection to your Stripe account has ended")
    if account.kind == Kind.OAUTH:
        return Prompt("warn", "unlink", title, _("Nothing is paid to you here until you connect it again."), "connect")
    body = _("Nothing is paid to you here any more. Write to %(support)s if you did not expect this.")
    return Prompt("warn", "unlink", title, body % {"support": settings.SUPPORT_EMAIL})


def _rejected(account: ConnectedAccount) -> Prompt:
    body = _("This account was turned down and cannot be used. Write to %(support)s if you have questions.")
    return Prompt(
        "bad", "circle-x", _("You cannot be paid out with this account"), body % {"support": settings.SUPPORT_EMAIL}
    )


def _closed(account: ConnectedAccount) -> Prompt:
    body = _("Nothing is paid to you here any more. Write to %(support)s if you did not expect this.")
    return Prompt("warn", "archive", _("This account is closed"), body % {"support": settings.SUPPORT_EMAIL})
