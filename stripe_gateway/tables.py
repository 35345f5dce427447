"""What other rooms hand to the sweeps, named by dotted path in the desk tables."""

import importlib
import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from stripe_gateway import client
from stripe_gateway.outcomes import OwnLimit

logger = logging.getLogger(__name__)


def accounts_to_backfill(now: datetime) -> list[str]:
    """Connected accounts whose events are due to be listed, each once, most pressing first."""
    named = (account for path in _tables().BACKFILL_ACCOUNTS for account in import_string(path)(now))
    return list(dict.fromkeys(named))


def object_sweeps() -> list[str]:
    """Dotted paths of the sweeps that re-read what is in flight."""
    return list(_tables().OBJECT_SWEEPS)


def sweep_objects(*, now: datetime) -> Counter:
    """Let every room re-read what it has in flight. Returns how many objects, per provider.

    The floor under all events: with every webhook lost and every list unread, the state still comes right.
    """
    reread: Counter = Counter()
    for path in object_sweeps():
        try:
            with client.in_background():
                reread[path] = import_string(path)(now)
        except OwnLimit:
            break
        except Exception:  # One room's defect must not keep the other rooms from re-reading theirs.
            logger.exception("%s failed", path)
            reread["failed"] += 1
    return reread


def account_names(rows: Iterable) -> dict[str, str]:
    """Names of the businesses that rows are about, by acct_ id, as another room tells them."""
    ids = {row.stripe_account for row in rows if row.stripe_account}
    return import_string(_tables().ACCOUNT_NAMES)(ids) if ids else {}


def _tables():
    return importlib.import_module(settings.DESK_TABLES)
