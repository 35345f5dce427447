"""The peers' own virtual environment: dj-stripe needs an older `stripe` than the product."""

import os
import sys
from pathlib import Path

from bench import processes

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "var" / "bench-venv"
PYTHON = PLACE / "bin" / "python"
PACKAGES = [
    "Django==5.2.19",
    "dj-stripe==2.11.0",
    "stripe==15.6.2",
    "procrastinate==3.10.0",
    "django-tasks==0.12.0",
    "django-tasks-db==0.13.0",
    "psycopg[binary]==3.3.9",
    "gunicorn==27.0.1",
]


def prepare() -> None:
    """Make it, once per list of packages."""
    stamp, wanted = PLACE / "packages.txt", "\n".join(PACKAGES)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Installing the peers …", flush=True)
    processes.finished([sys.executable, "-m", "venv", str(PLACE)], cwd=ROOT, env=os.environ)
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    processes.finished(install, cwd=ROOT, env=os.environ)
    stamp.write_text(wanted)
