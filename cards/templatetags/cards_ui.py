"""How facts about cards are shown."""

from django import template

from cards import programs
from cards.models import Program

register = template.Library()


@register.filter
def program_name(program: Program) -> str:
    """What people call a program of an account; its id at Stripe while nobody has named it."""
    return programs.Offer(program.platform_program, program.capability).name
