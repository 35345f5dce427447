"""Races: several processes set off at the same moment, again and again; right must be the only way it can end."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from tests.harness import children, judge, recovery, scenarios
from tests.harness.mutants import MUTANTS
from tests.harness.pool import this_stand
from tests.harness.scenarios import SCENARIOS, Books
from tests.harness.stand import Stand

Contender = Callable[[], object]


@dataclass(frozen=True)
class Race:
    """`contenders(stand, ids)` start together; `ids` are as many fresh form ids as wanted.

    Once everything has come to rest there must be so many `effects`, counted as the `scenario` counts them. `prepare`
    runs alone before the race; `at_once(stand, ids, told)` judges right after it, from what the contenders told.
    """

    name: str
    scenario: str
    contenders: Callable[[Stand, list[uuid.UUID]], list[Contender]]
    effects: int = 1
    prepare: Callable[[Stand, list[uuid.UUID]], object] | None = None
    at_once: Callable[[Stand, list[uuid.UUID], list], Iterator[str]] | None = None


@dataclass
class Rounds:
    """What a number of rounds came to."""

    name: str
    rounds: int = 0
    wrong: list[str] = field(default_factory=list)


def run(name: str, rounds: int, mutant: str = "", part: int = 0) -> Rounds:
    """Race `rounds` times in this worker's stand; another `part` is another set of form ids."""
    total = Rounds(name)
    for number in range(rounds):
        total.rounds += 1
        total.wrong += _round(RACES[name], f"{name} {part} {number}", mutant)
    return total


def _round(race: Race, label: str, mutant: str) -> list[str]:
    stand = this_stand()
    stand.restore()
    before = stand.stripe.books()
    ids = [uuid.uuid5(uuid.NAMESPACE_OID, f"{label} {number}") for number in range(4)]
    ended = [children.run(lambda _: race.prepare(stand, ids))] if race.prepare else []
    told = _together(race.contenders(stand, ids), mutant)
    values = [one.value for one in told]

    def come_to_rest(_):
        MUTANTS[mutant]()
        defects = recovery.watch_for_defects()
        recovery.run(stand)
        return defects.seen + list(_wrong_at_rest(race, ids, before))

    if race.at_once:
        ended.append(children.run(lambda _: list(race.at_once(stand, ids, values))))
    ended.append(children.run(come_to_rest))
    wrong = [one.error for one in (*told, *ended) if one.error]
    return wrong + [what for one in ended for what in one.value or ()]


def _together(contenders: list[Contender], mutant: str) -> list[children.Ended]:
    """Start all, each with its database connection open, and let them go at the same moment."""
    ready_in, ready_out = os.pipe()
    go_in, go_out = os.pipe()

    def waiting(contender: Contender):
        def work(_):
            from django.db import connection

            os.close(go_out)
            MUTANTS[mutant]()
            try:
                connection.ensure_connection()
            finally:
                os.write(ready_out, b".")
            os.read(go_in, 1)
            return contender()

        return work

    started = [children.start(waiting(contender)) for contender in contenders]
    for _ in started:
        os.read(ready_in, 1)
    os.close(go_out)
    ended = [child.wait() for child in started]
    for end in (ready_in, ready_out, go_in):
        os.close(end)
    return ended


def _act(name: str, form_id: uuid.UUID) -> Contender:
    return lambda: SCENARIOS[name].act(this_stand().world, form_id)


def _perform(form_id: uuid.UUID, seconds_later: float = 0.0) -> str:
    from stripe_gateway import operations

    return operations.perform(form_id, now=timezone.now() + timedelta(seconds=seconds_later)).state


def _held_top_up(stand: Stand, ids: list[uuid.UUID]) -> None:
    """A top-up that is written down and not sent yet."""
    from stripe_gateway import pauses

    pause = pauses.open(pauses.EVERYTHING, "Not yet.")
    _act("top_up.create", ids[0])()
    pauses.lift(pause, scenarios.staff_of(stand.world), "Now.")


