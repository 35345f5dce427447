"""What staff see and may decide, and what nobody ever sees."""

import pytest
from django.urls import reverse
from django.utils import timezone

from desk.models import AuditEntry
from stripe_gateway import work
from stripe_gateway.models import Pause, StripeEvent, StripeOperation
from tests.factories.stripe_gateway import PauseFactory, StripeEventFactory, StripeOperationFactory

pytestmark = pytest.mark.django_db
STATES = ["accepted", "refused", "in_doubt", "stuck"]


def page(client, name, *args, **query):
    return client.get(reverse(f"stripe_gateway:{name}", args=args), query)


def test_each_saved_view_shows_its_operations_alone(staff):
    rows = {state: StripeOperationFactory(**{state: True}) for state in STATES}
    rows["waiting"] = StripeOperationFactory()
    views = {"doubt": "in_doubt", "person": "stuck", "waiting": "waiting", "refused": "refused", "accepted": "accepted"}
    client = staff("viewer")
    assert all(str(row.pk) in page(client, "operation-list").text for row in rows.values())
    for view, state in views.items():
        text = page(client, "operation-list", view=view).text
        assert [name for name, row in rows.items() if str(row.pk) in text] == [state]


def test_the_age_of_the_oldest_doubt_stands_above_the_list(staff):
    StripeOperationFactory(in_doubt=True)
    assert "3 hours ago" in page(staff("viewer"), "operation-list").text


def test_operations_are_found_by_whole_ids(staff):
    wanted, other = StripeOperationFactory(accepted=True), StripeOperationFactory(stripe_account="acct_other")
    client = staff("viewer")
    for q in (str(wanted.pk), wanted.stripe_id, "acct_1Test"):
        text = page(client, "operation-list", q=q).text
        assert str(wanted.pk) in text
        assert str(other.pk) not in text
    assert "No operations match" in page(client, "operation-list", q="tu_nobody").text


@pytest.mark.parametrize("query", [{"view": "nonsense"}, {"cursor": "x"}, {"q": "\0"}, {"kind": "x" * 999}])
def test_filters_that_make_no_sense_break_nothing(staff, query):
    client = staff("viewer")
    assert page(client, "operation-list", **query).status_code == 200
    assert page(client, "event-list", **query).status_code == 200


def test_lists_page_by_keyset(staff):
    for _ in range(30):
        StripeOperationFactory()
        StripeEventFactory()
    client = staff("viewer")
    for name in ("operation-list", "event-list"):
        first = page(client, name).context["page"]
        second = page(client, name, cursor=first.next_cursor).context["page"]
        assert (len(first.rows), len(second.rows)) == (25, 5)
        assert {row.pk for row in first} & {row.pk for row in second} == set()


def test_a_swap_gets_the_table_alone(staff):
    client = staff("viewer")
    for name in ("operation-list", "event-list"):
        reply = client.get(reverse(f"stripe_gateway:{name}"), headers={"HX-Request": "true"})
        assert "<html" not in reply.text
        assert "HX-Request" in reply["Vary"]


@pytest.mark.parametrize("state", STATES)
def test_an_operation_tells_its_outcome_and_hides_what_is_personal(staff, state):
    operation = StripeOperationFactory(
        **{state: True}, params={"amount": 5000, "owner": {"email": "jenny@example.test"}}, sealed={"token": "btok_x"}
    )
    text = page(staff("viewer"), "operation-detail", operation.pk).text
    assert "5000" in text
    assert "jenny@example.test" not in text
    assert "btok_x" not in text


def test_stripe_can_be_asked_again_only_about_what_is_in_doubt(staff):
    operator = staff("operator")
    for state, offered in [("in_doubt", True), ("stuck", True), ("accepted", False), ("refused", False)]:
        operation = StripeOperationFactory(**{state: True})
        link = reverse("stripe_gateway:operation-ask-again", args=[operation.pk])
        assert (link in page(operator, "operation-detail", operation.pk).text) == offered
        assert link not in page(staff("viewer"), "operation-detail", operation.pk).text


def test_asking_again_settles_it(staff, sample, local_stripe):
    operation = sample.prepared()
    StripeOperation.objects.update(state="unknown", first_sent_at=timezone.now(), last_sent_at=timezone.now())
    operator = staff("operator")
    link = reverse("stripe_gateway:operation-ask-again", args=[operation.pk])
    assert operator.get(link).status_code == 200
    assert StripeOperation.objects.get().state == "unknown"
    assert operator.post(link, follow=True).status_code == 200
    assert StripeOperation.objects.get().state == "accepted"
    assert AuditEntry.objects.get(verb="operation.asked_again").actor == operator.user
    assert "not in doubt any more" in operator.post(link, follow=True).text


