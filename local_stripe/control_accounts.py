"""What staff of Stripe could do to an account, for the control routes."""

from local_stripe import account_samples, account_state, demands
from local_stripe import account_views_v1 as views
from local_stripe.context import Context
from local_stripe.control import Refused, context, control
from local_stripe.resources import account_links, accounts
from local_stripe.server import Server
from local_stripe.store import PLATFORM

OUTCOMES = ("verify", "fail", "past_due", "terms_violation", "under_review", "clear", "next_requirements",
            "payout_block")  # fmt: skip


@control("POST", "/accounts/{id}/activate")
def activate(server: Server, body: dict, query: dict) -> dict:
    """Fulfil and verify everything the account requested; its capabilities become active."""
    with server.db.transaction():
        ctx, account = _found(server, body["id"])
        before = account_state.photograph(ctx, account)
        account["hold"], account["extra_requirements"] = None, []
        account["asks_for_bank"], account["coming_rules"] = False, None
        account_samples.fulfil(ctx, account)
        account_state.conclude(ctx, account, passes=True)
        account_state.settle(ctx, account, before)
        return views.render(ctx.db, account)


@control("POST", "/accounts/{id}/outcome")
def outcome(server: Server, body: dict, query: dict) -> dict:
    """{"outcome": "verify"|"fail"|"past_due"|"terms_violation"|"under_review"|"clear"|"next_requirements"|
    "payout_block", "requirement"? and
    "deadline_in_seconds"? for past_due}: what Stripe's checks or staff decide."""
    if body.get("outcome") not in OUTCOMES:
        raise Refused(f"outcome must be one of {', '.join(OUTCOMES)}")
    with server.db.transaction():
        ctx, account = _found(server, body["id"])
        before = account_state.photograph(ctx, account)
        _decide(ctx, account, body)
        account_state.settle(ctx, account, before)
        return views.render(ctx.db, account)


def _found(server: Server, id: str) -> tuple[Context, dict]:
    account = accounts.load(server.db, id)
    if account is None:
        raise Refused(f"no account {id}")
    if account["closed"]:
        raise Refused(f"the account {id} is closed")
    return context(server, id), account


def _decide(ctx: Context, account: dict, body: dict) -> None:
    what = body["outcome"]
    if what in ("verify", "fail"):
        account_state.conclude(ctx, account, passes=what == "verify")
    elif what in ("terms_violation", "under_review"):
        account["hold"] = what
    elif what == "clear":
        account["hold"], account["extra_requirements"] = None, []
        account["next_is_due"] = account["payouts_blocked"] = False
    elif what == "next_requirements":
        demands.press(account)
    elif what == "payout_block":
        account["payouts_blocked"] = _was_enabled(account)
    else:
        _demand(ctx, account, body.get("requirement", "company.tax_id"), body.get("deadline_in_seconds", 0))


def _was_enabled(account: dict) -> bool:
    """Blocks do nothing before the account was enabled once."""
    return any(record["status"] == "active" for record in account["capabilities"].values())


def _demand(ctx: Context, account: dict, requirement: str, seconds: int) -> None:
    """Ask for something more; past due at once, or once the deadline has passed."""
    urgency = demands.CURRENTLY_DUE if seconds else demands.PAST_DUE
    demands.ask(ctx, account, requirement, urgency=urgency, deadline=ctx.now + int(seconds))


@control("GET", "/accounts")
def list_accounts(server: Server, body: dict, query: dict) -> dict:
    """Every account as v1 shows it."""
    return {"accounts": [views.render(server.db, account) for account in server.db.list(PLATFORM, accounts.KIND)]}


@control("GET", "/account_links")
def list_account_links(server: Server, body: dict, query: dict) -> dict:
    """Every account link, newest first, with its state: open, used, expired or lost; ?account= for one account."""
    ctx, wanted = context(server), query.get("account")
    links = [link for link in server.db.list(PLATFORM, account_links.KIND) if wanted in (None, link["account"])]
    return {"account_links": [{**link, "state": account_links.state_of(ctx, link)} for link in links]}


@control("POST", "/account_links/expire")
def expire_account_links(server: Server, body: dict, query: dict) -> dict:
    """{"account"?}: let all open account links expire now."""
    ctx, wanted = context(server), body.get("account")
    with server.db.transaction():
        for link in server.db.list(PLATFORM, account_links.KIND):
            if wanted in (None, link["account"]) and account_links.state_of(ctx, link) == "open":
                account_links.expire(ctx, link)
    return list_account_links(server, {}, {"account": wanted} if wanted else {})
