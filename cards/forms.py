"""What staff choose about card programs."""

from django import forms
from django.utils.translation import gettext_lazy

from cards.programs import Offer
from desk.forms import BaseForm, FormIdMixin


class GiveProgramForm(FormIdMixin, BaseForm):
    """Which of the platform's programs a business gets."""

    program = forms.ChoiceField(
        label=gettext_lazy("Card program"),
        help_text=gettext_lazy("Only programs that fit the country and legal form of the business are listed."),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a program.")},
    )
    is_default = forms.BooleanField(
        label=gettext_lazy("New cards belong to this program unless another one is named"), required=False
    )

    def __init__(self, *args, offers: list[Offer], **kwargs):
        super().__init__(*args, **kwargs)
        self.offers = {offer.stripe_id: offer for offer in offers}
        self.fields["program"].choices = [(offer.stripe_id, offer.name) for offer in offers]

    @property
    def offer(self) -> Offer:
        """The chosen program. Ask after `is_valid()`."""
        return self.offers[self.cleaned_data["program"]]


class DefaultProgramForm(FormIdMixin, BaseForm):
    """Nothing to fill in: the confirmation itself."""
