"""What a business is asked about itself: by its legal form, its country, and what Stripe knows already."""

from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.countries import country_name
from accounts.details import phones, tax_ids
from accounts.details.address_forms import AddressFields, initial_address
from accounts.details.fields import IndustryField, PhoneField, SecretHidden, SecretInput, WholeAmountField
from accounts.details.known import Known
from accounts.forms import OnBehalfMixin
from accounts.models import ConnectedAccount
from desk.forms import BaseForm, FormIdMixin

# Stripe's parameters → fields, for what it refuses.
PARAMS = {
    "company": "registered_name",
    "company.name": "registered_name",
    "company.tax_id": "tax_id",
    "company.phone": "phone",
    "company.address": "line1",
    **{f"company.address.{part}": part for part in ("line1", "line2", "city", "state", "postal_code", "country")},
    "business_profile.name": "trading_name",
    "business_profile.url": "website",
    "business_profile.product_description": "product_description",
    "business_profile.mcc": "industry",
    "business_profile.estimated_worker_count": "worker_count",
    "business_profile.annual_revenue": "annual_revenue",
    "business_profile.annual_revenue.fiscal_year_end": "fiscal_year_end",
}
PROFILE_FIELDS = (
    "trading_name", "industry", "website", "product_description", "worker_count", "annual_revenue", "fiscal_year_end",
)  # fmt: skip
COMPANY_FIELDS = (
    "registered_name", "tax_id", "phone", "country", "line1", "line2", "city", "state", "postal_code",
)  # fmt: skip
OPTIONAL = ("trading_name", "website", "product_description", "line2")