def test_an_event_shows_its_text_without_what_is_personal(staff):
    event = StripeEventFactory(done=True)
    text = page(staff("viewer"), "event-detail", event.pk).text
    assert "The top-up is now pending." in text
    assert "5000" in text
    for secret in ("Jenny Rosen", "jenny@example.test", "src_secret"):
        assert secret not in text


def test_an_event_whose_text_was_erased_says_so(staff):
    event = StripeEventFactory(done=True, payload="")
    assert "erased" in page(staff("viewer"), "event-detail", event.pk).text


def test_the_id_of_a_sealed_object_is_not_shown(staff):
    event = StripeEventFactory(type="source.chargeable", object_id="a" * 64, payload="", sealed_payload="{}")
    operation = StripeOperationFactory(accepted=True, stripe_id="b" * 64)
    client = staff("viewer")
    assert "a" * 64 not in page(client, "event-detail", event.pk).text
    assert "b" * 64 not in page(client, "operation-detail", operation.pk).text
    assert "b" * 64 not in page(client, "operation-list").text


@pytest.mark.parametrize(("verb", "state"), [("replay", "new"), ("ignore", "ignored")])
def test_staff_decide_about_a_quarantined_event_with_a_reason(staff, verb, state):
    event = StripeEventFactory(quarantined=True)
    link = reverse(f"stripe_gateway:event-{verb}", args=[event.pk])
    operator = staff("operator")
    assert operator.post(link, {"reason": " "}).status_code == 422
    assert StripeEvent.objects.get().state == "quarantined"
    assert operator.post(link, {"reason": "It was a test of ours."}).status_code == 302
    assert StripeEvent.objects.get().state == state
    assert AuditEntry.objects.get().reason == "It was a test of ours."
    assert "It was a test of ours." in page(operator, "event-detail", event.pk).text
    assert staff("viewer").post(link, {"reason": "x"}).status_code == 403


def test_what_was_processed_cannot_be_ignored(staff):
    event = StripeEventFactory(done=True)
    operator = staff("operator")
    text = page(operator, "event-detail", event.pk).text
    assert "Process again" in text
    assert reverse("stripe_gateway:event-ignore", args=[event.pk]) not in text
    operator.post(reverse("stripe_gateway:event-ignore", args=[event.pk]), {"reason": "x"})
    assert StripeEvent.objects.get().state == "done"


def test_an_operator_pauses_and_an_approver_lifts(staff):
    operator, approver = staff("operator"), staff("approver")
    open_link = reverse("stripe_gateway:pause-open")
    assert operator.post(open_link, {"scope": "somewhere", "reason": "x"}).status_code == 422
    assert operator.post(open_link, {"scope": "all", "reason": "Something is wrong."}).status_code == 302
    pause = Pause.objects.get()
    assert "Something is wrong." in page(operator, "pause-list").text

    link = reverse("stripe_gateway:pause-lift", args=[pause.pk])
    assert operator.post(link, {"reason": "x"}).status_code == 403
    assert approver.post(link, {"reason": ""}).status_code == 422
    assert approver.post(link, {"reason": "It was a false alarm."}).status_code == 302
    pause.refresh_from_db()
    assert pause.lifted_by == approver.user
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == ["pause.opened", "pause.lifted"]
    assert approver.post(link, {"reason": "Twice."}).status_code == 404


def test_the_work_queue_names_what_needs_a_person(staff):
    user = staff("viewer").user
    assert list(work.items(user, timezone.now())) == []
    PauseFactory()
    StripeOperationFactory(in_doubt=True)
    StripeOperationFactory(in_doubt=True, first_sent_at=timezone.now())
    StripeOperationFactory(stuck=True)
    StripeEventFactory(quarantined=True)
    items = list(work.items(user, timezone.now()))
    assert [item.tone for item in items] == ["bad", "bad", "warn", "warn"]


def test_the_work_queue_names_what_breaks_over_its_answer_again_and_again(staff):
    user = staff("viewer").user
    StripeOperationFactory(in_doubt=True, state="sending")
    StripeOperationFactory(in_doubt=True, state="sending", first_sent_at=timezone.now())
    [item] = work.items(user, timezone.now())
    assert "may have happened" in item.detail


@pytest.mark.parametrize("name", ["operation-list", "event-list", "pause-list", "pause-open"])
def test_people_without_a_role_are_kept_out(client, name):
    assert page(client, name).status_code == 302


def test_ids_that_do_not_exist_are_not_found(staff):
    client = staff("admin")
    assert client.get(f"/stripe/events/{'9' * 30}/").status_code == 404
    assert page(client, "event-detail", 4711).status_code == 404
    assert page(client, "operation-detail", "0192aaaa-0000-7000-8000-000000000001").status_code == 404
