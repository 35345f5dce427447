"""Staff find the account that needs them at the top of the list."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts import lists, programs
from accounts.forms import program_choices
from accounts.models import ConnectedAccount
from tests.factories.accounts import ConnectedAccountFactory

pytestmark = pytest.mark.django_db
Status = ConnectedAccount.Status
URL = "accounts:list"


def names(answer):
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', answer.content.decode())


@pytest.fixture
def see(as_staff):
    client = as_staff("viewer")
    return lambda htmx=False, **query: client.get(reverse(URL), query, headers={"HX-Request": "true"} if htmx else {})


def test_the_most_urgent_stands_first_and_its_deadline_breaks_ties(see):
    soon, late = datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    ConnectedAccountFactory(name="Fine", active=True)
    ConnectedAccountFactory(name="Due soon", status=Status.INFO_DUE, next_deadline_at=soon)
    ConnectedAccountFactory(name="Due without a date", status=Status.INFO_DUE)
    ConnectedAccountFactory(name="Due long ago", status=Status.INFO_DUE, next_deadline_at=late)
    ConnectedAccountFactory(name="Stopped", status=Status.RESTRICTED)
    assert names(see()) == ["Stopped", "Due long ago", "Due soon", "Due without a date", "Fine"]


def test_paging_shows_everybody_once_and_in_order(see):
    deadline = timezone.now()
    for number in range(60):
        status = Status.INFO_DUE if number % 2 else Status.ACTIVE
        due = deadline + timedelta(days=number % 5) if number % 3 else None
        ConnectedAccountFactory(name=f"Business {number:02d}", status=status, next_deadline_at=due)
    seen, cursor = [], ""
    for _page in range(3):
        answer = see(cursor=cursor)
        seen += names(answer)
        found = re.search(r'rel="next" href="\?[^"]*cursor=([^"&]+)', answer.content.decode())
        cursor = found[1].replace("%3A", ":") if found else ""
    everybody = ConnectedAccount.objects.order_by("urgency")
    assert len(seen) == len(set(seen)) == everybody.count() == 60
    assert cursor == ""


@pytest.mark.parametrize("cursor", ["nonsense", "x" * 5000, "\x00"])
def test_a_bad_cursor_gives_the_first_page(see, cursor):
    ConnectedAccountFactory(name="Only one")
    assert names(see(cursor=cursor)) == ["Only one"]


def test_filters_leave_over_what_matches(see):
    ConnectedAccountFactory(name="Ridgeline Roofing", stripe_id="acct_1Ridge")
    ConnectedAccountFactory(name="Atelier Lumière", country="GB", program="commercial.stripe.charge_card")
    assert names(see(q="ridge")) == ["Ridgeline Roofing"]
    assert names(see(q="acct_1Ri")) == ["Ridgeline Roofing"]
    assert names(see(country="GB")) == ["Atelier Lumière"]
    assert names(see(program="commercial.stripe.charge_card")) == ["Atelier Lumière"]
    assert names(see(q="ridge", country="GB")) == []


def test_saved_views_count_and_filter(see):
    ConnectedAccountFactory(name="Stopped", status=Status.RESTRICTED)
    ConnectedAccountFactory(name="Fine", active=True)
    page = see(view="attention")
    assert names(page) == ["Stopped"]
    tabs = re.findall(r">([^<>]+) <span>(\d+)</span></a>", page.content.decode())
    assert ("All", "2") in tabs
    assert ("Needs attention", "1") in tabs


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "No businesses yet"),
        ({"q": "nothing"}, "No accounts match"),
        ({"view": "attention"}, "No account needs you"),
        ({"view": "review"}, "No accounts here"),
        ({"view": "a view of tomorrow"}, "No accounts here"),
    ],
)
def test_an_empty_list_says_which_kind_of_empty(see, query, sentence):
    assert sentence in see(**query).content.decode()


@pytest.mark.parametrize("text", ["\x00", "%", "_", "'; drop table", "<script>", "x" * 500])
def test_odd_searches_find_nothing_and_break_nothing(see, text):
    ConnectedAccountFactory(name="Only one")
    answer = see(q=text)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_a_swap_gets_the_part_and_the_history_the_page(see, as_staff):
    assert "<html" not in see(htmx=True).content.decode()
    assert see(htmx=True)["Vary"].lower().count("hx-request") == 1
    back = as_staff("viewer").get(reverse(URL), headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in back.content.decode()


def test_only_who_may_invite_is_offered_it(see, as_staff):
    assert reverse("accounts:invite") not in see().content.decode()
    assert reverse("accounts:invite") in as_staff("operator").get(reverse(URL)).content.decode()


def test_the_chart_counts_deadlines_by_day_and_says_which_stop_cards():
    now = datetime(2026, 11, 20, 15, tzinfo=UTC)
    for days, can_issue in [(0, True), (4, False), (4, True), (13, True), (14, True), (-1, True)]:
        ConnectedAccountFactory(next_deadline_at=now + timedelta(days=days), can_issue=can_issue)
    chart = lists.deadline_chart(ConnectedAccount.objects.all(), now)
    found = {bar.day.day: (bar.total, bar.urgent) for bar in chart["bars"] if bar.total}
    assert found == {20: (1, 0), 24: (2, 1), 3: (1, 0)}
    assert (chart["total"], chart["busiest"]) == (4, 2)


def test_a_page_costs_the_same_number_of_queries_however_many_rows(see, django_assert_max_num_queries):
    for _number in range(25):
        ConnectedAccountFactory(active=True)
    see()
    with django_assert_max_num_queries(32):
        see()


def test_what_has_no_cards_says_what_it_has_instead(as_staff):
    ConnectedAccountFactory(kind="express", program="")
    ConnectedAccountFactory(kind="oauth", program="", stripe_id=None, status="awaiting")
    page = as_staff("viewer").get(reverse("accounts:list")).content.decode()
    assert "Payouts (Express)" in page
    assert "Connected by its owner" in page


@pytest.mark.parametrize(("language", "places"), [("en", "United Kingdom, Eurozone"), ("fr", "Royaume-Uni, zone euro")])
def test_each_program_is_chosen_from_once_under_where_it_is_offered(language, places):
    with translation.override(language):
        groups = dict(program_choices())
    assert list(groups)[1:] == [places]
    offered = [capability for choices in groups.values() for capability, _name in choices]
    assert sorted(offered) == sorted({program.capability for program in programs.offered()})
