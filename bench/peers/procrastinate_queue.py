"""python -m bench.peers.procrastinate_queue COUNT: one defer per commit, then a worker; prints two rates as JSON."""

import json
import os
import sys
import time

import procrastinate
import psycopg

app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=os.environ["BENCH_DATABASE"]))


@app.task(name="nothing")
def nothing(number: int) -> None:
    """As the operations it is compared with: the work itself is left out."""


def main(count: int) -> None:
    with app.open():
        with psycopg.connect(os.environ["BENCH_DATABASE"]) as connection:
            found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()[0]
        if found is None:
            app.schema_manager.apply_schema()
        started = time.perf_counter()
        for number in range(count):
            nothing.defer(number=number)
        enqueued = time.perf_counter()
    worker = app.with_connector(procrastinate.PsycopgConnector(conninfo=os.environ["BENCH_DATABASE"]))
    with worker.replace_connector(worker.connector):
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    drained = time.perf_counter()
    print(json.dumps({"enqueue": count / (enqueued - started), "drain": count / (drained - enqueued),
                      "both": count / (drained - started)}))  # fmt: skip


main(int(sys.argv[1]))