def _wrong_at_rest(race: Race, ids: list[uuid.UUID], before: Books) -> Iterator[str]:
    """The usual verdict on each operation that there is, and how many effects there are in all."""
    from stripe_gateway.models import StripeOperation

    stand, scenario = this_stand(), SCENARIOS[race.scenario]
    books = stand.stripe.books()
    found = scenario.effects(before, books)
    if len(found) != race.effects:
        yield f"{len(found)} effects instead of {race.effects}"
    for operation in StripeOperation.objects.filter(pk__in=ids):
        if operation.state in operation.OPEN:
            yield f"stranded: {operation} is {operation.state}"
        elif operation.state in operation.FINAL:
            yield from scenario.differences(operation, books)
    yield from (detail for _, detail in judge.of_keys(stand))


def _sent_once(stand: Stand, ids: list[uuid.UUID], told: list) -> Iterator[str]:
    sent = len(stand.stripe.writes())
    if sent != 1:
        yield f"sent {sent} times by two workers"


def _late_loser(stand: Stand, ids: list[uuid.UUID]) -> list[Contender]:
    """One worker stops for longer than its lease while its answer is on the way, and then finds no answer at all."""

    def sleeper() -> str:
        from stripe_gateway import client
        from stripe_gateway.models import StripeOperation

        send = client.send

        def slow(operation, **options):
            send(operation, **options)
            for _ in range(200):
                if StripeOperation.objects.get(pk=operation.pk).state == StripeOperation.State.ACCEPTED:
                    break
                time.sleep(0.01)
            raise client.Unanswered("too late")

        client.send = slow
        return _perform(ids[0])

    def successor() -> str:
        for _ in range(200):
            if stand.stripe.writes():
                break
            time.sleep(0.01)
        return _perform(ids[0], seconds_later=31)

    return [sleeper, successor]


def _still_accepted(stand: Stand, ids: list[uuid.UUID], told: list) -> Iterator[str]:
    from stripe_gateway.models import StripeOperation

    state = StripeOperation.objects.get(pk=ids[0]).state
    if state != StripeOperation.State.ACCEPTED:
        yield f"a worker without a claim made an accepted operation {state}"


def _verify_unless_late(name: str, form_id: uuid.UUID) -> Contender:
    """The second tab is told that the first one is at it."""

    def submit():
        from funding import verifications

        with suppress(verifications.AttemptUnderWay, verifications.NothingToVerify):
            _act(name, form_id)()

    return submit


def _cancel_unless_late(form_id: uuid.UUID) -> Contender:
    def cancel():
        from funding import top_ups

        with suppress(top_ups.CannotCancel):
            _act("top_up.cancel", form_id)()

    return cancel


def _settle(stand: Stand) -> Contender:
    """The money arrives, and Stripe's event about it is processed."""

    def settle():
        from urllib.error import HTTPError

        from funding.models import TopUp
        from stripe_gateway import tasks

        top_up = TopUp.objects.get(pk=stand.world.pending_top_up)
        with suppress(HTTPError):
            stand.stripe.control(f"topups/{top_up.stripe_id}/succeed", {})
        tasks.backfill_events()

    return settle


def _listen(stand: Stand) -> Contender:
    """Events about what the request path is just recording are processed as soon as there are any."""

    def listen():
        from stripe_gateway import tasks

        for _ in range(5):
            tasks.backfill_events()
            tasks.sweep_objects()

    return listen


def _near_the_cap(stand: Stand, ids: list[uuid.UUID]) -> list[Contender]:
    """Four top-ups of two fifths of the day's cap: two fit."""

    def one(form_id: uuid.UUID) -> Contender:
        def initiate() -> str:
            from funding import limits, top_ups

            try:
                top_ups.initiate(
                    account=scenarios.account_of(stand.world),
                    source=scenarios.source_of(stand.world.verified_source),
                    amount=_two_fifths(),
                    form_id=form_id,
                    actor=scenarios.staff_of(stand.world),
                    now=timezone.now(),
                )
            except limits.AmountOutsideLimits:
                return "refused"
            return "made"

        return initiate

    return [one(form_id) for form_id in ids]


