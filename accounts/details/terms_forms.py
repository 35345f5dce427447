"""The tick under the agreements."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.forms import BaseForm, FormIdMixin


class TermsForm(FormIdMixin, BaseForm):
    """Carries which words were shown and in which language, so that exactly those are kept."""

    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=forms.HiddenInput)
    words = forms.CharField(max_length=32, widget=forms.HiddenInput)
    agree = forms.BooleanField(error_messages={"required": gettext_lazy("Tick the box to accept the agreements.")})

    def __init__(self, *args, ip: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.ip = ip

    @property
    def shown_language(self) -> str:
        """In which language the words are drawn: the one they were first shown in, while that is one of ours."""
        language = self["language"].value()
        return language if language in dict(settings.LANGUAGES) else self.initial["language"]

    def show(self, *, statement: str, digest: str) -> None:
        """The words in force: those that the form was drawn with must be the same."""
        self.fields["agree"].label = statement
        self.digest = digest
        self.initial["words"] = digest

    def clean(self):
        if not self.ip:
            raise ValidationError(
                _("We cannot tell which network address you write from, and an acceptance needs it. Contact us.")
            )
        if self.cleaned_data.get("words", self.digest) != self.digest:
            raise ValidationError(_("The agreements have changed. Read them once more, then accept them."))
        return super().clean()
