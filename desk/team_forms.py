"""Forms of the team pages."""

from django import forms
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from desk import roles
from desk.forms import BaseForm, ReasonForm

# The choices are made once, but read in the language of each reader.
format_html_lazy = lazy(format_html, SafeString)
ROLE_CHOICES = [
    (name, format_html_lazy("<b>{}</b><span class='sub'>{}</span>", label, roles.MEANINGS[name]))
    for name, label in roles.NAMES.items()
]


class InviteForm(BaseForm):
    full_name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), help_text=_("The link to set a password goes there."))
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, initial="viewer", widget=forms.RadioSelect)


class RoleForm(ReasonForm):
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_CHOICES, widget=forms.RadioSelect)
    field_order = ["role", "reason"]


class AccessForm(ReasonForm):
    """Ends or gives back access, as the page said that it would: a colleague may have done the same meanwhile."""

    active = forms.BooleanField(widget=forms.HiddenInput, required=False)
