"""The registry of routes. Importing `local_stripe.resources.all` fills it."""

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Route:
    """`publishable` routes may be called with a publishable key; all others need a secret one."""

    method: str
    template: str
    pattern: re.Pattern
    handler: Callable
    publishable: bool = False

    @property
    def api(self) -> str:
        return "v2" if self.template.startswith("/v2/") else "v1"

    @property
    def is_oauth(self) -> bool:
        """OAuth answers errors in a form of its own, and knows no idempotency keys."""
        return self.template.startswith("/oauth/")


ROUTES: dict[tuple[str, int], list[Route]] = {}


def route(method: str, template: str, *, publishable: bool = False):
    """Register a handler `f(call) -> dict`. Parameters are checked against the types for (method, template)."""
    pattern = re.compile("^" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template) + "$")

    def register(handler):
        routes = ROUTES.setdefault((method, template.count("/")), [])
        routes.append(Route(method, template, pattern, handler, publishable))
        routes.sort(key=lambda known: known.template.count("{"))  # /v1/tokens/new before /v1/tokens/{id}
        return handler

    return register


def match(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for known in ROUTES.get((method, path.count("/")), ()):
        found = known.pattern.match(path)
        if found:
            return known, found.groupdict()
    return None
