"""How deadlines, countries and programs look on pages about accounts."""

from django import template
from django.utils import timezone

from accounts import capability_lines, countries, places, programs, words
from accounts.standing import PASSING_REASONS

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
def place(line, account) -> str:
    """The page on which the business answers a line of its requirements; blank where only Stripe's form does."""
    return places.url_for(account, line)


@register.filter
def at_stripe(account) -> str:
    """The account's page in Stripe's dashboard."""
    return words.dashboard_url(account.stripe_id)


@register.simple_tag
def stripe_support() -> str:
    """Where Stripe's support is reached."""
    return words.SUPPORT_URL


@register.simple_tag
def explained_to_business(account) -> list:
    """Its capabilities that are off, with why and what the business itself can do."""
    return [line for line in capability_lines.lines_for(account, to_business=True) if line.explanations]


@register.filter
def why_disabled(account) -> str:
    """Why Stripe has switched an account off; blank while it was never on and only its details are missing."""
    is_starting = account.activated_at is None and account.disabled_reason in PASSING_REASONS
    return "" if is_starting else words.disabled_sentence(account.disabled_reason)


@register.filter
def cell(column: dict, account) -> str:
    """The cell of another room's column for one account."""
    return column["cells"].get(account.pk, "")
