"""Webhook chaos: whatever happens to events on their way, the portal ends up with what local Stripe's books say."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.error import HTTPError

from django.utils import timezone

from tests.harness import children, clocks, deliveries, recovery, scenarios
from tests.harness.deliveries import Delivery
from tests.harness.mutants import MUTANTS
from tests.harness.pool import this_stand
from tests.harness.scenarios import Books
from tests.harness.stand import Stand

LOST, TWICE, POISONED = 0.10, 0.20, 0.05
# How events travel: by webhook, more or less; by the lists alone; not at all.
WAYS = ("webhooks", "lists", "nothing")
OUTCOMES = ("succeed", "fail", "reverse", "cancel", "none")
ACCOUNT_OUTCOMES = ("past_due", "terms_violation", "under_review", "clear")


@dataclass
class Chaos:
    """What one run came to."""

    way: str = "kills"
    events: int = 0
    posted: int = 0
    wrong: list[str] = field(default_factory=list)


def run(seed: int, size: int, way: str, mutant: str = "") -> Chaos:
    """`size` top-ups and their fates, told in that `way`, in this worker's stand."""
    stand, rng = this_stand(), random.Random(f"{seed} {way}")
    stand.restore()
    known = {delivery.event_id for delivery in deliveries.waiting(stand.stripe)}
    made = children.run(lambda _: _top_ups(stand, size, rng))
    if made.error:
        return Chaos(way, wrong=[made.error])
    _let_happen(stand, rng)
    told = deliveries.waiting(stand.stripe, known)
    chaos = Chaos(way, events=len(told))
    if way == "nothing":
        for path in ("/v1/events", "/v2/core/events"):
            stand.stripe.control("faults", {"path": path, "kind": "503", "times": 1_000_000})

    def listen(_):
        MUTANTS[mutant]()
        defects = recovery.watch_for_defects()
        wrong = list(_deliver(told, rng, chaos)) if way == "webhooks" else []
        for hours in (1, 2, 26):
            clocks.move_to(stand.stripe, hours * recovery.HOUR)
            recovery.run_schedule()
        return {"posted": chaos.posted, "wrong": wrong + defects.seen + list(_differences(stand))}

    ended = children.start(listen).wait(seconds=600)
    if ended.error:
        chaos.wrong.append(ended.error)
    else:
        chaos.posted, chaos.wrong = ended.value["posted"], ended.value["wrong"]
    return chaos


def every_kill(mutant: str = "") -> Chaos:
    """Receive one event and be killed at every checkpoint of it; Stripe then sends it again."""
    stand, chaos = this_stand(), Chaos()
    told = deliveries.waiting(stand.stripe)[-1]
    told = Delivery(told.endpoint, "evt_killed", told.body.replace(told.event_id.encode(), b"evt_killed"))

    def receive(_):
        MUTANTS[mutant]()
        return deliveries.post(told)

    def kept_once(_):
        from stripe_gateway.models import StripeEvent

        return StripeEvent.objects.filter(stripe_id=told.event_id).count()

    for crash_at in range(1, 500):
        stand.restore()
        first = children.run(receive, crash_at=crash_at)
        again = children.run(receive) if first.killed else first
        rows = children.run(kept_once).value
        chaos.events += 1
        chaos.posted += 1 + first.killed
        if again.value != 200 or rows != 1:
            chaos.wrong.append(f"killed at {crash_at}: answered {again.value}, {rows} rows {again.error}")
        if not first.killed:
            return chaos
    raise RuntimeError("receiving an event never survived")


def _top_ups(stand: Stand, size: int, rng: random.Random) -> None:
    from funding import top_ups

    for _ in range(size):
        top_ups.initiate(
            account=scenarios.account_of(stand.world),
            source=scenarios.source_of(stand.world.verified_source),
            amount=rng.randrange(100, 10_000),
            form_id=uuid.UUID(int=rng.getrandbits(128), version=4),
            actor=scenarios.staff_of(stand.world),
            now=timezone.now(),
        )


