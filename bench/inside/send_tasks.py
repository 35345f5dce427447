"""python -m bench.inside.send_tasks COUNT: wakes the worker that often, and waits until it has done everything."""

import sys
import time

from config.celery import app

with app.connection_for_write() as connection:
    for _ in range(int(sys.argv[1])):
        app.send_task("stripe_gateway.tasks.sweep_operations", connection=connection)
    redis = connection.default_channel.client
    deadline = time.monotonic() + 600
    # Unacknowledged tasks count too: they are acknowledged when they are done.
    while redis.llen("celery") or redis.hlen("unacked"):
        if time.monotonic() > deadline:
            raise SystemExit("The worker did not get through its tasks within ten minutes.")
        time.sleep(0.1)
