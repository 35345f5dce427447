"""Who may open a view. Every route carries exactly one of these marks; a test fails for a route without one."""

from functools import wraps
from urllib.parse import urlsplit

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from desk.addresses import client_ip

__all__ = [
    "client_ip",
    "fresh_sign_in",
    "gate",
    "may_use",
    "needs_second_factor",
    "permission",
    "platform_only",
    "public",
    "recently_authenticated",
    "signed_in",
]


def permission(name: str):
    """Staff holding the permission `app.codename`. Others: sign in first, or a 403 page."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if stop := gate(request):
                return stop
            if not may_use(request.user, name):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_permission = name
        return platform_only(guarded)

    return decorate


def platform_only(view):
    """Answers as absent on a host that is for businesses alone."""
    view.platform_only = True
    return view


def signed_in(view):
    """Anyone who is signed in: their own settings, their own way home."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        return gate(request) or view(request, *args, **kwargs)

    guarded.required_permission = "signed in"
    return guarded


def public(why: str):
    """Open to everybody on purpose; `why` says for what."""

    def decorate(view):
        view.public_because = why
        return view

    return decorate


def fresh_sign_in(view):
    """Ask for the password or second factor again when the last time is more than five minutes ago."""
    guarded = reauthentication_required(view)
    guarded.needs_fresh_sign_in = True
    return guarded


def may_use(user, name: str) -> bool:
    """Whether this person is staff and holds the permission `app.codename`."""
    return user.is_active and user.is_staff and user.has_perm(name)


def recently_authenticated(request) -> bool:
    """Whether the person proved who they are within the last five minutes."""
    return did_recently_reauthenticate(request)


def needs_second_factor(user) -> bool:
    """Whether this is a member of staff who has to enrol a second factor before anything else."""
    return settings.STAFF_MFA_REQUIRED and user.is_authenticated and user.is_staff and not is_mfa_enabled(user)


def gate(request) -> HttpResponse | None:
    """Where this request has to go first, to sign in or to enrol a second factor; None when it may go on.

    A fragment sends the whole page there, not itself.
    """
    if not request.user.is_authenticated:
        if request.method == "POST":
            messages.warning(request, _("You were no longer signed in, so nothing was sent. Sign in and do it again."))
        return _send(request, redirect_to_login(_page_of(request)).url)
    if needs_second_factor(request.user):
        return _send(request, reverse("mfa_index"))
    return None


def _page_of(request) -> str:
    """The page that a person is looking at: where a fragment stands in, or where a form was sent from."""
    if request.htmx:
        return request.htmx.current_url_abs_path or "/"
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(referrer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _send(request, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)
