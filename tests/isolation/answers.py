"""What an answer says about who was let in, and what every answer must carry."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from accounts.embedding.connect_js import STYLE_HASH

LOGIN, ENROL, FORBIDDEN, ABSENT, METHOD, OPEN = "login", "enrol", "forbidden", "absent", "method", "open"
_BY_STATUS = {403: FORBIDDEN, 404: ABSENT, 405: METHOD}
# What is new in every answer: tokens against forgery, nonces, the request's id and moment.
_NEW_EVERY_TIME = re.compile(r'nonce="[^"]*"|(?:X-CSRFToken"|csrfmiddlewaretoken"|"csrf")[^>]*|[0-9a-f]{32}')
_SAID_OF_LOGIN = ("account_login", "account_reauthenticate")


def where_to(response) -> str:
    """Path that the answer sends the browser to; empty when it stays."""
    return response.headers.get("Location") or response.headers.get("HX-Redirect") or ""


def outcome(response) -> str:
    """How far the asker came."""
    path = urlsplit(where_to(response)).path
    if path in {reverse(name) for name in _SAID_OF_LOGIN}:
        return LOGIN
    if path == reverse("mfa_index"):
        return ENROL
    return _BY_STATUS.get(response.status_code, OPEN)


def normal(response, *ids: str) -> tuple[int, str]:
    """Status and text, with `ids` and what is new every time taken out: what can be told from the outside."""
    text = response.content.decode(errors="replace")
    for asked in filter(_is_telling, sorted(ids, key=len, reverse=True)):
        text = text.replace(asked, "ID")
    return response.status_code, _NEW_EVERY_TIME.sub("NEW", text)


def _is_telling(asked: str) -> bool:
    """Short numbers stand everywhere."""
    return len(asked) > 5


def everything(response) -> str:
    """Text and headers of an answer, to search."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return f"{headers}\n{response.cookies.output()}\n{response.content.decode(errors='replace')}"


def header_faults(response, *, signed_in: bool) -> list[str]:
    """What is missing from the headers that every page carries."""
    policy = response.headers.get("Content-Security-Policy", "")
    wanted = {
        "no CSP": "default-src 'none'" in policy and "frame-ancestors 'none'" in policy,
        "a lax CSP": "unsafe-inline" not in policy and "unsafe-eval" not in policy,
        "nosniff": response.headers.get("X-Content-Type-Options") == "nosniff",
        "referrer": response.headers.get("Referrer-Policy") in ("same-origin", "no-referrer"),
        "frames": response.headers.get("X-Frame-Options") == "DENY",
        "opener": response.headers.get("Cross-Origin-Opener-Policy") == _opener_policy(policy),
        "request id": bool(response.headers.get("X-Request-Id")),
        "no-store": not signed_in or "no-store" in response.headers.get("Cache-Control", ""),
    }
    return [name for name, is_there in wanted.items() if not is_there]


def _opener_policy(policy: str) -> str:
    """Pages whose script must hear from a window that it opens are those on which Stripe's components may run."""
    parts = urlsplit(settings.STRIPE_CONNECT_JS_URL)
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    runs_connect_js = f"{parts.scheme}://{parts.netloc}" in scripts and STYLE_HASH in policy
    return "unsafe-none" if runs_connect_js else "same-origin"


def leaves_us(response) -> bool:
    """Whether it sends the browser anywhere but to us or to Stripe's onboarding."""
    parts = urlsplit(where_to(response))
    return bool(parts.netloc) and f"{parts.scheme}://{parts.netloc}" not in settings.STRIPE_ONBOARDING_ORIGINS
