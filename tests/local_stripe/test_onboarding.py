"""Hosted onboarding walked over HTTP, the way a browser without JavaScript does."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from tests.local_stripe.conftest import BUSINESS, PREVIEW
from tests.local_stripe.pictures import png

V2 = {"stripe_version": PREVIEW}
URLS = {"refresh_url": "https://desk.example/refresh", "return_url": "https://desk.example/return"}
UNKNOWN_BUSINESS = {**BUSINESS, "identity": {"country": "us"}}


class Fields(HTMLParser):
    """The values a browser would submit, by name; `labelled` are the ids that some label names."""

    def __init__(self, html: str):
        super().__init__()
        self.values: dict[str, str] = {}
        self.ids: set[str] = set()
        self.labelled: set[str] = set()
        self.select = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "label" and "for" in attrs:
            self.labelled.add(attrs["for"])
        if tag == "select":
            self.select = attrs["name"]
        if tag in ("input", "select") and attrs.get("type") not in ("radio", "checkbox", "hidden"):
            self.ids.add(attrs["id"])
        if tag == "option" and "selected" in attrs:
            self.values[self.select] = attrs["value"]
        if tag == "input" and (attrs.get("type") not in ("radio", "checkbox", "file") or "checked" in attrs):
            self.values[attrs["name"]] = attrs["value"]


@pytest.fixture
def browser(local_stripe):
    with httpx.Client(base_url=local_stripe.base, headers={"User-Agent": "Browser"}) as browser:
        yield browser


@pytest.fixture
def business(client) -> str:
    return client.v2.core.accounts.create(UNKNOWN_BUSINESS, V2).id


def mint(client, business) -> str:
    return client.v1.account_links.create({"account": business, "type": "account_onboarding", **URLS}).url


def enter(browser, link) -> str:
    """Open a link; returns the address of the first step."""
    opened = browser.get(link)
    assert opened.status_code == 303
    assert link not in opened.headers["Location"]
    started = browser.get(opened.headers["Location"])
    assert started.status_code == 303, started.text
    return started.headers["Location"]


def fill_with_test_data(browser, step: str) -> dict[str, str]:
    page = browser.get(step)
    assert page.status_code == 200
    filled = browser.post(step, data={**Fields(page.text).values, "action": "test_data"})
    assert filled.status_code == 200
    return Fields(filled.text).values


def walk(browser, step: str) -> str:
    """Complete every step with test data; returns where the browser is sent in the end."""
    while step.startswith("/"):
        if step.endswith("/terms"):
            answers = {"agree": "yes"}
        elif step.endswith("/owners"):
            answers = {}
        else:
            answers = fill_with_test_data(browser, step)
        reply = browser.post(step, data={**answers, "action": "next"})
        assert reply.status_code == 303, reply.text
        step = reply.headers["Location"]
    return step


def test_the_whole_form_makes_a_company_active(client, local_stripe, browser, business):
    assert walk(browser, enter(browser, mint(client, business))) == URLS["return_url"]
    account = client.v1.accounts.retrieve(business)
    assert account.requirements.currently_due == []
    assert account.capabilities.to_dict() == {"card_issuing": "pending", "transfers": "pending"}
    assert account.tos_acceptance.user_agent == "Browser"
    local_stripe.advance(10)
    assert client.v1.accounts.retrieve(business).capabilities.to_dict() == {
        "card_issuing": "active", "transfers": "active",
    }  # fmt: skip


def test_an_individual_gets_by_without_a_company(client, local_stripe, browser):
    business = client.v2.core.accounts.create(
        {**BUSINESS, "identity": {"country": "us", "entity_type": "individual"}}, V2
    ).id
    assert walk(browser, enter(browser, mint(client, business))) == URLS["return_url"]
    local_stripe.advance(10)
    assert client.v1.accounts.retrieve(business).capabilities.to_dict()["card_issuing"] == "active"


def test_a_link_opens_once_and_not_for_long(client, local_stripe, browser, business):
    link = mint(client, business)
    enter(browser, link)
    assert browser.get(link).headers["Location"] == URLS["refresh_url"]
    late = mint(client, business)
    local_stripe.advance(301)
    assert browser.get(late).headers["Location"] == URLS["refresh_url"]
    assert browser.get("/setup/s/nonsense").status_code == 404


def test_links_state_their_short_life(client, business):
    link = client.v1.account_links.create({"account": business, "type": "account_onboarding", **URLS})
    assert link.expires_at - link.created == 300
    assert re.search(r"/setup/s/\w{32}$", link.url)
    flow = {"type": "account_onboarding", "account_onboarding": {**URLS, "configurations": ["recipient"]}}
    view = client.v2.core.account_links.create({"account": business, "use_case": flow}, V2).to_dict()
    assert view["use_case"] == flow
    assert view["expires_at"].endswith("Z")


def test_what_was_saved_is_there_when_the_visitor_comes_back(client, browser, business):
    step = enter(browser, mint(client, business))
    step = browser.post(step, data={"business_type": "company", "action": "next"}).headers["Location"]
    left = browser.post(step, data={"company[name]": "Corner Bakery", "action": "later"})
    assert left.headers["Location"] == URLS["return_url"]
    assert browser.get(step).status_code == 410
    back = enter(browser, mint(client, business))
    assert back.endswith("/business")
    assert Fields(browser.get(back).text).values["company[name]"] == "Corner Bakery"


def test_what_the_platform_knows_is_filled_in(client, browser, business):
    client.v1.accounts.update(
        business, {"business_type": "company", "company": {"name": "Known", "tax_id": "000000000"}}
    )
    step = enter(browser, mint(client, business))
    page = browser.get(step).text
    assert Fields(page).values["company[name]"] == "Known"
    assert "On file" in page
    assert "000000000" not in page


def test_gaps_and_nonsense_are_pointed_out_beside_their_field(client, browser, business):
    step = enter(browser, mint(client, business))
    step = browser.post(step, data={"business_type": "company", "action": "next"}).headers["Location"]
    answers = {**fill_with_test_data(browser, step), "company[name]": "", "business_profile[url]": "not a url"}
    reply = browser.post(step, data={**answers, "action": "next"})
    assert reply.status_code == 200
    assert 'id="f-company-name-problem"' in reply.text
    answers["company[name]"] = "Rocket Rides"
    reply = browser.post(step, data={**answers, "action": "next"})
    assert reply.status_code == 200
    assert 'id="f-business_profile-url-problem"' in reply.text
    assert client.v1.accounts.retrieve(business).company.name is None
    terms = step.rpartition("/")[0] + "/terms"
    assert "Accept the agreements" in browser.post(terms, data={"action": "next"}).text


def test_further_owners_are_listed_and_verified(client, browser, business):
    step = enter(browser, mint(client, business))
    owners = step.rpartition("/")[0] + "/owners"
    browser.post(step, data={"business_type": "company", "action": "next"})
    answers = {**fill_with_test_data(browser, owners), "first_name": "Fay"}
    assert browser.post(owners, data={**answers, "action": "add"}).headers["Location"] == owners
    assert "Fay" in browser.get(owners).text
    assert [
        one.first_name for one in client.v1.accounts.persons.list(business, {"relationship": {"owner": True}}).data
    ] == ["Fay"]
    browser.post(owners, data={"action": "next"})
    assert client.v1.accounts.retrieve(business).company.owners_provided


def test_a_document_is_asked_for_when_the_identity_failed(client, local_stripe, browser, business):
    walk(browser, enter(browser, mint(client, business)))
    person = client.v1.accounts.persons.list(business).data[0]
    client.v1.accounts.persons.update(business, person.id, {"dob": {"day": 2, "month": 2, "year": 1980}})
    local_stripe.advance(10)
    step = enter(browser, mint(client, business))
    assert step.endswith("/documents")
    walk(browser, step)
    local_stripe.advance(10)
    assert client.v1.accounts.retrieve(business).capabilities.to_dict()["card_issuing"] == "active"


def test_a_failed_tax_id_is_explained_where_it_can_be_mended(client, local_stripe, browser, business):
    walk(browser, enter(browser, mint(client, business)))
    client.v1.accounts.update(business, {"company": {"tax_id": "111111111"}})
    local_stripe.advance(10)
    step = enter(browser, mint(client, business))
    assert step.endswith("/business")
    assert "failed tax id match" in browser.get(step).text
    browser.post(step, data={**fill_with_test_data(browser, step), "action": "next"})
    local_stripe.advance(10)
    assert client.v1.accounts.retrieve(business).capabilities.to_dict()["card_issuing"] == "active"


def test_nothing_is_due_once_everything_is_given(client, browser, account):
    link = mint(client, account)
    home = browser.get(link).headers["Location"]
    page = browser.get(home)
    assert (page.status_code, "Nothing is due" in page.text) == (200, True)
    assert browser.post(f"{home}/leave").headers["Location"] == URLS["return_url"]
    assert browser.get(home).status_code == 410


def test_v2_links_tell_when_the_visitor_returns(client, browser, business):
    flow = {"type": "account_onboarding", "account_onboarding": URLS}
    link = client.v2.core.account_links.create({"account": business, "use_case": flow}).url
    browser.post(enter(browser, link), data={"action": "later"})
    found = client.v2.core.events.list({"types": ["v2.core.account_link.returned"]}, {"stripe_context": business}).data
    assert [event.data.account_id for event in found] == [business]


def test_pages_are_private_and_labelled(client, browser, business):
    step = enter(browser, mint(client, business))
    for name in ("type", "business", "representative", "owners", "terms"):
        page = browser.get(f"{step.rpartition('/')[0]}/{name}")
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "<script" not in page.text
        fields = Fields(page.text)
        assert fields.ids <= fields.labelled
    assert browser.get("/static/onboarding.css").status_code == 200


def failed_person(client, local_stripe, browser, business) -> str:
    walk(browser, enter(browser, mint(client, business)))
    person = client.v1.accounts.persons.list(business).data[0]
    client.v1.accounts.persons.update(business, person.id, {"dob": {"day": 2, "month": 2, "year": 1980}})
    local_stripe.advance(10)
    return person.id


def test_a_picture_can_be_uploaded_as_a_document(client, local_stripe, browser, business):
    person = failed_person(client, local_stripe, browser, business)
    step = enter(browser, mint(client, business))
    page = browser.get(step).text
    assert 'enctype="multipart/form-data"' in page
    assert "Identity document of Jenny Rosen" in page
    name = f"{person}[verification][document][front]"
    broken = browser.post(step, data={"action": "next"}, files={f"{name}[upload]": ("passport.png", b"not a picture")})
    assert (broken.status_code, "not an image" in broken.text) == (200, True)
    picture = {f"{name}[upload]": ("failed.png", png(), "image/png")}
    assert browser.post(step, data={"action": "next"}, files=picture).status_code == 303
    local_stripe.advance(10)
    view = client.v1.accounts.persons.retrieve(business, person)
    assert view.verification.document.details_code == "verification_document_failed_test_mode"
    kept = client.v1.files.retrieve(view.verification.document.front, {}, {"stripe_account": business})
    assert (kept.filename, kept.purpose) == ("failed.png", "identity_document")
    again = browser.post(step, data={"action": "next"}, files=picture)
    assert (again.status_code, "refused before" in again.text) == (200, True)
    better = {f"{name}[upload]": ("passport.png", png(side=6), "image/png")}
    assert browser.post(step, data={"action": "next"}, files=better).status_code == 303
    local_stripe.advance(10)
    assert client.v1.accounts.retrieve(business).capabilities.to_dict()["card_issuing"] == "active"


def test_documents_of_the_business_and_of_each_person_are_asked_for_apart(client, local_stripe, browser, business):
    person = failed_person(client, local_stripe, browser, business)
    demands = [{"path": "identity.business_details.documents.proof_of_address"},
               {"path": "identity.business_details.documents.primary_verification"}]  # fmt: skip
    local_stripe.control(f"accounts/{business}/requirements", {"add": demands})
    step = enter(browser, mint(client, business))
    assert step.endswith("/documents")
    names = {f"{person}[verification][document][front]", "documents[proof_of_address][files][0]",
             "company[verification][document][front]"}  # fmt: skip
    answers = fill_with_test_data(browser, step)
    assert names <= answers.keys()
    assert browser.post(step, data={**answers, "action": "next"}).status_code == 303
    local_stripe.advance(10)
    assert client.v1.accounts.retrieve(business).requirements.currently_due == []
    fields = Fields(browser.get(step).text)
    assert fields.ids <= fields.labelled


def test_a_date_that_cannot_be_is_pointed_out_where_it_was_typed(client, browser, business):
    step = enter(browser, mint(client, business))
    browser.post(step, data={"business_type": "company", "action": "next"})
    lead = step.rpartition("/")[0] + "/representative"
    answers = {**fill_with_test_data(browser, lead), "dob[month]": "13"}
    refused = browser.post(lead, data={**answers, "action": "next"})
    assert (refused.status_code, 'id="f-dob-month-problem"' in refused.text) == (200, True)
    assert client.v1.accounts.persons.list(business).data == []
