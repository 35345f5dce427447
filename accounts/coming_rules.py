"""Rules that are not in force yet. The pinned dialect of accounts cannot be asked about them: a newer one is, daily."""

from datetime import datetime, timedelta

from accounts.asked import FUTURE_REASON, is_v1
from accounts.models import ConnectedAccount, Requirement
from stripe_gateway import client
from stripe_gateway.outcomes import StripeProblem

FAMILY = "rules_v2"
ASKED_EVERY = timedelta(days=1)
KEY = "future_requirements"


def added(account: ConnectedAccount, found: dict, now: datetime, *, urgent: bool) -> dict:
    """A v2 account with what rules to come will ask for, where it does not tell and it is time to ask.

    They are announced months ahead, so when Stripe cannot be asked, what was known stays.
    """
    if are_told(found) or (account.rules_read_at and account.rules_read_at > now - ASKED_EVERY):
        return found
    path, params = f"/v2/core/accounts/{account.stripe_id}", {"include": [KEY]}
    try:
        told = client.get(path, family=FAMILY, params=params, urgent=urgent)
    except StripeProblem:
        return found
    return found | {KEY: told.get(KEY) or {}}


def are_told(found: dict) -> bool:
    """Whether a reading tells of rules to come, be it that there are none."""
    return is_v1(found) or found.get(KEY) is not None


def forget(account: ConnectedAccount) -> None:
    """Stripe says that they changed: the next reading asks."""
    ConnectedAccount.objects.filter(pk=account.pk).update(rules_read_at=None)
    account.rules_read_at = None


def outlasts(requirement: Requirement) -> bool:
    """Whether a requirement is known from an earlier reading that was asked about rules to come."""
    by_reason = any(reason.get("code") == FUTURE_REASON for reason in requirement.reasons)
    return requirement.is_future and not by_reason