def _let_happen(stand: Stand, rng: random.Random) -> None:
    """Fates of top-ups, a source and the account, at Stripe alone: the portal has not been told."""
    books = stand.stripe.books()
    for id, top_up in books["topup"].items():
        outcome = rng.choice(OUTCOMES)
        if outcome == "cancel":
            stand.stripe.call("POST", f"/v1/topups/{id}/cancel", b"", key="sk_test_portal", account=top_up["scope"])
        elif outcome == "reverse":
            stand.stripe.control(f"topups/{id}/succeed", {})
            stand.stripe.control(f"topups/{id}/reverse", {})
        elif outcome != "none":
            stand.stripe.control(f"topups/{id}/{outcome}", {})
    for id, source in books["source"].items():
        if source["status"] == "pending":
            stand.stripe.control(f"sources/{id}/{rng.choice(['fail', 'cancel'])}", {})
    for id in books["account"]:
        for outcome in rng.sample(ACCOUNT_OUTCOMES, 2):
            try:
                stand.stripe.control(f"accounts/{id}/outcome", {"outcome": outcome})
            except HTTPError:
                # Not every outcome can follow every other; whatever did happen is in the books.
                continue


def _deliver(told: list[Delivery], rng: random.Random, chaos: Chaos) -> Iterator[str]:
    """Lose some, double some, poison some, shuffle all; what is answered with 200 must be stored."""
    from stripe_gateway import inbox

    batch = [delivery for delivery in told if rng.random() >= LOST]
    batch += rng.sample(batch, int(len(batch) * TWICE))
    batch += [deliveries.poison(rng.choice(told), number) for number in range(max(5, int(len(told) * POISONED)))]
    rng.shuffle(batch)
    for number, delivery in enumerate(batch):
        status = deliveries.post(delivery)
        chaos.posted += 1
        if status != 200 or not _is_stored(delivery):
            yield f"{delivery.event_id} was answered with {status}, stored: {_is_stored(delivery)}"
        if number % 50 == 0:
            inbox.process_due()
    for what, delivery, header in deliveries.refused(told[0]):
        status = deliveries.post(delivery, header)
        if status != 400:
            yield f"{what} was answered with {status}"


def _is_stored(delivery: Delivery) -> bool:
    from stripe_gateway.models import StripeEvent

    return StripeEvent.objects.filter(endpoint=delivery.endpoint, stripe_id=delivery.event_id).exists()


def _differences(stand: Stand) -> Iterator[str]:
    """Where the portal and the books disagree once everything has come to rest."""
    from desk import audit
    from stripe_gateway.models import StripeEvent

    books = stand.stripe.books()
    yield from _of_money(books)
    yield from _of_accounts()
    live = StripeEvent.objects.filter(livemode=True).exclude(state=StripeEvent.State.QUARANTINED)
    yield from (f"an event of the other mode was believed: {event}" for event in live)
    open_states = (StripeEvent.State.NEW, StripeEvent.State.PROCESSING)
    for event in StripeEvent.objects.filter(state__in=open_states).exclude(stripe_id__startswith="evt_poison"):
        yield f"never processed: {event} {event.error}"
    for event in StripeEvent.objects.filter(state="quarantined").exclude(stripe_id__startswith="evt_poison"):
        yield f"quarantined: {event} {event.error}"
    if StripeEvent.objects.filter(stripe_id="evt_forged").exists():
        yield "a forged event was stored"
    yield from (f"audit trail: {broken}" for broken in audit.verify())


def _of_money(books: Books) -> Iterator[str]:
    from funding.models import Source, TopUp

    for top_up in TopUp.objects.all():
        theirs = books["topup"].get(top_up.stripe_id, {}).get("status")
        if top_up.status != theirs:
            yield f"top-up {top_up.stripe_id}: ours {top_up.status}, Stripe's {theirs}"
    for source in Source.objects.all():
        theirs = books["source"].get(source.stripe_id, {}).get("status")
        if source.status != theirs:
            yield f"source {source.pk}: ours {source.status}, Stripe's {theirs}"


def _of_accounts() -> Iterator[str]:
    from accounts import connected_accounts
    from accounts.models import ConnectedAccount

    for account in ConnectedAccount.objects.exclude(stripe_id=None):
        told = (account.status, account.can_issue)
        connected_accounts.reread(account, timezone.now())
        account.refresh_from_db()
        if told != (account.status, account.can_issue):
            yield f"account {account.pk}: ours {told}, Stripe's {(account.status, account.can_issue)}"
