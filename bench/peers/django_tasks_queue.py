"""python -m bench.peers.django_tasks_queue COUNT: one enqueue per commit, then a worker; prints two rates as JSON."""

import json
import sys
import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django_tasks import task  # noqa: E402


@task()
def nothing(number: int) -> None:
    """As the operations it is compared with: the work itself is left out."""


def main(count: int) -> None:
    started = time.perf_counter()
    for number in range(count):
        nothing.enqueue(number)
    enqueued = time.perf_counter()
    call_command("db_worker", batch=True, startup_delay=False, interval=0.01, verbosity=0)
    drained = time.perf_counter()
    print(json.dumps({"enqueue": count / (enqueued - started), "drain": count / (drained - enqueued),
                      "both": count / (drained - started)}))  # fmt: skip


if __name__ == "__main__":
    # Workers find a task by its module's name, which is not __main__.
    from bench.peers import django_tasks_queue

    django_tasks_queue.main(int(sys.argv[1]))
