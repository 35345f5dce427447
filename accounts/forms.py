"""What people fill in about businesses, and the filters of their list."""

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import onboarding, programs
from accounts.countries import country_name
from accounts.models import ConnectedAccount
from desk.forms import BaseForm, FormIdMixin, MoneyField
from desk.models import User


class OnBehalfMixin:
    """Asks staff for the reason why they act for a business. People of the business itself are not asked."""

    # Fields that are read from the business alone.
    accepts_of_business: tuple[str, ...] = ()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.accepts_of_business:
            self.fields[name].disabled = user.is_staff
        if user.is_staff:
            self.fields["reason"] = forms.CharField(
                label=gettext_lazy("Reason"),
                help_text=gettext_lazy("Why you are doing this for the business. Kept in the audit trail."),
                max_length=500,
                widget=forms.TextInput(attrs={"class": "input"}),
                error_messages={"required": gettext_lazy("Say why you are doing this on the business’s behalf.")},
            )

    @property
    def on_behalf_reason(self) -> str:
        """Why staff acted; empty when the business did it itself. Ask after `is_valid()`."""
        return self.cleaned_data.get("reason", "")


def country_choices() -> list[tuple[str, str]]:
    return [(code, country_name(code)) for code in programs.countries()]


def program_choices() -> list[tuple[str, list]]:
    """Programs under where they are offered. The euro area is one place: 21 groups that say the same help nobody."""
    groups: dict[str, list] = {}
    for program in programs.offered():
        groups.setdefault(_places(program.countries), []).append((program.capability, program.name))
    return list(groups.items())


def _places(countries: tuple[str, ...]) -> str:
    euro = set(settings.EURO_AREA)
    if euro <= set(countries):
        countries = (*(code for code in countries if code not in euro), "EZ")
    return ", ".join(country_name(code) for code in countries)


class InviteForm(FormIdMixin, BaseForm):
    """A business to be invited: to cards, to payouts through Express, or to connect the account it has."""

    kind = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Business name"),
        help_text=gettext_lazy("As its people would say it. Stripe asks them for the registered name."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("E-mail of the owner"),
        help_text=gettext_lazy("Gets the invitation and signs in with this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": gettext_lazy("This is not an e-mail address. It should look like name@company.com.")
        },
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), help_text=gettext_lazy("Cannot be changed later."))
    entity_type = forms.ChoiceField(
        label=gettext_lazy("Legal form"),
        help_text=gettext_lazy("Decides what Stripe asks for."),
        choices=ConnectedAccount.EntityType.choices,
    )
    program = forms.ChoiceField(
        label=gettext_lazy("Card program"), help_text=gettext_lazy("Which cards the business may have.")
    )
    url = forms.URLField(
        label=gettext_lazy("Website"),
        help_text=gettext_lazy("Stripe’s form then does not ask for it; the business confirms it there."),
        required=False,
        assume_scheme="https",
        max_length=300,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("This is not an address of a website, such as https://example.com.")},
    )
    mcc = forms.RegexField(
        r"^\d{4}$",
        label=gettext_lazy("Merchant category code"),
        help_text=gettext_lazy("Four digits, when you know them. Otherwise Stripe asks the business what it does."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("A merchant category code has four digits.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Of the invitation and of the business’s pages."),
        choices=settings.LANGUAGES,
    )

    def __init__(self, *args, kind: str = ConnectedAccount.Kind.ISSUING, **kwargs):
        kwargs["initial"] = {"language": settings.LANGUAGE_CODE, "kind": kind} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.chosen_kind = kind
        self.fields["kind"].choices = [(value, value) for value in onboarding.kinds()]
        self.fields["country"].choices = country_choices()
        self.fields["program"].choices = program_choices()
        if kind != ConnectedAccount.Kind.ISSUING:
            del self.fields["program"]
        if kind != ConnectedAccount.Kind.EXPRESS:
            del self.fields["url"], self.fields["mcc"]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_kind(self):
        return self.cleaned_data["kind"] or self.chosen_kind

    def clean_contact_email(self):
        email = self.cleaned_data["contact_email"].lower()
        if User.objects.filter(email__iexact=email, is_staff=True).exists():
            raise forms.ValidationError(_("This address belongs to a member of your own staff."))
        return email

    def clean(self):
        cleaned = super().clean()
        chosen, country = cleaned.get("program"), cleaned.get("country")
        program = next((row for row in programs.offered() if row.capability == chosen), None)
        if program is None or country is None:
            return cleaned
        names = {"program": program.name, "country": country_name(country)}
        if country not in program.countries:
            self.add_error("program", _("%(program)s is not offered in %(country)s. Choose one that is.") % names)
        elif cleaned.get("entity_type") not in program.entity_types:
            self.add_error("entity_type", _("%(program)s is not offered to this legal form.") % names)
        return cleaned

    @property
    def terms(self) -> dict:
        """What `onboarding.invite` wants to know beside the form's id."""
        return {name: value for name, value in self.cleaned_data.items() if name != "operation"}


class LowBalanceLineForm(OnBehalfMixin, BaseForm):
    """The balance below which people are warned; empty switches the warning off."""

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        line = MoneyField(
            label=_("Warn below (%(currency)s)") % {"currency": account.currency.upper()},
            help_text=gettext_lazy("Of the balance that cards spend from. Leave it empty for no warning."),
            currency=account.currency,
            required=False,
            initial=account.low_balance_line,
        )
        line.widget.attrs["class"] = "input"
        self.fields = {"line": line} | self.fields


class AcceptForm(BaseForm):
    """The first person of a business says who they are and sets a password."""

    full_name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("At least 15 characters. A few words in a row are easy to remember."),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, email: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self):
        password = self.cleaned_data["password"]
        person = User(email=self.email, full_name=self.cleaned_data.get("full_name", ""))
        password_validation.validate_password(password, person)
        return password


class ListFilters(forms.Form):
    """Filters of the accounts list, as they stand in the address. What makes no sense there is left out."""

    q = forms.CharField(required=False, max_length=100)
    country = forms.CharField(required=False, max_length=2)
    program = forms.CharField(required=False, max_length=80)
    view = forms.CharField(required=False, max_length=20)
    cursor = forms.CharField(required=False, max_length=500)

    def values(self) -> dict[str, str]:
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
