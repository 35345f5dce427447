"""What people fill in about money. Bank numbers are never among it: the browser sends those to Stripe."""

import re
from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import OnBehalfMixin
from desk.forms import BaseForm, FormIdMixin, MoneyField
from funding import limits, mandate_texts, top_ups
from funding.deposits import DepositField
from funding.models import Mandate, TopUp

# Eight digits or more in a row, as account and routing numbers have; telephone numbers are written in groups.
BANK_NUMBER = re.compile(r"[0-9]{8,}")


class HolderForm(FormIdMixin, BaseForm):
    """Whose bank account it is, and the token that stands for its numbers, which are refused themselves."""

    holder_name = forms.CharField(
        label=_("Account holder"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the name in which the bank account is held.")},
    )
    holder_type = forms.ChoiceField(
        label=_("Type of account holder"),
        choices=Mandate.HolderType.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether a company or an individual holds the account.")},
    )
    token = forms.RegexField(
        r"^btok_[A-Za-z0-9_]{1,200}$",
        widget=forms.HiddenInput,
        error_messages={
            "required": _("The bank numbers did not reach Stripe, so nothing was sent. Enter them again."),
            "invalid": _("The bank numbers did not reach Stripe, so nothing was sent. Enter them again."),
        },
    )

    # What stood on the screen, so that exactly this is kept, whatever language another tab has chosen since.
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=forms.HiddenInput)
    text_version = forms.CharField(max_length=20, widget=forms.HiddenInput)

    def __init__(self, data=None, **kwargs):
        # Emptied before anything else sees them, so that no page, log or error report can repeat them.
        self.refused_fields = _fields_with_bank_numbers(data)
        super().__init__(_emptied(data, self.refused_fields) if self.refused_fields else data, **kwargs)

    @property
    def shown_language(self) -> str:
        """In which language the authorization is drawn: the one it was first shown in, while that is one of ours."""
        language = self["language"].value()
        return language if language in dict(settings.LANGUAGES) else self.initial["language"]

    def clean(self):
        if self.refused_fields:
            raise ValidationError(
                _("Something in this form looked like a bank number. We do not take those and have kept nothing of it.")
            )
        if self.cleaned_data.get("text_version", mandate_texts.CURRENT_VERSION) != mandate_texts.CURRENT_VERSION:
            raise ValidationError(_("The words of the authorization have changed. Open the form again and read them."))
        return super().clean()


class MandateForm(HolderForm):
    """The authorization given by a person of the business, here and now."""

    agree = forms.BooleanField(
        label=_("I am allowed to authorize debits from this account."),
        error_messages={"required": _("Tick the box to continue.")},
    )

    def __init__(self, data=None, *, ip: str, **kwargs):
        super().__init__(data, **kwargs)
        self.ip = ip

    def clean(self):
        if not self.ip:
            raise ValidationError(
                _("We cannot tell which network address you write from, and an authorization needs it. Contact us.")
            )
        return super().clean()


