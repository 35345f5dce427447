"""Gunicorn settings that make a worker say, when it ends, whether it has imported the stripe package."""

import os
import sys
from pathlib import Path


def worker_exit(server, worker) -> None:
    """One file per worker, named by its process id."""
    Path(os.environ["BENCH_PROBE"], f"{worker.pid}").write_text("yes" if "stripe" in sys.modules else "no")
