"""python -m bench.inside.cursor LIST ROW: prints the cursor that stands after the first ROW rows of a list."""

import sys

import django

django.setup()

from accounts import lists  # noqa: E402
from accounts.models import ConnectedAccount  # noqa: E402
from desk import paging  # noqa: E402
from funding.models import TopUp  # noqa: E402
from funding.views import top_ups  # noqa: E402

ORDERS = {
    "accounts": (ConnectedAccount.objects.all(), lists.ORDER),
    "top-ups": (TopUp.objects.all(), top_ups.NEWEST_FIRST),
}
rows, order = ORDERS[sys.argv[1]]
print(paging.keyset(rows, order=order, cursor=None, size=int(sys.argv[2])).next_cursor)
