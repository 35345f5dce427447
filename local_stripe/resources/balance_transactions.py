"""The statement of an account: every change of its balances."""

from local_stripe import errors, pagination
from local_stripe.context import Call
from local_stripe.resources import route


@route("GET", "/v1/balance_transactions")
def list_transactions(call: Call) -> dict:
    params = call.params
    return pagination.page(
        call,
        "balance_transaction",
        where=lambda transaction: (
            all(transaction[name] == params[name] for name in ("currency", "source", "type") if name in params)
            and pagination.in_range(transaction["created"], params.get("created"))
            and "payout" not in params  # no transaction belongs to an automatic payout: there are none
        ),
    )


@route("GET", "/v1/balance_transactions/{id}")
def retrieve(call: Call) -> dict:
    transaction = call.db.get(call.scope, "balance_transaction", call.path["id"])
    if transaction is None:
        raise errors.not_found("balance transaction", call.path["id"], "id")
    return transaction
