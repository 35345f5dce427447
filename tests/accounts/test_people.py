"""The people behind a business, given by our own forms: Stripe gets everything, and we keep nothing of it."""

import logging
import uuid

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from accounts import connected_accounts
from accounts.details import people_changes
from accounts.models import AccountChange, ConnectedAccount
from stripe_gateway import operations
from stripe_gateway.models import StripeOperation
from tests.factories.accounts import RequirementFactory

pytestmark = pytest.mark.django_db(transaction=True)

SSN = "123456788"
PERSON = {
    "first_name": "Jenny",
    "last_name": "Rosen",
    "dob_day": "14",
    "dob_month": "7",
    "dob_year": "1985",
    "country": "US",
    "line1": "510 Townsend Street",
    "city": "Schenectady",
    "state": "NY",
    "postal_code": "12345",
    "email": "jenny.rosen@example.com",
    "phone": "(415) 555-0132",
    "title": "Chief executive",
    "representative": "on",
    "id_number": SSN,
}
OWNER = PERSON | {"first_name": "Sam", "last_name": "Okoye", "email": "sam@example.com", "owner": "on"}
OWNER = {name: value for name, value in OWNER.items() if name not in ("representative", "title")}


def url(name, account, *args):
    return reverse(f"accounts:{name}", args=[account.ref, *args])


@pytest.fixture
def account(invited):
    return invited


@pytest.fixture
def owner(account, as_owner):
    return as_owner(account)


@pytest.fixture
def save(owner, account):
    """`save(form, …)` → the answer to a new person's form, or to that of `person_id`."""

    def send(form=PERSON, *, person_id="", **changes):
        where = url("person", account, person_id) if person_id else url("person-add", account)
        filled = {"operation": str(uuid.uuid4())} | form | changes
        return owner.post(where, {name: value for name, value in filled.items() if value is not None})

    return send


def at_stripe(local_stripe):
    return local_stripe.list("person")


def text_of(answer):
    return answer.content.decode()


def settle(operation_id):
    """Let the sweeper come by as often as it needs."""
    now = timezone.now()
    for _round in range(12):
        now += timezone.timedelta(minutes=10)
        operations.sweep(now=now)
        operation = StripeOperation.objects.get(pk=operation_id)
        if operation.state in StripeOperation.FINAL:
            return operation
    pytest.fail(f"still {operation.state}: {operation.history}")


def everything_kept():
    """Every value of every row of every table, as text."""
    for model in apps.get_models():
        for row in model.objects.values_list():
            yield str(row)
    for session in Session.objects.all():
        yield str(session.get_decoded())