class OfflineMandateForm(OnBehalfMixin, HolderForm):
    """An authorization that staff received by phone or on paper."""

    accepted_at = forms.DateTimeField(
        label=_("When it was given"),
        help_text=_("Date and time, UTC."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"required": _("Enter when it was given."), "invalid": _("Enter a date and a time.")},
    )
    evidence_note = forms.CharField(
        label=_("How it was given, and where the evidence is kept"),
        help_text=_("Such as: signed form of November 20, in the contract folder. No bank numbers."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say how it was given and where the evidence is kept.")},
    )
    evidence_contact = forms.EmailField(
        label=_("Evidence contact"),
        help_text=_("Whom Stripe may ask for the evidence."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter the e-mail address of somebody who can show the evidence."),
            "invalid": _("This is not an e-mail address."),
        },
    )
    agree = forms.BooleanField(
        label=_("The business agreed to exactly these words."),
        error_messages={"required": _("Tick the box to continue.")},
    )

    def __init__(self, data=None, *, now: datetime, **kwargs):
        super().__init__(data, **kwargs)
        self.now = now

    def clean_accepted_at(self):
        accepted_at = self.cleaned_data["accepted_at"]
        if accepted_at > self.now:
            raise ValidationError(_("This is in the future. Enter when the authorization was given."))
        return accepted_at


class VerifyForm(OnBehalfMixin, FormIdMixin, BaseForm):
    """The two small deposits as they stand on the bank statement."""

    first = DepositField(label=_("First deposit"))
    second = DepositField(label=_("Second deposit"))

    @property
    def amounts(self) -> tuple[int, int]:
        """Both deposits in cents. Ask after `is_valid()`."""
        return self.cleaned_data["first"], self.cleaned_data["second"]


class CancelForm(OnBehalfMixin, FormIdMixin, BaseForm):
    """Nothing but a confirmation."""


class TopUpForm(OnBehalfMixin, FormIdMixin, BaseForm):
    """How much, and from where."""

    source = forms.UUIDField(
        label=_("From"),
        error_messages={
            "required": _("Choose the bank account to debit."),
            "invalid": _("Choose the bank account to debit."),
        },
    )
    description = forms.CharField(
        label=_("Note"),
        help_text=_("For your own records. Optional."),
        max_length=200,
        required=False,
        error_messages={"max_length": _("Shorten the note to 200 characters.")},
    )
    statement_descriptor = forms.CharField(
        label=_("Text on the bank statement"),
        help_text=_("At most 15 letters, digits and spaces. Optional."),
        max_length=15,
        required=False,
        error_messages={"max_length": _("Shorten this to 15 characters.")},
    )

    def __init__(self, data=None, *, account, now: datetime, **kwargs):
        super().__init__(data, **kwargs)
        self.account = account
        self.now = now
        amount = MoneyField(
            currency=account.currency, label=_("Amount"), error_messages={"required": _("Enter an amount.")}
        )
        amount.widget.attrs["class"] = "input"
        self.fields = {"amount": amount, **self.fields}

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        try:
            limits.check(self.account, amount, self.account.currency, self.now)
        except limits.AmountOutsideLimits as refusal:
            raise ValidationError(str(refusal)) from refusal
        return amount

    def clean_source(self):
        source = self.account.sources.filter(public_id=self.cleaned_data["source"]).first()
        if source is None:
            raise ValidationError(_("Choose the bank account to debit."))
        sentence = top_ups.why_not_chargeable(source)
        if sentence:
            raise ValidationError(sentence)
        return source

    def clean_statement_descriptor(self):
        text = self.cleaned_data["statement_descriptor"]
        if text and not re.fullmatch(r"[ -~]+", text):
            raise ValidationError(_("Banks take plain letters, digits and spaces only, without accents."))
        if re.search(r"""[<>\\'"*]""", text):
            raise ValidationError(_("Leave out the characters < > \\ ' \" and *."))
        if text and not re.search(r"[A-Za-z]", text):
            raise ValidationError(_("Write at least one letter."))
        return text


class TopUpFilterForm(forms.Form):
    """The state of the top-up list, as it stands in the URL. What cannot be read is left out."""

    STATUSES = {
        "": (),
        "moving": (TopUp.Status.SUBMITTING, TopUp.Status.PENDING),
        "attention": (TopUp.Status.FAILED, TopUp.Status.REVERSED, TopUp.Status.REFUSED),
        "arrived": (TopUp.Status.SUCCEEDED,),
        "canceled": (TopUp.Status.CANCELED,),
    }

    status = forms.ChoiceField(choices=[(name, name) for name in STATUSES], required=False, widget=forms.HiddenInput)
    account = forms.CharField(
        label=_("Business"), max_length=120, required=False, widget=forms.TextInput(attrs={"class": "input"})
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date", "class": "input"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date", "class": "input"})
    )

    def narrow(self, top_ups_queryset):
        """The top-ups that the filters leave, whatever part of them could be read."""
        self.is_valid()
        wanted = self.cleaned_data
        rows = top_ups_queryset
        if wanted.get("account"):
            rows = rows.of_business(wanted["account"])
        if wanted.get("since"):
            rows = rows.filter(created_at__gte=_midnight(wanted["since"]))
        if wanted.get("until"):
            rows = rows.filter(created_at__lt=_midnight(wanted["until"]) + timedelta(days=1))
        return rows

    @property
    def is_search(self) -> bool:
        """Whether rows are looked for by the name of their business. Ask after `narrow()`."""
        return bool(self.cleaned_data.get("account"))

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the tab leaves rows out. Ask after `narrow()`."""
        return any(self.cleaned_data.get(name) for name in ("account", "since", "until"))

    @property
    def statuses(self) -> tuple[str, ...]:
        """Statuses of the chosen tab; empty for all. Ask after `narrow()`."""
        return self.STATUSES[self.cleaned_data.get("status", "")]


def _fields_with_bank_numbers(data) -> set[str]:
    made_by_machines = ("operation", "token", "csrfmiddlewaretoken")
    typed = [name for name in data or () if name not in made_by_machines]
    return {name for name in typed if any(BANK_NUMBER.search(value) for value in data.getlist(name))}


def _emptied(data, names: set[str]):
    emptied = data.copy()
    for name in names:
        emptied[name] = ""
    return emptied


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
