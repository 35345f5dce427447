"""/_control/accounts/{id}/requirements: what Stripe's staff ask for, and the rules that are to come."""

from local_stripe import account_state, demands
from local_stripe import account_views_v1 as views
from local_stripe.context import Context
from local_stripe.control import Refused, context, control
from local_stripe.resources import accounts
from local_stripe.server import Server

RULES = ("announced", "in_force", None)


@control("POST", "/accounts/{id}/requirements")
def change(server: Server, body: dict, query: dict) -> dict:
    """{"add": [{"path" (v2), "code"?, "deadline"?: "past_due"|"currently_due"|"eventually_due"|"future",
    "deadline_at"?: moment, "person"?: id}], "remove": [paths], "clear": true, "rules": "announced"|"in_force"|null,
    "next": true}: ask for anything; a demand ends when the field is told anew."""
    account = accounts.load(server.db, body["id"])
    if account is None:
        raise Refused(f"no account {body['id']}")
    with server.db.transaction():
        ctx = context(server, body["id"])
        before = account_state.photograph(ctx, account)
        _apply(ctx, account, body)
        account_state.settle(ctx, account, before)
        return views.render(ctx.db, account)


def _apply(ctx: Context, account: dict, body: dict) -> None:
    if body.get("clear"):
        account["extra_requirements"] = []
    for path in body.get("remove") or ():
        demands.withdraw(account, path)
    for one in body.get("add") or ():
        demands.ask(
            ctx,
            account,
            one["path"],
            person=one.get("person"),
            code=one.get("code"),
            urgency=one.get("deadline", demands.PAST_DUE),
            deadline=demands.moment(one.get("deadline_at")),
        )
    if body.get("rules", "announced") not in RULES:
        raise Refused(f"rules must be one of {RULES}")
    if body.get("rules") == "in_force":
        demands.put_in_force(account)
    elif "rules" in body:
        account["coming_rules"] = body["rules"]
    if body.get("next"):
        demands.press(account)
