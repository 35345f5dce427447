"""What people fill in about the members of a business."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import OnBehalfMixin
from accounts.models import Membership
from desk.forms import BaseForm
from desk.models import User

Role = Membership.Role
MEANINGS = {
    Role.OWNER: gettext_lazy("Everything, also who belongs to the business and what Stripe is told about it."),
    Role.FINANCE: gettext_lazy("Adds bank accounts and money. Neither members nor the business’s details."),
    Role.VIEWER: gettext_lazy("Sees everything, changes nothing."),
}
ROLE = {
    "label": gettext_lazy("Role"),
    "choices": Role.choices,
    "widget": forms.RadioSelect,
    "error_messages": {"required": gettext_lazy("Choose a role.")},
}


class MemberInviteForm(OnBehalfMixin, BaseForm):
    """Somebody who is to act for the business too."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("Gets the invitation and signs in with this address."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": gettext_lazy("This is not an e-mail address. It should look like name@company.com.")
        },
    )
    role = forms.ChoiceField(**ROLE)

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email, is_staff=True).exists():
            raise forms.ValidationError(_("This address belongs to a member of the platform’s staff."))
        return email


class MemberRoleForm(OnBehalfMixin, BaseForm):
    role = forms.ChoiceField(**ROLE)


class MemberRemoveForm(OnBehalfMixin, BaseForm):
    """Nothing for an owner; staff say why."""
