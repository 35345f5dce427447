"""What is asked about a person: the basics, and what Stripe really wants of this account."""

import re
from datetime import date
from decimal import Decimal

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.details import addresses, phones
from accounts.details.address_forms import FIELDS_OF_STRIPE as ADDRESS_FIELDS
from accounts.details.address_forms import AddressFields, initial_address
from accounts.details.people import OWNER_FROM, ROLES, WHOLE, Person, owned_by_others, representative
from accounts.details.people_number_forms import (
    NumberField,
    check_social_security_number,
    hand_to_browser,
    number_field,
    wants,
    wrong_number,
)
from accounts.forms import OnBehalfMixin
from accounts.models import ConnectedAccount
from desk.forms import BaseForm, FormIdMixin

FIRST_YEAR = 1900
# As they stand on the page, which is how the list of what to fix is read.
ORDER = (
    "first_name", "last_name", "dob_day", "dob_month", "dob_year", "country", "line1", "line2", "city", "state",
    "postal_code", "email", "phone", *ROLES, "percent_ownership", "title", "nationality", "political_exposure",
    "id_number", "reason",
)  # fmt: skip
ROLE_LABELS = {
    "representative": gettext_lazy("Represents the business"),
    "owner": gettext_lazy("Owns part of it"),
    "director": gettext_lazy("Is a director"),
    "executive": gettext_lazy("Is an executive with significant responsibility"),
}
_PARAMS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "dob": "dob_day",
    "dob.day": "dob_day",
    "dob.month": "dob_month",
    "dob.year": "dob_year",
    "email": "email",
    "phone": "phone",
    "id_number": "id_number",
    "ssn_last_4": "id_number",
    "nationality": "nationality",
    "political_exposure": "political_exposure",
    "relationship.title": "title",
    "relationship.percent_ownership": "percent_ownership",
    **{f"relationship.{role}": role for role in ROLES},
    **ADDRESS_FIELDS,
}
# Stripe's names of what the form asks, for a person and for an individual, to the fields of the form.
FIELDS_OF_STRIPE = _PARAMS | {f"individual.{name}": field for name, field in _PARAMS.items()}


