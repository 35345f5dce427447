"""How much may be pulled at once and in a day. Stripe publishes no ceiling; the platform sets its own in settings."""

from datetime import UTC, datetime, time

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import ConnectedAccount
from desk import money
from funding.models import TopUp


class AmountOutsideLimits(Exception):
    """The amount is not allowed; the message says what would be."""


def check(account: ConnectedAccount, amount: int, currency: str, now: datetime) -> None:
    """Raise AmountOutsideLimits unless `amount` (minor units) may be added today.

    Only holds while the caller has locked the account: others could add to the day's sum meanwhile.
    """
    caps = settings.TOP_UP_LIMITS.get(currency)
    if caps is None:
        raise AmountOutsideLimits(_("Top-ups in %(currency)s are not set up.") % {"currency": currency.upper()})
    if amount < caps["minimum"]:
        raise AmountOutsideLimits(_("The smallest top-up is %(amount)s.") % _shown(caps["minimum"], currency))
    if amount > caps["per_top_up"]:
        raise AmountOutsideLimits(
            _("The largest top-up is %(amount)s. Split it, or ask us to raise the limit.")
            % _shown(caps["per_top_up"], currency)
        )
    left = max(caps["per_account_day"] - used_today(account, currency, now), 0)
    if amount > left:
        raise AmountOutsideLimits(
            _("Today %(amount)s can still be added: the limit per day is %(limit)s, counted in UTC.")
            % {**_shown(left, currency), "limit": money.format(caps["per_account_day"], currency)}
        )


def used_today(account: ConnectedAccount, currency: str, now: datetime) -> int:
    """Minor units of all top-ups since midnight UTC that moved money or still may."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    today = TopUp.objects.counting_against_caps().filter(account=account, currency=currency, created_at__gte=midnight)
    return today.aggregate(total=Sum("amount"))["total"] or 0


def _shown(amount: int, currency: str) -> dict:
    return {"amount": money.format(amount, currency)}
