"""What verifying would find out: the magic values of Stripe's testing guides, applied to what an account says."""

import re
from dataclasses import dataclass

from local_stripe.trees import dig

GOOD_DOCUMENT, BAD_DOCUMENT = "file_identity_document_success", "file_identity_document_failure"
ALERT_DOB = (1900, 1, 1)
VERIFYING_DOBS = {(1901, 1, 1), (1902, 1, 1)}
IMMEDIATE_DOB, IMMEDIATE_NUMBER = (1902, 1, 1), "222222222"
MISMATCHING_NUMBERS = {"111111111", "1111"}
FAILING_ADDRESSES = {"address_no_match", "address_line1_no_match"}
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
DIRECTOR_ERRORS = {
    "mismatch_director": "verification_directors_mismatch",
    "missing_director": "verification_missing_directors",
    "extraneous_director": "verification_extraneous_directors",
}


@dataclass(frozen=True)
class Finding:
    """Something that could not be verified: where (v1 and v2 spelling, below the person if there is one) and why."""

    v1: str
    v2: str
    code: str

    def record(self) -> dict:
        return {"v1": self.v1, "v2": self.v2, "code": self.code, "reason": reason(self.code)}


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


def judge_person(person: dict) -> list[Finding]:
    """Documents overrule numbers and dates, in both directions."""
    findings = [*_identity(person), *_address(person)]
    director_error = DIRECTOR_ERRORS.get(person.get("given_name") or "")
    if director_error and person["relationship"].get("director"):
        findings.append(Finding("first_name", "given_name", director_error))
    return findings


def _identity(person: dict) -> list[Finding]:
    where = ("verification.document", "documents.primary_verification")
    front = dig(person, "documents.primary_verification.front_back.front")
    if front == BAD_DOCUMENT:
        return [Finding(*where, "verification_document_failed_test_mode")]
    if front:
        return []
    number = _digits(person.get("id_number") or person.get("ssn_last_4") or "")
    if birthday(person) not in VERIFYING_DOBS or number in MISMATCHING_NUMBERS:
        return [Finding(*where, "verification_failed_keyed_identity")]
    return []


def _address(person: dict) -> list[Finding]:
    where = ("verification.additional_document", "documents.secondary_verification")
    front = dig(person, "documents.secondary_verification.front_back.front")
    if front == BAD_DOCUMENT:
        return [Finding(*where, "verification_document_failed_test_mode")]
    if not front and dig(person, "address.line1") in FAILING_ADDRESSES:
        return [Finding(*where, "verification_failed_address_match")]
    return []


def judge_business(account: dict) -> list[Finding]:
    business, profile = account["business"], account["profile"]
    front = dig(business, "documents.primary_verification.front_back.front")
    details = "identity.business_details"
    found = [
        Finding("business_profile.name", "defaults.profile.doing_business_as", code)
        for code in [DBA_ERRORS.get(profile.get("doing_business_as"))]
        if code
    ]
    url_error = URL_ERRORS.get((profile.get("business_url") or "").rstrip("/"))
    if url_error:
        found.append(Finding("business_profile.url", "defaults.profile.business_url", url_error))
    if profile.get("product_description") == "require_url" and not profile.get("business_url"):
        found.append(
            Finding("business_profile.url", "defaults.profile.business_url", "invalid_url_web_presence_detected")
        )
    if account["entity_type"] == "individual" or front == GOOD_DOCUMENT:
        return found
    if front == BAD_DOCUMENT:
        where = ("company.verification.document", f"{details}.documents.primary_verification")
        return [*found, Finding(*where, "verification_document_failed_test_mode")]
    tax_error = TAX_ID_ERRORS.get(_digits(tax_id(account) or ""))
    if tax_error:
        found.append(Finding("company.tax_id", f"{details}.id_numbers", tax_error))
    if business.get("registered_name") in NAME_ERRORS:
        found.append(Finding("company.name", f"{details}.registered_name", NAME_ERRORS[business["registered_name"]]))
    if dig(business, "address.line1") in FAILING_ADDRESSES:
        found.append(Finding("company.address.line1", f"{details}.address.line1", "verification_failed_address_match"))
    return found


def tax_id(account: dict) -> str | None:
    numbers = account["business"].get("id_numbers") or []
    return numbers[0]["value"] if numbers else None


def is_immediate(account: dict, people: list[dict]) -> bool:
    """Whether every number and date is one that verifies in the same response."""
    business_waits = account["entity_type"] != "individual" and _digits(tax_id(account) or "") != IMMEDIATE_NUMBER
    return not business_waits and all(
        birthday(person) == IMMEDIATE_DOB and _digits(person.get("id_number") or "") == IMMEDIATE_NUMBER
        for person in people
    )


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
