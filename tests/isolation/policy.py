"""The policy table of all routes, and the routes as the resolver knows them."""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.urls import URLResolver, get_resolver

TABLE = Path(__file__).with_name("routes.toml")
# From the least to the most: each may do whatever the ones before it may.
STAFF_ROLES = ("viewer", "operator", "approver", "admin")
MEMBER_ROLES = ("viewer", "finance", "owner")
NOBODY = "nobody"


@dataclass(frozen=True)
class Route:
    """One line of the table; its head explains the fields."""

    name: str
    who: str
    methods: tuple[str, ...]
    staff: str = NOBODY
    business: str = NOBODY
    objects: dict[str, str] = field(default_factory=dict)
    library: bool = False
    get_writes: tuple[str, ...] = ()
    keeps_refusals: bool = False
    needs_state: bool = False
    keyed: bool = False

    @property
    def has_account(self) -> bool:
        return "account" in self.objects.values()

    @property
    def is_webhook(self) -> bool:
        return self.name.startswith("stripe_webhooks:")

    def lets_staff(self, role: str) -> bool:
        """Whether this role of staff passes."""
        return _passes(role, self.staff, STAFF_ROLES)

    def lets_member(self, role: str) -> bool:
        """Whether this membership passes, for the member's own account."""
        return _passes(role, self.business, MEMBER_ROLES)


def _passes(role: str, least: str, roles: tuple[str, ...]) -> bool:
    return role in roles and least in roles and roles.index(role) >= roles.index(least)


def load() -> dict[str, Route]:
    """The table, by name of route."""
    lines = tomllib.loads(TABLE.read_text())
    return {name: Route(name, **_frozen(line)) for name, line in lines.items()}


def _frozen(line: dict) -> dict:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in line.items()}


@dataclass(frozen=True)
class Address:
    """A route as the resolver knows it: its view, and the names of the parameters in its path."""

    name: str
    view: Callable
    parameters: frozenset[str]


def resolved(resolver=None, namespace="", parameters=frozenset()) -> Iterator[Address]:
    """Every route that the portal answers."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = parameters | set(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from resolved(entry, inner, here)
        else:
            yield Address(f"{namespace}{entry.name}", entry.callback, here)