class TestAdding:
    def test_a_representative_reaches_stripe_with_everything_that_was_typed(self, local_stripe, save, account):
        answer = save()
        assert (answer.status_code, answer.url) == (302, url("details-people", account))
        [person] = at_stripe(local_stripe)
        assert (person["given_name"], person["surname"]) == ("Jenny", "Rosen")
        assert person["date_of_birth"] == {"day": 14, "month": 7, "year": 1985}
        assert person["address"]["state"] == "NY"
        assert person["phone"] == "+14155550132"
        assert person["relationship"]["representative"] is True
        assert person["id_number"] == SSN

    def test_the_list_says_who_is_there_and_what_is_missing(self, save, owner, account):
        save(then="later", phone=None, email=None)
        page = text_of(owner.get(url("details-people", account)))
        assert "Jenny Rosen" in page
        assert "Representative" in page
        assert "Still missing" in page
        assert "E-mail address" in page

    def test_nothing_personal_is_kept_here(self, save, owner, account, caplog):
        caplog.set_level(logging.DEBUG)
        save()
        person_id = AccountChange.objects.get().person_id
        page = text_of(owner.get(url("person", account, person_id)))
        kept = "\n".join(everything_kept())
        for canary in (SSN, "510 Townsend", "1985", "Rosen", "5550132", "jenny.rosen"):
            assert canary not in kept, canary
        assert SSN not in caplog.text
        assert SSN not in page
        assert "On file at Stripe" in page
        [operation] = StripeOperation.objects.filter(kind="person.create")
        assert operation.sealed is None

    def test_a_refused_form_keeps_what_was_typed_but_not_the_number(self, save, local_stripe):
        answer = save(dob_day="31", dob_month="2")
        assert answer.status_code == 422
        page = text_of(answer)
        assert "There is no such day" in page
        assert "510 Townsend Street" in page
        assert SSN not in page
        assert at_stripe(local_stripe) == []

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"first_name": ""}, "This is needed."),
            ({"dob_year": ""}, "Give day, month and year."),
            ({"dob_year": "2099"}, "This day has not come yet"),
            ({"line1": "P.O. Box 12"}, "post office boxes"),
            ({"postal_code": "1234"}, "not a postal code of United States"),
            ({"state": "XX"}, "Choose one of United States."),
            ({"email": "jenny"}, "not an e-mail address"),
            ({"phone": "hello"}, "not a phone number"),
            ({"id_number": "12345"}, "nine digits"),
            ({"id_number": "12345678x"}, "Use digits only."),
            ({"id_number": ""}, "This is needed."),
            ({"title": ""}, "whoever represents the business"),
            ({"representative": None}, "Tick at least one part"),
            ({"owner": "on"}, "Say how much of the business"),
            ({"owner": "on", "percent_ownership": "101"}, "between 0 and 100"),
            ({"owner": "on", "percent_ownership": "half"}, "This is not a number"),
            ({"percent_ownership": "30"}, "is an owner: tick this"),
        ],
    )
    def test_what_cannot_be_right_comes_back_with_a_sentence(self, save, local_stripe, changes, sentence):
        answer = save(**changes)
        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert at_stripe(local_stripe) == []

    def test_shares_are_added_up_over_everybody(self, save, local_stripe):
        assert save(owner="on", percent_ownership="70").status_code == 302
        answer = save(OWNER, percent_ownership="50")
        assert answer.status_code == 422
        assert "120%: more than 100%" in text_of(answer)
        assert save(OWNER, percent_ownership="30").status_code == 302
        assert len(at_stripe(local_stripe)) == 2

    def test_the_last_four_digits_will_do_for_a_beginning(self, save, local_stripe):
        assert save(id_number="0000").status_code == 302
        [person] = at_stripe(local_stripe)
        assert (person.get("ssn_last_4"), person.get("id_number")) == ("0000", None)

    def test_somebody_from_another_country_gives_its_address_and_needs_no_social_security_number(
        self, save, local_stripe
    ):
        answer = save(country="DE", state=None, postal_code="10115", city="Berlin", phone="030 1234567", id_number="")
        assert answer.status_code == 302, text_of(answer)
        [person] = at_stripe(local_stripe)
        assert person["address"]["country"] == "DE"
        assert person["phone"] == "+49301234567"

    def test_a_double_click_adds_one_person(self, save, local_stripe):
        form_id = str(uuid.uuid4())
        assert save(operation=form_id).url == save(operation=form_id).url
        assert len(at_stripe(local_stripe)) == 1
        assert AccountChange.objects.count() == 1

    def test_the_same_form_with_other_details_is_turned_away(self, save, local_stripe):
        form_id = str(uuid.uuid4())
        save(operation=form_id)
        answer = save(operation=form_id, first_name="Somebody")
        assert answer.status_code == 409
        assert len(at_stripe(local_stripe)) == 1

    def test_what_stripe_refuses_stands_at_its_field(self, save, local_stripe):
        answer = save(phone="+1 999 999 99999")
        assert answer.status_code == 422
        assert at_stripe(local_stripe) == []

    @pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after", "503"])
    def test_a_lost_answer_ends_in_one_person(self, save, owner, account, local_stripe, fault):
        local_stripe.fault(fault, path="/v1/accounts/*/persons", method="POST")
        answer = save()
        assert (answer.status_code, answer.url) == (302, url("details-people", account))
        assert "has not confirmed your last step" in text_of(owner.get(answer.url))
        change = AccountChange.objects.get()
        assert settle(change.operation_id).state == StripeOperation.State.ACCEPTED
        [person] = at_stripe(local_stripe)
        change.refresh_from_db()
        assert change.person_id == person["id"]

    def test_while_no_token_can_be_made_nothing_is_written_down(self, save, local_stripe):
        local_stripe.fault("503", path="/v1/tokens", method="POST")
        answer = save()
        assert answer.status_code == 422, text_of(answer)
        assert "510 Townsend Street" in text_of(answer)
        assert not AccountChange.objects.exists()
        assert at_stripe(local_stripe) == []

    def test_saved_for_later_with_nothing_typed_adds_nobody(self, save, local_stripe, account):
        answer = save({"country": "US"}, then="later")
        assert (answer.status_code, answer.url) == (302, url("business-home", account))
        assert at_stripe(local_stripe) == []


