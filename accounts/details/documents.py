"""Documents of a business and its people: which are needed, handing them over, and what Stripe said about them.

A file is passed on to Stripe and not kept. Only when it is attached, which is the write that counts, a row is made.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from accounts import changes
from accounts.details import documents_slots as slots
from accounts.details.documents_slots import Slot
from accounts.details.people import Person, was_met
from accounts.error_words import instruction_for
from accounts.models import AccountChange, ConnectedAccount, Document, Requirement
from stripe_gateway import client, operations
from stripe_gateway.models import StripeOperation

PART = "document"


def _refused(operation) -> None:
    """Stripe did not take the file for a document: it was never looked at."""
    changes.refused(operation)
    waiting = Document.objects.filter(change=operation.account_change, status=Document.Status.SENT)
    waiting.update(status=Document.Status.NOT_TAKEN, error_code=operation.error_code)


ATTACH_DOCUMENT = operations.OperationKind(
    name="document.attach",
    label=gettext_lazy("Hand over document"),
    method="POST",
    family="v1",
    apply=changes.accepted,
    refuse=_refused,
    find=changes.find_update,
    sealed=("verification", "documents", "company", "individual"),
    metadata=False,
)


@dataclass
class Needed:
    """A document that Stripe waits for. `person` is None for one about the business.

    `is_again`: one was handed over before. Without, `instructions` say why the details alone did not do.
    """

    slot: Slot
    person: Person | None
    instructions: list[str] = field(default_factory=list)
    is_again: bool = False

    @property
    def subject(self) -> str:
        """What stands in the address."""
        return self.person.id if self.person else slots.BUSINESS


def needed(account: ConnectedAccount, people: Iterable[Person]) -> list[Needed]:
    """Every document that Stripe waits for, each once, in the order it asks."""
    found: dict[tuple, Needed] = {}
    known = {person.id: person for person in people}
    given = set(account.documents.values_list("change__person_id", "slot"))
    for row in account.requirements.filter(awaiting_action_from="user", is_future=False).order_by("id"):
        one = _needed(row, known)
        if one is None:
            continue
        one = found.setdefault((one.subject, one.slot.key), one)
        one.is_again = (one.person.id if one.person else "", one.slot.key) in given
        codes = [error.get("code") or "" for error in row.errors]
        one.instructions += [text for text in map(instruction_for, codes) if text not in one.instructions]
    return list(found.values())


def _needed(row: Requirement, known: Mapping[str, Person]) -> Needed | None:
    """What a requirement asks for; None when it is no document, or of somebody who is not listed yet."""
    about_business = slots.is_about_business(row)
    wanted = slots.slot(slots.key_of(row.description), is_about_business=about_business)
    if wanted is None or about_business:
        return Needed(wanted, None) if wanted else None
    person = known.get(row.person_id)
    if person is None and not row.person_id:
        person = next((one for one in known.values() if one.is_individual or one.is_representative), None)
    return Needed(wanted, person) if person else None


def attachment(
    account: ConnectedAccount,
    person: Person | None,
    slot: Slot,
    change_id: uuid.UUID,
    *,
    files: Mapping[str, UploadedFile],
    digests: Mapping[str, str],
) -> dict:
    """What `changes.send` is told. The files are uploaded at its first sending, before anything is written down.

    `files` by side. A crash in between leaves a file at Stripe that nothing refers to, and nothing here.
    """
    uploaded: dict[str, str] = {}
    is_on_account = person is None or (person.is_individual and slot.key in slots.SIDED)
    path, person_id = f"/v1/accounts/{account.stripe_id}", person.id if person else ""

    def sealed() -> dict:
        for side, file in files.items():
            file.seek(0)
            stored = client.upload(file=file, purpose=slot.purpose, account=account.stripe_id or "")
            uploaded[side] = stored["id"]
        return slot.params(uploaded, is_individual=is_on_account)

    def beside(change: AccountChange) -> None:
        Document.objects.create(
            account=account,
            change=change,
            slot=slot.key,
            front_file=uploaded[slots.FRONT],
            back_file=uploaded.get(slots.BACK, ""),
        )

    return {
        "kind": "document.attach",
        "part": PART,
        "path": path if is_on_account else f"{path}/persons/{person_id}",
        "params": changes.marked({}, change_id),
        "sealed": sealed,
        "beside": beside,
        "typed": {"slot": slot.key, **digests},
        "person_id": person_id,
        "details": {"slot": slot.key},
    }


def is_met(account: ConnectedAccount, subject: str, slot: str) -> bool:
    """Whether an address names the business, or a person whom our own rows know, and a document that there is."""
    is_business = subject == slots.BUSINESS
    return slots.slot(slot, is_about_business=is_business) is not None and (is_business or was_met(account, subject))


@dataclass(frozen=True)
class Sent:
    """A document that was handed over, as people read about it."""

    document: Document
    slot: Slot
    instruction: str

    @property
    def person_id(self) -> str:
        return self.document.change.person_id

    @property
    def is_confirmed(self) -> bool:
        """Whether Stripe's answer to handing it over is known."""
        return self.document.change.operation.state in StripeOperation.FINAL


def sent(account: ConnectedAccount) -> list[Sent]:
    """The newest document in each place, the latest first; those whose fate is not known yet are among them."""
    rows = account.documents.select_related("change", "change__operation", "change__made_by").order_by("-id")
    newest: dict[tuple, Document] = {}
    for row in rows:
        newest.setdefault((row.change.person_id, row.slot), row)
    return [shown for row in newest.values() if (shown := _sent(row))]


def _sent(row: Document) -> Sent | None:
    wanted = slots.slot(row.slot, is_about_business=not row.change.person_id)
    if wanted is None:
        return None
    return Sent(row, wanted, instruction_for(row.error_code) if row.error_code else "")
