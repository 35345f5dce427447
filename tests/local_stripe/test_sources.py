import pytest
import stripe

OWNER = {
    "name": "Jenny Rosen",
    "email": "jenny.rosen@example.com",
    "phone": "5554443333",
    "address": {"line1": "510 Townsend Street", "city": "San Francisco", "state": "California", "country": "US"},
}
ONLINE = {
    "status": "accepted",
    "type": "online",
    "online": {"date": 1_700_000_000, "ip": "203.0.113.9", "user_agent": "Mozilla/5.0"},
}
OFFLINE = {"status": "accepted", "type": "offline", "offline": {"contact_email": "evidence@example.com"}}


@pytest.fixture
def on(account):
    return {"stripe_account": account}


def verify(client, source, on, *values):
    return client.v1.sources.verify(source.id, {"values": list(values)}, on)


def refused(call, *args, **kwargs) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        call(*args, **kwargs)
    return refusal.value


def event_types(client, on):
    return [event.type for event in client.v1.events.list({}, on).data if event.type.startswith("source.")]


def test_a_source_waits_for_its_microdeposits(client, new_source, on):
    source = new_source(owner=OWNER, metadata={"a": "1"}, statement_descriptor="Desk")
    assert (source.type, source.status, source.flow, source.usage) == (
        "ach_debit", "pending", "code_verification", "reusable",
    )  # fmt: skip
    assert source.ach_debit.to_dict() == {
        "bank_name": "STRIPE TEST BANK",
        "country": "US",
        "fingerprint": source.ach_debit.fingerprint,
        "last4": "6789",
        "routing_number": "110000000",
        "type": "individual",
    }
    assert source.code_verification.to_dict() == {"attempts_remaining": 3, "status": "pending"}
    assert source.owner.address.city == "San Francisco"
    assert source.owner.address.postal_code is None
    assert source.owner.verified_name is None
    assert source.client_secret.startswith("src_client_secret_")
    assert client.v1.sources.retrieve(source.id, {}, on).to_dict() == source.to_dict()


def test_the_right_amounts_make_it_chargeable(client, new_source, on):
    source = verify(client, new_source(), on, 32, 45)
    assert (source.status, source.code_verification.status) == ("chargeable", "succeeded")
    assert event_types(client, on) == ["source.chargeable"]


def test_the_order_of_the_amounts_does_not_matter(client, new_source, on):
    assert verify(client, new_source(), on, 45, 32).status == "chargeable"


def test_a_wrong_attempt_is_counted_and_a_later_right_one_still_works(client, new_source, on):
    source = new_source()
    refusal = refused(verify, client, source, on, 11, 12)
    assert (refusal.code, refusal.http_status) == ("bank_account_verification_failed", 400)
    left = client.v1.sources.retrieve(source.id, {}, on).code_verification
    assert left.to_dict() == {"attempts_remaining": 2, "status": "pending"}
    assert verify(client, source, on, 32, 45).status == "chargeable"


def test_the_third_wrong_attempt_fails_the_source_for_good(client, new_source, on):
    source = new_source()
    for _ in range(3):
        assert refused(verify, client, source, on, 1, 99).code == "bank_account_verification_failed"
    source = client.v1.sources.retrieve(source.id, {}, on)
    assert source.status == "failed"
    assert source.code_verification.to_dict() == {"attempts_remaining": 0, "status": "failed"}
    assert refused(verify, client, source, on, 32, 45).code == "bank_account_verification_failed"
    assert event_types(client, on) == ["source.failed"]


@pytest.mark.parametrize("values", [[32], [32, 45, 1], [0, 45], [100, 45], [-32, 45], ["0.32", "0.45"], ["", "45"]])
def test_what_cannot_be_two_deposits_costs_no_attempt(client, new_source, on, values):
    source = new_source()
    assert refused(verify, client, source, on, *values).param.startswith("values")
    assert client.v1.sources.retrieve(source.id, {}, on).code_verification.attempts_remaining == 3


def test_a_chargeable_source_cannot_be_verified_again(client, new_source, on):
    source = new_source()
    verify(client, source, on, 32, 45)
    assert refused(verify, client, source, on, 32, 45).http_status == 400


def test_a_lost_answer_to_a_wrong_attempt_is_counted_once(client, new_source, on):
    source = new_source()
    for _ in range(2):
        options = {**on, "idempotency_key": "the same attempt"}
        refused(client.v1.sources.verify, source.id, {"values": [1, 2]}, options)
    assert client.v1.sources.retrieve(source.id, {}, on).code_verification.attempts_remaining == 2


@pytest.mark.parametrize("acceptance", [ONLINE, OFFLINE], ids=["online", "offline"])
def test_a_mandate_is_taken_and_not_shown(client, new_source, on, acceptance):
    source = new_source(mandate={"acceptance": acceptance, "interval": "variable", "notification_method": "email"})
    assert "203.0.113.9" not in str(source)
    assert "evidence@example.com" not in str(source)
    updated = client.v1.sources.update(source.id, {"mandate": {"acceptance": acceptance}}, on)
    assert updated.status == "pending"


