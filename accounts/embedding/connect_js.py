"""Pages on which Stripe's components may run: what their script is told, and the few origins opened for it there."""

import uuid
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from accounts.embedding.sessions import is_offered
from accounts.models import ConnectedAccount

# Of the one style element that Connect.js writes itself.
STYLE_HASH = "'sha256-0hAheEzaMe6uXIKV4EehS9pu1am1lj/KnnzrOYqckXk='"
# Stripe's names of our languages. English and Spanish differ by where the business is.
LOCALES = {"en": "en-US", "fr": "fr-FR", "es": "es-ES"}
BRITISH = ("GB", "IE")


def policy() -> dict[str, list[str]]:
    """What a page must allow beside its own: nothing without a publishable key."""
    if not settings.STRIPE_PUBLISHABLE_KEY:
        return {}
    origins = sorted({_origin(settings.STRIPE_CONNECT_JS_URL), _origin(settings.STRIPE_JS_URL)})
    allowed = {"script-src": origins, "frame-src": origins, "connect-src": origins, "style-src": [STYLE_HASH]}
    if any(urlsplit(origin).hostname.endswith(".stripe.com") for origin in origins):
        allowed["img-src"] = ["https://*.stripe.com"]
    return allowed


def admitted(more: dict[str, list[str]]) -> Callable:
    """Lets Connect.js run on a view's page, beside `more` of the page's own. Others are as closed as ever."""

    def decorate(view):
        @wraps(view)
        def opened(request, *args, **kwargs):
            allowed = policy()
            response = csp_update(allowed | more)(view)(request, *args, **kwargs)
            if allowed:
                # Stripe signs people in through a window of its own, which must be able to answer.
                response["Cross-Origin-Opener-Policy"] = "unsafe-none"
            return response

        return opened

    return decorate


def facts(account: ConnectedAccount) -> dict[str, str] | None:
    """What the script of a page has to know about this account; None where there is nothing to show."""
    if not is_offered(account):
        return None
    return {
        "url": settings.STRIPE_CONNECT_JS_URL,
        "key": settings.STRIPE_PUBLISHABLE_KEY,
        "session": reverse("accounts:embedded-session", args=[account.ref]),
        "locale": locale_of(account, translation.get_language()),
        "collects": settings.ONBOARDING_COLLECTS,
        "visit": str(uuid.uuid4()),
    }


def locale_of(account: ConnectedAccount, language: str) -> str:
    """The locale that Connect.js is asked for."""
    if language == "en" and account.country in BRITISH:
        return f"en-{account.country}"
    return LOCALES.get(language, LOCALES["en"])


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
