import re

import pytest
from django.contrib.auth.models import Permission
from django.core import mail

from desk import roles, team
from desk.models import AuditEntry, User
from tests.factories.desk import StaffFactory

pytestmark = pytest.mark.django_db


def test_roles_grow_and_every_permission_in_the_table_exists():
    roles.sync()
    held = {name: set(StaffFactory(role=name).get_all_permissions()) for name in roles.GRANTS}
    assert held["viewer"] < held["operator"] < held["approver"] < held["admin"]
    assert not {name for name in held["viewer"] if ".view_" not in name}
    named = set().union(*roles.GRANTS.values())
    existing = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    assert named <= existing


def test_writing_the_roles_again_changes_nothing():
    roles.sync()
    before = set(StaffFactory(role="operator").get_all_permissions())
    roles.sync()
    assert set(StaffFactory(role="operator").get_all_permissions()) == before


def test_an_invited_colleague_sets_a_password_and_signs_in(staff, client):
    response = staff("admin").post(
        "/team/invite/", {"full_name": "Noor Aziz", "email": "Noor@Platform.test", "role": "operator"}
    )
    assert response.status_code == 302
    link = re.search(r"http://[^/]+(/account/password/reset/key/\S+)", mail.outbox[-1].body)[1]
    form = client.get(link, follow=True)
    new = "seven brown foxes jump"
    done = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True)
    assert b"Your password is set" in done.content
    assert client.post("/account/login/", {"login": "noor@platform.test", "password": new}).status_code == 302
    assert roles.role_of(User.objects.get(email="noor@platform.test")) == "operator"
    assert AuditEntry.objects.get(verb="staff.invited").details == {"role": "operator"}


def test_an_address_is_invited_once(staff):
    client = staff("admin")
    response = client.post("/team/invite/", {"full_name": "X", "email": client.user.email.upper(), "role": "viewer"})
    assert response.status_code == 422
    assert b"is here already" in response.content


def test_a_role_is_changed_with_a_reason(staff):
    client, colleague = staff("admin"), StaffFactory(role="viewer")
    path = f"/team/{colleague.pk}/role/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"role": "operator", "reason": ""}).status_code == 422
    assert client.post(path, {"role": "operator", "reason": "Moves to funding"}).status_code == 302
    assert roles.role_of(User.objects.get(pk=colleague.pk)) == "operator"
    entry = AuditEntry.objects.get(verb="staff.role_changed")
    assert (entry.details, entry.reason) == ({"from": "viewer", "to": "operator"}, "Moves to funding")


def test_access_ends_and_comes_back(staff):
    client, colleague = staff("admin"), StaffFactory(role="operator")
    path = f"/team/{colleague.pk}/access/"
    assert b"End access" in client.get(path).content
    assert b'name="active" value="False"' in client.get(path).content
    client.post(path, {"reason": "Left the company", "active": "False"})
    assert not User.objects.get(pk=colleague.pk).is_active
    assert b'name="active" value="True"' in client.get(path).content
    client.post(path, {"reason": "Came back", "active": "True"})
    assert User.objects.get(pk=colleague.pk).is_active
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["staff.disabled", "staff.restored"]


def test_ending_access_that_a_colleague_has_ended_meanwhile_does_not_give_it_back(staff):
    client, colleague = staff("admin"), StaffFactory(role="operator")
    path = f"/team/{colleague.pk}/access/"
    for _page_that_was_open in range(2):
        client.post(path, {"reason": "Left the company", "active": "False"})
    assert not User.objects.get(pk=colleague.pk).is_active
    assert AuditEntry.objects.get().verb == "staff.disabled"


def test_nobody_changes_their_own_record(staff):
    client = staff("admin")
    for verb in ("role", "access"):
        assert client.post(f"/team/{client.user.pk}/{verb}/", {"role": "admin", "reason": "x"}).status_code == 404
    with pytest.raises(team.OwnRecord):
        team.set_active(client.user, active=False, reason="x", by=client.user, request=None)


def test_people_of_businesses_are_no_colleagues(staff, django_user_model):
    person = django_user_model.objects.create_user("owner@business.test")
    assert staff("admin").get(f"/team/{person.pk}/role/").status_code == 404


def test_list_shows_role_and_factor(staff):
    client = staff("admin")
    StaffFactory(role="viewer", full_name="Vic Lund")
    page = client.get("/team/").content.decode()
    assert "Vic Lund" in page
    assert "Not set up" in page
