"""Form bodies and query strings with brackets: `a[b]=1`, `a[0]=x`, `a[]=x` → nested dicts and lists."""

import re
from urllib.parse import parse_qsl

from local_stripe.errors import StripeError

DEEPEST = 20  # levels of nesting; Stripe has none this deep
BRACKETS = re.compile(r"\[([^\[\]]*)\]")


def decode(text: str) -> dict:
    """Decode a urlencoded string. Indexed arrays stay dicts keyed "0", "1"… until the schema says they are arrays."""
    return nest(parse_qsl(text, keep_blank_values=True))


def nest(pairs) -> dict:
    tree: dict = {}
    for key, value in pairs:
        head, brackets = _split(key)
        _place(tree, [head, *brackets], value)
    return tree


def _split(key: str):
    head, bracket, rest = key.partition("[")
    if not bracket:
        return head, []
    parts = BRACKETS.findall(bracket + rest)
    if not head or len(parts) > DEEPEST or "".join(f"[{part}]" for part in parts) != bracket + rest:
        raise StripeError(400, f"Invalid parameter name: {key}", param=key, stored=False)
    return head, parts


def _place(tree: dict, path: list[str], value) -> None:
    node = tree
    for position, part in enumerate(path[:-1]):
        name = _next_index(node, path[position + 1 :]) if part == "" else part
        child = node.setdefault(name, {})
        if not isinstance(child, dict):
            raise StripeError(400, f"Invalid parameter: {path[0]}", param=path[0], stored=False)
        node = child
    last = path[-1]
    node[str(len(node)) if last == "" else last] = value


def _next_index(node: dict, rest: list[str]) -> str:
    """`items[][name]=a&items[][price]=b` fills one element until one of its keys comes again."""
    if not node:
        return "0"
    latest = str(len(node) - 1)
    element = node.get(latest)
    return str(len(node)) if isinstance(element, dict) and rest[0] in element else latest
