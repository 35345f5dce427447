"""What people fill in about the life of an account: its name, and its end."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import OnBehalfMixin
from desk.forms import BaseForm, FormIdMixin, ReasonForm
from desk.models import User

REJECT_REASONS = [
    ("fraud_no_intent_to_fulfill", gettext_lazy("Fraud: it does not mean to deliver")),
    ("fraud_payment_method_casher", gettext_lazy("Fraud: it turns stolen cards into money")),
    ("fraud_payment_method_tester", gettext_lazy("Fraud: it tries out stolen cards")),
    ("fraud_other", gettext_lazy("Fraud of another kind")),
    ("credit", gettext_lazy("Credit risk")),
    ("terms_of_service", gettext_lazy("It breaks the terms of service")),
    ("other", gettext_lazy("Another reason")),
]


class RenameForm(OnBehalfMixin, FormIdMixin, BaseForm):
    """What the business is called, where it is reached, and in which language."""

    name = forms.CharField(
        label=gettext_lazy("Business name"),
        help_text=gettext_lazy("As its people would say it. The registered name is changed in the details."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    contact_email = forms.EmailField(
        label=gettext_lazy("Contact e-mail"),
        help_text=gettext_lazy("Where Stripe reaches the business. Nobody signs in by it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": gettext_lazy("This is not an e-mail address. It should look like name@company.com.")
        },
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Of the mails to the business."),
        choices=settings.LANGUAGES,
    )

    def clean_name(self):
        """One line, since it stands in mails."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_contact_email(self):
        email = self.cleaned_data["contact_email"].lower()
        if User.objects.filter(email__iexact=email, is_staff=True).exists():
            raise forms.ValidationError(_("This address belongs to a member of the platform’s staff."))
        return email


class EndForm(FormIdMixin, ReasonForm):
    """Both ends cannot be undone, so the name of the business is typed out."""

    typed_name = forms.CharField(
        label=gettext_lazy("Name of the business"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        self.name = account.name
        self.fields["typed_name"].help_text = _("Type “%(name)s” to confirm.") % {"name": account.name}

    def clean_typed_name(self):
        typed = self.cleaned_data["typed_name"]
        if typed != self.name:
            raise forms.ValidationError(_("This is not its name. Type “%(name)s”.") % {"name": self.name})
        return typed


class RejectForm(EndForm):
    """Why it is rejected, in the words Stripe has for it, and what becomes of its money."""

    stripe_reason = forms.ChoiceField(
        label=gettext_lazy("Reason for Stripe"),
        help_text=gettext_lazy("Stripe keeps it; the business does not see it."),
        choices=REJECT_REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the reason that fits best.")},
    )
    payouts = forms.ChoiceField(
        label=gettext_lazy("Its payouts"),
        choices=[
            ("pause", gettext_lazy("Stop: its money stays at Stripe")),
            ("none", gettext_lazy("Go on: it may still pay out what it has")),
        ],
        widget=forms.RadioSelect,
        initial="pause",
    )
    field_order = ["stripe_reason", "payouts", "reason", "typed_name"]


class CloseForm(EndForm):
    field_order = ["reason", "typed_name"]