class PersonForm(OnBehalfMixin, FormIdMixin, AddressFields, BaseForm):
    """One person. `people` are all of the account, `asked` the paths of what Stripe wants to know about any of them."""

    first_name = forms.CharField(
        label=gettext_lazy("First name"),
        help_text=gettext_lazy("As on the identity card or passport."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=gettext_lazy("Last name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    # A month by its name: no country reads it for a day.
    dob_day = forms.IntegerField(
        label=gettext_lazy("Day of birth"),
        required=False,
        min_value=1,
        max_value=31,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday-day", "maxlength": "2"}),
    )
    dob_month = forms.TypedChoiceField(
        label=gettext_lazy("Month of birth"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", gettext_lazy("Month")), *MONTHS.items()],
        widget=forms.Select(attrs={"autocomplete": "bday-month"}),
    )
    dob_year = forms.IntegerField(
        label=gettext_lazy("Year of birth"),
        required=False,
        min_value=FIRST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday-year", "maxlength": "4"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": gettext_lazy("This is not an e-mail address. It should look like name@company.com.")
        },
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    title = forms.CharField(
        label=gettext_lazy("Job title"),
        help_text=gettext_lazy("Needed of the representative: owner, chief executive …"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    percent_ownership = forms.DecimalField(
        label=gettext_lazy("Share of the business in percent"),
        help_text=gettext_lazy("Of owners. 75 means three quarters."),
        required=False,
        localize=True,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("This is not a number. Write 75 for three quarters.")},
    )
    number_token = forms.RegexField(r"^[A-Za-z0-9_]{1,255}$", required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args,
        account: ConnectedAccount,
        people,
        today: date,
        person=None,
        asked=(),
        may_be_partial=False,
        **kwargs,
    ):
        self.account, self.people, self.person, self.today = account, people, person, today
        self.is_individual = account.entity_type == ConnectedAccount.EntityType.INDIVIDUAL
        if self.is_individual:
            # A token of an account may also accept Stripe's terms, which staff must not, and nobody sees into one.
            self.accepts_of_business = ("number_token",)
        self.may_be_partial = may_be_partial
        kwargs["initial"] = _initial(person, account) | (kwargs.get("initial") or {})
        super().__init__(*args, countries=addresses.all_countries(), may_be_partial=may_be_partial, **kwargs)
        if self.is_individual:
            self.fields.pop("percent_ownership")
            if not wants(asked, "title"):
                self.fields.pop("title")
        else:
            self._add_roles()
        self._add_what_is_asked(asked)
        for name in ("first_name", "last_name", "email"):
            self.fields[name].required = not may_be_partial
        # Stripe wants the phone of whoever represents the business; of others it takes one.
        self.fields["phone"].required = self.is_individual and not may_be_partial
        self.order_fields(ORDER)
        self.fields["phone"].help_text = _("Such as %(example)s.") % {"example": phones.example(self.shape.country)}

    def _add_roles(self) -> None:
        for role in ROLES:
            self.fields[role] = forms.BooleanField(label=ROLE_LABELS[role], required=False)

    def _add_what_is_asked(self, asked) -> None:
        is_known = self.person is not None and self.person.has_id_number
        if self.account.country == "US" or wants(asked, "id_number") or is_known:
            field = number_field(self.account.country, self.person, asked)
            hand_to_browser(field, country=self.account.country, is_individual=self.is_individual)
            self.fields["id_number"] = field
        # Of an individual's own account v1 takes no nationality.
        if not self.is_individual and (wants(asked, "nationalit") or _nationality_of(self.person)):
            choices = [("", _("Choose a country")), *addresses.all_countries()]
            self.fields["nationality"] = forms.ChoiceField(
                label=_("Nationality"), choices=choices, required=not self.may_be_partial
            )
        if wants(asked, "political_exposure"):
            self.fields["political_exposure"] = forms.ChoiceField(
                label=_("Does this person hold a high public office, or did so, or is close to somebody who does?"),
                choices=[("none", _("No")), ("existing", _("Yes"))],
                required=not self.may_be_partial,
                widget=forms.RadioSelect,
            )
        for name in ("nationality", "political_exposure", "id_number"):
            if name in self.fields:
                self.fields[name].error_messages["required"] = _("This is needed.")
                if name != "political_exposure":
                    self.fields[name].widget.attrs["class"] = "input"

    @property
    def _number_field(self) -> NumberField | None:
        field = self.fields.get("id_number")
        return field if isinstance(field, NumberField) else None

    @property
    def wrong_number(self) -> str:
        """What the browser says of a number that cannot be right."""
        field = self._number_field
        return wrong_number(field, self.account.country) if field else ""

    @property
    def birthday_fields(self) -> list:
        return [self[f"dob_{part}"] for part in ("day", "month", "year")]

    @property
    def role_fields(self) -> list:
        return [self[role] for role in ROLES if role in self.fields]

    @property
    def former_representative(self) -> Person | None:
        """Who lays the representation down when this form is saved. Ask after `is_valid()`."""
        lead = representative(self.people)
        takes_over = self.cleaned_data.get("representative") and lead and not self._is_self(lead)
        return lead if takes_over else None

    def _is_self(self, other: Person) -> bool:
        return self.person is not None and self.person.id == other.id

    def clean_phone(self):
        typed = self.cleaned_data["phone"]
        try:
            return phones.normalized(typed, self.shape.country) if typed else ""
        except phones.NotAPhone as problem:
            raise forms.ValidationError(problem.sentence) from problem

    def clean_id_number(self):
        number, field = re.sub(r"[\s.-]", "", self.cleaned_data["id_number"]), self._number_field
        if number and self.account.country == "US" and self.shape.country == "US":
            check_social_security_number(number, last_4_will_do=bool(field and field.last_4_will_do))
        return number

    def clean(self):
        cleaned = super().clean()
        self._check_birthday(cleaned)
        self._check_number(cleaned)
        if not self.is_individual:
            self._check_roles(cleaned)
            self._check_share(cleaned)
        return cleaned

    def _check_birthday(self, cleaned: dict) -> None:
        parts = [cleaned.get(f"dob_{part}") for part in ("year", "month", "day")]
        if any(name in self.errors for name in ("dob_day", "dob_month", "dob_year")):
            return
        if not all(parts):
            if any(parts) or not self.may_be_partial:
                self.add_error("dob_day", _("Give day, month and year."))
            return
        try:
            birthday = date(*parts)
        except ValueError:
            self.add_error("dob_day", _("There is no such day. Compare it with the identity card."))
            return
        if birthday > self.today:
            self.add_error("dob_year", _("This day has not come yet. Check the year."))

    def _check_number(self, cleaned: dict) -> None:
        field = self._number_field
        if field is None or "id_number" in self.errors or self.may_be_partial:
            return
        has_one = cleaned.get("id_number") or cleaned.get("number_token")
        if field.is_wanted and not has_one and (self.account.country != "US" or self.shape.country == "US"):
            self.add_error("id_number", _("This is needed."))

    def _check_roles(self, cleaned: dict) -> None:
        was_lead = self.person is not None and self.person.is_representative
        if was_lead and not cleaned.get("representative"):
            self.add_error(
                "representative",
                _("The business needs a representative. Open somebody else and let them represent it instead."),
            )
        elif not any(cleaned.get(role) for role in ROLES) and not self.may_be_partial:
            self.add_error("representative", _("Tick at least one part that this person has in the business."))
        if cleaned.get("representative") and not self.may_be_partial:
            for name in ("phone", "title"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("This is needed of whoever represents the business."))

    def _check_share(self, cleaned: dict) -> None:
        if "percent_ownership" in self.errors:
            return
        share, is_owner = cleaned.get("percent_ownership"), cleaned.get("owner")
        if share is None:
            if is_owner and not self.may_be_partial:
                self.add_error("percent_ownership", _("Say how much of the business this person owns."))
            return
        if not 0 <= share <= WHOLE:
            self.add_error("percent_ownership", _("A share lies between 0 and 100 percent."))
            return
        together = share + owned_by_others(self.people, self.person.id if self.person else "")
        if together > WHOLE:
            sentence = _("Together with the other owners this makes %(sum)s%%: more than 100%%.")
            self.add_error("percent_ownership", sentence % {"sum": plain_share(together)})
        elif share >= OWNER_FROM and not is_owner:
            self.add_error("owner", _("Somebody with 25% or more is an owner: tick this, or correct the share."))

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was filled in. Ask after `is_valid()`."""
        return not self.contents(with_number=True)

    def contents(self, *, with_number: bool) -> dict:
        """What Stripe is told, as v1 names it. Ask after `is_valid()`."""
        cleaned = self.cleaned_data
        told = {name: cleaned.get(name) for name in ("first_name", "last_name", "email", "phone")}
        told |= {name: cleaned.get(name) for name in ("nationality", "political_exposure")}
        told["address"] = self._cleared_address()
        if cleaned.get("dob_day") and "dob_day" not in self.errors:
            told["dob"] = {part: cleaned[f"dob_{part}"] for part in ("day", "month", "year")}
        told["relationship"] = self._relationship()
        if with_number and cleaned.get("id_number"):
            number = cleaned["id_number"]
            told["ssn_last_4" if self._is_last_4(number) else "id_number"] = number
        return {name: value for name, value in told.items() if value}

    def _is_last_4(self, number: str) -> bool:
        return self.account.country == "US" and len(number) == 4

    def _cleared_address(self) -> dict:
        """The address; a second line that was taken away is cleared at Stripe too."""
        told = self.address
        if told and self.person and (self.person.found.get("address") or {}).get("line2"):
            told.setdefault("line2", "")
        return told

    def _relationship(self) -> dict:
        cleaned = self.cleaned_data
        told: dict = {}
        if cleaned.get("title") or (self.person and self.person.title and "title" in self.fields):
            told["title"] = cleaned.get("title", "")
        if self.is_individual:
            return told
        before = self.person.roles if self.person else []
        told |= {role: bool(cleaned[role]) for role in ROLES if cleaned[role] or role in before}
        share = cleaned.get("percent_ownership")
        if share is not None:
            told["percent_ownership"] = plain_share(share)
        elif self.person and self.person.share is not None:
            told["percent_ownership"] = ""
        return told


class RemovePersonForm(OnBehalfMixin, FormIdMixin, BaseForm):
    """Asks for nothing but, of staff, the reason."""


class ConfirmPeopleForm(OnBehalfMixin, FormIdMixin, BaseForm):
    """That a list of people is whole: owners, directors, executives, as far as Stripe asks."""

    LABELS = {
        "owners": gettext_lazy("Everybody who owns 25% or more of the business is listed"),
        "directors": gettext_lazy("Every director is listed"),
        "executives": gettext_lazy("Every executive with significant responsibility is listed"),
    }

    def __init__(self, *args, groups: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        ticks = {
            group: forms.BooleanField(
                label=self.LABELS[group],
                error_messages={"required": _("Tick this once it is so. Add who is missing before.")},
            )
            for group in groups
        }
        self.fields = ticks | self.fields
        self.groups = groups

    @property
    def ticks(self) -> list:
        return [self[group] for group in self.groups]


def plain_share(share: Decimal) -> str:
    """`Decimal("33.30")` → "33.3"."""
    text = f"{share:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _nationality_of(person: Person | None) -> str:
    return (person.found.get("nationality") or "") if person else ""


def _initial(person: Person | None, account: ConnectedAccount) -> dict:
    """What the fields start with: what Stripe knows."""
    found = person.found if person else {}
    birthday = found.get("dob") or {}
    told = {name: found.get(name) or "" for name in ("first_name", "last_name", "email", "phone")}
    told |= {name: found.get(name) for name in ("nationality", "political_exposure")}
    told |= {f"dob_{part}": birthday.get(part) for part in ("day", "month", "year")}
    told |= initial_address(found.get("address"), country=account.country)
    if person:
        told |= dict.fromkeys(person.roles, True)
        told |= {"title": person.title, "percent_ownership": person.share}
    return told
