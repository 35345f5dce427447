"""Fields that several of our own forms share."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.details import categories, phones
from desk import money

# Far above any yearly revenue, far below what Stripe's integers hold.
LARGEST_WHOLE = 10**12


class SecretInput(forms.TextInput):
    """Takes a number that is never drawn again, whatever became of the form."""

    def format_value(self, value):
        return None


class SecretHidden(forms.HiddenInput):
    """Carries a token of the browser once."""

    def format_value(self, value):
        return None


class PhoneField(forms.CharField):
    """A phone number as people write it in their country → `+14155550132`."""

    def __init__(self, *, country: str, **kwargs):
        attrs = {"autocomplete": "tel", "inputmode": "tel", "class": "input"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("help_text", _("Such as %(example)s.") % {"example": phones.example(country)})
        super().__init__(max_length=40, **kwargs)
        self.country = country

    def clean(self, value):
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return phones.normalized(typed, self.country)
        except phones.NotAPhone as error:
            raise ValidationError(error.sentence) from error


class IndustryField(forms.CharField):
    """A merchant category, chosen from a list that can be searched by word → its code of four digits."""

    def __init__(self, **kwargs):
        attrs = {"list": "industries", "autocomplete": "off", "class": "input"}
        super().__init__(max_length=120, widget=forms.TextInput(attrs=attrs), **kwargs)

    def prepare_value(self, value):
        return categories.label(value) if value in categories.names() else value

    def clean(self, value):
        typed = super().clean(value)
        if not typed:
            return ""
        code = categories.code_of(typed)
        if code is None:
            raise ValidationError(_no_category(typed))
        return code


def _no_category(typed: str) -> str:
    fitting = categories.suggestions(typed)
    if not fitting:
        return _("No category fits. Try another word for what the business sells, and choose from the list.")
    return _("Choose one from the list, such as: %(categories)s.") % {"categories": "; ".join(fitting)}


class WholeAmountField(forms.CharField):
    """A large amount in whole units, thousands separated or not → minor units. Zero is an amount."""

    def __init__(self, *, currency: str, **kwargs):
        attrs = {"inputmode": "numeric", "autocomplete": "off", "class": "input"}
        super().__init__(max_length=30, widget=forms.TextInput(attrs=attrs), **kwargs)
        self.currency = currency

    def prepare_value(self, value):
        return str(value // 10 ** money.exponent(self.currency)) if isinstance(value, int) else value

    def clean(self, value):
        typed = re.sub(r"[\s\u00a0\u202f’']", "", super().clean(value))
        if not typed:
            return None
        # A group of exactly three digits after each separator can only be thousands.
        if re.fullmatch(r"\d{1,3}([.,]\d{3})+", typed):
            typed = re.sub(r"[.,]", "", typed)
        if not re.fullmatch(r"[0-9]+", typed):
            raise ValidationError(_("Enter a whole amount in digits, such as 250000. An estimate is enough."))
        if int(typed) > LARGEST_WHOLE:
            raise ValidationError(_("This amount is too large."))
        return int(typed) * 10 ** money.exponent(self.currency)
