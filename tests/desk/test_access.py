import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from desk import access
from tests.factories.desk import StaffFactory, UserFactory

pytestmark = pytest.mark.django_db


@access.permission("desk.view_auditentry")
def guarded(request):
    return HttpResponse("in")


def request_of(user, **headers):
    request = RequestFactory().get("/audit-trail/", headers=headers)
    request.user = user
    request.htmx = HtmxDetails(request)
    return request


def test_staff_with_the_permission_get_in():
    assert guarded(request_of(StaffFactory(role="approver"))).content == b"in"


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_staff_without_it_are_refused(role):
    with pytest.raises(PermissionDenied):
        guarded(request_of(StaffFactory(role=role)))


def test_a_person_of_a_business_is_refused_even_with_the_group():
    person = UserFactory()
    person.groups.set(StaffFactory(role="admin").groups.all())
    with pytest.raises(PermissionDenied):
        guarded(request_of(person))


def test_somebody_whose_access_ended_is_refused():
    with pytest.raises(PermissionDenied):
        guarded(request_of(StaffFactory(role="admin", is_active=False)))


def test_a_visitor_signs_in_and_comes_back():
    assert guarded(request_of(AnonymousUser())).url == "/account/login/?next=/audit-trail/"


def test_a_fragment_sends_the_whole_page_to_sign_in():
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/accounts/?status=active"}
    response = guarded(request_of(AnonymousUser(), **headers))
    assert response.headers["HX-Redirect"] == "/account/login/?next=/accounts/%3Fstatus%3Dactive"


def test_staff_without_a_second_factor_enrol_first(settings):
    settings.STAFF_MFA_REQUIRED = True
    assert guarded(request_of(StaffFactory(role="admin"))).url == "/account/2fa/"


def test_people_of_businesses_may_go_without(settings):
    settings.STAFF_MFA_REQUIRED = True
    assert access.gate(request_of(UserFactory())) is None


def test_a_mark_says_what_it_needs():
    assert guarded.required_permission == "desk.view_auditentry"
    assert access.public("why")(lambda request: None).public_because == "why"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.2.3.4", "10.0.0.1"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.9.9.9", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
        (1, "<script>", ""),
        (1, "2001:DB8::0001", "2001:db8::1"),
    ],
)
def test_address_is_believed_as_far_as_our_proxies_go(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")
    assert access.client_ip(request) == address


def test_a_long_ago_sign_in_has_to_be_repeated(staff):
    client = staff("admin")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1, "reauthenticated": True}]
    session.save()
    response = client.get("/team/invite/")
    assert (response.status_code, response.url.split("?")[0]) == (302, "/account/reauthenticate/")


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://testserver/team/?x=1", "/team/%3Fx%3D1"),
        ("https://evil.test/team/", "/"),
        ("", "/"),
    ],
)
def test_a_form_of_a_lost_session_leads_back_to_its_page(client, referrer, back):
    response = client.post("/team/invite/", {"email": "x@y.test"}, headers={"Referer": referrer})
    assert response.url == f"/account/login/?next={back}"
    assert "nothing was sent" in client.get(response.url).content.decode()
