"""Deny by default: a route that does not say who may open it fails here."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

# Views of the sign-in library, which guards them itself. Each is listed by name, so a new one has to be looked at.
SIGN_IN_LIBRARY = {
    "account_login",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
    "mfa_login_webauthn",
}
PUBLIC = {
    "desk:healthz",
    "desk:readyz",
    "desk:theme",
    "desk:language",
    "account_logout",
    "accounts:invitation",
    "accounts:invitation-accept",
    "accounts:oauth-return",
    "embed:entry",
    "embed:entry-link-create",
}


def routes(resolver=None, namespace=""):
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from routes(entry, inner)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry.callback


def declaration(view) -> str:
    return getattr(view, "required_permission", "") or getattr(view, "public_because", "")


def test_every_route_says_who_may_open_it():
    silent = [name for name, view in routes() if name not in SIGN_IN_LIBRARY and not declaration(view)]
    assert silent == []


def test_a_route_without_a_declaration_would_be_found():
    def view(request):
        """Says nothing about who may open it."""

    assert declaration(view) == ""


def test_only_known_routes_are_open_to_everybody():
    webhooks = {name for name, _view in routes() if "webhook" in name}
    opened = {name for name, view in routes() if getattr(view, "public_because", "")}
    assert opened - webhooks == PUBLIC


@pytest.mark.django_db
def test_anonymous_visitors_are_sent_to_sign_in(client):
    guarded = ["/", "/search/", "/preferences/", "/audit-trail/", "/team/", "/team/invite/", "/team/1/role/"]
    for path in guarded:
        response = client.get(path)
        assert (response.status_code, response.url.split("?")[0]) == (302, "/account/login/"), path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("/audit-trail/", {"approver", "admin"}),
        ("/team/", {"admin"}),
        ("/team/invite/", {"admin"}),
        ("/search/", {"viewer", "operator", "approver", "admin"}),
    ],
)
def test_pages_open_to_the_roles_that_hold_them(staff, path, roles):
    allowed = {role for role in ("viewer", "operator", "approver", "admin") if staff(role).get(path).status_code == 200}
    assert allowed == roles
