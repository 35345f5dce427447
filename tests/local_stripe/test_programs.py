"""Issuing programs: what the platform offers, what a business has, and the capability that comes with it."""

import pytest
import stripe

from tests.local_stripe.conftest import BUSINESS, PREVIEW

V2 = {"stripe_version": PREVIEW}
BETA = "2026-05-27.preview; issuing_program_beta=v2"
PATH = "/v1/issuing/programs"
WITHOUT_CARDS = {
    **BUSINESS,
    "configuration": {"recipient": BUSINESS["configuration"]["recipient"]},
}


@pytest.fixture
def programs(client):
    """A function that calls the programs API: programs("post", "/iprg_…", account, is_default=True)."""

    def call(method, suffix="", account=None, version=BETA, **params):
        options = {"stripe_account": account} if account else {}
        answer = client.raw_request(method, PATH + suffix, stripe_version=version, **options, **params)
        return client.deserialize(answer, api_mode="V1").to_dict()

    return call


@pytest.fixture
def business(client) -> str:
    return client.v2.core.accounts.create(WITHOUT_CARDS, V2).id


def offered(programs, region, capability) -> str:
    wanted = {"region": region, "capability": capability}
    found = [one for one in programs("get")["data"] if wanted.items() <= one["metadata"].items()]
    assert len(found) == 1
    return found[0]["id"]


def cards_of(client, business) -> dict:
    include = {"include": ["configuration.card_creator"]}
    view = client.v2.core.accounts.retrieve(business, include, V2).to_dict()
    configuration = view["configuration"]["card_creator"]
    return configuration["capabilities"]["commercial"] if configuration else {}


def test_the_platform_offers_one_program_per_sponsor_product_and_region(programs):
    page = programs("get", limit=100)
    assert [(one["metadata"]["region"], one["metadata"]["capability"]) for one in page["data"]] == [
        ("US", "commercial.celtic.spend_card"),
        ("US", "commercial.celtic.charge_card"),
        ("US", "commercial.cross_river_bank.spend_card"),
        ("US", "commercial.cross_river_bank.charge_card"),
        ("GB", "commercial.stripe.charge_card"),
        ("GB", "commercial.stripe.prepaid_card"),
        ("EU", "commercial.stripe.charge_card"),
        ("EU", "commercial.stripe.prepaid_card"),
    ]
    assert {one["platform_program"] for one in page["data"]} == {None}
    assert [one["is_default"] for one in page["data"]].count(True) == 1
    assert programs("get", f"/{page['data'][3]['id']}") == page["data"][3]


def test_a_program_brings_its_own_capability(client, programs, business):
    chosen = offered(programs, "US", "commercial.cross_river_bank.charge_card")
    program = programs("post", account=business, platform_program=chosen, is_default=True)
    assert (program["object"], program["platform_program"], program["is_default"]) == ("issuing.program", chosen, True)
    assert list(cards_of(client, business)) == ["cross_river_bank"]
    assert list(cards_of(client, business)["cross_river_bank"]) == ["charge_card"]
    types = {event.type for event in client.v2.core.events.list({"limit": 100}, {"stripe_context": business}).data}
    assert "v2.core.account[configuration.card_creator].capability_status_updated" in types


def test_a_capability_asked_for_directly_brings_no_program(client, programs, business):
    cards = {"configuration": {"card_creator": BUSINESS["configuration"]["card_creator"]}}
    client.v2.core.accounts.update(business, cards, V2)
    assert list(cards_of(client, business)) == ["celtic"]
    assert programs("get", account=business)["data"] == []


def test_a_program_is_attached_once(programs, business):
    chosen = offered(programs, "US", "commercial.celtic.spend_card")
    programs("post", account=business, platform_program=chosen)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        programs("post", account=business, platform_program=chosen)
    assert (refused.value.http_status, refused.value.param) == (400, "platform_program")
    assert len(programs("get", account=business)["data"]) == 1


def test_an_account_has_one_default_program(programs, business):
    first = programs("post", account=business, platform_program=offered(programs, "US", "commercial.celtic.spend_card"))
    second = programs(
        "post", account=business, platform_program=offered(programs, "US", "commercial.celtic.charge_card")
    )
    assert (first["is_default"], second["is_default"]) == (True, False)
    assert programs("post", f"/{second['id']}", business, is_default=True)["is_default"] is True
    assert programs("get", f"/{first['id']}", business)["is_default"] is False
    noted = programs("post", f"/{second['id']}", business, metadata={"note": "for travel"})
    assert (noted["metadata"], noted["is_default"]) == ({"note": "for travel"}, True)


def test_a_program_of_another_region_is_unsupported(client, programs, business):
    chosen = offered(programs, "EU", "commercial.stripe.prepaid_card")
    programs("post", account=business, platform_program=chosen)
    assert cards_of(client, business)["stripe"]["prepaid_card"] == {
        "requested": True,
        "status": "unsupported",
        "status_details": [{"code": "unsupported_country", "resolution": "no_resolution"}],
    }


@pytest.mark.parametrize("version", ["2026-10-28.endive", "2026-05-27.preview", "2026-05-27.preview; other_beta=v1"])
def test_without_the_flag_there_is_no_such_address(programs, version):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        programs("get", version=version)
    assert refused.value.http_status == 404
    assert "Unrecognized request URL" in str(refused.value)


def test_programs_refuse_what_they_do_not_know(client, programs, business):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        programs("post", account=business, platform_program="iprg_1", name="Mine")
    assert refused.value.code == "parameter_unknown"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        programs("post", account=business, platform_program="iprg_1")
    assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)
    express = client.v1.accounts.create({"type": "express", "country": "US"}).id
    chosen = offered(programs, "US", "commercial.celtic.spend_card")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        programs("post", account=express, platform_program=chosen)
    assert refused.value.param == "platform_program"
    assert programs("get", account=express)["data"] == []
