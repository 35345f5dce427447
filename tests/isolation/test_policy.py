"""The table of routes is whole, and says of each what its view declares."""

import pytest

from tests.isolation import policy

ROUTES = policy.load()


def declared(view) -> str:
    if permission := getattr(view, "required_permission", ""):
        return permission
    return "public" if getattr(view, "public_because", "") else ""


def test_every_route_stands_in_the_table_and_nothing_else_does():
    assert sorted(address.name for address in policy.resolved()) == sorted(ROUTES)


@pytest.mark.parametrize("address", list(policy.resolved()), ids=lambda address: address.name)
def test_the_table_says_what_the_view_declares(address):
    route = ROUTES[address.name]
    assert route.who == (declared(address.view) or (route.library and route.who))
    assert set(route.objects) == address.parameters


def test_no_permission_passes_nobody_at_all():
    by_permission = [route for route in ROUTES.values() if "." in route.who]
    assert by_permission
    assert [route.name for route in by_permission if {route.staff, route.business} == {policy.NOBODY}] == []


def test_what_is_public_is_short_and_known():
    assert {route.name for route in ROUTES.values() if route.who == "public" and not route.library} == {
        "desk:theme",
        "desk:language",
        "desk:healthz",
        "desk:readyz",
        "accounts:invitation",
        "accounts:invitation-accept",
        "accounts:oauth-return",
        "embed:entry",
        "embed:entry-link-create",
        "stripe_webhooks:platform",
        "stripe_webhooks:connect",
        "stripe_webhooks:platform-thin",
        "stripe_webhooks:connect-thin",
    }


@pytest.mark.django_db
def test_roles_hold_the_permissions_of_the_table_and_no_others(staff):
    for role in policy.STAFF_ROLES:
        user = staff(role).user
        expected = {route.who for route in ROUTES.values() if "." in route.who and route.lets_staff(role)}
        asked = {route.who for route in ROUTES.values() if "." in route.who and route.staff != policy.NOBODY}
        assert {permission for permission in asked if user.has_perm(permission)} == expected, role