def _two_fifths() -> int:
    from django.conf import settings

    return settings.TOP_UP_LIMITS["usd"]["per_account_day"] * 2 // 5


def _two_made(stand: Stand, ids: list[uuid.UUID], told: list) -> Iterator[str]:
    if sorted(told, key=str) != ["made", "made", "refused", "refused"]:
        yield f"of four top-ups of 2/5 of the day's cap: {told}"


def _pause_and_send(stand: Stand, ids: list[uuid.UUID]) -> list[Contender]:
    """Each contender tells when it was through; what starts after the pause stands is held."""

    def pause() -> None:
        from stripe_gateway import pauses

        pauses.open(pauses.EVERYTHING, "Stop.")
        _act("top_up.create", ids[3])()

    return [pause, *(_act("top_up.create", form_id) for form_id in ids[:3])]


def _held_after_pause(stand: Stand, ids: list[uuid.UUID], told: list) -> Iterator[str]:
    from stripe_gateway.models import StripeOperation

    held = StripeOperation.objects.get(pk=ids[3])
    sent = {entry["headers"].get("idempotency-key") for entry in stand.stripe.writes()}
    if held.key in sent or held.state != StripeOperation.State.APPROVED:
        yield f"sent after the pause stood: {held.state}"
    for operation in StripeOperation.objects.filter(pk__in=ids, first_sent_at=None):
        if operation.key in sent:
            yield f"sent, and written down as never sent: {operation}"


def _double_click(name: str) -> Race:
    return Race(f"double click on {name}", name, lambda stand, ids: [_act(name, ids[0])] * 2)


def _two_tabs(name: str) -> Race:
    """The same wish from two forms, while events about it come in; it can be fulfilled once."""
    return Race(
        f"two tabs of {name}",
        name,
        lambda stand, ids: [*(_act(name, form_id) for form_id in ids[:2]), _listen(stand)],
    )


# Writes of which a second one would do harm, or leave two rows for one thing.
DOUBLE_CLICKS = (
    "top_up.create", "account.create", "account.create_express", "account.update", "source.create",
    "source.verify with wrong amounts", "external_account.create", "person.create", "person.delete", "document.attach",
    "terms.accept", "program.create",
)  # fmt: skip
TWO_TABS = ("program.create", "program.update", "person.delete", "account.reject", "account.close")
RACES = {
    race.name: race
    for race in [
        *map(_double_click, DOUBLE_CLICKS),
        *map(_two_tabs, TWO_TABS),
        Race(
            "two workers, one operation",
            "top_up.create",
            lambda stand, ids: [lambda: _perform(ids[0])] * 2,
            prepare=_held_top_up,
            at_once=_sent_once,
        ),
        Race(
            "lease ran out while alive",
            "top_up.create",
            _late_loser,
            prepare=_held_top_up,
            at_once=_still_accepted,
        ),
        Race(
            "two tabs verifying",
            "source.verify",
            lambda stand, ids: [_verify_unless_late("source.verify", form_id) for form_id in ids[:2]],
        ),
        Race(
            "cancel and arrival",
            "top_up.cancel",
            lambda stand, ids: [_cancel_unless_late(ids[0]), _settle(stand)],
        ),
        Race(
            "two tabs canceling",
            "top_up.cancel",
            lambda stand, ids: [_cancel_unless_late(form_id) for form_id in ids[:2]],
        ),
        Race(
            "event and request",
            "top_up.create",
            lambda stand, ids: [_act("top_up.create", ids[0]), _listen(stand), _listen(stand)],
        ),
        Race(
            "event and request for an account",
            "account.create",
            lambda stand, ids: [_act("account.create", ids[0]), _listen(stand)],
        ),
        Race(
            "four top-ups near the day's cap",
            "top_up.create",
            _near_the_cap,
            effects=2,
            at_once=_two_made,
        ),
        Race(
            "pause and send",
            "top_up.create",
            _pause_and_send,
            effects=4,
            at_once=_held_after_pause,
        ),
    ]
}
