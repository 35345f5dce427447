"""Every route × everybody × every method × own, foreign, absent and malformed ids: nobody comes further than the table.

`ISOLATION=full` asks every combination; without it, unusual methods are tried with one's own ids only.
"""

import logging
import os
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.urls import reverse

from tests.isolation import answers, policy
from tests.isolation.rows import Writes, changed, fingerprint
from tests.isolation.world import MALFORMED, Actor, World, absent_ids

FULL = os.environ.get("ISOLATION") == "full"
USUAL, UNUSUAL = ("GET", "POST"), ("HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://testserver/"}
ACTORS = (
    "anonymous",
    "disabled owner of a",
    "staff without a second factor",
    "staff viewer",
    "staff operator",
    "staff approver",
    "staff admin",
    "owner of a",
    "viewer of a",
    "finance of a",
    "ended member of a",
    "owner of b",
)
ABSENT_IDS = absent_ids()
TAKEN_APART = "placeholder0"


@dataclass(frozen=True)
class Case:
    """One address to ask: `tenant` is whose account stands in it, `exists` whether there is anything behind it."""

    label: str
    path: str
    tenant: str = ""
    exists: bool = True
    ids: tuple[str, ...] = ()


def cases(route: policy.Route, world: World) -> Iterator[Case]:
    """The addresses of a route."""
    if not route.objects:
        yield Case("plain", reverse(route.name))
        return
    own = {letter: _ids(route, world, letter) for letter in "ab"}
    absent = {name: ABSENT_IDS[kind] for name, kind in route.objects.items() if kind in ABSENT_IDS}
    yield _case("own", route, own["a"], tenant="a")
    yield _case("foreign", route, own["b"], tenant="b")
    yield _case("absent", route, own["a"] | absent, exists=False)
    for name in absent:
        kind = route.objects[name]
        if route.has_account and kind != "account":
            yield _case(f"crossed {kind}", route, own["a"] | {name: own["b"][name]}, tenant="a", exists=False)
            yield _case(f"absent {kind}", route, own["a"] | {name: absent[name]}, tenant="a", exists=False)
        path = _path(route, own["a"] | {name: own["a"][name]}).replace(own["a"][name], TAKEN_APART, 1)
        for nonsense in MALFORMED if FULL else MALFORMED[:3]:
            yield Case(f"malformed {kind}", path.replace(TAKEN_APART, nonsense), exists=False)


def _ids(route, world: World, letter: str) -> dict[str, str]:
    known = world.platform_ids | world.tenants[letter].ids
    return {name: known[kind] for name, kind in route.objects.items()}


def _case(label, route, ids: dict[str, str], **more) -> Case:
    return Case(label, _path(route, ids), ids=tuple(ids.values()), **more)


def _path(route, ids: dict[str, str]) -> str:
    return reverse(route.name, kwargs=ids)


def expected(route: policy.Route, actor: Actor, case: Case) -> set[str]:
    """How far this actor may come there."""
    if route.needs_state:
        return {answers.FORBIDDEN}
    if route.library or route.who == "public":
        return {answers.OPEN, answers.ABSENT, answers.LOGIN, answers.ENROL}
    if actor.is_stopped:
        return {actor.is_stopped} if not case.label.startswith("malformed") else {actor.is_stopped, answers.ABSENT}
    if case.label.startswith("malformed"):
        return {answers.ABSENT, answers.FORBIDDEN}
    return {_scoped(route, actor, case) if route.has_account else _unscoped(route, actor, case)}


def _scoped(route, actor: Actor, case: Case) -> str:
    """Whose account it is comes first, then what one may do there, then whether there is such a thing in it."""
    if not case.tenant or not (actor.staff or case.tenant in actor.members):
        return answers.ABSENT
    passes = route.lets_staff(actor.staff) or route.lets_member(actor.members.get(case.tenant, ""))
    if not passes:
        return answers.FORBIDDEN
    return answers.OPEN if case.exists else answers.ABSENT


def _unscoped(route, actor: Actor, case: Case) -> str:
    if route.who != "signed in" and not route.lets_staff(actor.staff):
        return answers.FORBIDDEN
    return answers.OPEN if case.exists else answers.ABSENT


def body(world: World, actor: Actor) -> dict[str, str]:
    """What would do something wherever it is posted to by somebody who may."""
    tenant = world.tenants["b" if "b" in actor.members else "a"]
    return {
        "operation": str(uuid.uuid4()),
        "amount": "50.00",
        "source": tenant.chargeable,
        "step": "confirm",
        "reason": "asked by telephone",
        "first": "0.32",
        "second": "0.45",
        "line": "10.00",
        "role": "viewer",
        "scope": "all",
        "language": "fr",
        "theme": "dark",
        "full_name": "Somebody New",
        "email": "new@platform.test",
        "next": "https://evil.example/",
    }


