"""Where a request came from, believed only as far as our own proxies vouch for it."""

import ipaddress

from django.conf import settings


def client_ip(request) -> str:
    """The visitor's address, normalized; "" when there is none that can be trusted.

    Each of our TRUSTED_PROXIES appended one entry to X-Forwarded-For, so the visitor's is that many from the right.
    What stands further left was written by the visitor and is never believed.
    """
    candidate = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= settings.TRUSTED_PROXIES:
            candidate = hops[-settings.TRUSTED_PROXIES]
    try:
        return str(ipaddress.ip_address(candidate))
    except ValueError:
        return ""