class TestWhatIsAsked:
    def test_nationality_and_public_office_only_when_stripe_asks(self, save, owner, account, local_stripe):
        page = text_of(owner.get(url("person-add", account)))
        assert "Nationality" not in page
        assert "public office" not in page
        for path in ("person_1.nationalities", "person_1.political_exposure"):
            RequirementFactory(account=account, description=path, person_id="person_1")
        page = text_of(owner.get(url("person-add", account)))
        assert "Nationality" in page
        assert "public office" in page
        assert save(nationality="", political_exposure="none").status_code == 422
        assert save(nationality="CA", political_exposure="existing").status_code == 302
        [person] = at_stripe(local_stripe)
        assert (person["nationality"], person["political_exposure"]) == ("CA", "existing")

    def test_outside_the_united_states_a_number_is_asked_for_only_when_stripe_does(self, account, owner):
        ConnectedAccount.objects.filter(pk=account.pk).update(country="DE")
        account.requirements.filter(description__endswith="id_numbers").delete()
        assert "ID number" not in text_of(owner.get(url("person-add", account)))
        RequirementFactory(account=account, description="person_1.id_numbers", person_id="person_1")
        page = text_of(owner.get(url("person-add", account)))
        assert "Personal ID number" in page
        assert "Social Security" not in page


class TestChanging:
    @pytest.fixture
    def jenny(self, save):
        save()
        return AccountChange.objects.get().person_id

    def test_what_was_left_alone_stays_and_the_number_too(self, save, jenny, local_stripe):
        answer = save(person_id=jenny, first_name="Jennifer", id_number="")
        assert answer.status_code == 302, text_of(answer)
        [person] = at_stripe(local_stripe)
        assert (person["given_name"], person["id_number"]) == ("Jennifer", SSN)

    def test_the_form_shows_what_stripe_has(self, owner, account, jenny):
        page = text_of(owner.get(url("person", account, jenny)))
        for value in ("Jenny", "510 Townsend Street", "1985", "Chief executive"):
            assert value in page

    def test_somebody_else_takes_over_the_representation(self, save, jenny, local_stripe):
        answer = save(OWNER, percent_ownership="60", representative="on", title="Director")
        assert answer.status_code == 302, text_of(answer)
        leads = [one["given_name"] for one in at_stripe(local_stripe) if one["relationship"].get("representative")]
        assert leads == ["Sam"]

    def test_when_the_next_one_is_refused_the_former_still_represents(self, save, jenny, local_stripe):
        local_stripe.fault("400", path="/v1/tokens", method="POST")
        answer = save(OWNER, percent_ownership="60", representative="on", title="Director")
        assert answer.status_code == 422
        [person] = at_stripe(local_stripe)
        assert person["relationship"]["representative"] is True

    def test_while_in_doubt_about_the_former_representative_the_next_one_waits(self, save, jenny, local_stripe):
        local_stripe.fault("drop_after", path="/v1/accounts/*/persons/*", method="POST")
        form_id = str(uuid.uuid4())
        takes_over = {"percent_ownership": "60", "representative": "on", "title": "Director", "operation": form_id}
        answer = save(OWNER, **takes_over)
        assert answer.status_code == 422
        assert "has not confirmed yet that Jenny Rosen" in text_of(answer)
        assert len(at_stripe(local_stripe)) == 1
        settle(people_changes.laying_down_id(uuid.UUID(form_id)))
        assert save(OWNER, **takes_over).status_code == 302
        leads = [one["given_name"] for one in at_stripe(local_stripe) if one["relationship"].get("representative")]
        assert leads == ["Sam"]

    def test_a_number_waits_for_the_person_it_belongs_to(self, save, owner, account, local_stripe):
        local_stripe.fault("drop_after", path="/v1/accounts/*/persons", method="POST")
        answer = save(id_number="", number_token=make_token({"person": {"id_number": "987654321"}}))
        assert "Enter the ID number once it has." in text_of(owner.get(answer.url))
        settle(AccountChange.objects.get().operation_id)
        [person] = at_stripe(local_stripe)
        assert "id_number" not in person

    def test_the_only_representative_cannot_lay_it_down(self, save, jenny):
        answer = save(person_id=jenny, representative=None, director="on")
        assert answer.status_code == 422
        assert "The business needs a representative" in text_of(answer)

    def test_a_number_that_the_browser_handed_over_goes_as_a_token(self, save, jenny, local_stripe):
        token = make_token({"person": {"id_number": "987654321"}})
        answer = save(person_id=jenny, id_number="", number_token=token)
        assert answer.status_code == 302, text_of(answer)
        [person] = at_stripe(local_stripe)
        assert person["id_number"] == "987654321"
        kinds = list(StripeOperation.objects.order_by("created_at").values_list("kind", flat=True))
        assert kinds[-2:] == ["person.update", "person.update"]

    def test_no_number_follows_a_form_that_came_back_with_other_details(self, save, jenny, local_stripe):
        form_id = str(uuid.uuid4())
        assert save(person_id=jenny, id_number="", operation=form_id).status_code == 302
        token = make_token({"person": {"id_number": "987654321"}})
        answer = save(person_id=jenny, id_number="", operation=form_id, first_name="Eve", number_token=token)
        assert answer.status_code == 409
        assert at_stripe(local_stripe)[0]["id_number"] == SSN
        assert not AccountChange.objects.filter(part="person_number").exists()

    def test_a_form_of_another_business_moves_nobody(self, save, jenny, account, invite, as_owner, local_stripe):
        theirs = str(AccountChange.objects.get().operation_id)
        invite(name="Other", contact_email="other@other.test")
        other = ConnectedAccount.objects.exclude(pk=account.pk).get()
        token = make_token({"person": {"id_number": "987654321"}})
        form = PERSON | {"operation": theirs, "id_number": "", "number_token": token}
        answer = as_owner(other).post(url("person-add", other), form)
        assert answer.status_code == 409
        assert jenny not in text_of(answer)
        assert not other.changes.exists()

    def test_what_is_no_token_is_not_handed_over(self, save, jenny):
        answer = save(person_id=jenny, id_number="", number_token="987-65-4321")
        assert answer.status_code == 422
        assert not AccountChange.objects.filter(part="person_number").exists()

    def test_a_number_token_that_is_spent_says_so_and_the_rest_is_saved(self, save, owner, jenny, local_stripe):
        token = make_token({"person": {"id_number": "987654321"}})
        save(person_id=jenny, id_number="", number_token=token)
        answer = save(person_id=jenny, id_number="", number_token=token, first_name="Jennifer")
        assert answer.status_code == 302
        assert "Everything was saved but the ID number" in text_of(owner.get(answer.url))
        assert at_stripe(local_stripe)[0]["given_name"] == "Jennifer"


