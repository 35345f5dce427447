"""What every form shares: errors that a screen reader finds, and amounts without floats."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from desk import money


class BaseForm(forms.Form):
    """A form whose inputs say by themselves what is wrong with them, and which the server checks, not the browser."""

    use_required_attribute = False
    error_css_class = "has-error"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", _css_class(field.widget))
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _("This is needed.")


def _css_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return ""
    return "input"


class ReasonForm(BaseForm):
    """Why somebody decided; kept in the audit trail."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept in the audit trail, with your name."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FormIdMixin(forms.Form):
    """Carries the id minted when the form was drawn: the key by which a double click finds the first submission."""

    operation = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        kwargs["initial"] = {"operation": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def full_clean(self):
        """What is wrong with a hidden field is said of the whole form: there is no input to lead to."""
        super().full_clean()
        if self.errors.pop("operation", None):
            # Only a page that was tampered with or cut short comes without its id: draw it anew with a fresh one.
            self.add_error(None, _("This page was out of date. Check the details and send them once more."))
            self.renew()
        for field in self.hidden_fields():
            for error in self.errors.pop(field.name, []):
                self.add_error(None, error)

    def renew(self) -> None:
        """Draw the form again under a fresh id: the one it carried is spent, its submission was refused for good."""
        self.data = self.data.copy()
        self.data["operation"] = str(uuid.uuid4())


class MoneyField(forms.CharField):
    """Decimal text in the reader's conventions → a whole number of minor units."""

    def __init__(self, *, currency: str, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.currency = currency
        self.widget.attrs.setdefault("data-currency", currency.upper())

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return money.parse(text, self.currency)
        except money.NotAnAmount as error:
            raise forms.ValidationError(error.sentence, code="amount") from error

    def prepare_value(self, value):
        return money.plain(value, self.currency) if isinstance(value, int) else value
