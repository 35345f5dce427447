"""Pages of top-ups over HTTP: every bad input has its sentence, and none of them moves money."""

import uuid

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import ConnectedAccount
from funding.models import Source, TopUp
from tests.factories.accounts import ConnectedAccountFactory, MembershipFactory
from tests.factories.funding import TopUpFactory


def page(name, account, *args):
    return reverse(f"funding:{name}", args=[account.ref, *args])


@pytest.fixture
def form(chargeable):
    return {"operation": str(uuid.uuid4()), "amount": "5000.00", "source": str(chargeable().public_id)}


def test_the_review_says_it_all_and_moves_nothing(as_owner, account, form):
    text = as_owner.post(page("top-up-create", account), form, follow=True).content.decode()
    assert "Pull $5,000.00 from ••6789" in text
    assert "business days" in text
    assert "the bank may still take it back" in text
    assert not TopUp.objects.exists()


def test_confirming_moves_the_money_once_however_often_it_is_clicked(as_owner, account, form, local_stripe):
    confirmed = form | {"step": "confirm"}
    answers = [as_owner.post(page("top-up-create", account), confirmed) for _ in range(2)]
    top_up = TopUp.objects.get()
    assert {answer["Location"] for answer in answers} == {page("top-up-detail", account, top_up.public_id)}
    assert [each["amount"] for each in local_stripe.list("topup")] == [5000_00]


