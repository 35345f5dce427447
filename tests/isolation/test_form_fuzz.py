"""Nonsense in every form: never a 5xx, and nothing changed where it was refused."""

import logging

import pytest
from django.db import transaction

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed: forms are not fuzzed")

from hypothesis import given  # noqa: E402 - needs hypothesis
from hypothesis import strategies as st  # noqa: E402

from tests.isolation import discovery, nasty, policy  # noqa: E402
from tests.isolation.rows import Writes, changed, fingerprint  # noqa: E402
from tests.isolation.world import World, asker, path_of  # noqa: E402

POSTED = [route for route in policy.load().values() if "POST" in route.methods and not route.is_webhook]
READ_ONLY_FORMS = {"AuditFilter", "EventFilters", "ListFilters", "OperationFilters", "TopUpFilterForm"}


@pytest.fixture
def world(db, settings, local_stripe):
    # Hashing passwords slowly is not what is tried here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    logging.disable(logging.CRITICAL)
    yield World()
    logging.disable(logging.NOTSET)


class Target:
    """One address that takes forms, and what it said to each."""

    def __init__(self, route: policy.Route, world: World):
        self.route, self.world, self.path = route, world, path_of(route, world)
        self.client = asker(route, world)
        self.client.raise_request_exception = False
        self.start = fingerprint()

    def judge(self, body: bytes, content_type: str, htmx: bool) -> int:
        """Post it, see that nothing broke, and undo it."""
        point = transaction.savepoint()
        cookies = self.client.cookies.copy()
        with Writes() as writes:
            headers = {"HTTP_HX_REQUEST": "true"} if htmx else {}
            response = self.client.generic("POST", self.path, body, content_type, **headers)
        assert response.status_code < 500, body[:500]
        if response.status_code >= 400 and writes.tables and not self.route.keeps_refusals:
            assert changed(self.start) <= set(self.route.get_writes), body[:500]
        self.client.cookies = cookies
        transaction.savepoint_rollback(point)
        return response.status_code


@pytest.mark.parametrize("route", POSTED, ids=lambda route: route.name)
def test_nonsense_breaks_no_form_and_changes_nothing(world, route):
    target = Target(route, world)
    form = discovery.form_of(target.client, target.path)
    good = discovery.plausible(form, source=world.tenants["a"].chargeable, step="confirm", next="/")
    names = sorted(good)

    @nasty.FUZZ
    @given(nasty.filled(names, good), st.sampled_from(nasty.ENCODINGS), st.booleans())
    def post(fields, how, htmx):
        target.judge(*nasty.encoded(fields, how), htmx)

    post()
    for value in nasty.NASTY if nasty.THOROUGH else nasty.WORST:
        target.judge(*nasty.encoded(dict.fromkeys(names, value), "form"), False)
        for name in names if nasty.THOROUGH else ():
            target.judge(*nasty.encoded(good | {name: value}, "form"), False)


def test_every_form_of_the_product_is_reached(world):
    """A form that no address of the table fills would not be fuzzed."""
    filled = set()
    for route in POSTED:
        client = asker(route, world)
        client.raise_request_exception = False
        found = discovery.form_of(client, path_of(route, world))
        filled.add(type(found).__qualname__)
    wanted = {kind.__qualname__ for kind in discovery.product_forms()} - READ_ONLY_FORMS
    assert wanted
    assert wanted - filled == set()
