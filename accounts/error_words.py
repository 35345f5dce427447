"""What was wrong with something that a business supplied, rewritten as an instruction."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# First match wins, so the more particular stands above the more general. Codes are Stripe's.
_INSTRUCTIONS = [
    (r"^invalid_address_(cmra|private_mailbox)", gettext_lazy("Give a street address, not a rented mailbox.")),
    (r"^invalid_address_highway", gettext_lazy("Give a street address, not a highway contract box.")),
    (r"^invalid_address_registered_agent", gettext_lazy("Give the place of business, not a registered agent’s.")),
    (r"^(invalid_address|invalid_street|unresolvable)", gettext_lazy("Check the street, city and postal code.")),
    (r"^invalid_business_profile_name|^invalid_company_name", gettext_lazy("Give the full name of the business.")),
    (r"^invalid_dob", gettext_lazy("Check the date of birth.")),
    (r"^invalid_product_description", gettext_lazy("Say in a full sentence what the business sells.")),
    (r"^invalid_representative_country", gettext_lazy("The representative must live in a supported country.")),
    (r"^invalid_signator", gettext_lazy("The terms must be accepted by somebody who may sign for the business.")),
    (r"^invalid_statement_descriptor", gettext_lazy("Use the name of the business as the name on statements.")),
    (r"^invalid_tax_id", gettext_lazy("Check the tax ID against the letter from the tax authority.")),
    (r"^invalid_tos", gettext_lazy("Accept the terms again.")),
    (r"^invalid_url_denylisted", gettext_lazy("Give the address of the business’s own website.")),
    (r"^invalid_url_(format|length)", gettext_lazy("Give the full address of the website.")),
    (r"^invalid_url_website_business_information", gettext_lazy("The website must show the name of this business.")),
    (r"^invalid_url_website_empty|under_construction", gettext_lazy("The website must be finished before review.")),
    (r"^invalid_url_website_inaccessible_password", gettext_lazy("Take the password off the website.")),
    (r"^invalid_url_website_inaccessible", gettext_lazy("The website could not be opened. Check its address.")),
    (r"cancellation|refund|return_policy", gettext_lazy("Put the cancellation and refund terms on the website.")),
    (r"customer_service", gettext_lazy("Put a way to reach customer service on the website.")),
    (r"legal_restrictions|terms_and_conditions", gettext_lazy("Put the terms and conditions on the website.")),
    (r"web_presence_detected", gettext_lazy("Give the address of the website instead of a description.")),
    (r"^invalid_url", gettext_lazy("The website must show what the business sells and how to reach it.")),
    (r"document.*(address)", gettext_lazy("Send a document with the same address as in the form.")),
    (r"document_.*dob", gettext_lazy("The date of birth on the document differs from the form. Correct one of them.")),
    (r"document_.*id_number", gettext_lazy("The number on the document differs or is missing. Send another one.")),
    (r"document_.*name", gettext_lazy("The name on the document differs or is missing. Send another one.")),
    (r"document_.*nationality", gettext_lazy("The nationality on the document differs from the form.")),
    (r"document_.*directors", gettext_lazy("The directors on the document differ from those listed.")),
    (r"document_(corrupt|not_uploaded)", gettext_lazy("The file could not be opened. Send it again.")),
    (r"document_country", gettext_lazy("Documents of this country are not accepted. Send another one.")),
    (r"document_duplicate", gettext_lazy("The same kind of document was sent twice. Send a different kind.")),
    (r"document_expired", gettext_lazy("The document has expired. Send one that is still valid.")),
    (r"document_failed_copy", gettext_lazy("Send a photo of the document itself, not of a copy.")),
    (r"document_failed_greyscale", gettext_lazy("Send a photo in colour.")),
    (r"document_(incomplete|missing_back|missing_front)", gettext_lazy("Send both sides, with all four corners.")),
    (r"document_(not_readable|photo)", gettext_lazy("The photo cannot be read. Take a new one in daylight.")),
    (r"document_not_signed", gettext_lazy("The document must be signed.")),
    (r"document_too_large", gettext_lazy("The file is too large. Send one below 10 MB.")),
    (r"document_type", gettext_lazy("This kind of document is not accepted. Send another one.")),
    (r"document_issue_or_expiry", gettext_lazy("The dates on the document must be visible.")),
    (r"document|selfie", gettext_lazy("The document could not be accepted. Send another one.")),
    (r"directors", gettext_lazy("Check that the directors are those of the public register.")),
    (r"missing_owners|ownership", gettext_lazy("Add everybody who owns 25% or more of the business.")),
    (r"missing_executives", gettext_lazy("Add the executives of the business.")),
    (r"tax_id_not_issued", gettext_lazy("The tax authority does not know this tax ID. Check every digit.")),
    (r"tax_id_match", gettext_lazy("Name and tax ID do not belong together. Enter both as in the tax letter.")),
    (r"legal_entity_structure", gettext_lazy("The legal form differs from the public register. Correct it.")),
    (r"(representative|authorizer)_authority", gettext_lazy("Prove that this person may act for the business.")),
    (r"memorandum|proof_of_registration", gettext_lazy("Send proof that the business is registered.")),
    (r"address_match|residential_address", gettext_lazy("The address could not be confirmed. Check it.")),
    (
        r"^verification_failed|data_not_found|token_stale",
        gettext_lazy("This could not be confirmed. Check every letter and digit."),
    ),
    (
        r"supportability|unsupported_business|partner_disabled",
        gettext_lazy("Stripe does not support this kind of business."),
    ),
    (r"information_missing|external_request", gettext_lazy("More is needed here. The form says what.")),
    (r"^invalid_value", gettext_lazy("This was not accepted. Check it and enter it again.")),
]
_COMPILED = [(re.compile(pattern), sentence) for pattern, sentence in _INSTRUCTIONS]


def known_instruction(code: str) -> str | None:
    """The instruction for one of Stripe's codes, in the reader's language; None for a code nobody has met yet."""
    return next((str(sentence) for pattern, sentence in _COMPILED if pattern.search(code)), None)


def instruction_for(code: str) -> str:
    """The instruction for any code."""
    return known_instruction(code) or _("This was not accepted. Check it and enter it again.")
