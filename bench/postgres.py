"""Databases of our own on a PostgreSQL server, dropped when the block ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

# Where databases may be made and dropped.
SERVER = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")


@contextmanager
def database(label: str) -> Iterator[str]:
    """The address of a new, empty database."""
    name = f"bench_{label}_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(SERVER)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def execute(address: str, *statements: str) -> None:
    """Run statements one by one, each committed by itself."""
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def scalar(address: str, query: str):
    """The first column of the first row."""
    with psycopg.connect(address) as connection:
        return connection.execute(query).fetchone()[0]
