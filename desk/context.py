"""What every page's frame shows."""

from django.conf import settings
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from desk import access, work

THEMES = ("light", "dark")
# The count beside "Work queue" may be this many seconds old; the queue itself is always fresh.
COUNT_LASTS = 30


def shell(request):
    """Theme, mode tag, navigation and the person's businesses, each worked out only where a template asks."""
    theme = request.COOKIES.get("theme", "")
    user = getattr(request, "user", None)
    return {
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "theme": theme if theme in THEMES else "",
        "shortcuts_on": request.COOKIES.get("shortcuts") != "off",
        "live": settings.STRIPE_LIVE,
        "platform_name": settings.PLATFORM_NAME,
        "support_email": settings.SUPPORT_EMAIL,
        "request_id": getattr(request, "id", ""),
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "businesses": SimpleLazyObject(lambda: businesses(user)),
        "must_enrol": SimpleLazyObject(lambda: bool(user) and access.needs_second_factor(user)),
        "shell": "base.html" if user and user.is_staff else "base_business.html",
    }


def navigation(request) -> list[dict]:
    """The sections of the sidebar that this person may open."""
    view_name = request.resolver_match.view_name if request.resolver_match else ""
    sections = []
    for heading, entries in work.tables().NAVIGATION:
        links = [
            {
                "label": label,
                "icon": icon,
                "key": key,
                "url": reverse(url_name),
                "current": view_name.startswith(prefix),
                "count": work_count(request.user) if url_name == "desk:home" else 0,
            }
            for label, icon, url_name, prefix, needed, key in entries
            if not needed or access.may_use(request.user, needed)
        ]
        if links:
            sections.append({"heading": heading, "links": links})
    return sections


def work_count(user) -> int:
    """How many things need this person, at most half a minute old."""
    name = f"work-count:{user.pk}"
    return caches["figures"].get_or_set(name, lambda: len(work.items(user, timezone.now())), COUNT_LASTS)


def businesses(user) -> list[dict]:
    """The businesses this person acts for, first joined first."""
    if not user or not user.is_authenticated or user.is_staff:
        return []
    memberships = user.memberships.filter(ended_at=None).select_related("account").order_by("since", "pk")
    return [
        {"name": each.account.name, "url": reverse("accounts:business-home", args=[each.account.ref])}
        for each in memberships
    ]