@pytest.mark.parametrize(
    ("mandate", "param"),
    [
        ({"acceptance": {"type": "online"}}, "mandate[acceptance][status]"),
        ({"acceptance": {"status": "agreed", "type": "online", "online": {}}}, "mandate[acceptance][status]"),
        ({"acceptance": {"status": "accepted", "type": "letter"}}, "mandate[acceptance][type]"),
        ({"acceptance": {"status": "accepted", "type": "offline"}}, "mandate[acceptance][offline]"),
        (
            {"acceptance": {"status": "accepted", "type": "offline", "offline": {"email": "a@b.example"}}},
            "mandate[acceptance][offline][email]",
        ),
        ({"acceptance": {**ONLINE, "offline": OFFLINE["offline"]}}, "mandate[acceptance][offline]"),
        ({"interval": "yearly"}, "mandate[interval]"),
        ({"notification_method": "pigeon"}, "mandate[notification_method]"),
        ({"currency": "eur"}, "mandate[currency]"),
    ],
)
def test_a_mandate_that_is_not_in_order_is_refused(new_source, mandate, param):
    assert refused(new_source, mandate=mandate).param == param


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"type": "card"}, "type"),
        ({"type": None}, "type"),
        ({"currency": "eur"}, "currency"),
        ({"currency": None}, "currency"),
        ({"token": None}, "token"),
        ({"token": "btok_unknown"}, "token"),
        ({"usage": "twice"}, "usage"),
        ({"usage": "single_use"}, "amount"),
        ({"bank": "mine"}, "bank"),
    ],
)
def test_terms_that_stripe_would_refuse_are_refused(new_source, change, param):
    assert refused(new_source, **change).param == param


def test_a_token_makes_one_source(client, new_token, on):
    token = new_token()
    params = {"type": "ach_debit", "currency": "usd", "token": token.id}
    client.v1.sources.create(params, on)
    assert client.v1.tokens.retrieve(token.id, {}, on).used
    assert refused(client.v1.sources.create, params, on).code == "token_already_used"


def test_a_refused_source_leaves_its_token_unused(client, new_token, on):
    token = new_token()
    params = {"type": "ach_debit", "currency": "usd", "token": token.id, "mandate": {"currency": "eur"}}
    refused(client.v1.sources.create, params, on)
    assert not client.v1.tokens.retrieve(token.id, {}, on).used


def test_a_token_of_the_platform_makes_no_source_on_an_account(client, new_token, on):
    platform_token = new_token(stripe_account=None)
    params = {"type": "ach_debit", "currency": "usd", "token": platform_token.id}
    assert refused(client.v1.sources.create, params, on).code == "resource_missing"


def test_owner_and_metadata_can_be_changed_and_unset(client, new_source, on):
    source = new_source(owner=OWNER, metadata={"a": "1", "b": "2"})
    changes = {"owner": {"email": "new@example.com", "address": {"line2": "Floor 3"}}, "metadata": {"a": "", "c": "3"}}
    updated = client.v1.sources.update(source.id, changes, on)
    assert (updated.owner.email, updated.owner.name) == ("new@example.com", "Jenny Rosen")
    assert (updated.owner.address.line1, updated.owner.address.line2) == ("510 Townsend Street", "Floor 3")
    assert updated.metadata.to_dict() == {"b": "2", "c": "3"}
    assert client.v1.sources.update(source.id, {"metadata": ""}, on).metadata.to_dict() == {}


def test_a_source_of_another_account_is_absent(client, new_source, other_account):
    source = new_source()
    for options in ({"stripe_account": other_account}, {}):
        assert refused(client.v1.sources.retrieve, source.id, {}, options).code == "resource_missing"
        assert refused(verify, client, source, options, 32, 45).code == "resource_missing"


def test_funds_are_pulled_for_us_businesses_only(client, new_token, account_abroad):
    on = {"stripe_account": account_abroad}
    params = {"type": "ach_debit", "currency": "usd", "token": new_token(account_abroad).id}
    assert refused(client.v1.sources.create, params, on).code == "country_unsupported"
    params = {"amount": 100, "currency": "usd", "source": "btok_us_verified"}
    assert refused(client.v1.topups.create, params, on).code == "country_unsupported"


def test_there_is_no_list_of_sources(client, on):
    assert refused(client.raw_request, "get", "/v1/sources", **on).http_status == 404


def test_a_verified_token_makes_a_chargeable_source_at_once(new_source):
    assert new_source(token="btok_us_verified").status == "chargeable"
    assert new_source(token="btok_us").status == "pending"


def test_microdeposits_that_bounce_fail_the_source_on_the_next_banking_day(client, new_source, on, local_stripe):
    source = new_source(account_number="000666666661")
    assert source.status == "pending"
    local_stripe.advance(5 * 24 * 3600)
    assert client.v1.sources.retrieve(source.id, {}, on).status == "failed"


def test_staff_of_stripe_can_fail_or_cancel_a_source(client, new_source, on, local_stripe):
    first, second = new_source(), new_source()
    local_stripe.control(f"sources/{first.id}/fail", {})
    local_stripe.control(f"sources/{second.id}/cancel", {})
    assert client.v1.sources.retrieve(first.id, {}, on).status == "failed"
    assert client.v1.sources.retrieve(second.id, {}, on).status == "canceled"
    assert event_types(client, on) == ["source.canceled", "source.failed"]
