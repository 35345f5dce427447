"""Whether an account may be funded now, and if not, why, in words."""

from django.utils.translation import gettext as _

from accounts.countries import is_funded_by_debits
from accounts.models import ConnectedAccount

BLOCKED = (
    ConnectedAccount.Status.RESTRICTED,
    ConnectedAccount.Status.REJECTED,
    ConnectedAccount.Status.CLOSED,
    ConnectedAccount.Status.REVOKED,
    ConnectedAccount.Status.FAILED,
)


class CannotFund(Exception):
    """The account cannot be funded as things stand; the message says why."""


def check_may_connect_a_bank(account: ConnectedAccount) -> None:
    """Raise CannotFund unless a bank account may be connected: Stripe knows the business and has not shut it out."""
    if account.kind != ConnectedAccount.Kind.ISSUING:
        raise CannotFund(_("This account has no cards, so there is no card balance to add money to."))
    if not is_funded_by_debits(account):
        raise CannotFund(
            _("Money can be pulled from a bank account in the United States only. Send a bank transfer instead.")
        )
    if account.status in BLOCKED:
        raise CannotFund(_("Stripe has restricted this account, so no bank account can be connected to it now."))
    if not account.stripe_id:
        raise CannotFund(_("Stripe is still setting this account up. Try again in a minute."))


def check_may_top_up(account: ConnectedAccount) -> None:
    """Raise CannotFund unless money may be pulled: not shut out, and its card program is active."""
    if account.status in BLOCKED:
        raise CannotFund(_("Stripe has restricted this account, so it cannot be topped up now."))
    check_may_connect_a_bank(account)
    if not account.can_issue:
        raise CannotFund(
            _("Card issuing is not active on this account yet. Finish the business details, then add money.")
        )
