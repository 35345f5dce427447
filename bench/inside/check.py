"""python -m bench.inside.check lazy|without|eager: processor seconds of `manage.py check`, printed.

`without` makes any import of the stripe package fail; `eager` imports it first, as most projects do.
"""

import io
import sys
import time

if sys.argv[1] == "without":
    sys.modules["stripe"] = None  # type: ignore[assignment]
elif sys.argv[1] == "eager":
    import stripe  # noqa: F401

import django
from django.core.management import call_command

django.setup()
call_command("check", stdout=io.StringIO())
# Of this process alone, since its start: nothing here waits, and others may be at work.
print(time.process_time())
