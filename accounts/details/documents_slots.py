"""Which documents Stripe may ask for, what it accepts as each, and where their files go."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Requirement
from accounts.requirement_words import words_for

FRONT, BACK = "front", "back"
# v1 knows the first two as `verification`, with two sides; all others are lists of files.
SIDED = {"primary_verification": "document", "secondary_verification": "additional_document"}
BUSINESS = "business"
_PLACES = (
    (re.compile(r"(^|\.)documents\.([a-z_]+)"), None),
    (re.compile(r"verification\.additional_document"), "secondary_verification"),
    (re.compile(r"verification\.document"), "primary_verification"),
)
_OF_INDIVIDUAL = re.compile(r"^(identity\.)?individual\.")
_OF_REPRESENTATIVE = re.compile(r"^representative\.")

_US_ID = gettext_lazy("Driving licence or identity card of a state, front and back")
_ID_CARD = gettext_lazy("National identity card, front and back")
_LICENCE = gettext_lazy("Driving licence, front and back")
_PERMIT = gettext_lazy("Residence permit, front and back")
_PASSPORT = gettext_lazy("Passport: the page with the photo")
IDENTITY_KINDS = {
    "US": (_PASSPORT, _US_ID, gettext_lazy("Permanent resident card (green card), front and back")),
    "GB": (_PASSPORT, _LICENCE, gettext_lazy("Biometric residence permit, front and back")),
    "FR": (_PASSPORT, _ID_CARD, _PERMIT),
    "": (_PASSPORT, _ID_CARD, _LICENCE, _PERMIT),
}
ADDRESS_KINDS = (
    gettext_lazy("Bill for electricity, gas, water, internet or a landline"),
    gettext_lazy("Statement of a bank or a credit card"),
    gettext_lazy("Letter of an authority, such as a tax notice"),
)
REGISTER_KINDS = {
    "US": (
        gettext_lazy("IRS letter 147C"),
        gettext_lazy("IRS confirmation of the EIN (CP 575 or SS-4)"),
        gettext_lazy("Articles of incorporation, filed with the state"),
    ),
    "GB": (gettext_lazy("Certificate of incorporation"), gettext_lazy("Extract of the Companies House register")),
    "": (
        gettext_lazy("Extract of the commercial register"),
        gettext_lazy("Certificate of registration of the business"),
    ),
}
OTHER_KINDS = {
    "company_authorization": (
        gettext_lazy("Power of attorney or resolution that lets this person act for the business, signed"),
    ),
    "passport": (_PASSPORT,),
    "visa": (gettext_lazy("Visa in the passport, or as a card"),),
    "bank_account_ownership_verification": (
        gettext_lazy("Statement or letter of the bank, with the name of the business and the account number"),
        gettext_lazy("Voided check"),
    ),
    "company_license": (gettext_lazy("Licence to run this kind of business, still valid"),),
    "company_memorandum_of_association": (gettext_lazy("Memorandum or articles of association, every page"),),
    "company_ministerial_decree": (gettext_lazy("Ministerial decree that founded the organization"),),
    "company_tax_id_verification": (
        gettext_lazy("Letter of the tax authority with the tax ID and the registered name"),
    ),
    "proof_of_business_presence": (
        gettext_lazy("Lease, or a bill for electricity, water or internet at the business’s address"),
    ),
    "proof_of_ultimate_beneficial_ownership": (
        gettext_lazy("Register of owners or shareholders, or a chart of them signed by a director"),
    ),
}
ABOUT_PEOPLE = ("primary_verification", "secondary_verification", "company_authorization", "passport", "visa")
ABOUT_BUSINESS = (
    "primary_verification",
    "bank_account_ownership_verification",
    "company_license",
    "company_memorandum_of_association",
    "company_ministerial_decree",
    "company_registration_verification",
    "company_tax_id_verification",
    "proof_of_address",
    "proof_of_business_presence",
    "proof_of_registration",
    "proof_of_ultimate_beneficial_ownership",
)
# A photo must show the thing itself: a scan of it is a copy.
PICTURES_ONLY = ("primary_verification", "passport", "visa")


@dataclass(frozen=True)
class Slot:
    """One kind of document, of a person or of the business. `key` is its name in v2."""

    key: str
    is_about_business: bool

    @property
    def label(self) -> str:
        """What people call it."""
        about = "identity.business_details" if self.is_about_business else "person_"
        return words_for(f"{about}.documents.{self.key}")

    @property
    def has_back(self) -> bool:
        return self.key in SIDED

    @property
    def takes_pdf(self) -> bool:
        return self.is_about_business or self.key not in PICTURES_ONLY

    @property
    def is_photographed(self) -> bool:
        """A card or a booklet that is held before a camera."""
        return not self.takes_pdf

    @property
    def purpose(self) -> str:
        """What Stripe is told that the file is for."""
        if self.key not in SIDED:
            return "account_requirement"
        return "additional_verification" if self.is_about_business else "identity_document"

    def params(self, files: dict[str, str], *, is_individual: bool = False) -> dict:
        """The file ids (by side) where v1 takes them."""
        if self.key not in SIDED:
            return {"documents": {self.key: {"files": list(files.values())}}}
        told: dict = {"verification": {SIDED[self.key]: files}}
        if self.is_about_business:
            return {"company": told}
        return {"individual": told} if is_individual else told

    def accepted_kinds(self, *, country: str, account_country: str) -> list[str]:
        """What Stripe accepts, in words. `country` is where the person lives; blank when nobody knows."""
        if not self.is_about_business and self.key == "primary_verification":
            if country and country != account_country:
                # Stripe reads foreign identity cards in no country.
                return [str(_PASSPORT)]
            return _texts(IDENTITY_KINDS.get(account_country, IDENTITY_KINDS[""]))
        if self.key in ("secondary_verification", "proof_of_address"):
            return [*_texts(ADDRESS_KINDS), _("Not older than six months, with the name and the whole address on it")]
        if self.key in ("primary_verification", "proof_of_registration", "company_registration_verification"):
            return _texts(REGISTER_KINDS.get(account_country, REGISTER_KINDS[""]))
        return _texts(OTHER_KINDS[self.key])


def _texts(kinds) -> list[str]:
    return [str(kind) for kind in kinds]


def slot(key: str, *, is_about_business: bool) -> Slot | None:
    """The slot of that name; None for one that there is not."""
    known = ABOUT_BUSINESS if is_about_business else ABOUT_PEOPLE
    return Slot(key, is_about_business) if key in known else None


def key_of(description: str) -> str:
    """Name of the document that a requirement's path asks for; blank when it asks for none."""
    for pattern, key in _PLACES:
        if found := pattern.search(description):
            return key or found[2]
    return ""


def is_about_business(requirement: Requirement) -> bool:
    """Whether a document proves something about the business, not about a person."""
    if requirement.person_id or _OF_REPRESENTATIVE.search(requirement.description):
        return False
    return not is_about_individual(requirement)


def is_about_individual(requirement: Requirement) -> bool:
    return bool(_OF_INDIVIDUAL.search(requirement.description))
