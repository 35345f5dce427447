"""What became of documents that were handed over: told by what Stripe asks for at the next reading of the account."""

from datetime import datetime

from accounts.details import documents_slots as slots
from accounts.models import AccountChange, ConnectedAccount, Document, Requirement
from desk import audit
from stripe_gateway.models import StripeOperation

ACCEPTED_BY_STRIPE = StripeOperation.State.ACCEPTED
REMOVAL_PART = "person_removal"
Status = Document.Status


def settle(account: ConnectedAccount, *, read_started_at: datetime) -> None:
    """Judge what was being checked, inside the transaction that has just written the account's requirements down.

    A reading that began before Stripe had a document says nothing about it. While Stripe is still checking whom a
    document is about, nothing is said either.
    """
    waiting = _waiting(account, read_started_at)
    if not waiting:
        return
    rows = list(account.requirements.filter(is_future=False))
    for document in waiting:
        asked = [row for row in rows if _asks_for(row, document)]
        code = next((code for row in asked for code in _codes(row)), "")
        if code:
            _judge(account, document, Status.REFUSED, code, read_started_at)
        elif not asked and not any(_is_checked(row, document) for row in rows):
            _judge(account, document, Status.ACCEPTED, "", read_started_at)


def _waiting(account: ConnectedAccount, read_started_at: datetime) -> list[Document]:
    """The newest of each place: one that was replaced is not what Stripe talks about."""
    taken = account.documents.filter(
        change__operation__state=ACCEPTED_BY_STRIPE, change__operation__finished_at__lt=read_started_at
    )
    newest: dict[tuple, Document] = {}
    for document in taken.select_related("change").order_by("-id"):
        newest.setdefault((document.change.person_id, document.slot), document)
    gone = _removed_people(account)
    return [one for one in newest.values() if one.status == Status.SENT and one.change.person_id not in gone]


def _removed_people(account: ConnectedAccount) -> set[str]:
    """Of somebody who is not listed any more nothing is asked, which proves nothing."""
    removals = AccountChange.objects.filter(account=account, part=REMOVAL_PART, operation__state=ACCEPTED_BY_STRIPE)
    return set(removals.values_list("person_id", flat=True))


def _asks_for(row: Requirement, document: Document) -> bool:
    return slots.key_of(row.description) == document.slot and _is_about(row, document)


def _is_about(row: Requirement, document: Document) -> bool:
    person_id = document.change.person_id
    if not person_id:
        return slots.is_about_business(row)
    return row.person_id == person_id or (not row.person_id and slots.is_about_individual(row))


def _is_checked(row: Requirement, document: Document) -> bool:
    """Whether Stripe says that it is at work on whom the document is about."""
    return row.awaiting_action_from != "user" and _is_about(row, document)


def _codes(row: Requirement) -> list[str]:
    return [error["code"] for error in row.errors if error.get("code")]


def _judge(account: ConnectedAccount, document: Document, status: str, code: str, moment: datetime) -> None:
    moved = Document.objects.filter(pk=document.pk, status=Status.SENT)
    if not moved.update(status=status, error_code=code[:80], judged_at=moment):
        return
    audit.record(
        verb=f"document.{status}",
        obj=account,
        stream=account.audit_stream,
        details={"slot": document.slot, "person": document.change.person_id} | ({"code": code} if code else {}),
    )
