"""What an account can spend, and what is on its way to it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils import timezone

from accounts.countries import is_funded_by_debits
from accounts.models import ConnectedAccount
from funding.models import Balance, TopUp
from stripe_gateway import client


@dataclass(frozen=True, kw_only=True)
class Figures:
    """One account's card money in minor units of `currency`: `available` + `on_its_way` = `total`.

    The payments balance is money of the same business that no card can spend: never part of the total.
    """

    currency: str
    available: int
    on_its_way: int
    payments_available: int
    payments_pending: int
    low_line: int | None
    read_at: datetime | None

    @property
    def total(self) -> int:
        return self.available + self.on_its_way

    @property
    def is_low(self) -> bool:
        return self.low_line is not None and self.available < self.low_line

    @property
    def is_low_but_covered(self) -> bool:
        """Below the line now, but what is on its way lifts it above."""
        return self.is_low and self.total >= self.low_line

    @property
    def has_payments_balance(self) -> bool:
        return bool(self.payments_available or self.payments_pending)


def reread(account: ConnectedAccount, now: datetime | None = None, *, urgent: bool = True) -> None:
    """Ask Stripe for the balance and keep it, unless a later reading is kept already. Raises client errors.

    What counts is when the reading begins, so without `now` the clock is asked. `urgent=False` lets people go first.
    """
    began_at = now or timezone.now()
    apply(account, client.get("/v1/balance", account=account.stripe_id, urgent=urgent), read_at=began_at)


def apply(account: ConnectedAccount, balance_object: dict, *, read_at: datetime) -> None:
    """Take over what Stripe says of all balances of an account, read at or after `read_at`."""
    issuing = _by_currency((balance_object.get("issuing") or {}).get("available"))
    available = _by_currency(balance_object.get("available"))
    pending = _by_currency(balance_object.get("pending"))
    known = set(account.balances.values_list("currency", flat=True))
    for currency in {account.currency, *issuing, *available, *pending, *known}:
        figures = {
            "issuing_available": issuing.get(currency, 0),
            "payments_available": available.get(currency, 0),
            "payments_pending": pending.get(currency, 0),
            "read_at": read_at,
        }
        _balance, created = Balance.objects.get_or_create(account=account, currency=currency, defaults=figures)
        if not created:
            Balance.objects.filter(account=account, currency=currency, read_at__lte=read_at).update(**figures)


def of(account: ConnectedAccount) -> Figures:
    """What the account's card money amounts to, as last heard from Stripe."""
    balance = Balance.objects.filter(account=account, currency=account.currency).first()
    way = TopUp.objects.on_their_way().filter(account=account, currency=account.currency)
    return Figures(
        currency=account.currency,
        available=balance.issuing_available if balance else 0,
        on_its_way=way.aggregate(total=Sum("amount"))["total"] or 0,
        payments_available=balance.payments_available if balance else 0,
        payments_pending=balance.payments_pending if balance else 0,
        low_line=account.low_balance_line if is_funded_by_debits(account) else None,
        read_at=balance.read_at if balance else None,
    )


def _by_currency(amounts: list[dict] | None) -> dict[str, int]:
    return {each["currency"]: each["amount"] for each in amounts or ()}
