"""Control routes that put the books back to where they stood: a test of thousands of cases prepares them once."""

import sqlite3

from local_stripe.control import Refused, control
from local_stripe.faults import FAULTS
from local_stripe.server import Server

_KEPT: dict[str, sqlite3.Connection] = {}


@control("POST", "/snapshot")
def keep_books(server: Server, body: dict, query: dict) -> dict:
    """Remember the books as they stand, the clock included, until the process ends."""
    kept = _KEPT.setdefault("books", sqlite3.connect(":memory:", check_same_thread=False))
    server.db.connection.backup(kept)
    return {"kept": True}


@control("POST", "/restore")
def restore_books(server: Server, body: dict, query: dict) -> dict:
    """Put the remembered books back, and forget planned faults and the request log."""
    if "books" not in _KEPT:
        raise Refused("nothing was kept; POST /_control/snapshot first")
    if server.running:
        raise Refused("requests are under way; try again")
    _KEPT["books"].backup(server.db.connection)
    FAULTS.clear()
    server.log.clear()
    return {"restored": True}
