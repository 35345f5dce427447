"""The bank account for payouts: whose it is, and a token in place of its numbers."""

from django import forms
from django.utils.translation import gettext_lazy

from accounts.details.fields import SecretHidden
from accounts.forms import OnBehalfMixin
from desk.forms import BaseForm, FormIdMixin


class BankForm(OnBehalfMixin, FormIdMixin, BaseForm):
    """Nothing here has a name by which a bank number could be sent to us."""

    holder_name = forms.CharField(
        label=gettext_lazy("Account holder"),
        help_text=gettext_lazy("As the bank has it."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": gettext_lazy("Enter the name in which the bank account is held.")},
    )
    holder_type = forms.ChoiceField(
        label=gettext_lazy("Type of account holder"),
        choices=[("company", gettext_lazy("Company")), ("individual", gettext_lazy("Individual"))],
        widget=forms.RadioSelect,
    )
    token = forms.RegexField(
        r"^btok_[A-Za-z0-9_]{1,200}$",
        widget=SecretHidden,
        error_messages={
            "required": gettext_lazy("The bank numbers did not reach Stripe, so nothing was sent. Enter them again."),
            "invalid": gettext_lazy("The bank numbers did not reach Stripe, so nothing was sent. Enter them again."),
        },
    )

    @property
    def typed(self) -> dict:
        """By what the same form sent twice is known as the same: only a keyed hash of it is kept."""
        return {name: self.cleaned_data[name] for name in ("holder_name", "holder_type", "token")}
