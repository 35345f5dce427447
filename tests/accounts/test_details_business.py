"""The step about the business itself, sent over HTTP to a real local Stripe."""

import logging
import uuid

import pytest
from django.db import connection
from django.urls import reverse

from accounts.details import categories, phones, tax_ids
from accounts.models import AccountChange, ConnectedAccount
from stripe_gateway import client as stripe
from stripe_gateway.models import StripeOperation

pytestmark = pytest.mark.django_db(transaction=True)

COMPANY = {
    "registered_name": "Zebrafink Couriers LLC",
    "tax_id": "98-7654321",
    "phone": "(415) 555-0132",
    "country": "US",
    "line1": "77 Quagga Street",
    "line2": "",
    "city": "San Francisco",
    "state": "CA",
    "postal_code": "94103",
    "trading_name": "Zebrafink",
    "website": "zebrafink.example.com",
    "product_description": "",
    "industry": "Couriers and parcel services (4215)",
    "worker_count": "12",
    "annual_revenue": "1,250,000",
    "fiscal_year_end": "2025-12-31",
}
SECRETS = ("98-7654321", "987654321", "77 Quagga Street", "Zebrafink Couriers LLC", "+14155550132")


@pytest.fixture
def owner(invited, as_owner):
    return as_owner(invited)


def url(account, name="business"):
    return reverse(f"accounts:details-{name}", args=[account.ref])


def send(client, account, **changes):
    form = COMPANY | {"operation": str(uuid.uuid4())} | changes
    return client.post(url(account), form)


def at_stripe(account):
    return stripe.get(f"/v1/accounts/{account.stripe_id}")


def everything_stored() -> str:
    """Every cell of every table, as one text."""
    cells = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            cells += [str(cell) for row in cursor.fetchall() for cell in row]
    return "\n".join(cells)


def test_a_us_company_tells_about_itself_and_goes_on(owner, invited):
    page = owner.get(url(invited))
    assert page.status_code == 200
    answer = send(owner, invited)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == reverse("accounts:details-people", args=[invited.ref])
    found = at_stripe(invited)
    assert found["company"]["name"] == "Zebrafink Couriers LLC"
    assert found["company"]["phone"] == "+14155550132"
    assert found["company"]["tax_id_provided"] is True
    assert found["company"]["address"]["state"] == "CA"
    profile = found["business_profile"]
    assert (profile["mcc"], profile["url"], profile["name"]) == ("4215", "https://zebrafink.example.com", "Zebrafink")
    revenue = {"amount": 125_000_000, "currency": "usd", "fiscal_year_end": "2025-12-31"}
    assert profile["annual_revenue"] == revenue
    assert profile["estimated_worker_count"] == 12
    assert not invited.requirements.filter(description__startswith="identity.business_details").exists()


