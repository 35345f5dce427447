from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from desk import statuses, work
from tests.factories.desk import UserFactory

pytestmark = pytest.mark.django_db


def provide(monkeypatch, **tables):
    defaults = {"WORK_QUEUE": [], "SEARCH": [], "NAVIGATION": [], "READY_CHECKS": {}}
    monkeypatch.setattr("desk.work.tables", lambda: type("Tables", (), {**defaults, **tables}))


def queue(user, now):
    return [
        work.WorkItem("info", "Later", "", "/c/", "Look"),
        work.WorkItem("bad", "Due tomorrow", "", "/b/", "Do", due_at=now + timedelta(days=1)),
        work.WorkItem("bad", "Late", "Cards decline.", "/a/", "Act", now - timedelta(days=3), "Northwind"),
    ]


def hits(user, text):
    return [work.SearchHit("Northwind Couriers", "acct_1", "/accounts/acct_1/", "Business")] if text == "north" else []


def test_work_queue_puts_the_most_urgent_first(staff, monkeypatch):
    provide(monkeypatch, WORK_QUEUE=["tests.desk.test_pages.queue"])
    page = staff("viewer").get("/")
    assert [item.title for item in page.context["items"]] == ["Late", "Due tomorrow", "Later"]
    assert "3 days late" in page.content.decode()


def test_an_empty_queue_says_that_all_is_done(staff, monkeypatch):
    provide(monkeypatch)
    assert "No one needs you today" in staff("viewer").get("/").content.decode()


def test_a_person_without_a_business_is_not_shown_the_queue(client, monkeypatch):
    provide(monkeypatch, WORK_QUEUE=["tests.desk.test_pages.queue"])
    client.force_login(UserFactory(), backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get("/")
    assert response.status_code == 302
    assert b"Late" not in response.content


def test_search_finds_and_says_when_it_does_not(staff, monkeypatch):
    provide(monkeypatch, SEARCH=["tests.desk.test_pages.hits"])
    client = staff("viewer")
    assert "Northwind Couriers" in client.get("/search/", {"q": "north"}).content.decode()
    assert "Nothing matches" in client.get("/search/", {"q": "zzz\x00"}).content.decode()
    assert "Search everything" in client.get("/search/").content.decode()


def test_the_sidebar_holds_what_the_role_may_open(staff):
    assert "Team" not in staff("viewer").get("/preferences/").content.decode()
    page = staff("admin").get("/audit-trail/").content.decode()
    assert 'href="/audit-trail/" aria-current="page"' in page
    assert "/team/" in page


def test_preferences_are_kept_with_the_person_and_the_device(staff):
    client = staff("viewer")
    response = client.post(
        "/preferences/", {"full_name": "Zoé Lund", "language": "fr", "theme": "dark", "shortcuts": ""}, follow=True
    )
    client.user.refresh_from_db()
    assert (client.user.full_name, client.user.language) == ("Zoé Lund", "fr")
    page = response.content.decode()
    assert 'lang="fr" data-theme="dark"' in page
    assert 'data-shortcuts="off"' in page
    assert client.post("/preferences/", {"full_name": "", "language": "xx"}).status_code == 422


def test_a_visitor_chooses_language_and_theme_and_stays_on_the_page(client):
    answer = client.post("/preferences/language/", {"language": "es", "next": "/account/login/?next=/team/"})
    assert answer.url == "/account/login/?next=/team/"
    client.post("/preferences/theme/", {"theme": "light", "next": "/account/login/"})
    assert 'lang="es" data-theme="light"' in client.get("/account/login/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test", "javascript:alert(1)", ""])
def test_nobody_is_sent_to_another_site(client, elsewhere):
    for path in ("/preferences/language/", "/preferences/theme/"):
        assert client.post(path, {"language": "fr", "theme": "dark", "next": elsewhere}).url == "/"


def test_what_no_choice_offers_is_not_kept(client):
    response = client.post("/preferences/theme/", {"theme": '"><script>'})
    assert "theme" not in response.cookies


