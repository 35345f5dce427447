"""Planted bugs: each is a well-known way to get this wrong, patched into a child, and must turn a harness red.

A mutant is a function that patches the product in the process it is called in, which ends soon after.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import uuid
from collections.abc import Callable

MUTANTS: dict[str, Callable[[], None]] = {"": lambda: None}


def mutant(function: Callable[[], None]) -> Callable[[], None]:
    MUTANTS[function.__name__] = function
    return function


def _replace(module_name: str, function_name: str, new: Callable) -> None:
    """Put `new` in the function's place, wherever it has been imported to."""
    old = getattr(importlib.import_module(module_name), function_name)
    for module in list(sys.modules.values()):
        if getattr(module, function_name, None) is old:
            setattr(module, function_name, new)


def _rewrite(module_name: str, function_name: str, old: str, new: str) -> None:
    """Compile one function of a module again with `old` replaced by `new`; `old` must stand in it."""
    module = importlib.import_module(module_name)
    source = inspect.getsource(getattr(module, function_name))
    if old not in source:
        raise LookupError(f"{module_name}.{function_name} has no {old!r} any more: bring the mutant up to date")
    namespace = dict(vars(module))
    exec(compile(source.replace(old, new), str(module.__file__), "exec"), namespace)
    _replace(module_name, function_name, namespace[function_name])


def _reload_urls() -> None:
    """Let the URLconf name functions that were compiled again."""
    from django.urls import clear_url_caches

    for name in ("stripe_gateway.webhook_urls", "config.urls"):
        if name in sys.modules:
            importlib.reload(sys.modules[name])
    clear_url_caches()


@mutant
def random_key_per_call() -> None:
    """As an SDK does by itself: a new idempotency key for every try."""
    from stripe_gateway import client

    send = client.send

    def mutated(operation, **options):
        operation.key = uuid.uuid4().hex
        return send(operation, **options)

    client.send = mutated


@mutant
def accepted_before_the_call() -> None:
    """Mark it done, then do it."""
    from stripe_gateway import client
    from stripe_gateway.models import StripeOperation

    send = client.send

    def mutated(operation, **options):
        done = {"state": StripeOperation.State.ACCEPTED, "next_try_at": None}
        StripeOperation.objects.filter(pk=operation.pk).update(**done)
        return send(operation, **options)

    client.send = mutated


@mutant
def any_error_is_final() -> None:
    """Whatever Stripe or the network says is taken for a refusal."""
    from stripe_gateway import records

    records.unknown = records.not_executed = lambda operation, problem, now, **_: records.refused(
        operation, problem, now
    )


@mutant
def call_inside_a_transaction() -> None:
    """One transaction around claim, call and record."""
    from django.db import transaction

    from stripe_gateway import operations

    perform = operations.perform

    def mutated(*args, **options):
        with transaction.atomic():
            return perform(*args, **options)

    operations.perform = mutated


@mutant
def no_fence() -> None:
    """Write the outcome down whoever holds the claim by now."""
    from stripe_gateway.models import StripeOperationQuerySet

    def mutated(self, operation, **changes):
        for name, value in changes.items():
            setattr(operation, name, value)
        return self.filter(pk=operation.pk).update(**changes) == 1

    StripeOperationQuerySet.move = mutated


@mutant
def resend_after_a_day() -> None:
    """Use a key for ever, though Stripe forgets it after 24 hours."""
    from stripe_gateway import schedule

    schedule.is_key_usable = lambda operation, now: True


@mutant
def no_restore_hold() -> None:
    """Send what a restored backup takes for unsent."""
    from stripe_gateway import schedule

    schedule.predates_restore = lambda operation: False


@mutant
def new_key_after_500() -> None:
    """Take a 500 for a no, and ask again under another key."""
    from stripe_gateway import records
    from stripe_gateway.outcomes import ServerError

    again = records._again

    def mutated(operation, state, problem, due_at, **changes):
        if isinstance(problem, ServerError):
            changes |= {"key": f"{operation.key}:again", "server_errors": 0}
        return again(operation, state, problem, due_at, **changes)

    records._again = mutated


@mutant
def caps_without_a_lock() -> None:
    """Read the day's sum, compare, write: without taking turns."""
    from accounts.models import ConnectedAccountQuerySet

    ConnectedAccountQuerySet.select_for_update = lambda self, **options: self


@mutant
def other_values_on_retry() -> None:
    """A second try of a verification guesses other amounts."""
    from stripe_gateway import client

    send = client.send

    def mutated(operation, **options):
        if operation.attempts > 1 and "values" in (operation.sealed or {}):
            operation.sealed["values"] = [value + 1 for value in operation.sealed["values"]]
        return send(operation, **options)

    client.send = mutated


@mutant
def acknowledged_before_commit() -> None:
    """Answer 200 first and store the event later, in memory till then."""
    from stripe_gateway import inbox

    inbox.keep = lambda endpoint, text, **options: True


@mutant
def seen_events_in_the_cache() -> None:
    """Remember in the cache which events have come, and store those it has not seen."""
    from django.core.cache import cache

    from stripe_gateway import inbox

    keep = inbox.keep

    def mutated(endpoint, text, **options):
        return cache.add(f"event:{hash(text)}", 1) and keep(endpoint, text, **options)

    inbox.keep = mutated


@mutant
def no_livemode_check() -> None:
    """Believe live events in a test deployment."""
    _rewrite("stripe_gateway.inbox", "keep", "facts.livemode == settings.STRIPE_LIVE", "True")


@mutant
def blank_secret_accepted() -> None:
    """An endpoint without a secret takes what anybody signs with nothing."""
    _rewrite("stripe_gateway.webhooks", "receive", "if secret]", "]")
    _reload_urls()


@mutant
def any_age_of_signature() -> None:
    """A signature is good for ever, and before its time."""
    _rewrite("stripe_gateway.signatures", "is_signed", "> TOLERANCE_SECONDS", "> 10**12")


@mutant
def no_tenant_filter() -> None:
    """Whoever is signed in may look at every business."""
    from accounts.models import ConnectedAccountQuerySet

    ConnectedAccountQuerySet.for_user = lambda self, user: self.all()


@mutant
def forwarded_for_is_believed() -> None:
    """The client's address is whatever the client says."""

    def mutated(request):
        told = request.META.get("HTTP_X_FORWARDED_FOR", "")
        return told.split(",")[0].strip() or request.META["REMOTE_ADDR"]

    _replace("desk.addresses", "client_ip", mutated)
