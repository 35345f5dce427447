"""Keyset paging: the next page starts after the last row seen, so it costs the same on page 1 and page 1,000."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core import signing
from django.db.models import F, Model, Q, QuerySet

# A search is tried on this many rows before it is made an index's business.
NEARBY = 500
# Counting stops here.
COUNT_CAP = 1000
DIRECTIONS = ("asc", "desc", "asc_nulls_last", "desc_nulls_last")
Order = list[tuple[str, str]]


@dataclass(frozen=True)
class Page:
    """Some rows, and how to ask for those after them ("" at the end of the list)."""

    rows: list
    next_cursor: str
    is_first: bool

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def keyset(queryset: QuerySet, *, order: Order, cursor: str | None, size: int = 25, sought: Q | None = None) -> Page:
    """One page of at most `size` rows in `order`, whose last field must be unique.

    `sought` is a search: a condition that may leave most rows over or hardly any. A cursor that is damaged, forged or
    of another order gives the first page.
    """
    fields = [(name, direction) for name, direction in order if direction in DIRECTIONS]
    if len(fields) != len(order):
        raise ValueError(f"Unknown direction in {order}")
    values = _read(cursor, order, queryset.model)
    queryset = queryset.order_by(*(_ordering(name, direction) for name, direction in fields))
    stretches = [Q()] if values is None else _stretches(fields, values)
    rows = _rows(queryset, stretches, sought, size + 1)
    more, rows = len(rows) > size, rows[:size]
    return Page(rows=rows, next_cursor=_write(rows[-1], order) if more else "", is_first=values is None)


@dataclass(frozen=True)
class Tab:
    """One saved view of a list with how many rows are in it, as `counted` tells it."""

    key: str
    label: str
    count: str
    is_current: bool


def capped_count(queryset: QuerySet, cap: int = COUNT_CAP) -> int:
    """How many rows there are, but no more than `cap`: an exact count of a large table is slow and helps nobody."""
    return queryset.order_by()[:cap].count()


def counted(queryset: QuerySet) -> str:
    """How many rows there are, as text, because it may be "1000+"."""
    count = capped_count(queryset, COUNT_CAP + 1)
    return f"{COUNT_CAP}+" if count > COUNT_CAP else str(count)


def _ordering(name: str, direction: str):
    expression = F(name)
    nulls_last = True if direction.endswith("nulls_last") else None
    return (
        expression.desc(nulls_last=nulls_last)
        if direction.startswith("desc")
        else expression.asc(nulls_last=nulls_last)
    )


def _rows(queryset: QuerySet, stretches: Iterable[Q], sought: Q | None, count: int) -> list:
    """The first `count` rows, stretch by stretch; nearly always the first stretch holds them all."""
    rows: list = []
    for stretch in stretches:
        rows += _found(queryset.filter(stretch), sought, count - len(rows))
        if len(rows) == count:
            break
    return rows


def _found(queryset: QuerySet, sought: Q | None, count: int) -> list:
    """The first `count` rows that are sought.

    What many rows have is found among the next few hundred; only what is rare is looked for by an index of its own.
    Databases guess which of the two it is, and guess wrong: sorting every match to show a page takes a second.
    """
    if sought is None:
        return list(queryset[:count])
    nearby = queryset.filter(pk__in=queryset.values("pk")[:NEARBY])
    found = list(nearby.filter(sought)[:count])
    return found if len(found) == count else list(queryset.filter(sought)[:count])


def _stretches(fields: Order, values: list) -> Iterator[Q]:
    """What comes after `values`, cut so that a database enters its index right at the start of each stretch.

    In one condition with OR it would read all that is equal in the first field to find its place: half a million rows
    deep in a list of a million.
    """
    head = max(len(fields) - 2, 0)
    prefix = _equal(fields[:head], values)
    yield from (prefix & last for last in _last_two(fields[head:], values[head:]))
    for depth in range(head - 1, -1, -1):
        prefix = _equal(fields[:depth], values)
        yield from (prefix & later for later in _later(*fields[depth], values[depth]))


def _last_two(fields: Order, values: list) -> Iterator[Q]:
    """As `_stretches`, of the last field, which is unique, and the one before it, which hardly ever is equal."""
    unique = next(_later(*fields[-1], values[-1]))
    if len(fields) == 1:
        yield unique
        return
    name, direction = fields[0]
    if values[0] is None:
        yield Q(**{f"{name}__isnull": True}) & unique
        return
    later, *nulls = _later(name, direction, values[0])
    start = Q(**{f"{name}__{'lte' if direction.startswith('desc') else 'gte'}": values[0]})
    yield start & (later | unique)
    yield from nulls


def _equal(fields: Order, values: list) -> Q:
    equal = Q()
    for (name, _direction), value in zip(fields, values, strict=False):
        equal &= Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value})
    return equal


def _later(name: str, direction: str, value) -> Iterator[Q]:
    """Later values of one field, then its nulls where they stand last; nothing comes after a null."""
    if value is None:
        return
    yield Q(**{f"{name}__{'lt' if direction.startswith('desc') else 'gt'}": value})
    if direction.endswith("nulls_last"):
        yield Q(**{f"{name}__isnull": True})


def _write(row: Model, order: Order) -> str:
    values = [_value(row, name) for name, _ in order]
    # `str` keeps the microseconds of a moment; Django's JSON encoder drops them, and rows would come twice.
    text = json.dumps(values, default=str)
    return signing.Signer(salt=_salt(order)).sign_object(text)


def _read(cursor: str | None, order: Order, model: type[Model]) -> list | None:
    if not cursor:
        return None
    try:
        values = json.loads(signing.Signer(salt=_salt(order)).unsign_object(cursor))
    except (signing.BadSignature, ValueError):
        return None
    fields = [_field(model, name) for name, _ in order]
    return [field.to_python(value) for field, value in zip(fields, values, strict=True)]


def _salt(order: Order) -> str:
    return f"desk.paging:{order}"


def _value(row: Model, name: str) -> Any:
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _field(model: type[Model], name: str):
    parts = name.split("__")
    for part, _ in pairwise(parts):
        model = model._meta.get_field(part).related_model
    return model._meta.pk if parts[-1] == "pk" else model._meta.get_field(parts[-1])
