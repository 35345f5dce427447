"""The road of a business from its invitation to money on its cards: every room adds its own steps."""

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import ConnectedAccount


def business_steps(account: ConnectedAccount) -> list[dict]:
    """The first step: Stripe knows the business and lets it have cards."""
    url = reverse("accounts:business-home", args=[account.ref])
    return [{"label": _("Business details"), "done": account.details_are_done, "url": url}]


def steps_for(account: ConnectedAccount) -> list[dict]:
    """Every step with its `state` (done, current, todo); the first one that is not done is the current one.

    A single step is no road, and none is shown.
    """
    steps = []
    for path in import_string(f"{settings.DESK_TABLES}.BUSINESS_STEPS"):
        steps += import_string(path)(account)
    if len(steps) == 1:
        return []
    current = next((step for step in steps if not step["done"]), None)
    return [{**step, "state": _state(step, current)} for step in steps]


def _state(step, current) -> str:
    if step["done"]:
        return "done"
    return "current" if step is current else "todo"
