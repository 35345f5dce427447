"""What the rooms tell the gateway about each kind of write: how to record it, how to find out whether it happened."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string


class NotNow(Exception):
    """Raised by a check: a precondition does not hold at this moment; hold the operation and ask again later."""


class Withdrawn(Exception):
    """Raised by a check: it must not be sent any more. Carries the sentence people read."""


class Undecided(Exception):
    """Raised by `find`: what can be read at Stripe proves neither that it happened nor that it did not."""


@dataclass(frozen=True)
class OperationKind:
    """One kind of write to Stripe, registered in config/stripe_operations.py.

    `apply(operation, obj)` records Stripe's object on the domain row, inside the recording transaction; it only moves
    forward, because news may have come first by an event. `refuse(operation)` records the refusal; the error stands on
    the operation. `find(operation)` reads at Stripe: the object when it happened, None when it certainly did not,
    Undecided when nobody can tell. `check(operation)` looks at the preconditions once more before it is sent.
    """

    name: str
    method: str
    family: str
    apply: Callable
    refuse: Callable
    find: Callable
    check: Callable | None = None
    # What staff call it, as a short imperative in their language (lazy).
    label: str = ""
    # False: Stripe has no list that would show it, so an unknown outcome can only be settled by asking again.
    lists: bool = True
    # Names of what is kept sealed and wiped once the outcome is final: parameters, or `{names}` in the path.
    sealed: tuple[str, ...] = ()
    # Whether the id of what it makes is kept encrypted by its room; the operation then keeps its blind index alone.
    hides_id: bool = False
    # Whether Stripe takes metadata at the top level; then the operation's id is added to it.
    metadata: bool = True


@lru_cache(maxsize=64)
def _load(table_path: str, name: str) -> OperationKind:
    return import_string(import_string(table_path)[name])


def named(name: str) -> OperationKind:
    """The kind of that name. Raises KeyError when it is not registered."""
    return _load(settings.STRIPE_OPERATIONS, name)


def names() -> list[str]:
    """Every registered name."""
    return list(import_string(settings.STRIPE_OPERATIONS))
