"""Everything local Stripe remembers: one SQLite file, one connection, one writer."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PLATFORM = "platform"

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
    body TEXT NOT NULL, UNIQUE (scope, kind, id));
CREATE INDEX IF NOT EXISTS objects_by_id ON objects (kind, id);
CREATE INDEX IF NOT EXISTS objects_by_age ON objects (scope, kind, seq);
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, due INTEGER NOT NULL, name TEXT NOT NULL, args TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS jobs_by_due ON jobs (due, seq);
CREATE TABLE IF NOT EXISTS idempotency (
    api TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, request_id TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (api, key));
CREATE INDEX IF NOT EXISTS idempotency_by_age ON idempotency (api, created);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL, attempts INTEGER NOT NULL,
    due REAL NOT NULL, state TEXT NOT NULL, fault TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS deliveries_waiting ON deliveries (state, due);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
"""
TABLES = ("objects", "jobs", "idempotency", "deliveries")


class Store:
    """Objects are JSON dicts kept by (scope, kind, id); fields that begin with "_" never leave over the wire."""

    def __init__(self, path: str | Path):
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One request or one job: all of it is kept, or none."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def execute(self, sql: str, *values) -> sqlite3.Cursor:
        return self.connection.execute(sql, values)

    def put(self, scope: str, kind: str, id: str, obj: dict) -> dict:
        """Create or replace; keeps the object's place in the order of creation."""
        self.execute(
            "INSERT INTO objects (scope, kind, id, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (scope, kind, id) DO UPDATE SET body = excluded.body",
            scope, kind, id, json.dumps(obj, separators=(",", ":")),
        )  # fmt: skip
        return obj

    def get(self, scope: str, kind: str, id: str) -> dict | None:
        row = self.execute(
            "SELECT body FROM objects WHERE scope = ? AND kind = ? AND id = ?", scope, kind, id
        ).fetchone()
        return json.loads(row[0]) if row else None

    def find(self, kind: str, id: str) -> tuple[str, dict] | None:
        """The object wherever it lives, with its scope. For control routes and jobs, not for request handlers."""
        row = self.execute("SELECT scope, body FROM objects WHERE kind = ? AND id = ?", kind, id).fetchone()
        return (row[0], json.loads(row[1])) if row else None

    def delete(self, scope: str, kind: str, id: str) -> None:
        self.execute("DELETE FROM objects WHERE scope = ? AND kind = ? AND id = ?", scope, kind, id)

    def list(
        self, scope: str, kind: str, *, newest_first: bool = True, where: Callable[[dict], bool] | None = None
    ) -> list[dict]:
        return [obj for _, obj in self.scan(scope, kind, newest_first=newest_first, where=where)]

    def scan(
        self,
        scope: str,
        kind: str,
        *,
        newest_first: bool = True,
        after: int | None = None,
        where: Callable[[dict], bool] | None = None,
    ) -> Iterator[tuple[int, dict]]:
        """(place, object) pairs in order of creation, strictly beyond place `after`; read lazily."""
        order, beyond = ("DESC", "<") if newest_first else ("ASC", ">")
        clause = f"AND seq {beyond} {int(after)}" if after is not None else ""
        sql = f"SELECT seq, body FROM objects WHERE scope = ? AND kind = ? {clause} ORDER BY seq {order}"  # noqa: S608 - made of constants and an int
        for seq, body in self.execute(sql, scope, kind):
            obj = json.loads(body)
            if where is None or where(obj):
                yield seq, obj

    def everywhere(self, kind: str) -> Sequence[tuple[str, dict]]:
        """All objects of a kind over all scopes, oldest first: the books, for whoever judges."""
        rows = self.execute("SELECT scope, body FROM objects WHERE kind = ? ORDER BY seq", kind)
        return [(scope, json.loads(body)) for scope, body in rows]

    def place(self, scope: str, kind: str, id: str) -> int | None:
        row = self.execute(
            "SELECT seq FROM objects WHERE scope = ? AND kind = ? AND id = ?", scope, kind, id
        ).fetchone()
        return row[0] if row else None

    def meta(self, name: str, default: str | None = None) -> str | None:
        row = self.execute("SELECT value FROM meta WHERE name = ?", name).fetchone()
        return row[0] if row else default

    def set_meta(self, name: str, value: str) -> None:
        self.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value
        )

    def clear(self, keep_kinds: tuple[str, ...] = ()) -> None:
        """Forget everything but objects of `keep_kinds` and the platform's own settings."""
        marks = ",".join("?" for _ in keep_kinds)
        for table in TABLES:
            kept = f" WHERE kind NOT IN ({marks})" if table == "objects" and keep_kinds else ""
            self.execute(f"DELETE FROM {table}{kept}", *(keep_kinds if kept else ()))  # noqa: S608 - constants
        self.execute("DELETE FROM meta WHERE name = 'clock_offset'")


def public(value):
    """The object without its private fields, at every depth; the keys of metadata are its owner's own."""
    if isinstance(value, dict):
        return {
            name: inner if name == "metadata" else public(inner)
            for name, inner in value.items()
            if not name.startswith("_")
        }
    if isinstance(value, list):
        return [public(inner) for inner in value]
    return value