def make_token(contents) -> str:
    from stripe_gateway import client

    [(kind, told)] = contents.items()
    return client.token(kind, told)


class TestRemoving:
    @pytest.fixture
    def sam(self, save, local_stripe):
        save()
        save(OWNER, percent_ownership="30")
        return next(one["id"] for one in at_stripe(local_stripe) if one["given_name"] == "Sam")

    def test_the_page_says_what_follows(self, owner, account, sam):
        page = text_of(owner.get(url("person-remove", account, sam)))
        assert "Remove Sam Okoye" in page
        assert "It cannot be undone" in page
        assert "If they own 25% or more" in page

    def test_a_removed_person_is_gone_at_stripe(self, owner, account, sam, local_stripe):
        answer = owner.post(url("person-remove", account, sam), {"operation": str(uuid.uuid4())})
        assert (answer.status_code, answer.url) == (302, url("details-people", account))
        assert [one["given_name"] for one in at_stripe(local_stripe)] == ["Jenny"]

    @pytest.mark.parametrize("fault", ["drop_after", "500_after"])
    def test_a_lost_answer_ends_in_a_removed_person(self, owner, account, sam, local_stripe, fault):
        local_stripe.fault(fault, path="/v1/accounts/*/persons/*", method="DELETE")
        form_id = uuid.uuid4()
        owner.post(url("person-remove", account, sam), {"operation": str(form_id)})
        assert settle(form_id).state == StripeOperation.State.ACCEPTED
        assert len(at_stripe(local_stripe)) == 1

    def test_the_representative_stays_until_somebody_else_is(self, owner, account, sam, local_stripe):
        jenny = next(one["id"] for one in at_stripe(local_stripe) if one["given_name"] == "Jenny")
        answer = owner.post(url("person-remove", account, jenny), {"operation": str(uuid.uuid4())})
        assert answer.status_code == 409
        assert "Somebody has to represent the business" in text_of(answer)
        assert len(at_stripe(local_stripe)) == 2


