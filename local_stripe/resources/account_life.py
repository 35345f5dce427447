"""The end of an account, and what may bring it back: reject, unreject, delete."""

from local_stripe import account_connections, account_state, errors
from local_stripe.context import Call
from local_stripe.resources import accounts, accounts_v1, route

PLATFORMS_HOLDS = {
    "terms_of_service": "platform_terms_violation",
    "fraud_no_intent_to_fulfill": "platform_fraud",
    "fraud_other": "platform_fraud",
    "fraud_payment_method_casher": "platform_fraud",
    "fraud_payment_method_tester": "platform_fraud",
}
OTHER_REASON = "platform_other"


@route("POST", "/v1/accounts/{account}/reject")
def reject(call: Call) -> dict:
    """The platform turns the account away; its capabilities end, its payouts too unless they are to go on."""
    account = accounts_v1.opened(call)
    if (account["responsibilities"] or {}).get("losses_collector") != "application":
        message = "Only accounts where your platform is liable for negative account balances can be rejected."
        raise errors.invalid(message)
    before = account_state.photograph(call, account)
    account["payouts_go_on"] = call.params.get("payouts_action") == "none" and before["v1"]["payouts_enabled"]
    account["hold"] = PLATFORMS_HOLDS.get(call.params["reason"], OTHER_REASON)
    account_state.settle(call, account, before)
    return accounts_v1.shown(call, account)


@route("POST", "/v1/accounts/{account}/unreject")
def unreject(call: Call) -> dict:
    """Only what the platform rejected itself; Stripe's own decisions stand."""
    account = accounts_v1.opened(call)
    if account["hold"] not in {OTHER_REASON, *PLATFORMS_HOLDS.values()}:
        raise errors.invalid(f"The account {account['id']} has not been rejected by your platform.")
    before = account_state.photograph(call, account)
    account["hold"] = None
    account.pop("payouts_go_on", None)
    account_state.settle(call, account, before)
    return accounts_v1.shown(call, account)


@route("DELETE", "/v1/accounts/{account}")
def delete(call: Call) -> dict:
    """Test accounts go at any time; the platform learns of it as of every access that ends."""
    account = accounts.of_path(call, call.path["account"])
    account_connections.delete(call, account)
    return {"id": account["id"], "object": "account", "deleted": True}
