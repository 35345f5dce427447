"""Small operations on nested dicts."""

from collections.abc import Iterator
from typing import Any


def merged(kept: dict, given: dict) -> dict:
    """`kept` after an update: hashes merge at every depth, None takes a field away, everything else replaces."""
    result = dict(kept)
    for name, value in given.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = merged(result[name], value)
        else:
            result[name] = merged({}, value) if isinstance(value, dict) else value
    return result


def leaves(tree: dict, leaf: str, path: str = "") -> Iterator[tuple[str, dict]]:
    """(dotted path, hash) of every hash that carries the key `leaf`."""
    for name, value in tree.items():
        if not isinstance(value, dict):
            continue
        here = f"{path}.{name}" if path else name
        if leaf in value:
            yield here, value
        else:
            yield from leaves(value, leaf, here)


def dig(tree: dict, path: str):
    """The value at a dotted path, None when any step is missing."""
    value: Any = tree
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def plant(tree: dict, path: str, value) -> None:
    """Put a value at a dotted path, making the hashes on the way."""
    *steps, last = path.split(".")
    for step in steps:
        tree = tree.setdefault(step, {})
    tree[last] = value


def differences(before: dict, after: dict) -> dict:
    """What `before` had where `after` differs: Stripe's previous_attributes."""
    changed = {}
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        changed[name] = differences(old, new) if isinstance(old, dict) and isinstance(new, dict) else old
    return dict(sorted(changed.items()))
