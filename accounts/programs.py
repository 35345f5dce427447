"""Card programs a business may be invited to: which exist where, and what follows from the choice."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Program:
    """`capability` is the path below configuration.card_creator.capabilities of an Account v2."""

    capability: str
    name: str
    countries: tuple[str, ...]
    entity_types: tuple[str, ...]


ENTITY_TYPES = ("company", "individual", "non_profit")


def offered() -> list[Program]:
    """Every program of settings.CARD_PROGRAMS, in that order."""
    return [
        Program(
            capability=row["capability"],
            name=row["name"],
            countries=tuple(row["countries"]),
            entity_types=tuple(row.get("entity_types", ENTITY_TYPES)),
        )
        for row in settings.CARD_PROGRAMS
    ]


def named(capability: str) -> str:
    """What people call a program; the path itself for one that is no longer offered."""
    return next((program.name for program in offered() if program.capability == capability), capability)


def countries() -> list[str]:
    """Countries, as ISO codes, in which some program is offered and whose currency is known, in the settings' order."""
    found = {country for program in offered() for country in program.countries}
    return [country for country in settings.ISSUING_COUNTRIES if country in found]


def currency_of(country: str) -> str:
    """Currency of the Issuing balance in a country, lower case as Stripe spells it."""
    return settings.ISSUING_COUNTRIES[country]["currency"]
