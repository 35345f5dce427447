"""What Stripe wants to know, in the words of a person who runs a business.

Stripe names a requirement by the path of a property of an account or person, v1 or v2. Businesses never see the path.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# First match wins, so the more particular stands above the more general.
_PHRASES = [
    (r"terms_of_service\.account\b", gettext_lazy("Acceptance of Stripe’s terms of service")),
    (r"terms_of_service\.card_creator\b.*account_holder", gettext_lazy("Acceptance of the terms for business cards")),
    (r"terms_of_service\.(card_creator|issuing)\b.*bank_terms", gettext_lazy("Acceptance of the bank’s card terms")),
    (r"terms_of_service\.(card_creator|issuing)\b.*platform", gettext_lazy("Acceptance of the platform’s card terms")),
    (r"terms_of_service\..*financing_disclosures", gettext_lazy("Acceptance of the financing disclosures")),
    (r"terms_of_service\..*apple_pay", gettext_lazy("Acceptance of the Apple Pay terms")),
    (r"terms_of_service\..*account_holder", gettext_lazy("Acceptance of the terms for holding money")),
    (r"^tos_acceptance|additional_t(os|erms)", gettext_lazy("Acceptance of Stripe’s terms of service")),
    (r"treasury\.tos_acceptance", gettext_lazy("Acceptance of the terms for holding money")),
    (r"terms_of_service|tos_acceptance", gettext_lazy("Acceptance of the card issuing terms")),
    (r"card_issuing\.activity", gettext_lazy("A card payment, so that the cards stay switched on")),
    (r"ownership_exemption_reason", gettext_lazy("Reason why owners need not be listed")),
    (r"persons_provided\.owners|owners_provided", gettext_lazy("Confirmation that every owner is listed")),
    (r"persons_provided\.directors|directors_provided", gettext_lazy("Confirmation that every director is listed")),
    (r"persons_provided\.executives|executives_provided", gettext_lazy("Confirmation that every executive is listed")),
    (r"directorship_declaration", gettext_lazy("Declaration about the directors")),
    (r"ownership_declaration", gettext_lazy("Declaration about the owners")),
    (r"representative_declaration", gettext_lazy("Declaration of the representative")),
    (r"proof_of_registration|company_registration_verification", gettext_lazy("Proof that the business is registered")),
    (r"proof_of_ultimate_beneficial_ownership", gettext_lazy("Proof of who owns the business")),
    (r"company_tax_id_verification", gettext_lazy("Document that shows the tax ID")),
    (r"company_license", gettext_lazy("Business licence")),
    (r"company_ministerial_decree", gettext_lazy("Ministerial decree")),
    (r"company_memorandum_of_association", gettext_lazy("Memorandum of association")),
    (r"proof_of_business_presence", gettext_lazy("Proof that the business works at its address")),
    (r"bank_account_ownership_verification", gettext_lazy("Proof that the bank account belongs to the business")),
    (r"company_authorization", gettext_lazy("Document that allows this person to act for the business")),
    (r"(individual|person\w*)\b.*(secondary_verification|additional_document)", gettext_lazy("Proof of home address")),
    (r"(individual|person\w*)\b.*(primary_verification|verification\.document)", gettext_lazy("Identity document")),
    (r"(company|business_details)\.(documents\.primary_)?verification", gettext_lazy("Document of the business")),
    (r"proof_of_address", gettext_lazy("Proof of address")),
    (r"documents\.secondary_verification|additional_document", gettext_lazy("Proof of address")),
    (r"documents\.primary_verification|verification\.document", gettext_lazy("Document that proves who this is")),
    (r"documents\.passport", gettext_lazy("Passport")),
    (r"documents\.visa", gettext_lazy("Visa")),
    (r"registered_name|company\.name|legal_name", gettext_lazy("Registered business name")),
    (r"doing_business_as|business_profile\.name", gettext_lazy("Name that customers know the business by")),
    (r"(business_details|company)\.(id_numbers|tax_id)", gettext_lazy("Tax ID of the business")),
    (r"(business_details|company)\.(\w+_)?address", gettext_lazy("Business address")),
    (r"principal_place_of_business", gettext_lazy("Main place of business")),
    (r"registration_number", gettext_lazy("Number in the public register")),
    (r"vat_id", gettext_lazy("VAT number")),
    (r"export_(license_id|purpose_code)", gettext_lazy("Export licence")),
    (r"compliance_screening", gettext_lazy("How the business checks its own customers")),
    (r"(business_details|company)\.phone", gettext_lazy("Business phone number")),
    (r"(business_details|company)\.structure", gettext_lazy("Legal form of the business")),
    (r"registration_date", gettext_lazy("Date the business was registered")),
    (r"annual_revenue", gettext_lazy("Yearly revenue")),
    (r"monthly_estimated_revenue", gettext_lazy("Monthly revenue")),
    (r"estimated_worker_count", gettext_lazy("Number of people who work there")),
    (r"\bmcc\b", gettext_lazy("Industry")),
    (r"business_url|business_profile\.url", gettext_lazy("Website")),
    (r"product_description", gettext_lazy("What the business sells")),
    (r"specified_commercial_transactions", gettext_lazy("Web page with the legal notice on sales")),
    (r"minority_owned", gettext_lazy("Whether minorities own the business")),
    (r"source_of_funds", gettext_lazy("Where the money comes from")),
    (r"purpose_of_funds", gettext_lazy("What the money is for")),
    (r"high_risk_activities", gettext_lazy("Whether the business does anything of high risk")),
    (r"money_services", gettext_lazy("Which money services the business offers")),
    (r"operates_in_prohibited_countries", gettext_lazy("Whether the business works in sanctioned countries")),
    (r"regulated_activity", gettext_lazy("Whether the business is regulated, and by whom")),
    (r"statement_descriptor", gettext_lazy("Name shown on card statements")),
    (r"support[._](phone|email|url|address)", gettext_lazy("How customers reach support")),
    (r"external_account|default_outbound_destination|payout_method", gettext_lazy("Bank account for payouts")),
    (r"entity_type|business_type", gettext_lazy("Kind of business")),
    (r"identity\.country", gettext_lazy("Country of the business")),
    (r"contact_email", gettext_lazy("Contact e-mail address")),
    (r"contact_phone", gettext_lazy("Contact phone number")),
    (r"relationship\.percent_ownership", gettext_lazy("Share of the business that this person owns")),
    (r"relationship\.title", gettext_lazy("Job title")),
    (
        r"person_\w+\.relationship\.(owner|director|executive|representative)",
        gettext_lazy("This person’s part in the business"),
    ),
    (r"relationship\.representative|representative$", gettext_lazy("Somebody who represents the business")),
    (r"relationship\.owner|owners$", gettext_lazy("Owners of the business")),
    (r"relationship\.director|directors$", gettext_lazy("Directors of the business")),
    (r"relationship\.executive|executives$", gettext_lazy("Executives of the business")),
    (r"relationship", gettext_lazy("This person’s part in the business")),
    (r"date_of_birth|\bdob\b", gettext_lazy("Date of birth")),
    (r"us_ssn_last_4|ssn_last_4", gettext_lazy("Last four digits of the Social Security number")),
    (r"us_ssn|\bssn\b", gettext_lazy("Social Security number")),
    (r"id_number_secondary", gettext_lazy("Second personal ID number")),
    (r"maiden_name", gettext_lazy("Name at birth")),
    (r"self_reported_income", gettext_lazy("Yearly income")),
    (r"monthly_housing_payment", gettext_lazy("Monthly payment for housing")),
    (r"id_numbers?\b", gettext_lazy("Personal ID number")),
    (r"additional_names|alias", gettext_lazy("Other names")),
    (r"given_name|first_name|surname|last_name|full_name", gettext_lazy("First and last name")),
    (r"political_exposure", gettext_lazy("Whether this person holds a public office")),
    (r"birth_address", gettext_lazy("Place of birth")),
    (r"registered_address", gettext_lazy("Registered address")),
    (r"nationalit", gettext_lazy("Nationality")),
    (r"\bgender|legal_gender", gettext_lazy("Gender")),
    (r"address", gettext_lazy("Home address")),
    (r"\bemail\b", gettext_lazy("E-mail address")),
    (r"\bphone\b", gettext_lazy("Phone number")),
    (r"configuration\.\w+\.applied", gettext_lazy("Permission to use this feature")),
    (r"inquiry|interv_|remediation", gettext_lazy("Questions that Stripe asked about the business")),
]
_COMPILED = [(re.compile(pattern), phrase) for pattern, phrase in _PHRASES]


def phrase_for(description: str) -> str | None:
    """Words for a requirement's path, in the reader's language; None for a path that nobody has met yet."""
    return next((str(phrase) for pattern, phrase in _COMPILED if pattern.search(description)), None)


def words_for(description: str) -> str:
    """Words for any requirement's path. A new kind of path says only that Stripe's form will ask for it."""
    return phrase_for(description) or _("A detail that Stripe’s form will ask for")