class ProfileForm(OnBehalfMixin, FormIdMixin, BaseForm):
    """What every business says about its trade: all that an individual or sole trader is asked in this step."""

    field_order = ("operation", *PROFILE_FIELDS)

    trading_name = forms.CharField(
        label=gettext_lazy("Name customers know"),
        help_text=gettext_lazy("Only if it differs from the legal name."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        help_text=gettext_lazy("If there is none, say below what the business sells."),
        assume_scheme="https",
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url"}),
        error_messages={
            "invalid": gettext_lazy(
                "This is not the address of a website. It should look like https://www.company.com."
            )
        },
    )
    product_description = forms.CharField(
        label=gettext_lazy("What the business sells"),
        help_text=gettext_lazy("A sentence or two: what, to whom and how. Not needed beside a website."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    industry = IndustryField(
        label=gettext_lazy("Industry"),
        help_text=gettext_lazy("Type a word such as “bakery” or “software” and choose from the list."),
    )
    worker_count = forms.IntegerField(
        label=gettext_lazy("People who work there"),
        help_text=gettext_lazy("An estimate, employees and contractors."),
        min_value=0,
        max_value=10_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": gettext_lazy("Enter a whole number, such as 12."),
            "min_value": gettext_lazy("This cannot be less than 0."),
            "max_value": gettext_lazy("This number is too large."),
        },
    )
    fiscal_year_end = forms.DateField(
        label=gettext_lazy("Last day of that financial year"),
        help_text=gettext_lazy("The latest one that has ended."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Enter a date, such as 2025-12-31.")},
    )

    def __init__(
        self, *args, account: ConnectedAccount, known: Known, today: date, may_be_partial: bool = False, **kwargs
    ):
        self.account, self.known, self.today, self.may_be_partial = account, known, today, may_be_partial
        kwargs["initial"] = self._from_stripe() | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["annual_revenue"] = WholeAmountField(
            label=_("Yearly revenue (%(currency)s)") % {"currency": account.currency.upper()},
            help_text=_("Of the last financial year, before costs. An estimate is enough, 0 if there was none."),
            currency=account.currency,
        )
        for name in self.fields:
            if name != "operation" and name != "reason":
                self.fields[name].required = self._is_required(name)
                self.fields[name].error_messages["required"] = _("This is needed.")
        self.order_fields((*self.field_order, "reason"))

    def _is_required(self, name: str) -> bool:
        return not self.may_be_partial and name not in OPTIONAL

    def _from_stripe(self) -> dict:
        profile, revenue = self.known.profile, self.known.profile.get("annual_revenue") or {}
        in_this_currency = revenue.get("currency") in (None, self.account.currency)
        return {
            "trading_name": profile.get("name") or "",
            "website": profile.get("url") or "",
            "product_description": profile.get("product_description") or "",
            "industry": profile.get("mcc") or "",
            "worker_count": profile.get("estimated_worker_count"),
            "annual_revenue": revenue.get("amount") if in_this_currency else None,
            "fiscal_year_end": revenue.get("fiscal_year_end"),
        }

    def clean_fiscal_year_end(self):
        ended = self.cleaned_data["fiscal_year_end"]
        if ended and ended > self.today:
            raise forms.ValidationError(_("This year has not ended yet. Give the last day of the one before."))
        return ended

    def clean(self):
        cleaned = super().clean()
        neither = not cleaned.get("website") and not cleaned.get("product_description")
        if neither and not self.may_be_partial and not {"website", "product_description"} & set(self.errors):
            self.add_error("website", _("Give a website, or say below what the business sells."))
        amount, ended = cleaned.get("annual_revenue"), cleaned.get("fiscal_year_end")
        if self.may_be_partial and (amount is None) != (ended is None):
            # Stripe takes the two only together.
            cleaned["annual_revenue"] = cleaned["fiscal_year_end"] = None
        return cleaned

    @property
    def profile(self) -> dict:
        """business_profile as v1 names it: what is filled in, and "" for what was taken away."""
        cleaned, before = self.cleaned_data, self.known.profile
        texts = {"name": "trading_name", "url": "website", "product_description": "product_description"}
        found = {name: cleaned.get(field) or "" for name, field in texts.items()}
        found = {name: text for name, text in found.items() if text or (before.get(name) and not self.may_be_partial)}
        if cleaned.get("industry"):
            found["mcc"] = cleaned["industry"]
        if cleaned.get("worker_count") is not None:
            found["estimated_worker_count"] = cleaned["worker_count"]
        if cleaned.get("annual_revenue") is not None and cleaned.get("fiscal_year_end"):
            found["annual_revenue"] = {
                "amount": cleaned["annual_revenue"],
                "currency": self.account.currency,
                "fiscal_year_end": cleaned["fiscal_year_end"].isoformat(),
            }
        return found

    @property
    def company(self) -> dict:
        """Nothing: an individual has no company."""
        return {}

    @property
    def token(self) -> str:
        return ""

    @property
    def typed(self) -> dict:
        """By what the same form sent twice is known as the same: only a keyed hash of it is kept."""
        return {name: str(value) for name, value in self.cleaned_data.items() if name not in ("operation", "reason")}


class CompanyForm(ProfileForm, AddressFields):
    """A company or non-profit. What carries `data-token` goes into the token that the browser makes, if it can."""

    field_order = ("operation", "account_token", *COMPANY_FIELDS, *PROFILE_FIELDS)
    # Nobody sees into a token, and one of an account may also accept Stripe's terms, which staff must not.
    accepts_of_business = ("account_token",)

    registered_name = forms.CharField(
        label=gettext_lazy("Registered name"),
        help_text=gettext_lazy("Exactly as in the letter from the tax authority or in the public register."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    tax_id = forms.CharField(max_length=40, widget=SecretInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
    account_token = forms.RegexField(
        r"^ct_[A-Za-z0-9_]{1,200}$",
        widget=SecretHidden,
        error_messages={"invalid": gettext_lazy("What you typed did not reach Stripe. Send it once more.")},
    )

    def __init__(self, *args, account: ConnectedAccount, known: Known, **kwargs):
        countries = [(account.country, country_name(account.country))]
        # A number that the browser has handed over is not expected here.
        has_token = args and args[0] and args[0].get("account_token") and not kwargs["user"].is_staff
        self.has_token = bool(has_token)
        super().__init__(*args, account=account, known=known, countries=countries, **kwargs)
        kind = tax_ids.kind_of(account.country)
        self.fields["tax_id"].label = kind.label
        self.fields["tax_id"].help_text = self._tax_id_hint(kind)
        self.fields["tax_id"].widget.attrs |= {"data-secret": "", "data-pattern": kind.pattern}
        # A business is where its account is.
        self.fields["country"].widget = forms.HiddenInput()
        self.fields["phone"] = PhoneField(label=_("Business phone"), country=account.country)
        self.fields["phone"].required = not self.may_be_partial
        self.fields["phone"].error_messages["required"] = _("This is needed.")
        self.fields["phone"].widget.attrs["data-dialling"] = phones.DIALLING.get(account.country, ("",))[0]
        for param, name in PARAMS.items():
            if param.startswith("company.") and param != "company.address" and name in self.fields:
                self.fields[name].widget.attrs["data-token"] = param
        self.order_fields((*self.field_order, "reason"))

    def _tax_id_hint(self, kind: tax_ids.TaxId) -> str:
        if self.known.company.get("tax_id_provided"):
            return _("On file at Stripe. Leave it empty to keep it.")
        return _("Such as %(example)s. It goes to Stripe and is not kept here.") % {"example": kind.example}

    def _is_required(self, name: str) -> bool:
        if name == "tax_id":
            on_file = self.known.company.get("tax_id_provided") or self.has_token
            return not on_file and not self.may_be_partial
        is_shaped_by_country = name == "postal_code" and not self.shape.needs_postal_code
        return super()._is_required(name) and name != "account_token" and not is_shaped_by_country

    def _from_stripe(self) -> dict:
        company = self.known.company
        about = {"registered_name": company.get("name") or "", "phone": company.get("phone") or ""}
        address = initial_address(company.get("address"), country=self.account.country)
        return super()._from_stripe() | about | address | {"country": self.account.country}

    def clean_tax_id(self):
        number = self.cleaned_data["tax_id"]
        kind = tax_ids.kind_of(self.account.country)
        if number and not kind.is_one(number):
            sentence = _("This does not look like one. It should look like %(example)s.")
            raise forms.ValidationError(sentence % {"example": kind.example})
        return tax_ids.plain(number)

    @property
    def company(self) -> dict:
        """The company as v1 names its parts, without what was left empty. Ask after `is_valid()`."""
        cleaned = self.cleaned_data
        found = {
            "name": cleaned.get("registered_name"),
            "phone": cleaned.get("phone"),
            "tax_id": cleaned.get("tax_id"),
            "address": self.address,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def token(self) -> str:
        return self.cleaned_data.get("account_token") or ""


def form_for(account: ConnectedAccount) -> type[ProfileForm]:
    """The form of this legal form."""
    return ProfileForm if account.entity_type == ConnectedAccount.EntityType.INDIVIDUAL else CompanyForm
