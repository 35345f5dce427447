"""python -m bench.inside.operation_queue rates|drains COUNT …: the table of operations as a queue; prints JSON.

The call to Stripe itself is left out, as the peers' tasks do nothing either: what is measured is writing an operation
down, claiming it, and recording its outcome.
"""

import json
import sys
import time
import uuid

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test.utils import override_settings  # noqa: E402

from stripe_gateway import client, operations  # noqa: E402
from stripe_gateway.kinds import OperationKind  # noqa: E402

ANSWER = client.Reply({}, 200, "req_bench")


def _nothing(*_args) -> None:
    """There is no row of any room to move."""


NOTHING = OperationKind(
    name="bench.nothing", method="POST", family="v1", apply=_nothing, refuse=_nothing, find=_nothing
)
KINDS = {"bench.nothing": "bench.inside.operation_queue.NOTHING"}


def rates(count: int) -> dict[str, float]:
    """Operations per second: written down one per commit, drained by the sweep, and both together."""
    started = time.perf_counter()
    _write_down(count)
    written = time.perf_counter()
    _drain(count)
    drained = time.perf_counter()
    return {"enqueue": count / (written - started), "drain": count / (drained - written),
            "both": count / (drained - started)}  # fmt: skip


def drains(times: int, count: int) -> list[float]:
    """Seconds of each drain, after the sweep has looked at an empty, analyzed table for a while."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE stripe_gateway_stripeoperation CASCADE")
        cursor.execute("ANALYZE stripe_gateway_stripeoperation")
    for _ in range(20):
        operations.sweep()
    seconds = []
    for _ in range(times):
        _write_down(count)
        started = time.perf_counter()
        _drain(count)
        seconds.append(time.perf_counter() - started)
    return seconds


def _write_down(count: int) -> None:
    for _ in range(count):
        with transaction.atomic(durable=True):
            operations.prepare(
                id=uuid.uuid4(), kind="bench.nothing", path="/v1/nothing", params={"amount": 1}, actor=None
            )


def _drain(count: int) -> None:
    done = 0
    while done < count:
        swept = sum(operations.sweep().values())
        assert swept, f"stopped after {done} of {count}"
        done += swept


def main(what: str, *sizes: str) -> None:
    client.send = lambda operation, urgent=True: ANSWER
    with override_settings(STRIPE_OPERATIONS="bench.inside.operation_queue.KINDS"):
        print(json.dumps({"rates": rates, "drains": drains}[what](*map(int, sizes))))


if __name__ == "__main__":
    main(*sys.argv[1:])