class Crawl:
    """One actor going everywhere, each time in a database as it was at the start; collects what is wrong."""

    def __init__(self, world: World, actor: Actor):
        self.world, self.actor = world, actor
        self.start = fingerprint()
        self.faults: list[str] = []
        self.seen: Counter = Counter()
        self.hidden = [tenant.canary for letter, tenant in world.tenants.items() if not self._may_see(letter)]

    def _may_see(self, letter: str) -> bool:
        return bool(self.actor.staff) or letter in self.actor.members

    def visit(self, route: policy.Route) -> None:
        """Ask every address of a route in every way."""
        self.said: dict[tuple, tuple] = {}
        for case in cases(route, self.world):
            for method, htmx in ways(case):
                self._ask(route, case, method, htmx)
        self._compare_with_absent(route)

    def _ask(self, route, case: Case, method: str, htmx: bool) -> None:
        what = f"{self.actor.name}: {method} {route.name} ({case.label}{', htmx' if htmx else ''})"
        point = transaction.savepoint()
        with Writes() as writes:
            response = self._send(case.path, method, htmx)
        came = answers.outcome(response)
        allowed = self._allowed(route, case, method)
        self.seen["requests"] += 1
        self.said[case.label, method, htmx] = _told(case, response)
        self._check(came in allowed, f"{what}: {came} ({response.status_code}), not {sorted(allowed)}")
        is_unready = route.name == "desk:readyz" and response.status_code == 503
        self._check(response.status_code < 500 or is_unready, f"{what}: {response.status_code}")
        self._check_writes(route, method, came, writes.tables, what)
        self._check_text(route, response, what)
        transaction.savepoint_rollback(point)

    def _send(self, path: str, method: str, htmx: bool):
        data = body(self.world, self.actor) if method == "POST" else None
        client = self.actor.client
        client.raise_request_exception = False
        # A view may sign its asker out; the next request is to come from the same session all the same.
        cookies = client.cookies.copy()
        response = client.generic("OPTIONS", path) if method == "OPTIONS" else None
        if response is None:
            response = getattr(client, method.lower())(path, data, **(HTMX if htmx else {}))
        client.cookies = cookies
        return response

    def _allowed(self, route, case: Case, method: str) -> set[str]:
        allowed = expected(route, self.actor, case)
        if method in route.methods:
            return allowed
        # The sign-in library sends people elsewhere before it looks at the method; it must do nothing there.
        refusals = allowed if route.library else allowed - {answers.OPEN}
        return refusals | {answers.METHOD}

    def _check_writes(self, route, method: str, came: str, written: set[str], what: str) -> None:
        self.seen["let in"] += came == answers.OPEN
        # The sign-in library ends acts with the same redirects as refusals.
        if came == answers.OPEN or route.library:
            is_act = method in route.methods and method not in ("GET", "HEAD")
            may_write = is_act or written <= set(route.get_writes)
        else:
            may_write = not written
        self._check(may_write or not changed(self.start), f"{what}: wrote to {sorted(written)}")

    def _check_text(self, route, response, what: str) -> None:
        text = answers.everything(response)
        self._check(not any(canary in text for canary in self.hidden), f"{what}: shows what is another's")
        self._check(not answers.leaves_us(response), f"{what}: leads to {answers.where_to(response)}")
        self.seen["own canaries"] += any(tenant.canary in text for tenant in self.world.tenants.values())
        if not route.is_webhook:
            faults = answers.header_faults(response, signed_in=self.actor.is_stopped != "login")
            self._check(not faults, f"{what}: headers {faults}")

    def _compare_with_absent(self, route) -> None:
        """To whoever may not see a thing, it answers as one that does not exist."""
        pairs = [(f"crossed {kind}", f"absent {kind}") for kind in route.objects.values()]
        if route.has_account:
            pairs += [
                (label, "absent") for label, letter in (("own", "a"), ("foreign", "b")) if not self._may_see(letter)
            ]
        for (label, *way), said in self.said.items():
            for nowhere in (absent for there, absent in pairs if there == label):
                if (nowhere, *way) in self.said:
                    what = f"{self.actor.name}: {way} {route.name}"
                    self._check(said == self.said[nowhere, *way], f"{what}: {label} can be told from {nowhere}")

    def _check(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)


def ways(case: Case) -> Iterator[tuple[str, bool]]:
    """Methods, each with and without htmx: all of them, or those that teach most."""
    if FULL:
        yield from ((method, htmx) for method in USUAL + UNUSUAL for htmx in (False, True))
    elif case.label.startswith("malformed"):
        yield "GET", False
    elif case.label in ("own", "plain"):
        yield from ((method, False) for method in USUAL + UNUSUAL)
        yield "GET", True
    else:
        yield from (("GET", False), ("POST", False), ("POST", True))


def _told(case: Case, response) -> tuple:
    return answers.normal(response, case.path, *case.ids), answers.where_to(response).replace(case.path, "PATH")


@pytest.fixture
def world(db, settings, local_stripe):
    settings.STAFF_MFA_REQUIRED = True
    # Thousands of refusals with a traceback each would be most of the time it takes.
    logging.disable(logging.CRITICAL)
    yield World()
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("name", ACTORS)
def test_nobody_comes_further_than_the_table_says(world, name, record_property):
    actor = world.actors[name]
    crawl = Crawl(world, actor)
    for route in policy.load().values():
        crawl.visit(route)
    assert not crawl.faults, "\n".join(crawl.faults)
    assert changed(crawl.start) == set()
    assert crawl.seen["requests"] > 700
    assert bool(crawl.seen["own canaries"]) == bool(actor.staff or actor.members)
    record_property("crawl", dict(crawl.seen))


def test_everybody_is_crawled_as(world):
    assert set(world.actors) == set(ACTORS)
