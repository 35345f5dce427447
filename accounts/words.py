"""Stripe's vocabulary about accounts in plain words: capabilities, reasons and refusals."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import programs
from accounts.models import Capability

# What a capability lets a business do; keys are `configuration.name` or the configuration alone.
_CAPABILITIES = {
    "card_creator": (gettext_lazy("Card issuing"), gettext_lazy("New cards and card spend")),
    "recipient.stripe_balance.stripe_transfers": (
        gettext_lazy("Transfers"),
        gettext_lazy("Moving money to this account"),
    ),
    "recipient.stripe_balance.payouts": (gettext_lazy("Payouts"), gettext_lazy("Moving money to its bank account")),
    "recipient": (gettext_lazy("Receiving money"), gettext_lazy("Moving money to this account")),
    "merchant.card_payments": (gettext_lazy("Card payments"), gettext_lazy("Taking payments by card")),
    "merchant.stripe_balance.payouts": (gettext_lazy("Payouts"), gettext_lazy("Moving money to its bank account")),
    "merchant": (gettext_lazy("Taking payments"), gettext_lazy("Being paid by customers")),
}
# By code of Stripe's status detail.
_DETAILS = {
    "determining_status": gettext_lazy("Stripe is working out whether this can be switched on."),
    "requirements_past_due": gettext_lazy("Details are overdue."),
    "requirements_pending_verification": gettext_lazy("Stripe is checking the details that were supplied."),
    "restricted_other": gettext_lazy("Stripe has restricted this."),
    "unsupported_business": gettext_lazy("Stripe does not offer this to this kind of business."),
    "unsupported_country": gettext_lazy("Stripe does not offer this in this country."),
    "unsupported_entity_type": gettext_lazy("Stripe does not offer this to this legal form."),
    "rejected_fraud": gettext_lazy("Stripe rejected the account for suspected fraud."),
    "rejected_incomplete_verification": gettext_lazy("Stripe rejected the account: it could not be verified in time."),
    "rejected_listed": gettext_lazy("Stripe rejected the account: a name on it is on a sanctions list."),
    "rejected_other": gettext_lazy("Stripe rejected the account."),
    "rejected_terms_of_service": gettext_lazy("Stripe rejected the account for breaking its terms of service."),
    "rejected_platform_fraud": gettext_lazy("The platform rejected the account for suspected fraud."),
    "rejected_platform_other": gettext_lazy("The platform rejected the account."),
    "rejected_platform_terms_of_service": gettext_lazy("The platform rejected the account for breaking its terms."),
}
_RESOLUTIONS = {
    "provide_info": gettext_lazy("The business supplies what is listed as due."),
    "contact_stripe": gettext_lazy("Ask Stripe support."),
    "no_resolution": gettext_lazy("Nothing can be done about it here."),
}
# Codes that end by waiting, whatever resolution Stripe names beside them.
_WAIT = {"determining_status", "requirements_pending_verification"}


def capability_name(configuration: str, name: str) -> str:
    """What people call a capability. A card program goes by its own name."""
    if configuration == "card_creator":
        return programs.named(name)
    known = _CAPABILITIES.get(f"{configuration}.{name}") or _CAPABILITIES.get(configuration)
    return str(known[0]) if known else name.rpartition(".")[2].replace("_", " ").capitalize()


def feature_name(configuration: str, name: str) -> str:
    """What a capability is for, whatever the program: `Card issuing`."""
    known = _CAPABILITIES.get(f"{configuration}.{name}") or _CAPABILITIES.get(configuration)
    return str(known[0]) if known else capability_name(configuration, name)


def capability_allows(configuration: str, name: str) -> str:
    """What an active capability lets the business do."""
    known = _CAPABILITIES.get(f"{configuration}.{name}") or _CAPABILITIES.get(configuration)
    return str(known[1]) if known else ""


def status_sentence(detail: dict) -> str:
    """One of Stripe's status details as a sentence, and what to do about it as another."""
    code = detail.get("code") or ""
    reason = _DETAILS.get(code) or _("Stripe gives a reason that is new to this portal.")
    if code in _WAIT:
        remedy = _("Nothing to do but wait.")
    else:
        remedy = _RESOLUTIONS.get(detail.get("resolution") or "") or _("See the account at Stripe.")
    return _("%(reason)s %(remedy)s") % {"reason": reason, "remedy": remedy}


def capability_sentences(capability: Capability) -> list[str]:
    """Why a capability is not active, and what to do."""
    return [status_sentence(detail) for detail in capability.status_details]


_REFUSALS = {
    "resource_missing": gettext_lazy("Stripe does not know something that this invitation names."),
    "country_unsupported": gettext_lazy("Stripe does not take businesses from this country."),
    "email_invalid": gettext_lazy("Stripe does not accept this e-mail address."),
}


def refusal_sentence(operation) -> str:
    """Why Stripe did not make an account, for staff: our words where the code is known, then Stripe's own message."""
    known = _REFUSALS.get(operation.error_code) or _("Stripe refused to make this account.")
    return f"{known} {operation.error_message}".strip()
