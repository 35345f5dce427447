"""Staff ask Stripe for more than an account was made with; card capabilities come with a program instead."""

import uuid

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db(transaction=True)


def request(client, account, **changes):
    form = {"operation": str(uuid.uuid4()), "capability": "merchant:card_payments", "reason": "They sell in a shop."}
    return client.post(reverse("accounts:capability-request", args=[account.ref]), form | changes), form | changes


def test_a_requested_capability_stands_on_the_account(local_stripe, invited, as_staff):
    client = as_staff("operator")
    answer, form = request(client, invited)
    again = client.post(reverse("accounts:capability-request", args=[invited.ref]), form)

    assert answer.url == again.url == reverse("accounts:detail", args=[invited.ref])
    assert invited.capabilities.filter(configuration="merchant", name="card_payments").exists()
    [at_stripe] = local_stripe.list("account")
    assert at_stripe["metadata"]["last_change"] == form["operation"]
    assert "Card payments" in client.get(answer.url).content.decode()


def test_what_was_requested_is_not_offered_again_and_cards_never_are(invited, as_staff):
    client = as_staff("operator")
    page = reverse("accounts:capability-request", args=[invited.ref])
    before = client.get(page).content.decode()
    assert "merchant:card_payments" in before
    assert "card_creator" not in before
    assert "recipient:stripe_balance.stripe_transfers" not in before
    assert "no card could be made" in before

    request(client, invited)
    assert "Nothing left to request" in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"capability": ""}, "Choose a capability."),
        ({"capability": "card_creator:commercial.celtic.spend_card"}, "Select a valid choice"),
        ({"reason": ""}, "This is needed."),
    ],
)
def test_a_wrong_choice_is_said_and_nothing_is_sent(local_stripe, invited, as_staff, changes, sentence):
    answer, _form = request(as_staff("operator"), invited, **changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not invited.changes.exists()


def test_a_refusal_is_said_and_the_form_can_be_sent_again(local_stripe, invited, as_staff):
    local_stripe.fault(path=f"/v2/core/accounts/{invited.stripe_id}", method="POST", kind="400", times=1)
    client = as_staff("operator")
    answer, form = request(client, invited)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Stripe did not take the request" in page
    assert form["operation"] not in page
    assert "They sell in a shop." in page


def test_people_of_the_business_cannot_request_capabilities(invited, as_owner):
    answer, _form = request(as_owner(invited), invited)
    assert answer.url == reverse("accounts:business-home", args=[invited.ref])
    assert not invited.changes.exists()