def test_back_and_another_amount_is_told_what_stands(as_owner, account, form):
    as_owner.post(page("top-up-create", account), form | {"step": "confirm"})
    answer = as_owner.post(page("top-up-create", account), form | {"step": "confirm", "amount": "6000.00"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Nothing was sent this time" in text
    assert page("top-up-detail", account, TopUp.objects.get().public_id) in text


def test_a_second_tab_is_asked_before_the_same_amount_moves_again(as_owner, account, form):
    url, first, second = page("top-up-create", account), form | {"step": "confirm"}, form | {"step": "confirm"}
    second["operation"] = str(uuid.uuid4())
    as_owner.post(url, first)
    twin = TopUp.objects.get()

    answer = as_owner.post(url, second, follow=True)
    assert "The same amount was asked for a moment ago" in answer.content.decode()
    assert TopUp.objects.count() == 1

    as_owner.post(url, second | {"twin": str(twin.public_id)})
    assert TopUp.objects.count() == 2


def test_changing_keeps_what_was_typed(as_owner, account, form):
    review = as_owner.post(page("top-up-create", account), form)["Location"]
    text = as_owner.get(f"{review}&change=1").content.decode()
    assert 'value="5000.00"' in text
    assert form["operation"] in text


def test_going_back_to_the_review_finds_it_again_until_it_was_sent(as_owner, account, form):
    review = as_owner.post(page("top-up-create", account), form)["Location"]
    assert "Pull $5,000.00" in as_owner.get(review).content.decode()
    as_owner.post(page("top-up-create", account), form | {"step": "confirm"})

    answer = as_owner.get(review, follow=True)
    assert answer.redirect_chain == [(page("top-up-detail", account, TopUp.objects.get().public_id), 302)]
    assert "is not sent again" in answer.content.decode()


def test_a_review_is_found_by_whoever_asked_for_it_alone(owner, as_owner, as_operator, account, form):
    review = as_owner.post(page("top-up-create", account), form)["Location"]
    other = MembershipFactory(user=owner, account=ConnectedAccountFactory(active=True)).account
    elsewhere = page("top-up-create", other) + "?" + review.partition("?")[2]
    for client, url in ((as_operator, review), (as_owner, elsewhere), (as_owner, review + "0")):
        answer = client.get(url)
        assert answer.status_code == 200
        assert "5,000.00 from" not in answer.content.decode()


@pytest.mark.parametrize("step", ["review", "confirm"])
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": "0"}, "above zero"),
        ({"amount": "0.00"}, "above zero"),
        ({"amount": "-5"}, "cannot be negative"),
        ({"amount": "10.5"}, "decimal"),
        ({"amount": "1,000.00"}, "thousands"),
        ({"amount": "10.005"}, "at most 2 digits"),
        ({"amount": "ten"}, "not an amount"),
        ({"amount": ""}, "Enter an amount."),
        ({"amount": "0.99"}, "The smallest top-up is $1.00."),
        ({"amount": "300000.01"}, "The largest top-up is $300,000.00."),
        ({"source": ""}, "Choose the bank account to debit."),
        ({"source": "nonsense"}, "Choose the bank account to debit."),
        ({"source": str(uuid.uuid4())}, "Choose the bank account to debit."),
        ({"statement_descriptor": "Sixteen letters!"}, "Shorten this to 15 characters."),
        ({"statement_descriptor": "Größe"}, "without accents"),
        ({"statement_descriptor": "A*B"}, "Leave out the characters"),
        ({"statement_descriptor": "1234"}, "at least one letter"),
        ({"description": "x" * 201}, "Shorten the note"),
        ({"operation": ""}, "This page was out of date."),
    ],
)
def test_every_bad_input_has_its_sentence(as_owner, account, form, changes, words, step):
    answer = as_owner.post(page("top-up-create", account), form | changes | {"step": step})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not TopUp.objects.exists()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Source.Status.PENDING, "not verified yet"),
        (Source.Status.FAILED, "Verification of this bank account failed"),
        (Source.Status.CANCELED, "can no longer be debited"),
        ("invented_later", "can no longer be debited"),
    ],
)
def test_a_source_that_is_not_verified_says_why(as_owner, account, form, chargeable, status, words):
    Source.objects.filter(public_id=form["source"]).update(status=status)
    chargeable("000111111113")
    answer = as_owner.post(page("top-up-create", account), form | {"step": "confirm"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not TopUp.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"can_issue": False}, "Card issuing is not active"),
        ({"status": ConnectedAccount.Status.RESTRICTED}, "Stripe has restricted this account"),
        ({"country": "GB"}, "in the United States only"),
    ],
)
def test_an_account_that_may_not_be_funded_says_why(as_owner, account, form, changes, words):
    ConnectedAccount.objects.filter(pk=account.pk).update(**changes)
    assert words in as_owner.get(page("top-up-create", account)).content.decode()
    answer = as_owner.post(page("top-up-create", account), form | {"step": "confirm"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not TopUp.objects.exists()


def test_a_lost_session_leads_to_sign_in_and_moves_nothing(account, form):
    answer = Client().post(page("top-up-create", account), form | {"step": "confirm"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse(django_settings.LOGIN_URL))
    assert not TopUp.objects.exists()


def test_staff_give_a_reason_that_is_kept(as_operator, account, form):
    url = page("top-up-create", account)
    assert "behalf" in as_operator.post(url, form | {"step": "confirm"}).content.decode()
    as_operator.post(url, form | {"step": "confirm", "reason": "Asked by phone."})
    assert TopUp.objects.get().on_behalf_reason == "Asked by phone."


def test_a_viewer_of_the_business_looks_and_does_not_touch(account, form):
    viewer = Client()
    viewer.force_login(
        MembershipFactory(account=account, role="viewer").user,
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert viewer.get(page("account-top-up-list", account)).status_code == 200
    source = Source.objects.get(public_id=form["source"])
    html = viewer.get(page("source-detail", account, source.public_id)).content.decode()
    assert page("top-up-create", account) not in html
    assert viewer.post(page("top-up-create", account), form | {"step": "confirm"}).status_code == 403
    assert not TopUp.objects.exists()


def test_a_foreign_top_up_is_as_absent_as_one_that_never_was(as_owner, account, chargeable, top_up):
    mine, other = top_up(chargeable()), ConnectedAccountFactory(active=True)
    MembershipFactory(account=other)
    for name in ("top-up-detail", "top-up-status", "top-up-cancel"):
        assert as_owner.get(page(name, other, mine.public_id)).status_code == 404
        assert as_owner.get(page(name, account, uuid.uuid4())).status_code == 404


def test_another_tenants_form_id_shows_nothing_of_theirs(as_owner, account, form, chargeable, top_up):
    theirs = top_up(chargeable())
    TopUp.objects.filter(pk=theirs.pk).update(account=ConnectedAccountFactory())
    answer = as_owner.post(
        page("top-up-create", account), form | {"step": "confirm", "operation": str(theirs.operation_id)}
    )
    assert answer.status_code == 409
    assert str(theirs.public_id) not in answer.content.decode()


def test_doubt_is_neither_success_nor_failure(as_owner, account, form, local_stripe):
    local_stripe.fault("drop_after", path="/v1/topups")
    answer = as_owner.post(page("top-up-create", account), form | {"step": "confirm"}, follow=True)
    text = answer.content.decode()
    assert "Stripe has not answered yet" in text
    assert "no need to repeat it" in text
    assert "Failed" not in text
    assert "Arrived" not in text


def test_the_status_fragment_polls_while_in_flight_and_then_stops(as_owner, account, chargeable, top_up):
    mine = top_up(chargeable())
    url = page("top-up-status", account, mine.public_id)
    moving = as_owner.get(url)
    assert moving.status_code == 200
    assert "every 3s" in moving.content.decode()
    mine = TopUp.objects.select_related("operation", "cancel_operation").get(pk=mine.pk)
    assert as_owner.get(url, {"seen": mine.appearance}).status_code == 204
    TopUp.objects.filter(pk=mine.pk).update(status=TopUp.Status.SUCCEEDED, settled_at=mine.created_at)
    rested = as_owner.get(url)
    assert rested.status_code == 286
    assert "every 3s" not in rested.content.decode()


def test_canceling_asks_first_and_acts_on_post_alone(as_owner, account, chargeable, top_up):
    mine = top_up(chargeable())
    url = page("top-up-cancel", account, mine.public_id)
    assert "Cancel this top-up" in as_owner.get(url).content.decode()
    mine.refresh_from_db()
    assert mine.status == TopUp.Status.PENDING
    as_owner.post(url, {"operation": str(uuid.uuid4())})
    mine.refresh_from_db()
    assert mine.status == TopUp.Status.CANCELED


def test_what_has_arrived_cannot_be_canceled(as_owner, account, chargeable, top_up):
    mine = top_up(chargeable())
    TopUp.objects.filter(pk=mine.pk).update(status=TopUp.Status.SUCCEEDED, settled_at=mine.created_at)
    url = page("top-up-cancel", account, mine.public_id)
    assert "nothing to cancel" in as_owner.get(url).content.decode()
    answer = as_owner.post(url, {"operation": str(uuid.uuid4())})
    assert answer.status_code == 409
    assert "nothing to cancel" in answer.content.decode()


def test_the_list_is_filtered_by_tab_business_and_date(as_operator, account, chargeable, top_up):
    top_up(chargeable())
    url = reverse("funding:top-up-list")
    assert "$5,000.00" in as_operator.get(url, {"status": "moving"}).content.decode()
    assert "No top-ups match" in as_operator.get(url, {"status": "arrived"}).content.decode()
    assert "$5,000.00" in as_operator.get(url, {"account": "northwind"}).content.decode()
    assert "No top-ups match" in as_operator.get(url, {"account": "zebra"}).content.decode()
    assert "No top-ups match" in as_operator.get(url, {"until": "2020-01-01"}).content.decode()
    assert as_operator.get(url, {"status": "nonsense", "since": "soon", "cursor": "forged"}).status_code == 200


def test_htmx_gets_the_fragment_and_caches_know(as_operator, account, chargeable, top_up):
    top_up(chargeable())
    url = reverse("funding:top-up-list")
    fragment = as_operator.get(url, headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert "HX-Request" in fragment["Vary"]
    restored = as_operator.get(url, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in restored.content.decode()


def test_the_list_of_all_accounts_is_for_staff(as_owner):
    assert as_owner.get(reverse("funding:top-up-list")).status_code == 403


def test_a_longer_list_costs_no_more_queries(as_operator, django_assert_max_num_queries):
    url, top_up = reverse("funding:top-up-list"), TopUpFactory()
    as_operator.get(url)
    with CaptureQueriesContext(connection) as one:
        as_operator.get(url)
    TopUpFactory.create_batch(10, account=top_up.account, source=top_up.source)
    with django_assert_max_num_queries(len(one)):
        assert as_operator.get(url).content.decode().count("row-link") == 11


def test_the_next_page_goes_on_where_the_last_one_ended(as_operator):
    top_up = TopUpFactory()
    TopUpFactory.create_batch(29, account=top_up.account, source=top_up.source)
    first = as_operator.get(reverse("funding:top-up-list"))
    second = as_operator.get(reverse("funding:top-up-list"), {"cursor": first.context["page"].next_cursor})
    shown = [row.pk for row in [*first.context["page"], *second.context["page"]]]
    assert len(shown) == len(set(shown)) == 30
    assert shown == sorted(shown, reverse=True)
