"""The verdict on one case, by local Stripe's books: nothing twice, lost, told otherwise or made up.

duplicate  Stripe did it more than once
lost       approved, and neither done nor refused nor on a person's screen
diverged   our rows and Stripe's objects disagree
phantom    Stripe did, or was asked, something that is not written down here
defect     an exception that nobody expected, or a broken audit trail
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from django.utils import timezone

from tests.harness.faults import Fault
from tests.harness.scenarios import Books, Scenario, staff_of
from tests.harness.stand import Stand

Violation = tuple[str, str]
# Tokens, links and files change nothing by themselves; what uses them is written down.
WITHOUT_EFFECT = ("/v1/tokens", "/v1/files")
# After these, Stripe has done it although it never said so.
DONE_UNSAID = ("drop_after", "500_after", "500_late")


def violations(stand: Stand, scenario: Scenario, fault: Fault, form_id: UUID, before: Books) -> Iterator[Violation]:
    """What is wrong once everything has come to rest."""
    from desk import audit
    from stripe_gateway.models import StripeOperation

    after = stand.stripe.books()
    effects = scenario.effects(before, after)
    if len(effects) > 1:
        yield "duplicate", f"{len(effects)} effects"
    operation = StripeOperation.objects.filter(pk=form_id).first()
    if operation is None:
        yield from (("phantom", f"{effect} without an operation") for effect in effects)
    else:
        yield from _of_outcome(scenario, fault, operation, effects)
        yield from _of_work_queue(stand, operation)
        yield from _of_rows(scenario, operation, after)
    yield from of_keys(stand)
    yield from _of_repeats(stand)
    yield from _of_mails(stand)
    yield from (("defect", f"audit trail: {broken}") for broken in audit.verify())


def needs_person(form_id: UUID) -> bool:
    """Whether the portal has handed it over to a person."""
    from stripe_gateway.models import StripeOperation

    return StripeOperation.objects.filter(pk=form_id, state=StripeOperation.State.NEEDS_PERSON).exists()


def _of_outcome(scenario: Scenario, fault: Fault, operation, effects: list) -> Iterator[Violation]:
    state = operation.State(operation.state)
    if state in operation.OPEN:
        yield "lost", f"still {state.value}: {operation.error_code} {operation.error_message}"
    elif state is operation.State.ACCEPTED and not effects:
        yield "phantom", "accepted, but Stripe did nothing"
    elif state is operation.State.REJECTED and not scenario.spends_on_refusal:
        if effects:
            yield "diverged", f"refused here, done at Stripe ({operation.error_code})"
        elif not fault.may_refuse:
            yield "lost", f"given up without a refusal of Stripe's: {operation.error_code} {operation.error_message}"
    elif state is operation.State.NEEDS_PERSON and fault.name == "none":
        yield "lost", f"left to a person without need: {operation.error_code}"


def _of_work_queue(stand: Stand, operation) -> Iterator[Violation]:
    """What only a person can settle stands where a person looks."""
    from stripe_gateway import work

    if operation.state == operation.State.NEEDS_PERSON:
        items = work.items(staff_of(stand.world), timezone.now())
        if not any(str(operation.pk) in item.url for item in items):
            yield "lost", "it needs a person, but is not on the work queue"


def _of_rows(scenario: Scenario, operation, after: Books) -> Iterator[Violation]:
    if operation.state in operation.FINAL:
        yield from (("diverged", difference) for difference in scenario.differences(operation, after))


def _of_mails(stand: Stand) -> Iterator[Violation]:
    """A business may get two mails, never none."""
    from accounts.models import Invitation

    told = Invitation.objects.filter(sent_at__isnull=False).exclude(account=stand.world.account).count()
    if told > len(stand.mails()):
        yield "lost", "an invitation is marked as sent, but no mail went out"


def of_keys(stand: Stand) -> Iterator[Violation]:
    """Write-ahead: whatever was sent to change something stands in our table, and is the same at every try."""
    from stripe_gateway.models import StripeOperation

    sent: dict[str, dict] = {}
    for entry in stand.stripe.writes():
        key = entry["headers"].get("idempotency-key", "")
        if entry["path"] not in WITHOUT_EFFECT and not StripeOperation.objects.filter(key=key).exists():
            yield "phantom", f"{entry['method']} {entry['path']} under a key that is not written down: {key!r}"
        # A request that broke off before Stripe read it has no parameters in the log.
        if entry["params"] is not None and sent.setdefault(key, entry["params"]) != entry["params"]:
            yield "diverged", f"another try of {entry['path']} had other parameters"


def _of_repeats(stand: Stand) -> Iterator[Violation]:
    """Twice the same change looks like one in the books; the log tells how often Stripe carried it out."""
    writes = [entry for entry in stand.stripe.writes() if entry["path"] not in WITHOUT_EFFECT]
    answered = {entry["headers"].get("idempotency-key") for entry in writes if entry["status"] == 200}
    done = Counter(
        (entry["method"], entry["path"])
        for entry in writes
        if _is_carried_out(entry) and not _is_overtaken(entry, answered)
    )
    for (method, path), times in done.items():
        if times > 1:
            yield "duplicate", f"{method} {path} was carried out {times} times"


def _is_overtaken(entry: dict, answered: set) -> bool:
    """In v2 what was to happen late no longer does once its repeat under the same key has been carried out."""
    is_late = entry["fault"] == "500_late" and entry["path"].startswith("/v2/")
    return is_late and entry["headers"].get("idempotency-key") in answered


def _is_carried_out(entry: dict) -> bool:
    is_done = (entry["status"] or 0) in range(200, 300) or entry["fault"] in DONE_UNSAID
    return is_done and not entry["replayed"]
