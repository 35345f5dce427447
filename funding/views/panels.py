"""Fragments that other rooms' pages load by name."""

from datetime import datetime, timedelta

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import account_required
from funding import balances, calendars
from funding.models import Source, TopUp
from funding.views.shared import ways_to_pull
from stripe_gateway import client

# Card spending changes the balance without telling us, so whoever looks sees a reading no older than this.
READING_IS_FRESH_FOR = timedelta(minutes=1)
LATEST = 5


@require_GET
@account_required("funding.view_balance")
def balance(request, account):
    """What can be spent and what is on its way, read again from Stripe when the last reading has aged."""
    figures, problem = balances.of(account), False
    if account.stripe_id and _has_aged(account, figures.read_at, timezone.now()):
        try:
            balances.reread(account)
        except client.StripeProblem:
            problem = True
        figures = balances.of(account)
    return render(request, "funding/_balance.html", {"account": account, "figures": figures, "is_stale": problem})


def _has_aged(account, read_at: datetime | None, now: datetime) -> bool:
    """Whether the balance was never read, a while ago, or before the latest top-up arrived or was taken back."""
    if read_at is None or now - read_at > READING_IS_FRESH_FOR:
        return True
    return TopUp.objects.filter(account=account, settled_at__gt=read_at).exists()


@require_GET
@account_required("funding.view_balance")
def account_panel(request, account):
    """Balance, bank accounts and the latest top-ups, for the page of an account."""
    return render(request, "funding/_account_panel.html", _panel(request, account))


@require_GET
@account_required("funding.view_balance")
def business_panel(request, account):
    """The same for the home page of a business, with its next step."""
    return render(request, "funding/_business_panel.html", _panel(request, account))


def _panel(request, account) -> dict:
    sources = (
        account.sources.exclude(status=Source.Status.REFUSED).select_related("mandate").order_by("-created_at")[:LATEST]
    )
    return {
        "account": account,
        "figures": balances.of(account),
        "sources": sources,
        "has_chargeable": account.sources.chargeable().exists(),
        "pending": account.sources.filter(status=Source.Status.PENDING).order_by("-created_at").first(),
        "top_ups": TopUp.objects.filter(account=account)
        .select_related("account", "source")
        .order_by("-created_at", "-id")[:LATEST],
        **ways_to_pull(request, account),
        "arrives_on": calendars.arrives_on(timezone.now(), "ach_pull"),
    }
