"""The field for a person's identity number, which is handed to Stripe and never kept or shown again."""

from django import forms
from django.utils.translation import gettext as _

from accounts.details.fields import SecretInput
from accounts.details.people import Person


class NumberField(forms.CharField):
    """An identity number. `is_wanted`: Stripe has none on file and asks for one."""

    is_wanted = False
    last_4_will_do = False


def number_field(country: str, person: Person | None, asked) -> NumberField:
    """The field for the number that this country gives its people; what is on file need not be given again."""
    on_file = person is not None and (person.has_id_number or (person.has_last_4 and not _wants_whole(person)))
    in_us = country == "US"
    label = _("Social Security number") if in_us else _("Personal ID number")
    field = NumberField(label=label, max_length=40, required=False, widget=SecretInput)
    field.is_wanted = not on_file and (in_us or wants(asked, "id_number"))
    field.last_4_will_do = in_us and not (person is not None and person.has_last_4)
    field.help_text = _number_hint(in_us=in_us, on_file=on_file, last_4_will_do=field.last_4_will_do)
    field.widget.attrs |= {"autocomplete": "off", "inputmode": "numeric" if in_us else "text"}
    return field


def hand_to_browser(field: NumberField, *, country: str, is_individual: bool) -> None:
    """Tell static/js/details.js where in a token the number belongs, and what one looks like."""
    holder = "individual" if is_individual else "person"
    attrs = {"data-secret": "", "data-token": f"{holder}.id_number", "data-pattern": ".{3,40}"}
    if country == "US":
        attrs |= {"data-token-short": f"{holder}.ssn_last_4", "data-pattern": "[0-9]{9}"}
        if field.last_4_will_do:
            attrs["data-pattern"] = "[0-9]{9}|[0-9]{4}"
    field.widget.attrs |= attrs


def wrong_number(field: NumberField, country: str) -> str:
    """What the browser says of a number that cannot be right, before it hands it over."""
    if country != "US":
        return _("This does not look like an ID number. Compare it with the identity card.")
    return _nine_or_four() if field.last_4_will_do else _nine()


def _number_hint(*, in_us: bool, on_file: bool, last_4_will_do: bool) -> str:
    if on_file:
        return _("On file at Stripe, which never shows it. Leave this empty to keep it.")
    if not in_us:
        return _("As on the identity card or the tax letter. It goes to Stripe and is not kept here.")
    if last_4_will_do:
        return _("All nine digits, or only the last four. They go to Stripe and are not kept here.")
    return _("All nine digits this time. They go to Stripe and are not kept here.")


def _wants_whole(person: Person) -> bool:
    return any(wants([row.description for row in line.requirements], "id_number") for line in person.lines)


def wants(asked, part: str) -> bool:
    """Whether Stripe asks for something of that name."""
    return any(part in path for path in asked)


def check_social_security_number(number: str, *, last_4_will_do: bool) -> None:
    """Raises ValidationError for what is neither nine digits nor, where they will do, the last four."""
    if not number.isdigit():
        raise forms.ValidationError(_("Use digits only."))
    if len(number) == 9 or (len(number) == 4 and last_4_will_do):
        return
    if last_4_will_do:
        raise forms.ValidationError(_nine_or_four())
    raise forms.ValidationError(_nine())


def _nine() -> str:
    return _("A Social Security number has nine digits.")


def _nine_or_four() -> str:
    return _("A Social Security number has nine digits; the last four will do as well.")
