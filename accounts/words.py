"""Stripe's vocabulary about accounts in plain words: capabilities, reasons and refusals."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import programs

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
    "v1.transfers": (gettext_lazy("Transfers"), gettext_lazy("Moving money to this account")),
    "v1.card_payments": (gettext_lazy("Card payments"), gettext_lazy("Taking payments by card")),
    "v1.card_issuing": (gettext_lazy("Card issuing"), gettext_lazy("New cards and card spend")),
    "v1.us_bank_account_ach_payments": (gettext_lazy("Bank debits"), gettext_lazy("Taking payments by bank debit")),
    "v1.tax_reporting_us_1099_k": (gettext_lazy("1099-K tax forms"), gettext_lazy("Tax forms made by Stripe")),
    "v1.tax_reporting_us_1099_misc": (gettext_lazy("1099-MISC tax forms"), gettext_lazy("Tax forms made by Stripe")),
}
# By code of Stripe's status detail.
DETAILS = {
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
# What v1 gives as the reason why an account, or one of its capabilities, is switched off.
DISABLED = {
    "action_required.requested_capabilities": gettext_lazy("Nothing has been requested for this account yet."),
    "listed": gettext_lazy("A name on the account may be on a sanctions list. Stripe is looking into it."),
    "other": gettext_lazy("Stripe has switched this off for a reason that it does not name."),
    "paused.inactivity": gettext_lazy("Stripe paused this because it was not used for long."),
    "pending.onboarding": gettext_lazy("Stripe waits for the business to finish its form."),
    "pending.review": gettext_lazy("Stripe’s people are reviewing this."),
    "platform_disabled": gettext_lazy("Stripe does not let the platform use this."),
    "platform_paused": gettext_lazy("The platform has paused the account."),
    "rejected.fraud": DETAILS["rejected_fraud"],
    "rejected.inactivity": gettext_lazy("Stripe ended this because it was not used for long."),
    "rejected.incomplete_verification": DETAILS["rejected_incomplete_verification"],
    "rejected.listed": DETAILS["rejected_listed"],
    "rejected.other": DETAILS["rejected_other"],
    "rejected.platform_fraud": DETAILS["rejected_platform_fraud"],
    "rejected.platform_other": DETAILS["rejected_platform_other"],
    "rejected.platform_terms_of_service": DETAILS["rejected_platform_terms_of_service"],
    "rejected.terms_of_service": DETAILS["rejected_terms_of_service"],
    "rejected.unsupported_business": DETAILS["unsupported_business"],
    "requirements.fields_needed": gettext_lazy("Details are missing."),
    "requirements.past_due": DETAILS["requirements_past_due"],
    "requirements.pending_verification": DETAILS["requirements_pending_verification"],
    "under_review": gettext_lazy("Stripe’s people are reviewing the account."),
}
# Why Stripe asks; stands between others of its kind, after a dot.
REASONS = {
    "routine_onboarding": gettext_lazy("every business is asked for it at the start"),
    "routine_verification": gettext_lazy("a routine check by Stripe"),
    "future_requirements": gettext_lazy("the rules are about to change"),
}
ASK, CONTACT, WAIT, NOTHING = "ask", "contact", "wait", ""
_RESOLUTIONS = {
    "provide_info": (gettext_lazy("The business supplies what is listed as due."), ASK),
    "contact_stripe": (gettext_lazy("Ask Stripe support; nothing can be sent from here."), CONTACT),
    "no_resolution": (gettext_lazy("Nothing can be done about it here."), NOTHING),
}
_TO_THE_BUSINESS = {
    "provide_info": gettext_lazy("Supply what is listed as due."),
    "contact_stripe": gettext_lazy("Write to us: we ask Stripe."),
    "no_resolution": gettext_lazy("Nothing can be done about it."),
}
# Codes that end by waiting, whatever resolution Stripe names beside them.
_WAIT = {"determining_status", "requirements_pending_verification"}
SUPPORT_URL = "https://support.stripe.com/contact"


@dataclass(frozen=True)
class Explanation:
    """Why something is not switched on, what to do, and the button for it: ask, contact, wait or none."""

    reason: str
    remedy: str
    action: str


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


def explain(detail: dict, *, to_business: bool = False) -> Explanation:
    """One of Stripe's status details: why, and what to do about it, told to staff or to the business itself."""
    code, resolution = detail.get("code") or "", detail.get("resolution") or ""
    reason = DETAILS.get(code) or _("Stripe gives a reason that is new to this portal.")
    if code in _WAIT:
        return Explanation(str(reason), _("Nothing to do but wait."), WAIT)
    remedy, action = _RESOLUTIONS.get(resolution, (gettext_lazy("See the account at Stripe."), CONTACT))
    if to_business:
        remedy = _TO_THE_BUSINESS.get(resolution) or _("Write to us if you have questions.")
    return Explanation(str(reason), str(remedy), action)


def not_yet(told: Explanation) -> Explanation:
    """The same for something that was never on: nothing is late, it has only not been given."""
    return Explanation(_("The details for it have not been given yet."), told.remedy, told.action)


def status_sentence(detail: dict) -> str:
    """One of Stripe's status details as a sentence, and what to do about it as another."""
    told = explain(detail)
    return _("%(reason)s %(remedy)s") % {"reason": told.reason, "remedy": told.remedy}


def dashboard_url(stripe_id: str) -> str:
    """The page of a connected account in the platform's own dashboard at Stripe."""
    mode = "" if settings.STRIPE_LIVE else "test/"
    return f"https://dashboard.stripe.com/{mode}connect/accounts/{stripe_id}"


def disabled_sentence(code: str) -> str:
    """Why v1 says that an account, or a capability, is switched off; blank when it gives no reason."""
    if not code:
        return ""
    return str(DISABLED.get(code) or _("Stripe gives a reason that is new to this portal."))


def reason_for_asking(code: str) -> str:
    """Why Stripe asks for something; blank for a reason that nobody has met yet."""
    return str(REASONS.get(code, ""))


_REFUSALS = {
    "resource_missing": gettext_lazy("Stripe does not know something that this invitation names."),
    "country_unsupported": gettext_lazy("Stripe does not take businesses from this country."),
    "email_invalid": gettext_lazy("Stripe does not accept this e-mail address."),
}


def refusal_sentence(operation) -> str:
    """Why Stripe did not make an account, for staff: our words where the code is known, then Stripe's own message."""
    known = _REFUSALS.get(operation.error_code) or _("Stripe refused to make this account.")
    return f"{known} {operation.error_message}".strip()
