"""Which agreements a business has to be shown before it gets cards, by program, country and state. All of it is data.

A changed document is a new version here, never an edit of an old one. Titles are the documents' own and are not
translated. What is the platform's own (its card program terms, financing disclosures with other fees) has to be
approved by Stripe and by the platform's counsel, and is linked by settings.AGREEMENT_URLS.
"""

from dataclasses import asdict, dataclass
from functools import reduce

from django.conf import settings
from django.utils.translation import gettext as _

# States in which a business must be shown what the financing costs.
DISCLOSURE_STATES = ("CA", "NY", "UT")
LEGAL = "https://stripe.com/legal"
ACCOUNT, HOLDER = "account", "card_creator.commercial.account_holder"
PLATFORM_TERMS = "platform_terms"
APPLE_PAY = "apple-payment-platform-program-manager-customer-terms-and-conditions#exhibit-c-pass-through-provisions"


@dataclass(frozen=True)
class Agreement:
    """One document. `attests` is its path below identity.attestations.terms_of_service, blank where Stripe has none."""

    key: str
    version: str
    title: str
    url: str
    attests: str = ""

    @property
    def record(self) -> dict[str, str]:
        """What is kept of it beside an acceptance."""
        return {name: text for name, text in asdict(self).items() if name != "attests"}


@dataclass(frozen=True)
class Sponsor:
    """A bank's documents: [product] → (title, address), and what it is called in Stripe's tree."""

    bank_terms: dict[str, tuple[str, str]]
    apple_pay: str
    # By settings.CARD_FEE_DISCLOSURE; anything else is the platform's own.
    disclosures: dict[str, tuple[str, str]]
    # Documents that Stripe's tree has a place for, by product.
    attested: dict[str, tuple[str, ...]]


SPONSORS = {
    "celtic": Sponsor(
        bank_terms={
            "spend_card": ("Issuing Bank Terms – Spend Card (Celtic Bank)", f"{LEGAL}/celtic-spend-card"),
            "charge_card": ("Issuing Bank Terms – Charge Card (Celtic Bank)", f"{LEGAL}/celtic-charge-card"),
        },
        apple_pay=f"{LEGAL}/issuing/celtic/{APPLE_PAY}",
        disclosures={
            "none": ("Commercial Financing Disclosure (Celtic Bank)", f"{LEGAL}/issuing-offer-document"),
            "per_card": ("Commercial Financing Disclosure (Celtic Bank)", f"{LEGAL}/issuing-offer-document-fees"),
        },
        attested={
            "spend_card": ("bank_terms", "platform", "financing_disclosures"),
            "charge_card": ("bank_terms", "platform"),
        },
    ),
    "cross_river_bank": Sponsor(
        bank_terms={
            "spend_card": ("Issuing Bank Terms – Spend Card (Cross River Bank)", f"{LEGAL}/issuing/crb-spend-card"),
            "charge_card": ("Issuing Bank Terms – Charge Card (Cross River Bank)", f"{LEGAL}/issuing/crb-charge-card"),
        },
        apple_pay=f"{LEGAL}/issuing/crb/{APPLE_PAY}",
        disclosures={
            "none": ("Commercial Financing Disclosure (Cross River Bank)", f"{LEGAL}/crb-issuing-offer-document"),
            "per_card": (
                "Commercial Financing Disclosure (Cross River Bank)",
                f"{LEGAL}/crb-issuing-offer-document-fees",
            ),
        },
        attested={
            "spend_card": ("bank_terms", "financing_disclosures"),
            "charge_card": ("bank_terms", "platform", "financing_disclosures"),
        },
    ),
}
VERSION = "2026-11"


def agreements_for(program: str, country: str, state: str) -> list[Agreement]:
    """Everything this business must be shown, in the order of the page. `state` is that of its address.

    An agreement without an address is one that the platform has yet to publish: nothing can be accepted before.
    """
    _family, sponsor, product = program.split(".") if program.count(".") == 2 else ("", "", "")
    found = [
        _stripes(ACCOUNT, "Stripe Connected Account Agreement", f"{LEGAL}/connect-account"),
        _stripes(HOLDER, "Stripe Issuing Accountholder Terms", _holder_terms(country)),
    ]
    bank = SPONSORS.get(sponsor)
    if bank is None:
        return found
    where = f"card_creator.commercial.{sponsor}"
    found.append(_of_bank(f"{where}.{product}.bank_terms", *bank.bank_terms.get(product, ("Issuing Bank Terms", ""))))
    if "platform" in bank.attested.get(product, ()):
        found.append(_of_bank(f"{where}.{product}.platform", *_platform_terms()))
    if settings.APPLE_PAY_TERMS:
        found.append(_of_bank(f"{where}.apple_pay", "Apple Pay Accountholder Terms", bank.apple_pay))
    if state in DISCLOSURE_STATES:
        attests = f"{where}.{product}.financing_disclosures" if _is_disclosure_attested(bank, product) else ""
        found.append(_disclosure(bank, product, attests))
    return found


def tree_of(agreements: list[Agreement], acceptance: dict) -> dict:
    """The acceptance at every place of Stripe's tree that the agreements stand for."""
    tree: dict = {}
    for agreement in agreements:
        if agreement.attests:
            *path, last = agreement.attests.split(".")
            reduce(lambda inner, name: inner.setdefault(name, {}), path, tree)[last] = acceptance
    return tree


def signing_sentence(program: str) -> str:
    """What has to stand beside the bank's terms: that the button signs, electronically."""
    if any(f".{sponsor}." in program for sponsor in SPONSORS):
        return _(
            "By clicking “Submit application”, you agree to the Issuing Bank Terms, the Stripe Connected Account "
            "Agreement and the Stripe Issuing Accountholder Terms, and you consent to electronic signatures as set "
            "forth in the Issuing Bank Terms."
        )
    return _("By clicking “Submit application”, you agree to these agreements and consent to sign them electronically.")


def _holder_terms(country: str) -> str:
    default = f"{LEGAL}/issuing-accountholder"
    # Terms of the United Kingdom and the euro area stand within Stripe's services terms of that country.
    return default if country == "US" else f"https://stripe.com/{country.lower()}/legal/ssa-services-terms"


def _stripes(attests: str, title: str, url: str) -> Agreement:
    key = "connected_account" if attests == ACCOUNT else "account_holder"
    return Agreement(key, VERSION, title, settings.AGREEMENT_URLS.get(key, url), attests)


def _of_bank(attests: str, title: str, url: str) -> Agreement:
    key = attests.removeprefix("card_creator.commercial.")
    return Agreement(key, VERSION, title, settings.AGREEMENT_URLS.get(key, url), attests)


def _platform_terms() -> tuple[str, str]:
    title = _("%(platform)s card program terms") % {"platform": settings.PLATFORM_NAME}
    return title, settings.AGREEMENT_URLS.get(PLATFORM_TERMS, "")


def _is_disclosure_attested(bank: Sponsor, product: str) -> bool:
    return "financing_disclosures" in bank.attested.get(product, ())


def _disclosure(bank: Sponsor, product: str, attests: str) -> Agreement:
    """Charge cards and other fees need a disclosure of the platform's own."""
    title, url = "Commercial Financing Disclosure", ""
    if product == "spend_card":
        title, url = bank.disclosures.get(settings.CARD_FEE_DISCLOSURE, (title, url))
    key = "financing_disclosure"
    return Agreement(key, VERSION, title, settings.AGREEMENT_URLS.get(key, url), attests)
