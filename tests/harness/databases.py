"""Databases that are put back to the same state before every case, on SQLite and PostgreSQL."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ENGINES = ("sqlite", "postgresql")
# The name under which the beginning of every case is kept.
START = "start"
# Filled by migrations and the same in every case, so they are left alone.
FIXED = ("django_migrations", "django_content_type", "auth_permission", "auth_group", "auth_group_permissions")


def postgres_server() -> str:
    """Address of a PostgreSQL server on which databases may be made; blank when there is none."""
    named = os.environ.get("TEST_DATABASE_URL", "")
    return urlsplit(named)._replace(path="/postgres").geturl() if named.startswith("postgres") else ""


class SQLiteDatabase:
    """One file, put back by copying."""

    def __init__(self, folder: Path):
        self.path = folder / "portal.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def clone(self, folder: Path) -> SQLiteDatabase:
        """A copy under a name of its own; nobody may be connected."""
        other = SQLiteDatabase(folder)
        shutil.copyfile(self.path, other.path)
        return other

    def keep(self, name: str = START) -> None:
        """Remember everything as it stands."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        shutil.copyfile(self.path, self.path.with_name(name))

    def restore(self, name: str = START) -> None:
        """Everything as it was kept; nobody may be connected."""
        for leftover in ("-wal", "-shm"):
            Path(f"{self.path}{leftover}").unlink(missing_ok=True)
        shutil.copyfile(self.path.with_name(name), self.path)

    def drop(self) -> None:
        """Goes with its folder."""


class PostgreSQLDatabase:
    """One database of a server, put back from copies of its tables in a schema beside them."""

    def __init__(self, server: str, name: str):
        self.server, self.name = server, name
        self.url = urlsplit(server)._replace(path=f"/{name}").geturl()
        self._connection: psycopg.Connection | None = None

    @classmethod
    def create(cls, server: str, name: str, template: str = "template1") -> PostgreSQLDatabase:
        database = cls(server, name)
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
            # The server itself never dies here, only its clients do: nothing is lost by not waiting for the disk.
            admin.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(sql.Identifier(name)))
        return database

    def clone(self, folder: Path) -> PostgreSQLDatabase:
        """A copy under a name of its own; nobody may be connected."""
        return self.create(self.server, f"{self.name}_{folder.name}", template=self.name)

    def keep(self, name: str = START) -> None:
        """Remember everything as it stands."""
        from django.db import connection

        connection.close()
        run, schema = self._own_connection().execute, sql.Identifier(name)
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s) ORDER BY 1"
        names = [sql.Identifier(row[0]) for row in run(tables, [list(FIXED)])]
        run(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(schema))
        run(sql.SQL("CREATE SCHEMA {}").format(schema))
        for table in names:
            run(sql.SQL("CREATE TABLE {0}.{1} AS TABLE public.{1}").format(schema, table))
        statement = sql.SQL("DELETE FROM public.{1}; INSERT INTO public.{1} SELECT * FROM {0}.{1};")
        body = sql.SQL(" ").join(statement.format(schema, table) for table in names)
        function = sql.SQL("CREATE FUNCTION {}.put_back() RETURNS void LANGUAGE plpgsql AS {}")
        run(function.format(schema, sql.Literal(f"BEGIN {body.as_string()} END")))

    def restore(self, name: str = START) -> None:
        """Everything as it was kept. Sequences go on, so keys of rows differ from case to case."""
        self._own_connection().execute(sql.SQL("SELECT {}.put_back()").format(sql.Identifier(name)))

    def drop(self) -> None:
        """Whoever is still connected loses the connection."""
        if self._connection is not None:
            self._connection.close()
        with psycopg.connect(self.server, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def _own_connection(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(self.url, autocommit=True)
            # Without it, foreign keys and the append-only trigger of the audit trail would refuse to be put back.
            self._connection.execute("SET session_replication_role = replica")
        return self._connection


Database = SQLiteDatabase | PostgreSQLDatabase


def at(engine: str, url: str, folder: Path) -> Database:
    """A database that was made before, by another process."""
    if engine == "sqlite":
        return SQLiteDatabase(folder)
    parts = urlsplit(url)
    return PostgreSQLDatabase(parts._replace(path="/postgres").geturl(), parts.path.removeprefix("/"))


def create(engine: str, folder: Path) -> Database:
    """An empty database. Raises LookupError when the engine's server is not named in the environment."""
    if engine == "sqlite":
        return SQLiteDatabase(folder)
    server = postgres_server()
    if not server:
        raise LookupError("no PostgreSQL: name a server in TEST_DATABASE_URL")
    return PostgreSQLDatabase.create(server, f"harness_{os.getpid()}_{folder.name}")
