"""The form by which staff asks a business for details."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import asks
from accounts.requirement_lines import RequirementLine
from desk.forms import BaseForm, FormIdMixin
from desk.models import User


class AskForm(FormIdMixin, BaseForm):
    """What to ask for, and whom."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("What to ask for"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one item.")},
    )
    recipient = forms.TypedChoiceField(
        label=gettext_lazy("To whom"),
        help_text=gettext_lazy("Owners of the business, who alone can answer."),
        coerce=int,
        widget=forms.RadioSelect,
    )
    message = forms.CharField(
        label=gettext_lazy("Your message"),
        help_text=gettext_lazy("Stands in the mail below the list. Write it in the language of whom it goes to."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why again"),
        help_text=gettext_lazy("Only when some of it was asked for within the last day. Kept in the audit trail."),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, lines: list[RequirementLine], owners: list[User], **kwargs):
        due = [asks.key_of(line) for line in lines if line.is_due]
        first = owners[0].pk if owners else None
        kwargs["initial"] = {"items": due, "recipient": first} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["items"].choices = [(asks.key_of(line), _choice_words(line)) for line in lines]
        fields["recipient"].choices = [(person.pk, f"{person} · {person.email}") for person in owners]
        self.offered = {asks.key_of(line) for line in lines}
        self.owners = owners

    @property
    def chosen_items(self) -> list[str]:
        """What is ticked at the moment, and still asked for."""
        return [item for item in self["items"].value() or [] if item in self.offered]

    @property
    def chosen_recipient(self) -> User | None:
        """Whom the mail would go to at the moment."""
        chosen = str(self["recipient"].value())
        return next((person for person in self.owners if str(person.pk) == chosen), None)


def _choice_words(line: RequirementLine) -> str:
    parts = [line.words, line.subject]
    if line.is_future:
        parts.append(_("under rules to come"))
    elif line.is_later:
        parts.append(_("later"))
    return " · ".join(part for part in parts if part)
