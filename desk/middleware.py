"""What happens around every request: its id, its log line, the reader's language, and how long a session lasts."""

import logging
import re
import time
import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from desk import hosts, logs

logger = logging.getLogger("desk.request")
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,40}")
# How often a session's last moment of activity is written down: not with every click.
ACTIVITY_EVERY = 60


class RequestContext:
    """A request id for logs and error pages, and one log line per request: ids, not names."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-Id", "")
        request.id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        token = logs.request_id.set(request.id)
        started = time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = request.id
            if not request.path.startswith(settings.STATIC_URL):
                _log(request, response, started)
        finally:
            logs.request_id.reset(token)
        return response


def _log(request, response, started):
    user = getattr(request, "user", None)
    route = request.resolver_match.view_name if request.resolver_match else "-"
    account = getattr(getattr(request, "account", None), "pk", "-")
    logger.info(
        "%s %s %s user=%s account=%s ms=%d",
        request.method,
        route,
        response.status_code,
        getattr(user, "pk", None) or "-",
        account,
        (time.monotonic() - started) * 1000,
    )


class PersonalLanguage:
    """The language a signed-in person chose, before the browser's; pages of signed-in people are never stored."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated and request.user.language in dict(settings.LANGUAGES):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        response = self.get_response(request)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response


class SeparateHosts:
    """Staff and businesses on hosts of their own, where BUSINESS_SITE_URL names one. Without it nothing is separate."""

    def __init__(self, get_response):
        if not hosts.are_split():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        request.is_for_businesses = hosts.is_business(request)
        if request.is_for_businesses:
            if request.user.is_staff:
                logout(request)
            return _framable(self.get_response(request))
        if request.user.is_authenticated and not request.user.is_staff:
            return _sent_to_businesses(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.is_for_businesses and getattr(view, "platform_only", False):
            raise Http404


def _framable(response):
    """The platform's own product may show these pages inside its own; nobody else may."""
    if settings.EMBED_FRAME_ANCESTORS:
        response.xframe_options_exempt = True
        response._csp_replace = {"frame-ancestors": settings.EMBED_FRAME_ANCESTORS}
    return response


def _sent_to_businesses(request):
    """A person of a business came to the staff's host: their session ends here, and they go on where they belong."""
    logout(request)
    path = request.get_full_path() if request.method in ("GET", "HEAD") and not request.htmx else "/"
    address = hosts.business_site() + path
    return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)


class SessionLimits:
    """Signs people out after a time without activity, and after a time in any case."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            self._keep_or_end(request, now=timezone.now().timestamp())
        return self.get_response(request)

    def _keep_or_end(self, request, *, now: float):
        who = "staff" if request.user.is_staff else "business"
        session = request.session
        began, seen = session.setdefault("began_at", now), session.setdefault("seen_at", now)
        if now - began > settings.SESSION_LONGEST[who]:
            _end(request, _("You were signed out because you had been signed in for a long time."))
        elif now - seen > settings.SESSION_IDLE[who]:
            _end(request, _("You were signed out after a while without activity."))
        elif _is_activity(request) and now - seen > ACTIVITY_EVERY:
            session["seen_at"] = now


def _is_activity(request) -> bool:
    """A page that refreshes itself is nobody's activity; the page says when a person did something."""
    return not request.headers.get("HX-Request") or "X-Activity" in request.headers


def _end(request, why: str):
    logout(request)
    messages.info(request, why)
