"""What Stripe refused about a form, as sentences at its fields: Stripe's own messages are for developers."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.error_words import instruction_for


def field_of(param: str, fields: Mapping[str, str]) -> str | None:
    """Which form field a parameter of Stripe is: `company[address][city]` → fields["company.address.city"].

    The longest beginning that `fields` names wins; None when it names none.
    """
    path = re.sub(r"\[(\w*)\]", r".\1", param).strip(".")
    # A token's contents are named below its kind.
    path = re.sub(r"^(account|person)\.", "", path)
    while path:
        if path in fields:
            return fields[path]
        path = path.rpartition(".")[0]
    return None


def sentence(code: str) -> str:
    """What to do about a refusal of Stripe."""
    return _sentences().get(code) or (instruction_for(code) if _is_told(code) else _not_taken())


def _is_told(code: str) -> bool:
    return code.startswith(("invalid_", "verification_"))


def _not_taken() -> str:
    return _("Stripe did not take this. Check it and send it once more.")


def _sentences() -> dict[str, str]:
    again = _("What you typed did not reach Stripe. Fill it in once more and send it again.")
    return {
        "token_already_used": again,
        "resource_missing": again,
        "account_closed": _("This account is closed at Stripe, so nothing can be changed any more."),
        "account_country_invalid_address": _("The address has to be in the country of the account."),
        "bank_account_exists": _("This bank account is on file already."),
        "bank_account_unusable": _("Payouts cannot go to this bank account. Use another one."),
        "account_number_invalid": _("This is not an account number. Compare it with a bank statement."),
        "routing_number_invalid": _("This is not a routing number. Compare it with a bank statement."),
        "country_unsupported": _("This country is not supported here."),
        "email_invalid": _("This is not an e-mail address. It should look like name@company.com."),
        "parameter_invalid_empty": _("This is needed."),
        "parameter_missing": _("This is needed."),
        "postal_code_invalid": _("This postal code does not fit the address."),
        "tax_id_invalid": _("This is not a tax ID of this country. Compare it with the letter that assigned it."),
        "url_invalid": _("This is not an address of a website. It should look like https://www.company.com."),
        "phone_number_invalid": _("This is not a phone number. Write it with the country code, like +1 415 555 0132."),
    }