class TestConfirming:
    def test_the_owners_are_confirmed_as_complete(self, save, owner, account, local_stripe):
        save(owner="on", percent_ownership="100")
        page = text_of(owner.get(url("details-people", account)))
        assert "Everybody who owns 25% or more" in page
        answer = owner.post(url("people-confirm", account), {"operation": str(uuid.uuid4()), "owners": "on"})
        assert answer.status_code == 302
        [at_books] = local_stripe.list("account")
        assert at_books["persons_provided"]["owners"] is True
        assert "Everybody who owns 25% or more" not in text_of(owner.get(url("details-people", account)))

    def test_unticked_it_is_not_confirmed(self, save, owner, account, local_stripe):
        save(owner="on", percent_ownership="100")
        answer = owner.post(url("people-confirm", account), {"operation": str(uuid.uuid4())})
        assert answer.status_code == 422
        assert "Tick this once it is so" in text_of(answer)


class TestIndividuals:
    @pytest.fixture
    def account(self, local_stripe, invite):
        answer = invite(entity_type="individual")
        assert answer.status_code == 302
        return ConnectedAccount.objects.get()

    def test_their_details_are_saved_on_the_account(self, save, owner, account, local_stripe):
        form = {name: value for name, value in PERSON.items() if name not in ("representative", "title")}
        answer = save(form)
        assert answer.status_code == 302, text_of(answer)
        [person] = at_stripe(local_stripe)
        assert (person["given_name"], person["id_number"]) == ("Jenny", SSN)
        page = text_of(owner.get(url("details-people", account)))
        assert "Jenny Rosen" in page
        assert "Remove" not in page

    def test_they_change_them_again(self, save, owner, account, local_stripe):
        form = {name: value for name, value in PERSON.items() if name not in ("representative", "title")}
        save(form)
        [person] = at_stripe(local_stripe)
        assert owner.get(url("person-add", account)).url == url("person", account, person["id"])
        assert save(form, person_id=person["id"], id_number="", first_name="Jennifer").status_code == 302
        assert [one["given_name"] for one in at_stripe(local_stripe)] == ["Jennifer"]


class TestWhoMay:
    @pytest.fixture
    def jenny(self, save):
        save()
        return AccountChange.objects.get().person_id

    @pytest.mark.parametrize("role", ["viewer", "finance"])
    def test_viewers_and_finance_see_nobody(self, account, as_owner, jenny, role):
        client = as_owner(account, role=role)
        for name, args in (("details-people", []), ("person", [jenny]), ("person-add", []), ("person-remove", [jenny])):
            assert client.get(url(name, account, *args)).status_code == 403

    def test_a_person_of_another_account_does_not_exist(self, account, owner, invite, as_owner, jenny, local_stripe):
        invite(name="Other", contact_email="other@other.test")
        other = ConnectedAccount.objects.exclude(pk=account.pk).get()
        stranger = as_owner(other)
        assert stranger.get(url("person", other, jenny)).status_code == 404
        assert stranger.post(url("person-remove", other, jenny), {"operation": uuid.uuid4()}).status_code == 404
        assert stranger.get(url("details-people", account)).status_code == 404
        assert len(at_stripe(local_stripe)) == 1

    def test_an_address_that_no_database_holds_is_absent_while_stripe_is_away(self, account, owner, local_stripe):
        local_stripe.fault("503", path="/v1/accounts/*", method="GET", times=5)
        assert owner.get(url("person", account, "person_1\x00")).status_code == 404

    def test_staff_says_why_they_do_it_for_the_business(self, account, as_staff, local_stripe):
        client = as_staff("operator")
        form = PERSON | {"operation": str(uuid.uuid4())}
        refused = client.post(url("person-add", account), form)
        assert refused.status_code == 422
        assert "Say why you are doing this" in text_of(refused)
        assert client.post(url("person-add", account), form | {"reason": "On the phone"}).status_code == 302
        assert len(at_stripe(local_stripe)) == 1

    def test_when_stripe_cannot_be_asked_what_was_typed_is_not_lost(self, account, save, local_stripe):
        local_stripe.fault("503", path="/v1/accounts/*", method="GET", times=5)
        answer = save()
        assert answer.status_code == 422
        assert "510 Townsend Street" in text_of(answer)
        assert not AccountChange.objects.exists()


def test_news_of_a_person_is_read_by_the_next_reading(save, account, local_stripe):
    save()
    connected_accounts.reread(account)
    assert not account.requirements.filter(description__endswith="given_name").exists()
