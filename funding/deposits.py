"""Reading one microdeposit as people type it: 32, 0.32, .32 or $0.32, all 32 cents."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class NotADeposit(ValueError):
    """What was typed is no amount of 1 to 99 cents; the message says what would be."""


def parse(text: str) -> int:
    """Cents (1 to 99) of what was typed. Raises NotADeposit."""
    typed = re.sub(r"[\s$¢]", "", text)
    whole = re.fullmatch(r"[0-9]{1,2}", typed)
    decimal = re.fullmatch(r"0*[.,]([0-9]{2})", typed)
    if whole or decimal:
        cents = int(decimal[1] if decimal else typed)
        if cents:
            return cents
        raise NotADeposit(_("Each deposit is between 1 and 99 cents."))
    if re.fullmatch(r"0*[.,][0-9]", typed):
        raise NotADeposit(_("Write both digits of the cents, such as 0.30."))
    if re.fullmatch(r"[0-9]+([.,][0-9]*)?", typed):
        raise NotADeposit(_("Each deposit is less than one dollar. Write 32 or 0.32 for 32 cents."))
    raise NotADeposit(_("Write the amount in cents, such as 32 or 0.32."))


class DepositField(forms.CharField):
    """One deposit → cents."""

    def __init__(self, **kwargs):
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 12})
        )
        kwargs.setdefault("help_text", gettext_lazy("In cents, such as 32 or 0.32"))
        kwargs.setdefault("error_messages", {"required": gettext_lazy("Enter both deposits.")})
        super().__init__(**kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return parse(text)
        except NotADeposit as refusal:
            raise ValidationError(str(refusal), code="deposit") from refusal
