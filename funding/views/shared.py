"""What several funding pages need."""

from django.shortcuts import render

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


def form_reused(request, account: ConnectedAccount, *, earlier_url: str, new_url: str):
    """The same form came back with other terms: what was asked first stands, and the person may start anew."""
    context = {"account": account, "earlier_url": earlier_url, "new_url": new_url}
    return render(request, "funding/form_reused.html", context, status=409)
