"""Why Stripe refused, in words a business can act on. Codes are Stripe's; its own messages are for developers."""

from django.utils.translation import gettext as _

from stripe_gateway.models import StripeOperation


def sentence(operation: StripeOperation) -> str:
    """What to say of a rejected operation. One that was withdrawn here carries its own sentence."""
    if operation.http_status is None and operation.error_message:
        return operation.error_message
    return _sentences().get(operation.error_code) or _("Stripe refused the request. Nothing has been debited.")


def _sentences() -> dict[str, str]:
    again = _("Stripe could not use what the form sent. Fill the form in again.")
    unusable = _("This bank account cannot be debited. Connect it again, or another one.")
    return {
        "token_already_used": again,
        "resource_missing": again,
        "amount_too_large": _("The amount is above what Stripe allows for one top-up. Choose a smaller one."),
        "amount_too_small": _("The amount is below what Stripe allows for one top-up. Choose a larger one."),
        "bank_account_unverified": _("This bank account is not verified yet. Enter the two deposits first."),
        "bank_account_unusable": unusable,
        "bank_account_declined": unusable,
        "bank_account_exists": _("This bank account is connected already."),
        "bank_account_verification_failed": _("These are not the amounts of the two deposits."),
        "insufficient_funds": _("The bank account does not hold enough money."),
        # Codes with which a bank returns a debit days later.
        "account_closed": _("The bank says that this account is closed. Connect another one."),
        "no_account": _("The bank could not find this account. Connect it again with the right numbers."),
        "debit_not_authorized": _("The bank does not allow debits from this account. Ask it to allow ACH debits."),
        "invalid_currency": _("The bank cannot pay from this account in this currency."),
    }


def returned(failure_code: str) -> str:
    """Why a bank returned a debit."""
    return _sentences().get(failure_code) or _("The bank returned the debit.")
