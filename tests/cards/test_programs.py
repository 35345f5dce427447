"""A business gets a card program once, and the capability follows by itself."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from cards import programs
from cards.models import Program
from stripe_gateway import operations
from stripe_gateway.models import StripeOperation
from tests.accounts.conftest import *  # noqa: F403 - staff, owners and an invited business

pytestmark = pytest.mark.django_db(transaction=True)


def add(client, account, **changes):
    offer = programs.open_offers(account)[0]
    form = {"operation": str(uuid.uuid4()), "program": offer.stripe_id, "is_default": "on"} | changes
    return client.post(reverse("cards:program-add", args=[account.ref]), form), form


def test_the_platforms_programs_are_listed_with_how_many_businesses_have_them(invited, as_staff):
    client = as_staff("operator")
    add(client, invited)

    page = client.get(reverse("cards:program-list")).content.decode()

    assert "Spend card (Celtic Bank)" in page
    assert "commercial.cross_river_bank.charge_card" in page
    assert f'href="/accounts/?program={invited.program}">1</a>' in page


def test_the_program_it_was_invited_to_is_offered_first_and_others_of_its_country_alone(invited):
    offered = [offer.capability for offer in programs.open_offers(invited)]
    assert offered[0] == invited.program
    assert len(offered) == 4
    assert not any(capability.startswith("commercial.stripe") for capability in offered)


def test_giving_a_program_makes_it_once_and_requests_its_capability(local_stripe, invited, as_staff):
    client = as_staff("operator")
    other = next(offer for offer in programs.open_offers(invited) if "cross_river_bank.spend" in offer.capability)

    answer, form = add(client, invited, program=other.stripe_id)
    again = client.post(reverse("cards:program-add", args=[invited.ref]), form)

    assert answer.url == again.url == reverse("accounts:detail", args=[invited.ref])
    program = Program.objects.get(account=invited)
    of_account = [row for row in local_stripe.list("issuing.program") if row["platform_program"]]
    assert [row["id"] for row in of_account] == [program.stripe_id]
    assert (program.capability, program.is_default) == (other.capability, True)
    assert invited.capabilities.filter(name=other.capability).exists()


def test_another_choice_under_the_same_form_is_refused(invited, as_staff):
    client = as_staff("operator")
    first, second = programs.open_offers(invited)[:2]
    _answer, form = add(client, invited, program=first.stripe_id)
    client.post(reverse("cards:program-add", args=[invited.ref]), form | {"program": second.stripe_id})
    assert Program.objects.filter(account=invited).count() == 1


def test_a_program_that_the_account_has_already_counts_as_given(local_stripe, invited, as_staff):
    client = as_staff("operator")
    offer = programs.open_offers(invited)[0]
    add(client, invited)
    Program.objects.all().delete()

    answer, _form = add(client, invited, program=offer.stripe_id)

    assert answer.status_code == 302
    assert "had this program already" in client.get(answer.url).content.decode()
    assert list(Program.objects.exclude(stripe_id=None).values_list("platform_program", flat=True)) == [offer.stripe_id]


def test_nothing_chosen_is_said_at_the_field(invited, as_staff):
    answer, _form = add(as_staff("operator"), invited, program="")
    assert answer.status_code == 422
    assert "Choose a program." in answer.content.decode()


def test_a_lost_answer_is_settled_by_asking_again(local_stripe, invited, as_staff):
    local_stripe.fault(path="/v1/issuing/programs", method="POST", kind="drop_after", times=1)
    client = as_staff("operator")
    answer, form = add(client, invited)
    assert "asked again by itself" in client.get(answer.url).content.decode()
    operation = StripeOperation.objects.get(pk=form["operation"])
    assert operation.state == StripeOperation.State.UNKNOWN

    operations.ask_again(operation, actor=operation.actor)

    assert Program.objects.get(account=invited).stripe_id


def test_a_reading_that_gives_the_id_to_the_row_of_another_tab_leaves_one_program(local_stripe, invited, as_staff):
    client = as_staff("operator")
    local_stripe.fault(path="/v1/issuing/programs", method="POST", kind="drop_after", times=1)
    _answer, form = add(client, invited)
    operation = StripeOperation.objects.get(pk=form["operation"])
    first = Program.objects.get(account=invited)
    # What the other tab has written down, and an event read into its row while our answer was lost.
    programs.reread(invited, now=timezone.now())
    Program.objects.filter(pk=first.pk).update(change=None)
    Program.objects.create(account=invited, change=operation.account_change, platform_program=first.platform_program)

    operations.ask_again(operation, actor=operation.actor)

    operation.refresh_from_db()
    assert operation.state == StripeOperation.State.ACCEPTED
    assert list(Program.objects.values_list("pk", flat=True)) == [first.pk]


def test_only_one_program_is_for_new_cards(invited, as_staff):
    client = as_staff("operator")
    for offer in programs.open_offers(invited)[:2]:
        add(client, invited, program=offer.stripe_id)
    first, second = Program.objects.order_by("pk")
    assert (first.is_default, second.is_default) == (False, True)

    address = reverse("cards:program-default", args=[invited.ref, first.stripe_id])
    assert "New cards of" in client.get(address).content.decode()
    client.post(address, {"operation": str(uuid.uuid4())})

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_default, second.is_default) == (True, False)


@pytest.mark.parametrize("program", ["iprg_absent", "iprg_\x00"])
def test_a_program_that_there_is_not_is_absent(invited, as_staff, program):
    address = reverse("cards:program-default", args=[invited.ref, program])
    assert as_staff("operator").get(address).status_code == 404


def test_a_late_answer_about_the_default_is_checked_against_stripes_list(local_stripe, invited, as_staff):
    client = as_staff("operator")
    for offer in programs.open_offers(invited)[:2]:
        add(client, invited, program=offer.stripe_id)
    first, second = Program.objects.order_by("pk")
    lost = {"operation": str(uuid.uuid4())}
    local_stripe.fault(path=f"/v1/issuing/programs/{first.stripe_id}", method="POST", kind="drop_after", times=1)
    client.post(reverse("cards:program-default", args=[invited.ref, first.stripe_id]), lost)
    again = {"operation": str(uuid.uuid4())}
    client.post(reverse("cards:program-default", args=[invited.ref, second.stripe_id]), again)

    operation = StripeOperation.objects.get(pk=lost["operation"])
    assert operations.ask_again(operation, actor=operation.actor).state == StripeOperation.State.ACCEPTED

    assert Program.objects.get(is_default=True) == second


def test_the_panel_shows_what_stripe_has_though_nobody_gave_it_here(local_stripe, invited, as_staff):
    panel = reverse("cards:account-programs", args=[invited.ref])
    assert "without a program no card can be made" in as_staff("viewer").get(panel).content.decode()
    add(as_staff("operator"), invited)
    Program.objects.all().delete()
    page = as_staff("viewer").get(panel).content.decode()
    assert "For new cards" in page
    assert "Give a program" not in page


def test_a_list_that_cannot_be_read_says_so(local_stripe, invited, as_staff):
    from django.core.cache import caches

    caches["figures"].clear()
    local_stripe.fault(path="/v1/issuing/programs", kind="500_before", times=2)
    page = as_staff("viewer").get(reverse("cards:program-list"))
    assert page.status_code == 200
    assert "could not be read" in page.content.decode()
