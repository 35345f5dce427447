"""HTTP under the Stripe SDK. The only module that imports `stripe`; `client` imports it on the first call.

Importing the SDK costs 120 ms and 26 MB, which a web worker that only serves pages does not pay.
"""

import time

import httpx
import stripe
from django.conf import settings

from stripe_gateway.outcomes import NotSent, Unanswered, judge

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
LARGEST_ANSWER = 16 * 1024 * 1024


class Transport(stripe.HTTPClient):
    """httpx with separate connect and read timeouts, no redirects, no retries, and every answer judged by us."""

    name = "httpx"

    def __init__(self):
        super().__init__()
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS)
        # Idle connections are dropped before the far end drops them: a write on a dead one is an unknown outcome.
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=3.0)
        self._http = httpx.Client(timeout=timeout, limits=limits, follow_redirects=False)

    def request(self, method, url, headers, post_data=None):
        content = post_data.encode() if isinstance(post_data, str) else post_data
        try:
            with self._http.stream(method.upper(), url, headers=headers, content=content) as response:
                body = _read(response, time.monotonic() + READ_SECONDS)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise NotSent(type(error).__name__) from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise Unanswered(type(error).__name__) from error
        judge(response.status_code, response.headers, body, for_account=_acts_for_account(headers))
        return body, response.status_code, response.headers

    def close(self):
        self._http.close()


def _read(response, deadline: float) -> bytes:
    """The whole body. The timeout of the HTTP library is per read; this one bounds a server that drips."""
    parts, size = [], 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER or time.monotonic() > deadline:
            raise Unanswered("The answer was too slow or too large.")
    return b"".join(parts)


def _acts_for_account(headers) -> bool:
    return "Stripe-Account" in headers or "Stripe-Context" in headers


def build_client() -> stripe.StripeClient:
    """A Stripe client for the settings of now. Telemetry off, retries off: both are decided by `operations`."""
    stripe.enable_telemetry = False
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={
            "api": settings.STRIPE_API_BASE,
            "connect": settings.STRIPE_CONNECT_BASE,
            "files": settings.STRIPE_FILES_BASE,
        },
        max_network_retries=0,
        http_client=Transport(),
    )
