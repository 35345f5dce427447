"""Lists as each API pages them: v1 by object id with has_more, v2 by an opaque token with next and previous URLs."""

import base64
import json
from collections.abc import Callable
from itertools import islice
from urllib.parse import urlencode

from local_stripe import errors
from local_stripe.context import Call

DEFAULT_LIMIT, LARGEST_LIMIT = 10, 100


def page(
    call: Call,
    kind: str,
    *,
    where: Callable[[dict], bool] | None = None,
    render: Callable[[dict], dict] = lambda obj: obj,
    scope: str | None = None,
) -> dict:
    """A v1 list of `kind` in the call's scope, newest first, obeying limit, starting_after and ending_before."""
    scope = scope or call.scope
    limit = _limit(call)
    backwards = "ending_before" in call.params
    if backwards and "starting_after" in call.params:
        raise errors.invalid("You cannot pass both `starting_after` and `ending_before`.", code="parameters_exclusive")
    cursor = "ending_before" if backwards else "starting_after"
    after = _place(call, scope, kind, cursor)
    found = call.db.scan(scope, kind, newest_first=not backwards, after=after, where=where)
    objects = [obj for _, obj in islice(found, limit + 1)]
    data = objects[:limit]
    if backwards:
        data.reverse()
    return listing(call.url, [render(obj) for obj in data], has_more=len(objects) > limit)


def listing(url: str, data: list[dict], *, has_more: bool = False) -> dict:
    return {"object": "list", "url": url, "has_more": has_more, "data": data}


def _place(call: Call, scope: str, kind: str, cursor: str) -> int | None:
    id = call.params.get(cursor)
    if id is None:
        return None
    place = call.db.place(scope, kind, id)
    if place is None:
        raise errors.invalid(f"No such {kind}: '{id}'", code="resource_missing", param=cursor)
    return place


def page_v2(
    call: Call,
    kind: str,
    *,
    where: Callable[[dict], bool] | None = None,
    render: Callable[[dict], dict] = lambda obj: obj,
    scope: str | None = None,
) -> dict:
    """A v2 list of `kind`, newest first, obeying limit and page; the other filters come back in the page URLs."""
    scope = scope or call.scope
    limit = _limit(call)
    token = _read_token(call.params.get("page"))
    backwards = token.get("back", False)
    found = call.db.scan(scope, kind, newest_first=not backwards, after=token.get("after"), where=where)
    rows = list(islice(found, limit + 1))
    more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows.reverse()
    has_next = bool(rows) and (more or backwards)
    has_previous = bool(rows) and (more if backwards else "after" in token)
    return {
        "data": [render(obj) for _, obj in rows],
        "next_page_url": _page_url(call, rows[-1][0], back=False) if has_next else None,
        "previous_page_url": _page_url(call, rows[0][0], back=True) if has_previous else None,
    }


def _page_url(call: Call, after: int, *, back: bool) -> str:
    token = base64.urlsafe_b64encode(json.dumps({"after": after, "back": back}).encode()).decode()
    pairs = [(name, value) for name, value in _flat(call.params) if name != "page"]
    return f"{call.url}?{urlencode([*pairs, ('page', token)])}"


def _flat(value, name: str = ""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{name}[{key}]" if name else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{name}[{index}]")
    else:
        yield name, str(value).lower() if isinstance(value, bool) else value


def _read_token(text: str | None) -> dict:
    if text is None:
        return {}
    try:
        token = json.loads(base64.urlsafe_b64decode(text.encode()))
        return {"after": int(token["after"]), "back": bool(token["back"])}
    except (ValueError, KeyError, TypeError) as problem:
        raise errors.invalid("The page token is not valid.", param="page") from problem


def _limit(call: Call) -> int:
    limit = call.params.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= LARGEST_LIMIT:
        raise errors.wrong_type("limit", "integer", f"{limit} is not between 1 and {LARGEST_LIMIT}")
    return limit


def in_range(value, wanted) -> bool:
    """Whether `value` fits a `created`-like filter: a moment, a range with gt/gte/lt/lte, or None."""
    if wanted is None:
        return True
    if not isinstance(wanted, dict):
        return value == wanted
    checks = {"gt": value.__gt__, "gte": value.__ge__, "lt": value.__lt__, "lte": value.__le__}
    return all(checks[name](limit) for name, limit in wanted.items())
