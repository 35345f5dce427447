"""Nonsense in every word that a page reads from its address, and in every delivery of an event: never a 5xx."""

import json
import logging
import time

import pytest
from django.db import transaction
from django.urls import reverse

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: addresses are not fuzzed")

from hypothesis import given  # noqa: E402 - needs hypothesis
from hypothesis import strategies as st  # noqa: E402

from stripe_gateway.models import StripeEvent  # noqa: E402
from stripe_gateway.signatures import TOLERANCE_SECONDS  # noqa: E402
from tests.isolation import discovery, nasty, policy  # noqa: E402
from tests.isolation.rows import Writes, changed, fingerprint  # noqa: E402
from tests.isolation.world import World  # noqa: E402
from tests.stripe_gateway.conftest import SECRETS, Sender  # noqa: E402

# Whether the portal is ready has nothing to do with its address, and it may well say 503.
NOT_PAGES = ("desk:healthz", "desk:readyz")
ROUTES = [route for route in policy.load().values() if not route.library and route.name not in NOT_PAGES]
SHOWN = [route for route in ROUTES if "GET" in route.methods]
# Words that pages are known to read: if looking on finds none of these, it does not look properly.
READ_BY_LISTS = {"q", "cursor", "view", "status", "since", "until", "object", "actor", "verb", "stream", "kind", "type"}


@pytest.fixture
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world(db, quiet, local_stripe):
    return World()


def askers(route: policy.Route, world: World) -> list:
    actors = ["staff admin"] if route.staff != policy.NOBODY or route.who in ("public", "signed in") else []
    if route.business != policy.NOBODY or route.who == "signed in":
        actors.append("owner of a")
    return [world.actors[name].client for name in actors]


def words_of(client, path: str) -> set[str]:
    with discovery.words_read() as words:
        for more in ({}, {"HTTP_HX_REQUEST": "true"}):
            client.get(path, **more)
    return words - {"csrfmiddlewaretoken", "_method"}


class Page:
    """One page as one person sees it, asked with words in its address."""

    def __init__(self, route: policy.Route, client, path: str):
        self.route, self.client, self.path = route, client, path
        self.client.raise_request_exception = False

    def ask(self, pairs, htmx: bool) -> None:
        """Ask, see that nothing broke and nothing was written, and undo what was."""
        point = transaction.savepoint()
        query = nasty.urlencoded(pairs).decode()
        with Writes() as writes:
            response = self.client.get(f"{self.path}?{query}", **({"HTTP_HX_REQUEST": "true"} if htmx else {}))
        assert response.status_code < 500, query[:500]
        assert writes.tables <= set(self.route.get_writes), query[:500]
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("route", SHOWN, ids=lambda route: route.name)
def test_nonsense_in_an_address_breaks_no_page(world, route):
    ids = world.platform_ids | world.tenants["a"].ids
    path = reverse(route.name, kwargs={name: ids[kind] for name, kind in route.objects.items()})
    start = fingerprint()
    for client in askers(route, world):
        page, words = Page(route, client, path), sorted(words_of(client, path)) or ["next"]
        _fuzz(page, words)
        for value in nasty.NASTY if nasty.THOROUGH else nasty.WORST:
            page.ask([(word, value) for word in words], htmx=value in nasty.WORST[::2])
    assert changed(start) <= set(route.get_writes)


def _fuzz(page: Page, words: list[str]) -> None:
    @nasty.FUZZ
    @given(st.lists(st.tuples(st.sampled_from(words), nasty.texts), min_size=1, max_size=4), st.booleans())
    def look(pairs, htmx):
        page.ask(pairs, htmx)

    look()


def test_words_of_lists_are_found(world):
    client = world.actors["staff admin"].client
    lists = [route for route in SHOWN if not route.objects and route.staff != policy.NOBODY]
    found = set().union(*(words_of(client, reverse(route.name)) for route in lists))
    assert found >= READ_BY_LISTS


header_texts = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), nasty.texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=10), inner, max_size=3)),
    max_leaves=8,
)


@pytest.mark.django_db
@pytest.mark.parametrize("endpoint", StripeEvent.Endpoint.values)
class TestDeliveries:
    """What comes to a webhook address: bytes of anybody, and what Stripe signed."""

    @pytest.fixture
    def send(self, client, quiet):
        client.raise_request_exception = False
        return Sender(client)

    def test_bytes_that_nobody_signed_are_refused_and_leave_nothing(self, send, endpoint):
        @nasty.FUZZ
        @given(st.binary(max_size=300), header_texts, st.sampled_from(["application/json", "text/plain", "x", ""]))
        def deliver(body, header, content_type):
            path = f"/webhooks/stripe/{endpoint}/"
            response = send.client.generic("POST", path, body, content_type, HTTP_STRIPE_SIGNATURE=header)
            assert (response.status_code, response.content) == (400, b"")
            assert not StripeEvent.objects.exists()

        deliver()

    def test_signatures_that_are_nearly_right_are_refused(self, send, endpoint):
        body = json.dumps(send.event()).encode()
        good = send.signature(body, SECRETS[endpoint])

        @nasty.FUZZ
        @given(st.integers(0, len(good) - 1), st.sampled_from("0aZ,=é \t"))
        def deliver(at, sign):
            spoiled = good[:at] + sign + good[at + 1 :]
            if spoiled.replace(" ", "").replace("\t", "") != good:
                assert send.deliver(body, endpoint, header=spoiled).status_code == 400, spoiled
                assert not StripeEvent.objects.exists()

        deliver()

    def test_whatever_is_signed_is_kept_or_refused(self, send, endpoint):
        @nasty.FUZZ
        @given(st.dictionaries(st.sampled_from(list(send.event())), json_values, max_size=3), st.binary(max_size=6))
        def deliver(changes, more):
            point = transaction.savepoint()
            for body in (_as_json(send.event() | changes), _as_json(changes), _as_json(send.event()) + more):
                before = StripeEvent.objects.count()
                status = send.deliver(body, endpoint).status_code
                assert status in (200, 400), body[:500]
                assert StripeEvent.objects.count() <= before + (status == 200), body[:500]
            transaction.savepoint_rollback(point)

        deliver()

    def test_times_at_the_edge_of_what_is_taken(self, send, endpoint):
        @nasty.FUZZ
        @given(st.integers(-(10**9), 10**9))
        def deliver(seconds):
            body = json.dumps(send.event()).encode()
            status = send.deliver(body, endpoint, at=time.time() + seconds).status_code
            if abs(abs(seconds) - TOLERANCE_SECONDS) > 5:
                assert status == (200 if abs(seconds) < TOLERANCE_SECONDS else 400)

        deliver()


def _as_json(value) -> bytes:
    return json.dumps(value).encode()
