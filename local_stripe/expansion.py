"""`expand`: ids in a v1 response replaced by the objects they name."""

from collections.abc import Callable

from local_stripe import errors
from local_stripe.context import Call
from local_stripe.ids import KIND_OF_PREFIX
from local_stripe.store import PLATFORM

DEEPEST = 4
# Kinds whose stored form is not what goes over the wire bring their own rendering.
RENDERERS: dict[str, Callable[[Call, dict], dict]] = {}


def expand(call: Call, result: dict, paths: list[str]) -> dict:
    """Raises StripeError (400) for a property that cannot be expanded or is not there."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise errors.invalid(f"You cannot expand more than {DEEPEST} levels of a property.", param="expand")
        result = _expand(call, result, steps, path)
    return result


def _expand(call: Call, node, steps: list[str], path: str):
    if isinstance(node, list):
        return [_expand(call, item, steps, path) for item in node]
    if not steps:
        return _object(call, node, path) if isinstance(node, str) else node
    if isinstance(node, str):
        node = _object(call, node, path)
    if node is None:
        return None
    if steps[0] not in node:
        raise _refused(path)
    inner = node[steps[0]]
    if len(steps) == 1 and not isinstance(inner, str | dict | type(None)):
        raise _refused(path)
    return {**node, steps[0]: None if inner is None else _expand(call, inner, steps[1:], path)}


def _object(call: Call, id: str, path: str) -> dict:
    kind = KIND_OF_PREFIX.get(id.partition("_")[0])
    if kind is None:
        raise _refused(path)
    obj = call.db.get(PLATFORM if kind == "account" else call.scope, kind, id)
    if obj is None:
        raise _refused(path)
    return RENDERERS[kind](call, obj) if kind in RENDERERS else obj


def _refused(path: str):
    return errors.invalid(f"This property cannot be expanded ({path}).", param="expand")
