"""Handing a document over: its files, looked at before they are passed on."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.details import documents_files
from accounts.details.documents_slots import BACK, FRONT, Slot
from accounts.forms import OnBehalfMixin
from desk.forms import BaseForm, FormIdMixin

PICTURES, WITH_PDF = "image/jpeg,image/png", "image/jpeg,image/png,application/pdf"
# Where Stripe names the file that it does not take, to the field of the form.
FIELDS_OF_STRIPE = {
    "file": FRONT,
    **{f"{holder}verification.{name}": FRONT for holder in ("", "company.", "individual.") for name in (
        "document", "additional_document")},
    **{f"{holder}verification.{name}.back": BACK for holder in ("", "company.", "individual.") for name in (
        "document", "additional_document")},
    "documents": FRONT,
}  # fmt: skip


class DocumentForm(OnBehalfMixin, FormIdMixin, BaseForm):
    """Front and, where there is one, back. Each may come as a file or straight from the camera of a phone."""

    def __init__(self, *args, slot: Slot, **kwargs):
        super().__init__(*args, **kwargs)
        self.slot = slot
        self.files_by_side: dict = {}
        self.digests: dict[str, str] = {}
        front = _("Front side, or the page with the photo") if slot.has_back else _("File")
        own = {FRONT: self._file_field(front), f"{FRONT}_photo": self._camera_field(_("Photograph the front"))}
        if slot.has_back:
            own[BACK] = self._file_field(_("Back side"))
            own[BACK].help_text = _("Cards have one. Leave it empty for a passport or a letter.")
            own[f"{BACK}_photo"] = self._camera_field(_("Photograph the back"))
        self.fields = own | self.fields

    def _file_field(self, label: str) -> forms.FileField:
        accept = WITH_PDF if self.slot.takes_pdf else PICTURES
        field = forms.FileField(label=label, required=False, allow_empty_file=True, max_length=255)
        field.widget.attrs |= {"class": "input", "accept": accept, "data-document": ""}
        field.error_messages["invalid"] = gettext_lazy("The file did not arrive whole. Choose it again.")
        return field

    def _camera_field(self, label: str) -> forms.FileField:
        field = forms.FileField(label=label, required=False, allow_empty_file=True, max_length=255)
        field.widget.attrs |= {"class": "sr", "accept": "image/*", "capture": "environment", "data-document": ""}
        return field

    @property
    def sides(self) -> list[tuple]:
        """(file field, camera field) of each side."""
        names = (FRONT, BACK) if self.slot.has_back else (FRONT,)
        return [(self[name], self[f"{name}_photo"]) for name in names]

    def clean(self):
        cleaned = super().clean()
        for side in (FRONT, BACK):
            file = cleaned.get(f"{side}_photo") or cleaned.get(side)
            if file is not None and file is not False:
                self._look_at(side, file)
        if FRONT not in self.files_by_side and FRONT not in self.errors:
            self.add_error(FRONT, _("Choose the file, or take the picture."))
        if BACK in self.digests and self.digests[BACK] == self.digests.get(FRONT):
            self.add_error(BACK, _("This is the same file as the front. Choose the other side, or leave it empty."))
        return cleaned

    def _look_at(self, side: str, file) -> None:
        try:
            looked = documents_files.look(file, takes_pdf=self.slot.takes_pdf)
        except documents_files.NotADocument as problem:
            self.add_error(side, problem.sentence)
            return
        self.files_by_side[side] = file
        self.digests[side] = looked.digest
