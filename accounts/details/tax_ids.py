"""The number by which a country's authorities know a company: what it is called there, and how it looks."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class TaxId:
    """`pattern` is matched against the number in upper case without spaces, dots and hyphens."""

    label: str | Promise
    pattern: str
    example: str

    def is_one(self, typed: str) -> bool:
        return re.fullmatch(self.pattern, plain(typed)) is not None


def plain(typed: str) -> str:
    """`12-3456789` → `123456789`."""
    return re.sub(r"[\s.\-/]", "", typed).upper()


EIN, VAT, REGISTER = _("Employer identification number (EIN)"), _("VAT number"), _("Company register number")
KINDS = {
    "US": TaxId(EIN, r"\d{9}", "12-3456789"),
    "GB": TaxId(_("Company number (Companies House)"), r"\d{8}|[A-Z]{2}\d{6}", "01234567"),
    "AT": TaxId(_("Commercial register number (FN)"), r"(FN)?\d{5,6}[A-Z]", "FN 123456a"),
    "BE": TaxId(_("Enterprise number"), r"(BE)?[01]\d{9}", "0123.456.789"),
    "CY": TaxId(_("Tax identification number"), r"\d{8}[A-Z]", "12345678A"),
    "DE": TaxId(_("Commercial register number (HRB or HRA)"), r"(HR[AB])?[A-Z0-9]{1,20}", "HRB 1234"),
    "EE": TaxId(_("Registry code"), r"\d{8}", "12345678"),
    "ES": TaxId(_("Tax ID (NIF)"), r"[A-Z]\d{7}[A-Z0-9]", "A12345678"),
    "FI": TaxId(_("Business ID (Y-tunnus)"), r"\d{8}", "1234567-8"),
    "FR": TaxId(_("SIREN number"), r"\d{9}(\d{5})?", "123 456 789"),
    "GR": TaxId(_("Tax number (AFM)"), r"\d{9}", "123456789"),
    "HR": TaxId(_("Personal identification number (OIB)"), r"\d{11}", "12345678901"),
    "IE": TaxId(_("Company number (CRO)"), r"\d{5,7}", "123456"),
    "IT": TaxId(_("Tax code (codice fiscale)"), r"\d{11}|[A-Z0-9]{16}", "12345678901"),
    "LT": TaxId(_("Company code"), r"\d{7,9}", "123456789"),
    "LU": TaxId(_("Trade register number (RCS)"), r"[A-Z]\d{1,7}", "B 123456"),
    "LV": TaxId(REGISTER, r"\d{11}", "12345678901"),
    "MT": TaxId(_("Company number"), r"C?\d{1,6}", "C 12345"),
    "NL": TaxId(_("Chamber of Commerce number (KVK)"), r"\d{8}", "12345678"),
    "PT": TaxId(_("Tax ID (NIPC)"), r"\d{9}", "123456789"),
    "SI": TaxId(_("Tax number"), r"\d{8}", "12345678"),
    "SK": TaxId(_("Company ID (IČO)"), r"\d{8}", "12345678"),
}


def kind_of(country: str) -> TaxId:
    """What a company of this country is asked for."""
    return KINDS.get(country, TaxId(REGISTER, r"[A-Z0-9]{4,20}", ""))
