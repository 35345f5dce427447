"""What was wrong with something that a business supplied, rewritten as an instruction, for every code of Stripe's.

The codes are those of requirement errors in v1 and in every dialect of v2, and of what came of a document or person.
"""

from django.utils.translation import gettext_lazy as _

_ADDRESSES = {
    "invalid_address_city_state_postal_code": _("Check that city, state and postal code belong together."),
    "invalid_address_cmra_address": _("Give a street address, not one of a mail-forwarding service."),
    "invalid_address_highway_contract_box": _("Give a street address, not a highway contract box."),
    "invalid_address_private_mailbox": _("Give a street address, not a rented mailbox."),
    "invalid_address_registered_agent_address": _("Give the place of business, not a registered agent’s."),
    "invalid_street_address": _("Check the street and the house number."),
    "unresolvable_ip_address": _("Accept the terms again, without a VPN or proxy."),
    "unresolvable_postal_code": _("Check the postal code: no place was found for it."),
    "verification_failed_address_match": _("The address could not be confirmed. Check every part of it."),
    "verification_failed_residential_address": _("Give the address where this person lives, not a business address."),
}
_BUSINESS = {
    "external_request": _("Somebody outside Stripe has to confirm this. Follow what they ask, then check here again."),
    "information_missing": _("Part of this is missing. Fill in every field that is asked for."),
    "invalid_business_profile_name": _("Give the full name that customers know the business by."),
    "invalid_business_profile_name_denylisted": _(
        "Customers cannot know the business by this name. Give its own name."
    ),
    "invalid_company_name_denylisted": _("This is too general for a registered name. Copy it from the register."),
    "invalid_product_description_length": _("Say in at least one full sentence what the business sells."),
    "invalid_product_description_url_match": _(
        "Say what the business sells in words of your own, not by a web address."
    ),
    "invalid_statement_descriptor_business_mismatch": _("Use the name of the business as the name on statements."),
    "invalid_statement_descriptor_denylisted": _("This name cannot stand on statements. Use the name of the business."),
    "invalid_statement_descriptor_length": _("Give a name for statements of 5 to 22 characters."),
    "invalid_statement_descriptor_prefix_denylisted": _("This short name cannot stand on statements. Use another one."),
    "invalid_statement_descriptor_prefix_mismatch": _("Shorten the name of the business for the short statement name."),
    "invalid_tax_id": _("Check the tax ID against the letter from the tax authority."),
    "invalid_tax_id_format": _("The tax ID has the wrong number of digits or letters. Copy it from the tax letter."),
    "invalid_value_other": _("This was not accepted. Check it and enter it again."),
    "partner_disabled": _("The bank behind the cards has switched this off. Write to us; nothing can be entered here."),
    "unsupported_business_type": _("Stripe does not support this legal form. Write to us if it was chosen by mistake."),
    "verification_data_not_found": _("No public record matches this. Enter it exactly as it is registered."),
    "verification_failed_business_iec_number": _("Check the importer-exporter code against its certificate."),
    "verification_failed_tax_id_match": _("Name and tax ID do not belong together. Enter both as in the tax letter."),
    "verification_failed_tax_id_not_issued": _("The tax authority does not know this tax ID. Check every digit."),
    "verification_legal_entity_structure_mismatch": _("The legal form differs from the public register. Correct it."),
    "verification_requires_additional_memorandum_of_associations": _("Send the memorandum of association."),
    "verification_requires_additional_proof_of_registration": _("Send proof that the business is registered."),
    "verification_supportability": _(
        "Stripe does not support this kind of business. Write to us if that is a mistake."
    ),
}
_WEBSITE = {
    "invalid_url_denylisted": _("Give the address of the business’s own website."),
    "invalid_url_format": _("Give the full address of the website, such as https://example.com."),
    "invalid_url_length": _("The address of the website is too long. Give that of its first page."),
    "invalid_url_web_presence_detected": _("Give the address of the website instead of a description."),
    "invalid_url_website_business_information_mismatch": _("The website must show the name of this business."),
    "invalid_url_website_empty": _("The website is empty. Publish it, then enter its address again."),
    "invalid_url_website_inaccessible": _("The website could not be opened. Check its address."),
    "invalid_url_website_inaccessible_geoblocked": _(
        "The website is closed to some countries. Let the United States in."
    ),
    "invalid_url_website_inaccessible_password_protected": _("Take the password off the website."),
    "invalid_url_website_incomplete": _("The website must show what the business sells and how to reach it."),
    "invalid_url_website_incomplete_cancellation_policy": _("Put the cancellation terms on the website."),
    "invalid_url_website_incomplete_customer_service_details": _("Put a way to reach customer service on the website."),
    "invalid_url_website_incomplete_legal_restrictions": _("Put any legal limits on what is sold on the website."),
    "invalid_url_website_incomplete_refund_policy": _("Put the refund terms on the website."),
    "invalid_url_website_incomplete_return_policy": _("Put the return terms on the website."),
    "invalid_url_website_incomplete_terms_and_conditions": _("Put the terms and conditions on the website."),
    "invalid_url_website_incomplete_under_construction": _("The website must be finished before review."),
    "invalid_url_website_other": _(
        "The website was not accepted. Give another address, or say what the business sells."
    ),
}
_PEOPLE = {
    "invalid_dob_age_over_maximum": _("Check the year of birth: this person would be over 120."),
    "invalid_dob_age_under_18": _("Check the date of birth. A person under 18 cannot represent the business."),
    "invalid_dob_age_under_minimum": _("Check the date of birth. This person is too young for Stripe."),
    "invalid_representative_country": _("The representative must live in a supported country."),
    "invalid_signator": _("The terms must be accepted by somebody who may sign for the business."),
    "invalid_tos_acceptance": _("Accept the terms again."),
    "verification_directors_mismatch": _("Check that the directors are those of the public register."),
    "verification_extraneous_directors": _("Remove the directors who are not in the public register."),
    "verification_missing_directors": _("Add the directors who are missing from the list."),
    "verification_missing_executives": _("Add the executives of the business."),
    "verification_missing_owners": _("Add everybody who owns 25% or more of the business."),
    "verification_rejected_ownership_exemption_reason": _("The reason for not listing owners was refused. List them."),
    "verification_failed_authorizer_authority": _(
        "Prove that the person who authorized this may sign for the business."
    ),
    "verification_failed_representative_authority": _("Prove that this person may act for the business."),
    "verification_failed_id_number_match": _("Name and ID number do not belong together. Check every digit."),
    "verification_failed_keyed_identity": _("This person could not be confirmed. Check name, birth date and address."),
    "verification_failed_keyed_match": _("Some details of this person do not agree. Enter them as on the ID."),
    "verification_failed_name_match": _(
        "The name could not be confirmed. Enter it exactly as on the ID or in the register."
    ),
    "verification_failed_other": _("This could not be confirmed. Check every letter and digit."),
    "verification_selfie_document_missing_photo": _("Send an identity document that has a photo on it."),
    "verification_selfie_face_mismatch": _(
        "The face differs from the photo on the document. The same person takes the picture."
    ),
    "verification_selfie_manipulated": _("Take the picture of the face anew, without filters or changes."),
    "verification_selfie_unverified_other": _("The picture of the face could not be used. Take it again in daylight."),
    "verification_token_stale": _("The proof has become too old. Go through the identity check again."),
}
_DOCUMENTS = {
    "verification_document_address_mismatch": _(
        "The address on the document differs from the form. Correct one of them."
    ),
    "verification_document_address_missing": _("Send a document that shows the address."),
    "verification_document_corrupt": _("The file is damaged. Save or photograph the document again and send that."),
    "verification_document_country_not_supported": _("Documents of this country are not accepted. Send another one."),
    "verification_document_directors_mismatch": _(
        "The directors on the document differ from the form. Correct one of them."
    ),
    "verification_document_dob_mismatch": _(
        "The date of birth on the document differs from the form. Correct one of them."
    ),
    "verification_document_duplicate_type": _("The same kind of document was sent twice. Send a different kind."),
    "verification_document_expired": _("The document has expired. Send one that is still valid."),
    "verification_document_failed_copy": _("Send a photo of the document itself, not of a copy."),
    "verification_document_failed_greyscale": _("Send a photo in colour."),
    "verification_document_failed_other": _("The document could not be accepted. Send another one."),
    "verification_document_failed_test_mode": _("This is a test picture that always fails. Send another one."),
    "verification_document_fraudulent": _("The document was not taken as genuine. Send the original of another one."),
    "verification_document_id_number_mismatch": _(
        "The number on the document differs from the form. Correct one of them."
    ),
    "verification_document_id_number_missing": _("Send a document that shows the ID number."),
    "verification_document_incomplete": _("Part of the document is cut off. Send all of it, with all four corners."),
    "verification_document_invalid": _("This is not a document that proves it. Send one of those listed."),
    "verification_document_issue_or_expiry_date_missing": _("The dates on the document must be visible."),
    "verification_document_manipulated": _("The picture was changed. Send it as it was taken."),
    "verification_document_missing_back": _("Send the back of the document too."),
    "verification_document_missing_front": _("Send the front of the document too."),
    "verification_document_name_mismatch": _("The name on the document differs from the form. Correct one of them."),
    "verification_document_name_missing": _("Send a document that shows the name."),
    "verification_document_nationality_mismatch": _(
        "The nationality on the document differs from the form. Correct it."
    ),
    "verification_document_not_readable": _("The photo cannot be read. Take a new one in daylight."),
    "verification_document_not_signed": _("The document must be signed."),
    "verification_document_not_uploaded": _("The file did not arrive. Send it again."),
    "verification_document_photo_mismatch": _("The photo on the document shows somebody else. Send this person’s own."),
    "verification_document_too_large": _("The file is too large. Send one below 10 MB."),
    "verification_document_type_not_supported": _("This kind of document is not accepted. Send another one."),
    "verification_failed_document_match": _("What the document says differs from the form. Correct one of them."),
}
INSTRUCTIONS = _ADDRESSES | _BUSINESS | _WEBSITE | _PEOPLE | _DOCUMENTS


def known_instruction(code: str) -> str | None:
    """The instruction for one of Stripe's codes, in the reader's language; None for a code nobody has met yet.

    What came of a document or a person is told in shorter codes: `document_expired`, `failed_keyed_identity`.
    """
    sentence = INSTRUCTIONS.get(code) or INSTRUCTIONS.get(f"verification_{code}")
    return str(sentence) if sentence else None


def instruction_for(code: str) -> str:
    """The instruction for any code."""
    return known_instruction(code) or str(_("Something is not right with this yet. Check it and enter it again."))
