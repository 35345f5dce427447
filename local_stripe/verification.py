"""What verifying would find out: the magic values of Stripe's testing guides, applied to what an account says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from local_stripe.documents import Check
from local_stripe.trees import dig

PAST_DUE, CURRENTLY_DUE = "past_due", "currently_due"
ALERT_DOB = (1900, 1, 1)
VERIFYING_DOBS = {(1901, 1, 1), (1902, 1, 1)}
IMMEDIATE_DOB, IMMEDIATE_NUMBER = (1902, 1, 1), "222222222"
MISMATCHING_NUMBERS = {"111111111", "1111"}
LINE_MISMATCH, ADDRESS_MISMATCH = "address_no_match", "address_line1_no_match"
FAILING_ADDRESSES = {LINE_MISMATCH, ADDRESS_MISMATCH}
TAX_ID_ERRORS = {"111111111": "verification_failed_tax_id_match", "111111112": "verification_failed_tax_id_not_issued"}
NAME_ERRORS = {
    "mismatch_business_name": "verification_failed_name_match",
    "match_name_only": "verification_failed_name_match",
    "disallowed_name": "invalid_company_name_denylisted",
}
DBA_ERRORS = {
    "disallowed_dba": "invalid_business_profile_name_denylisted",
    "invalid_dba": "invalid_business_profile_name",
}
URL_ERRORS = {
    "https://disallowed.stripe.com": "invalid_url_denylisted",
    "https://geoblocked.stripe.com": "invalid_url_website_inaccessible_geoblocked",
    "https://problem.stripe.com": "invalid_url_website_other",
    "https://missing.stripe.com": "invalid_url_website_incomplete",
    "https://mismatch.stripe.com": "invalid_url_website_business_information_mismatch",
    "https://passwordprotected.stripe.com": "invalid_url_website_inaccessible_password_protected",
    "https://underconstruction.stripe.com": "invalid_url_website_incomplete_under_construction",
    "https://inaccessible.stripe.com": "invalid_url_website_inaccessible",
}
INACTIVITY_URL = "https://inactivity.stripe.com"
DESCRIPTOR_ERRORS = {
    "mismatch": "invalid_statement_descriptor_business_mismatch",
    "disallowed": "invalid_statement_descriptor_denylisted",
}
PREFIX_ERRORS = {
    "mismatch": "invalid_statement_descriptor_prefix_mismatch",
    "disallowed": "invalid_statement_descriptor_prefix_denylisted",
}
DIRECTOR_ERRORS = {
    "mismatch_director": "verification_directors_mismatch",
    "missing_director": "verification_missing_directors",
    "extraneous_director": "verification_extraneous_directors",
}
DETAILS, MERCHANT = "identity.business_details", "configuration.merchant.statement_descriptor"


@dataclass(frozen=True)
class Finding:
    """Something that could not be verified: where (v1 and v2 spelling, below the person if there is one) and why.

    What is only currently due leaves the capabilities as they are, and stops payouts.
    """

    v1: str
    v2: str
    code: str
    urgency: str = PAST_DUE

    def record(self) -> dict:
        return {"v1": self.v1, "v2": self.v2, "code": self.code, "reason": reason(self.code), "urgency": self.urgency}


def reason(code: str) -> str:
    """A sentence for people, made from the code."""
    words = code.removeprefix("verification_").removeprefix("invalid_").replace("_", " ")
    return f"This could not be verified: {words}."


def birthday(person: dict) -> tuple | None:
    date = person.get("date_of_birth") or {}
    return (date.get("year"), date.get("month"), date.get("day"))


def raises_alert(person: dict) -> bool:
    """Sanctions lists: staff of Stripe must look."""
    return birthday(person) == ALERT_DOB


def judge_director(person: dict) -> list[Finding]:
    """Directors are compared with the public register."""
    code = DIRECTOR_ERRORS.get(person.get("given_name") or "")
    return [Finding("first_name", "given_name", code)] if code and person["relationship"].get("director") else []


def judge_person(person: dict, check: Check) -> list[Finding]:
    """Documents overrule numbers and dates, in both directions."""
    return [*_identity(person, check), *_address(person, check), *judge_director(person), *_listed(person, check)]


def _identity(person: dict, check: Check) -> list[Finding]:
    where = ("verification.document", "documents.primary_verification")
    code = _pages(person, "primary_verification", check, only_picture=True)
    if code or dig(person, "documents.primary_verification.front_back.front"):
        return [Finding(*where, code)] if code else []
    number = _digits(person.get("id_number") or person.get("ssn_last_4") or "")
    if birthday(person) not in VERIFYING_DOBS or number in MISMATCHING_NUMBERS:
        return [Finding(*where, "verification_failed_keyed_identity")]
    return []


def _address(person: dict, check: Check) -> list[Finding]:
    where = ("verification.additional_document", "documents.secondary_verification")
    code = _pages(person, "secondary_verification", check)
    if code:
        return [Finding(*where, code)]
    has_document = dig(person, "documents.secondary_verification.front_back.front")
    if not has_document and dig(person, "address.line1") in FAILING_ADDRESSES:
        return [Finding(*where, "verification_failed_address_match")]
    return []


def _pages(holder: dict, name: str, check: Check, *, only_picture: bool = False) -> str | None:
    """Why front or back of a document fail, None when they pass or there are none."""
    pages = dig(holder, f"documents.{name}.front_back") or {}
    codes = (check(pages[side], only_picture) for side in ("front", "back") if pages.get(side))
    return next((code for code in codes if code), None)


def _listed(holder: dict, check: Check, prefix: str = "") -> Iterator[Finding]:
    """The documents that are lists of files, such as a passport or a proof of address."""
    for name, document in (holder.get("documents") or {}).items():
        for file in (document or {}).get("files") or ():
            code = check(file, False)
            if code:
                yield Finding(f"documents.{name}.files", f"{prefix}documents.{name}", code)
                break


def judge_business(account: dict, check: Check) -> list[Finding]:
    found = [*_profile(account), *_descriptors(account), *_listed(account["business"], check, f"{DETAILS}.")]
    if account["entity_type"] == "individual":
        return found
    code = _pages(account["business"], "primary_verification", check)
    if code:
        where = ("company.verification.document", f"{DETAILS}.documents.primary_verification")
        return [*found, Finding(*where, code)]
    if dig(account["business"], "documents.primary_verification.front_back.front"):
        return found
    return [*found, *_company(account)]


def _profile(account: dict) -> Iterator[Finding]:
    profile = account["profile"]
    name_error = DBA_ERRORS.get(profile.get("doing_business_as"))
    if name_error:
        yield Finding("business_profile.name", "defaults.profile.doing_business_as", name_error)
    code = URL_ERRORS.get(_url(account))
    if profile.get("product_description") == "require_url" and not profile.get("business_url"):
        code = "invalid_url_web_presence_detected"
    if code:
        yield Finding("business_profile.url", "defaults.profile.business_url", code)


def _url(account: dict) -> str:
    return (account["profile"].get("business_url") or "").rstrip("/")


def is_inactive(account: dict) -> bool:
    """Whether Stripe pauses the capabilities because nothing has happened for long."""
    return _url(account) == INACTIVITY_URL


def descriptors(account: dict) -> tuple[str, str]:
    """What statements say: the whole descriptor, and the prefix of card payments; whichever API told it."""
    own = dig(account["configurations"], "merchant.statement_descriptor") or {}
    whole = dig(account["settings"], "payments.statement_descriptor") or own.get("descriptor")
    prefix = dig(account["settings"], "card_payments.statement_descriptor_prefix") or own.get("prefix")
    return (whole or "", prefix or "")


def _descriptors(account: dict) -> Iterator[Finding]:
    whole, prefix = (text.strip().lower() for text in descriptors(account))
    if whole in DESCRIPTOR_ERRORS:
        where = ("settings.payments.statement_descriptor", f"{MERCHANT}.descriptor")
        yield Finding(*where, DESCRIPTOR_ERRORS[whole])
    if prefix in PREFIX_ERRORS:
        where = ("settings.card_payments.statement_descriptor_prefix", f"{MERCHANT}.prefix")
        yield Finding(*where, PREFIX_ERRORS[prefix])


def _company(account: dict) -> Iterator[Finding]:
    business = account["business"]
    tax_error = TAX_ID_ERRORS.get(_digits(tax_id(account) or ""))
    if tax_error:
        yield Finding("company.tax_id", f"{DETAILS}.id_numbers", tax_error)
    if business.get("registered_name") in NAME_ERRORS:
        yield Finding("company.name", f"{DETAILS}.registered_name", NAME_ERRORS[business["registered_name"]])
    line = dig(business, "address.line1")
    parts = ("line1",) if line == LINE_MISMATCH else ("line1", "city", "postal_code")
    if line in FAILING_ADDRESSES:
        urgency = CURRENTLY_DUE if line == LINE_MISMATCH else PAST_DUE
        code = "verification_failed_address_match"
        for part in parts:
            yield Finding(f"company.address.{part}", f"{DETAILS}.address.{part}", code, urgency)


def tax_id(account: dict) -> str | None:
    numbers = account["business"].get("id_numbers") or []
    return numbers[0]["value"] if numbers else None


def is_immediate(account: dict, people: list[dict]) -> bool:
    """Whether every number and date is one that verifies in the same response; not everybody has to have a number."""
    business_waits = account["entity_type"] != "individual" and _digits(tax_id(account) or "") != IMMEDIATE_NUMBER
    return not business_waits and all(
        birthday(person) == IMMEDIATE_DOB and _digits(person.get("id_number") or IMMEDIATE_NUMBER) == IMMEDIATE_NUMBER
        for person in people
    )


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
