"""What stands in the database, told by table, and whether anything wrote to it."""

import hashlib
import re

from django.db import connection

# Who is signed in, what is only remembered for a while, and how fast Stripe may be called: no facts of the portal.
NO_FACTS = ("django_session", "desk_cache", "stripe_gateway_callbudget")
_WRITE = re.compile(r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO)\s+[\"`]?(\w+)", re.I)


class Writes:
    """Counts statements that write facts; cheap enough to stand around every request."""

    def __init__(self):
        self.tables: set[str] = set()

    def __call__(self, execute, sql, params, many, context):
        if (written := _WRITE.match(sql)) and written[1] not in NO_FACTS:
            self.tables.add(written[1])
        return execute(sql, params, many, context)

    def __enter__(self):
        self._wrapped = connection.execute_wrapper(self)
        self._wrapped.__enter__()
        return self

    def __exit__(self, *problem):
        self._wrapped.__exit__(*problem)


def tables() -> list[str]:
    """Tables that hold facts."""
    return sorted(set(connection.introspection.table_names()) - set(NO_FACTS))


def dump(table: str) -> list[tuple]:
    """Every row and column of a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return sorted(tuple(map(str, row)) for row in cursor.fetchall())


def fingerprint() -> dict[str, str]:
    """One hash per table."""
    return {table: hashlib.sha256(repr(dump(table)).encode()).hexdigest() for table in tables()}


def changed(before: dict[str, str]) -> set[str]:
    """Tables whose rows are not what they were."""
    return {table for table, rows in fingerprint().items() if before[table] != rows}
