"""The fields of an address, in the shape that its country gives them."""

from django import forms
from django.utils.translation import gettext as _

from accounts.countries import country_name
from accounts.details import addresses

PARTS = ("line1", "line2", "city", "state", "postal_code", "country")
# Stripe's names of an address below `address`, to the fields of the form.
FIELDS_OF_STRIPE = {f"address.{part}": part for part in PARTS} | {"address": "line1"}
AUTOCOMPLETE = {
    "country": "country",
    "line1": "address-line1",
    "line2": "address-line2",
    "city": "address-level2",
    "state": "address-level1",
    "postal_code": "postal-code",
}


class AddressFields(forms.Form):
    """Fields country, line1, line2, city, state, postal_code. `countries` are the (code, name) pairs to choose from.

    A country that was changed shows its own parts once the form has been sent. With `may_be_partial` every part may be
    empty, but what is filled in must be right.
    """

    def __init__(self, *args, countries: list[tuple[str, str]], may_be_partial: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.address_may_be_partial = may_be_partial
        choices = [("", _("Choose a country")), *countries]
        self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=choices)
        chosen = self.data.get(self.add_prefix("country")) if self.is_bound else self.initial.get("country")
        self.shape = addresses.shape_of(chosen if chosen in dict(countries) else countries[0][0])
        self.fields["line1"] = forms.CharField(label=_("Street and number"), max_length=200)
        self.fields["line2"] = forms.CharField(label=_("Apartment, suite or floor"), max_length=200, required=False)
        self.fields["city"] = forms.CharField(label=self.shape.city_label, max_length=100)
        if self.shape.has_state:
            self.fields["state"] = _state_field(self.shape)
        self.fields["postal_code"] = forms.CharField(
            label=self.shape.postal_label, max_length=20, required=self.shape.needs_postal_code
        )
        for part in PARTS:
            if part in self.fields:
                self.fields[part].widget.attrs |= {"autocomplete": AUTOCOMPLETE[part], "class": "input"}
                self.fields[part].required = self.fields[part].required and not may_be_partial
                self.fields[part].error_messages["required"] = _("This is needed.")

    def clean_line1(self):
        line = self.cleaned_data["line1"]
        if addresses.is_po_box(line):
            raise forms.ValidationError(addresses.PO_BOX_SENTENCE)
        return line

    def clean_postal_code(self):
        code = addresses.tidy_postal_code(self.cleaned_data["postal_code"])
        if code and (sentence := addresses.postal_code_sentence(self.shape.country, code)):
            raise forms.ValidationError(sentence)
        return code

    @property
    def address(self) -> dict[str, str]:
        """The address as v1 names its parts, without those that are empty. Ask after `is_valid()`."""
        found = {part: self.cleaned_data.get(part, "") for part in PARTS}
        if not any(value for part, value in found.items() if part != "country"):
            return {}
        return {part: value for part, value in found.items() if value}


def initial_address(address: dict | None, *, country: str) -> dict[str, str]:
    """What the fields start with: what Stripe knows, else only the country."""
    known = {part: (address or {}).get(part) or "" for part in PARTS}
    return known | {"country": known["country"] or country}


def _state_field(shape: addresses.Shape) -> forms.Field:
    if not shape.states:
        return forms.CharField(label=shape.state_label, max_length=100)
    return forms.ChoiceField(
        label=shape.state_label,
        choices=[("", _("Choose one")), *shape.states],
        error_messages={"invalid_choice": _("Choose one of %(country)s.") % {"country": country_name(shape.country)}},
    )