def test_what_stripe_knows_is_shown_and_the_tax_id_need_not_be_typed_again(owner, invited):
    send(owner, invited)
    page = owner.get(url(invited)).content.decode()
    for word in ("Zebrafink Couriers LLC", "77 Quagga Street", "Couriers and parcel services (4215)", "1250000"):
        assert word in page
    assert "On file at Stripe" in page
    assert "987654321" not in page
    assert send(owner, invited, tax_id="", registered_name="Zebrafink Inc").status_code == 302
    assert at_stripe(invited)["company"]["name"] == "Zebrafink Inc"
    assert at_stripe(invited)["company"]["tax_id_provided"] is True


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"registered_name": ""}, "This is needed."),
        ({"tax_id": ""}, "This is needed."),
        ({"tax_id": "12-34567"}, "It should look like 12-3456789."),
        ({"phone": "call me"}, "This is not a phone number."),
        ({"phone": "555-0132"}, "such as +1 415 555 0132"),
        ({"line1": "P.O. Box 12"}, "Stripe does not take post office boxes."),
        ({"postal_code": "SW1A 1AA"}, "This is not a postal code of United States. One looks like 12345."),
        ({"state": "Bavaria"}, "Choose one of"),
        ({"website": "", "product_description": ""}, "Give a website, or say below what the business sells."),
        ({"website": "not a website"}, "This is not the address of a website."),
        ({"industry": "software"}, "Choose one from the list, such as:"),
        ({"industry": "qwertzuiop"}, "No category fits."),
        ({"worker_count": "a dozen"}, "Enter a whole number"),
        ({"worker_count": "-1"}, "This cannot be less than 0."),
        ({"annual_revenue": "1.5 million"}, "Enter a whole amount in digits"),
        ({"fiscal_year_end": "2199-12-31"}, "This year has not ended yet."),
        ({"fiscal_year_end": "31.12.2025"}, "Enter a date"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(owner, invited, changes, sentence):
    answer = send(owner, invited, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page.replace("&amp;", "&")
    assert "San Francisco" in page
    assert "98-7654321" not in page
    assert not AccountChange.objects.exists()


def test_a_double_click_is_one_change(owner, invited):
    form_id = str(uuid.uuid4())
    answers = [send(owner, invited, operation=form_id) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert AccountChange.objects.count() == 1


def test_a_form_that_comes_back_with_other_words_is_not_taken_for_the_first(owner, invited):
    form_id = str(uuid.uuid4())
    send(owner, invited, operation=form_id)
    answer = send(owner, invited, operation=form_id, registered_name="Somebody Else LLC")
    assert answer.status_code == 409
    assert "already sent with other details" in answer.content.decode()
    assert form_id not in answer.content.decode()
    assert at_stripe(invited)["company"]["name"] == "Zebrafink Couriers LLC"


def test_a_tax_id_that_stripe_refuses_is_said_at_its_field(owner, invited, monkeypatch):
    # As if Stripe had become stricter than we are.
    monkeypatch.setitem(tax_ids.KINDS, "US", tax_ids.TaxId("EIN", r"[0-9]{1,20}", "12-3456789"))
    answer = send(owner, invited, tax_id="12345678")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_tax_id_error"' in page
    assert "This is not a tax ID of this country." in page
    assert "12345678" not in everything_stored()


def test_a_token_that_stripe_refuses_leaves_nothing_behind(owner, invited, local_stripe):
    local_stripe.fault("400", path="/v1/tokens")
    answer = send(owner, invited)
    assert answer.status_code == 422
    assert "Stripe did not take this." in answer.content.decode()
    assert "77 Quagga Street" in answer.content.decode()
    assert not AccountChange.objects.exists()


def test_what_the_change_refuses_stands_at_the_field_and_can_be_sent_again(owner, invited):
    answer = send(owner, invited, website="http://localhost")
    assert answer.status_code == 422
    assert 'id="id_website_error"' in answer.content.decode()
    operation = StripeOperation.objects.get(kind="account.update")
    assert (operation.state, operation.error_code) == ("rejected", "url_invalid")
    # Stripe's own sentence repeats what was typed.
    assert operation.error_message == ""
    assert "http://localhost" not in str(operation.history)
    again = answer.context["form"]["operation"].value()
    assert send(owner, invited, operation=again).status_code == 302


def test_an_unknown_outcome_is_said_for_as_long_as_it_lasts(owner, invited, local_stripe):
    local_stripe.fault("drop_after", path="/v1/accounts/*", method="POST")
    answer = send(owner, invited)
    assert answer["Location"] == url(invited)
    assert "Stripe has not confirmed your last step yet" in owner.get(url(invited)).content.decode()
    assert StripeOperation.objects.get(kind="account.update").state == "unknown"


def test_an_outcome_that_only_a_person_can_settle_is_said_differently(owner, invited, local_stripe):
    local_stripe.fault("drop_after", path="/v1/accounts/*", method="POST")
    send(owner, invited)
    StripeOperation.objects.filter(kind="account.update").update(state=StripeOperation.State.NEEDS_PERSON)
    page = owner.get(url(invited)).content.decode()
    assert "Nobody knows yet whether Stripe took an earlier step" in page
    assert "has not confirmed your last step yet" not in page


def test_stripe_out_of_reach_keeps_what_was_typed(owner, invited, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert "Stripe cannot be asked just now" in owner.get(url(invited)).content.decode()
    answer = send(owner, invited)
    assert answer.status_code == 422
    assert "nothing was sent" in answer.content.decode()
    assert "77 Quagga Street" in answer.content.decode()
    assert not AccountChange.objects.exists()


def test_nothing_of_the_business_is_kept(owner, invited, caplog):
    caplog.set_level(logging.DEBUG)
    send(owner, invited)
    stored = everything_stored()
    assert "change.accepted" in stored
    for secret in SECRETS:
        assert secret not in stored
        assert secret not in caplog.text


def test_a_token_of_the_browser_is_used_as_it_is(owner, invited):
    company = {"name": "Made in the browser", "tax_id": "987654321"}
    token = stripe.token("account", {"company": company})
    answer = send(owner, invited, tax_id="", account_token=token)
    assert answer.status_code == 302, answer.content.decode()
    assert at_stripe(invited)["company"]["name"] == "Made in the browser"
    assert StripeOperation.objects.get(kind="account.update").sealed is None


def test_saving_for_later_takes_what_is_there(owner, invited):
    empty = dict.fromkeys(COMPANY, "") | {"country": "US"}
    answer = send(owner, invited, **empty | {"registered_name": "Zebrafink", "then": "later"})
    assert answer["Location"] == reverse("accounts:business-home", args=[invited.ref])
    assert at_stripe(invited)["company"]["name"] == "Zebrafink"
    assert send(owner, invited, **empty | {"phone": "no", "then": "later"}).status_code == 422
    before = AccountChange.objects.count()
    individual_page = send(owner, invited, **empty | {"then": "later"})
    assert individual_page.status_code == 302
    assert AccountChange.objects.count() == before


def test_an_individual_in_britain_is_asked_for_no_company(local_stripe, invite, as_owner):
    program = {"country": "GB", "entity_type": "individual", "program": "commercial.stripe.prepaid_card"}
    invite(**program)
    account = ConnectedAccount.objects.get()
    owner = as_owner(account)
    page = owner.get(url(account)).content.decode()
    assert 'name="tax_id"' not in page
    assert 'name="registered_name"' not in page
    trade = {
        "operation": str(uuid.uuid4()),
        "product_description": "Tailors suits for people in Leeds.",
        "industry": "5697",
        "worker_count": "1",
        "annual_revenue": "40 000",
        "fiscal_year_end": "2026-04-05",
    }
    answer = owner.post(url(account), trade)
    assert answer.status_code == 302, answer.content.decode()
    profile = at_stripe(account)["business_profile"]
    assert profile["annual_revenue"]["amount"] == 4_000_000
    assert profile["mcc"] == "5697"


def test_staff_fill_in_on_behalf_and_say_why(invited, as_staff):
    operator = as_staff("operator")
    without = send(operator, invited)
    assert without.status_code == 422
    assert "Say why you are doing this" in without.content.decode()
    assert send(operator, invited, reason="On the phone with Maya").status_code == 302
    assert at_stripe(invited)["company"]["name"] == "Zebrafink Couriers LLC"
    assert "On the phone with Maya" in everything_stored()


@pytest.mark.parametrize("role", ["viewer", "finance"])
def test_only_an_owner_may(invited, as_owner, role):
    member = as_owner(invited, role=role)
    assert member.get(url(invited)).status_code == 403
    assert send(member, invited).status_code == 403
    assert not AccountChange.objects.exists()


def test_another_business_does_not_exist(invited, as_owner):
    assert as_owner().get(url(invited)).status_code == 404


def test_an_account_whose_data_stripe_collects_leads_to_its_form(owner, invited):
    ConnectedAccount.objects.update(kind=ConnectedAccount.Kind.EXPRESS)
    page = owner.get(url(invited)).content.decode()
    assert reverse("accounts:onboard", args=[invited.ref]) in page
    assert 'name="registered_name"' not in page
    assert send(owner, invited).status_code == 200
    assert not AccountChange.objects.exists()


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("(415) 555-0132", "US", "+14155550132"),
        ("1 415 555 0132", "US", "+14155550132"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("0044 20 7946 0958", "GB", "+442079460958"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("+49 30 1234567", "US", "+49301234567"),
    ],
)
def test_phone_numbers_are_understood_as_written_at_home(typed, country, number):
    assert phones.normalized(typed, country) == number


@pytest.mark.parametrize("typed", ["", "12", "415-555-013", "+1 415", "+123456789012345678", "phone"])
def test_what_is_no_phone_number_is_refused(typed):
    with pytest.raises(phones.NotAPhone):
        phones.normalized(typed, "US")


def test_every_example_of_a_tax_id_fits_its_own_pattern():
    assert [country for country, kind in tax_ids.KINDS.items() if not kind.is_one(kind.example)] == []
    assert not tax_ids.kind_of("US").is_one("12345678")


def test_every_example_of_a_phone_number_is_one():
    for country in phones.DIALLING:
        assert phones.normalized(phones.example(country), country).startswith("+")


@pytest.mark.parametrize(
    ("typed", "code"),
    [("5734", "5734"), ("Bakeries (5462)", "5462"), ("bakeries", "5462"), ("courier", "4215"), ("software", None)],
)
def test_industries_are_found_by_word(typed, code):
    assert categories.code_of(typed) == code
    assert all(len(known) == 4 for known in categories.names())


def test_a_token_that_staff_bring_is_not_used_for_nobody_sees_what_it_accepts(invited, as_staff, local_stripe):
    made = stripe.token("account", {"company": {"tax_id": "000000000"}, "tos_shown_and_accepted": True})

    answer = send(as_staff("operator"), invited, account_token=made, tax_id="", reason="By phone")

    assert answer.status_code == 422
    assert not AccountChange.objects.exists()
