"""What several funding pages need."""

from django.shortcuts import render

from accounts.access import may
from accounts.countries import is_funded_by_debits
from accounts.models import ConnectedAccount
from accounts.steps import steps_for
from funding import balances


def surroundings(request, account: ConnectedAccount) -> dict:
    """What stands around a funding page: whose it is, the balance beside it, and how far a business has come."""
    steps = [] if request.user.is_staff else steps_for(account)
    return {
        "account": account,
        "figures": balances.of(account),
        "steps": steps if any(step["state"] != "done" for step in steps) else [],
    }


def ways_to_pull(request, account: ConnectedAccount) -> dict:
    """Whether money can be pulled for this account at all, and what of it this person may do."""
    is_debited = is_funded_by_debits(account)
    return {
        "is_debited": is_debited,
        "may_connect": is_debited and may(request.user, "funding.add_mandate", account),
        "may_top_up": is_debited and may(request.user, "funding.add_topup", account),
    }


def form_reused(request, account: ConnectedAccount, *, earlier_url: str, new_url: str):
    """The same form came back with other terms: what was asked first stands, and the person may start anew."""
    context = {"account": account, "earlier_url": earlier_url, "new_url": new_url}
    return render(request, "funding/form_reused.html", context, status=409)
