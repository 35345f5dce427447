"""The words by which a business authorizes debits, each version kept for as long as anyone may ask what was agreed.

A new wording is a new version, never an edit of an old one. The wording has to be approved by the platform's counsel.
"""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

CURRENT_VERSION = "2026-11"


@dataclass(frozen=True)
class MandateText:
    """What stands on the screen, word for word."""

    version: str
    language: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


def current(*, platform_name: str, business_name: str, language: str) -> MandateText:
    """The authorization in force, naming both parties, in `language` or in English where it is not translated."""
    names = {"platform": platform_name, "business": business_name}
    paragraphs = _paragraphs(names, language)
    # What is kept as the language must be that of the words, even where a translation is missing.
    if paragraphs == _paragraphs(names, "en"):
        language = "en"
    return MandateText(CURRENT_VERSION, language, paragraphs)


def _paragraphs(names: dict[str, str], language: str) -> tuple[str, ...]:
    with translation.override(language):
        texts = (
            _(
                "%(business)s authorizes %(platform)s, and Stripe on its behalf, to debit the bank account named with "
                "this authorization by ACH for the amounts that %(business)s asks to add to its card balance, and to "
                "credit that account to correct an erroneous debit."
            ),
            _(
                "Each debit is started by %(business)s, or by %(platform)s at its request. The amount is shown before "
                "it is confirmed. No debit recurs by itself."
            ),
            _(
                "To confirm the account, Stripe makes two small deposits of less than 1 dollar each and may take them "
                "back together in one debit."
            ),
            _(
                "This authorization stays in force until %(business)s cancels it by writing to %(platform)s at least "
                "3 business days before a debit. It is limited to accounts used for business."
            ),
        )
        return tuple(each % names for each in texts)