@pytest.mark.parametrize(
    ("path", "status", "says"), [("/nowhere/", 404, "There is nothing here"), ("/team/", 403, "You may not open this")]
)
def test_error_pages_say_what_happened_and_how_to_go_on(staff, path, status, says):
    response = staff("viewer").get(path, headers={"X-Request-Id": "reference-123"})
    assert response.status_code == status
    assert says in response.content.decode()
    assert "reference-123" in response.content.decode()


def test_a_form_of_a_lost_session_says_that_nothing_was_sent(staff):
    client = staff("viewer")
    client.handler.enforce_csrf_checks = True
    response = client.post("/preferences/", {"full_name": "X"})
    assert response.status_code == 403
    assert "Nothing was sent" in response.content.decode()


def test_an_error_of_ours_is_a_page_without_details(client, monkeypatch):
    monkeypatch.setattr("desk.health._broker", lambda: 1 / 0)
    client.raise_request_exception = False
    response = client.get("/readyz", headers={"X-Request-Id": "reference-500"})
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()
    assert "reference-500" in response.content.decode()
    assert "ZeroDivisionError" not in response.content.decode()


def test_an_unknown_status_is_shown_as_it_is():
    assert statuses.badge_for("top_up", "half_done") == statuses.Badge("mute", "circle-dashed", "half_done")


def test_a_status_in_an_unknown_tone_is_refused():
    with pytest.raises(ValueError, match="tone"):
        statuses.register("test", {"x": statuses.Badge("pink", "x", "X")})


@pytest.mark.parametrize(
    ("language", "template", "text"),
    [
        ("en", "{{ amount|money:'usd' }}", "−$5,000.00"),
        ("en", "{{ moment|full_day }}", "November 24, 2024"),
        ("fr", "{{ moment|full_day }}", "24 novembre 2024"),
        ("en", "{{ moment|day }}", "Nov 24, 2024"),
        ("es", "{{ moment|full_day }}", "24 de noviembre de 2024"),
        ("en", "{{ nothing|money:'usd' }}{{ nothing|day }}{% moment nothing %}{% relative nothing %}", ""),
        ("en", "{% status_badge 'x' tag %}", ">&lt;b&gt;</span>"),
        ("en", "{{ 'Northwind Couriers'|initials }}{{ '…'|initials }}", "NC?"),
        ("en", "{% copyable tag %}", 'data-copy="&lt;b&gt;"'),
        ("en", "{% moment moment %}", 'title="Nov 24, 2024, 9:12:00\u202fAM UTC"'),
    ],
)
def test_tags_write_for_the_reader(language, template, text):
    from django.template import Context, Template
    from django.utils import translation

    values = {"amount": -500_000, "moment": datetime(2024, 11, 24, 9, 12, tzinfo=UTC), "nothing": None, "tag": "<b>"}
    with translation.override(language):
        assert text in Template("{% load desk_ui %}" + template).render(Context(values))


@pytest.mark.parametrize(
    ("away", "words"),
    [
        (timedelta(hours=30, minutes=1), "in 30 hours"),
        (timedelta(days=6, hours=1), "in 6 days"),
        (timedelta(days=9, hours=1), "in 9 days"),
        (timedelta(days=14, hours=1), "in 2 weeks"),
        (timedelta(days=-9, hours=-1), "9 days late"),
    ],
)
def test_days_count_near_a_deadline(away, words):
    from django.template import Context, Template

    moment = timezone.now() + away
    assert words in Template("{% load desk_ui %}{% due moment %}").render(Context({"moment": moment}))


def test_relative_moments_say_late_and_ago():
    from django.template import Context, Template

    now = timezone.now()
    late = Template("{% load desk_ui %}{% due then %}|{% relative then %}|{% due soon %}")
    text = late.render(Context({"then": now - timedelta(days=3), "soon": now + timedelta(days=2, hours=1)}))
    assert "3 days late" in text
    assert "3 days ago" in text
    assert "in 2 days" in text
