"""Ids in bodies, queries and sessions: a form of one business cannot reach what belongs to another."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from funding.models import Source, TopUp, VerificationAttempt
from stripe_gateway.models import StripeOperation
from tests.isolation import policy
from tests.isolation.rows import changed, fingerprint
from tests.isolation.world import World, signed_in

ROUTES = policy.load()


@pytest.fixture
def world(db, local_stripe):
    return World()


@pytest.fixture
def owner(world):
    return world.actors["owner of a"].client


@pytest.fixture
def add_money(world):
    return reverse("funding:top-up-create", args=[world.tenants["a"].account.ref])


def top_up_form(world, **changes) -> dict:
    form = {"operation": str(uuid.uuid4()), "amount": "50.00", "source": world.tenants["a"].chargeable}
    return form | {"step": "confirm"} | changes


@pytest.mark.parametrize("step", ["review", "confirm", "change", ""])
def test_another_business_s_bank_account_is_no_choice(world, owner, add_money, step):
    before = fingerprint()
    foreign, absent = world.tenants["b"].chargeable, str(uuid.uuid4())
    said = []
    for source in (foreign, absent):
        response = owner.post(add_money, top_up_form(world, source=source, step=step))
        assert response.status_code == 422
        assert "Choose the bank account to debit." in response.content.decode()
        said.append("Bank ••" in response.content.decode().replace(world.tenants["a"].canary + " ", ""))
        assert world.tenants["b"].canary not in response.content.decode()
    assert said[0] == said[1]
    assert changed(before) == set()


@pytest.mark.parametrize("name", ["account", "account_id", "ref", "stripe_account", "account_ref", "stripe_id"])
def test_an_account_named_in_the_form_or_the_query_counts_for_nothing(world, owner, add_money, local_stripe, name):
    a, b = (world.tenants[letter].account for letter in "ab")
    for value in (b.ref, str(b.pk)):
        owner.post(f"{add_money}?{name}={value}", top_up_form(world, **{name: value, "description": "injected"}))
        made = TopUp.objects.get(description="injected")
        assert (made.account, made.operation.stripe_account) == (a, a.stripe_id)
        TopUp.objects.all().delete()
    sent = {call["headers"].get("stripe-account") for call in local_stripe.requests() if call["method"] == "POST"}
    assert sent == {a.stripe_id}


def test_another_business_s_operation_id_finds_nothing_and_repeats_nothing(world, owner, add_money, local_stripe):
    theirs = StripeOperation.objects.get(pk=world.tenants["b"].ids["operation"])
    before = fingerprint()
    response = owner.post(add_money, top_up_form(world, operation=str(theirs.pk)))
    text = response.content.decode()
    assert response.status_code == 409
    assert world.tenants["b"].canary not in text
    assert world.tenants["b"].ids["top_up"] not in text
    assert changed(before) == set()
    assert [call for call in local_stripe.requests() if call["method"] == "POST"] == []


def test_a_twin_of_another_business_confirms_nothing(world, owner, add_money):
    owner.post(add_money, top_up_form(world))
    count = TopUp.objects.count()
    response = owner.post(add_money, top_up_form(world, twin=world.tenants["b"].ids["top_up"]))
    assert "draft=" in response.url
    assert TopUp.objects.count() == count


def test_a_draft_of_one_business_is_not_shown_on_the_form_of_another(world, owner, add_money):
    b = world.tenants["b"]
    theirs = world.actors["owner of b"].client
    url = reverse("funding:top-up-create", args=[b.account.ref])
    form = top_up_form(world, source=b.chargeable, description="Draft of b", step="review")
    draft = theirs.post(url, form).url.partition("?")[2]
    assert "Draft of b" in theirs.get(f"{url}?{draft}").content.decode()
    assert "Draft of b" not in owner.get(f"{add_money}?{draft}").content.decode()


def test_a_cursor_of_one_list_opens_no_other(world, owner):
    """A cursor says where to go on, never in whose list."""
    a, b = (world.tenants[letter] for letter in "ab")
    admin = world.actors["staff admin"].client
    for tenant in (a, b):
        TopUp.objects.bulk_create(_many_top_ups(tenant))
    page = admin.get(reverse("funding:account-top-up-list", args=[b.account.ref])).content.decode()
    cursor = page.split("cursor=")[1].split('"')[0].split("&")[0]
    text = owner.get(
        reverse("funding:account-top-up-list", args=[a.account.ref]) + f"?cursor={cursor}"
    ).content.decode()
    assert b.canary not in text


def _many_top_ups(tenant) -> list[TopUp]:
    source = Source.objects.get(public_id=tenant.chargeable)
    rows = {"account": tenant.account, "source": source, "created_by": tenant.owner, "currency": "usd"}
    operations = StripeOperation.objects.bulk_create(
        StripeOperation(
            id=uuid.uuid4(),
            kind="top_up.create",
            method="POST",
            path="/v1/topups",
            params_hash=f"{n}",
            key=f"k{n}-{tenant.canary}",
        )
        for n in range(30)
    )
    return [
        TopUp(**rows, amount=100, description=f"{tenant.canary} {n}", operation=each)
        for n, each in enumerate(operations)
    ]


def test_a_bank_account_of_another_business_cannot_be_confirmed(world, owner):
    a, b = (world.tenants[letter] for letter in "ab")
    form = {"operation": str(uuid.uuid4()), "first": "0.32", "second": "0.45", "source": b.ids["source"]}
    response = owner.post(reverse("funding:source-verify", args=[b.account.ref, b.ids["source"]]), form)
    assert response.status_code == 404
    owner.post(reverse("funding:source-verify", args=[a.account.ref, a.ids["source"]]), form)
    assert {attempt.source.account for attempt in VerificationAttempt.objects.all()} <= {a.account}


def test_filters_for_staff_are_no_way_in_for_businesses(world, owner):
    for name, route in ROUTES.items():
        if not route.objects and "." in route.who and "GET" in route.methods:
            response = owner.get(reverse(name), {"account": world.tenants["b"].account.ref, "q": "Kanarie-b"})
            assert response.status_code == 403, name
            assert world.tenants["b"].canary not in response.content.decode()


def test_search_finds_one_s_own_only(world, owner):
    b = world.tenants["b"]
    words = ("Kanarie", "Kanarie-b", b.account.ref, b.ids["top_up"], b.account.contact_email, "acct_1Isolated")
    for word in words:
        assert b.canary not in owner.get(reverse("desk:search"), {"q": word}).content.decode()


@pytest.mark.parametrize("name", [name for name, route in ROUTES.items() if "POST" in route.methods])
def test_no_form_is_taken_from_another_site(world, name):
    """Without the token against forgery nothing is done, whoever is signed in."""
    route = ROUTES[name]
    if route.is_webhook or route.keyed:
        pytest.skip("Stripe signs instead, and machines bring a key")
    ids = world.platform_ids | world.tenants["a"].ids
    path = reverse(name, kwargs={key: ids[kind] for key, kind in route.objects.items()})
    for actor in ("staff admin", "owner of a"):
        strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
        strict.cookies = world.actors[actor].client.cookies
        before = fingerprint()
        assert strict.post(path, {"reason": "forged", "step": "confirm"}).status_code == 403
        assert changed(before) == set()


def test_two_sessions_do_not_share_what_was_opened(world):
    """An invitation opened in one browser is not open in another."""
    first, second = Client(), signed_in(world.tenants["b"].owner)
    first.get(reverse("accounts:invitation-accept", args=[world.tenants["a"].ids["invitation_token"]]))
    assert world.tenants["a"].canary in first.get(reverse("accounts:invitation")).content.decode()
    response = second.get(reverse("accounts:invitation"))
    assert response.status_code == 404
    assert world.tenants["a"].canary not in response.content.decode()
