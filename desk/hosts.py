"""The name of staff and the name on which businesses have their pages; without BUSINESS_SITE_URL one is both."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port


def are_split() -> bool:
    """Whether businesses have a host of their own."""
    return bool(settings.BUSINESS_SITE_URL)


def business_site() -> str:
    """Scheme and host under which businesses find their pages, for links that leave the portal."""
    return settings.BUSINESS_SITE_URL or settings.SITE_URL


def is_business(request) -> bool:
    """Whether the request came to the host that only businesses use."""
    if not are_split():
        return False
    name, _port = split_domain_port(request.get_host())
    return name == urlsplit(settings.BUSINESS_SITE_URL).hostname
