"""Pages on which the browser hands numbers to Stripe itself."""

from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings

from accounts.details.views import ALLOW_ONBOARDING


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


# Stripe.js runs on the pages that collect numbers and nowhere else.
with_stripe_js = csp_update(
    {
        **ALLOW_ONBOARDING,
        "script-src": [_origin(settings.STRIPE_JS_URL)],
        "frame-src": [_origin(settings.STRIPE_JS_URL)],
        "connect-src": sorted({_origin(settings.STRIPE_JS_URL), _origin(settings.STRIPE_API_BASE)}),
    }
)


def script_context() -> dict[str, str]:
    """What a template needs so that static/js/details.js can make tokens."""
    return {"stripe_js_url": settings.STRIPE_JS_URL, "publishable_key": settings.STRIPE_PUBLISHABLE_KEY}
