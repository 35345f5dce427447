"""What this process refuses to start with: combinations that could show or move real money by mistake."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError

PLACEHOLDERS = ("changeme", "change-me", "secret", "placeholder", "xxx", "todo", "your-")
# A key that lets in whomever it names has to be beyond guessing.
EMBED_KEY_LENGTH = 32
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class UnsafeStart(SystemExit):
    """Ends the process with a sentence, instead of a traceback that hides it."""


def refuse_unsafe_start() -> None:
    """Called by every long-lived process before it serves. Raises UnsafeStart, naming each reason."""
    reasons = [*setting_faults(), *demo_faults()]
    if reasons:
        raise UnsafeStart("Refusing to start. " + " ".join(reasons))


def setting_faults() -> Iterator[str]:
    """Faults that can be told from settings alone."""
    if not settings.FIELD_ENCRYPTION_KEYS:
        yield "FIELD_ENCRYPTION_KEYS is blank: bank sources and second factors could not be encrypted."
    if not settings.STRIPE_SECRET_KEY:
        yield "STRIPE_SECRET_KEY is blank: nothing could be asked of Stripe."
    if settings.STRIPE_LIVE and not any(any(secrets) for secrets in settings.STRIPE_WEBHOOK_SECRETS.values()):
        yield "Every STRIPE_WEBHOOK_SECRET is blank beside a live Stripe key: no event could get in."
    if settings.STRIPE_PUBLISHABLE_KEY.startswith("pk_live_") != settings.STRIPE_LIVE:
        yield "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are of different modes, one live and one test."
    if settings.STRIPE_LIVE and _is_stripe_local():
        yield "A live Stripe key is set beside a local STRIPE_API_BASE."
    if settings.DEMO and not _is_stripe_local():
        yield "DEMO is on without local Stripe: demo logins have a published password."
    yield from _embedding_faults()
    for name in ("SECRET_KEY", "STRIPE_SECRET_KEY"):
        value = getattr(settings, name).lower()
        if settings.STRIPE_LIVE and any(word in value for word in PLACEHOLDERS):
            yield f"{name} is a placeholder."


def _embedding_faults() -> Iterator[str]:
    """What could let pages of staff into somebody's frame, or somebody in by a guessed key."""
    ours, theirs = urlsplit(settings.SITE_URL), urlsplit(settings.BUSINESS_SITE_URL)
    if settings.BUSINESS_SITE_URL and (not _is_origin(settings.BUSINESS_SITE_URL) or theirs.scheme != ours.scheme):
        yield "BUSINESS_SITE_URL must be a scheme and a host, and the scheme that of SITE_URL."
    if settings.BUSINESS_SITE_URL and theirs.hostname == ours.hostname:
        yield "BUSINESS_SITE_URL must have a name of its own: sessions do not tell ports apart."
    if settings.EMBED_FRAME_ANCESTORS and not settings.BUSINESS_SITE_URL:
        yield "EMBED_FRAME_ANCESTORS needs a BUSINESS_SITE_URL: pages of staff are never framed."
    if not all(_is_origin(origin) for origin in settings.EMBED_FRAME_ANCESTORS):
        yield "EMBED_FRAME_ANCESTORS must be origins, such as https://app.example.com, without wildcards."
    if any(key and len(key) < EMBED_KEY_LENGTH for key in settings.EMBED_API_KEYS):
        yield f"A key in EMBED_API_KEYS has fewer than {EMBED_KEY_LENGTH} characters."


def _is_origin(url: str) -> bool:
    parts = urlsplit(url)
    is_bare = url == f"{parts.scheme}://{parts.netloc}" and "@" not in parts.netloc and "*" not in parts.netloc
    return is_bare and parts.scheme in ("http", "https") and bool(parts.hostname)


def demo_faults() -> Iterator[str]:
    """Demo logins in the database of anything but local Stripe."""
    if _is_stripe_local() and not settings.STRIPE_LIVE:
        return
    try:
        found = get_user_model().objects.filter(is_demo=True, is_active=True).exists()
    except DatabaseError:
        # No tables yet: then there are no logins either. The process that migrates starts before them.
        return
    if found:
        yield "The database holds demo logins, whose password is published."


def _is_stripe_local() -> bool:
    return urlsplit(settings.STRIPE_API_BASE).hostname in LOOPBACK
