"""One step of `make run`: database, static files and, the first time, the demo's history."""

import os
from datetime import UTC, datetime
from pathlib import Path

import django
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)

    from config.run import story  # Models can be imported only now.

    story.live_through(Path(os.environ["VAR_DIR"]) / "story.json", now=datetime.now(UTC))


if __name__ == "__main__":
    main()
