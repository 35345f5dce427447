"""How deadlines, countries and programs look on pages about accounts."""

from django import template
from django.utils import timezone

from accounts import countries, programs

register = template.Library()


@register.filter
def is_past(deadline) -> bool:
    """Whether a moment has gone by."""
    return deadline < timezone.now()


@register.filter
def country(code: str) -> str:
    """`US` → `United States`."""
    return countries.country_name(code)


@register.filter
def program(capability: str) -> str:
    """What people call a card program."""
    return programs.named(capability)


@register.filter
def cell(column: dict, account) -> str:
    """The cell of another room's column for one account."""
    return column["cells"].get(account.pk, "")
