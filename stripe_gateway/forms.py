"""Filters in the address, and the reasons staff give for what they decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms import ReasonForm
from stripe_gateway import kinds, lists, pauses, words


class Filters(forms.Form):
    """What stands in the address of a list. Anything that makes no sense counts as not said."""

    q = forms.CharField(required=False, max_length=255)
    cursor = forms.CharField(required=False, max_length=500)

    def values(self) -> dict:
        """Every filter, "" where nothing usable was said."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class OperationFilters(Filters):
    view = forms.ChoiceField(required=False, choices=[(key, key) for key in lists.OPERATION_VIEWS])
    kind = forms.CharField(required=False, max_length=60)


class EventFilters(Filters):
    view = forms.ChoiceField(required=False, choices=[(key, key) for key in lists.EVENT_VIEWS])
    type = forms.CharField(required=False, max_length=120)


class PauseForm(ReasonForm):
    """What is to be paused, and why."""

    scope = forms.ChoiceField(label=_("What is paused"))
    field_order = ["scope", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        scopes = [pauses.EVERYTHING, *(pauses.for_kind(name) for name in kinds.names())]
        self.fields["scope"].choices = [(scope, words.scope(scope)) for scope in scopes]
