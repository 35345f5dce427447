"""Single-use tokens: of bank accounts, of persons, of accounts. A browser may make them with a publishable key."""

from local_stripe import bank_numbers, errors, ids
from local_stripe.context import Call, Context
from local_stripe.resources import bank_accounts, identity_tokens, route

KINDS = ("account", "bank_account", "person")


@route("POST", "/v1/tokens", publishable=True)
def create(call: Call) -> dict:
    """Make a single-use token of one thing. The number of a bank account itself is not kept."""
    kinds = [kind for kind in KINDS if kind in call.params]
    if len(kinds) != 1:
        message = f"Tokens are made of exactly one of: {', '.join(KINDS)}."
        raise errors.invalid(message, param="bank_account" if not kinds else kinds[0])
    if kinds != ["bank_account"]:
        return identity_tokens.create(call, kinds[0], call.params[kinds[0]])
    given = call.params["bank_account"]
    numbers = bank_accounts.check_numbers(given, param="bank_account")
    token: dict = {
        "id": ids.new_id("btok"),
        "object": "token",
        "bank_account": bank_accounts.build(given, numbers),
        "client_ip": call.client_ip,
        "created": call.now,
        "livemode": False,
        "type": "bank_account",
        "used": False,
    }
    return call.db.put(call.scope, "token", token["id"], token)


@route("GET", "/v1/tokens/{id}")
def retrieve(call: Call) -> dict:
    return get(call, call.path["id"], param="token")


def get(ctx: Context, token_id: str, *, param: str) -> dict:
    """A token of the account acted for; StripeError (404) for any other."""
    token = ctx.db.get(ctx.scope, "token", token_id)
    if token is None:
        raise errors.not_found("token", token_id, param)
    return token


def take(ctx: Context, token_id: str, *, param: str) -> dict:
    """The bank account behind a token of the account acted for. A token is taken once; ready-made ones never wear out.

    Raises StripeError: resource_missing, token_already_used.
    """
    numbers = bank_numbers.of_ready_made_token(token_id)
    if numbers:
        return bank_accounts.build({}, numbers)
    token = get(ctx, token_id, param=param)
    if token["type"] != "bank_account":
        raise errors.invalid(f"The token '{token_id}' is not one of a bank account.", param=param)
    if token["used"]:
        message = f"You cannot use a Stripe token more than once: {token_id}."
        raise errors.invalid(message, param=param, code="token_already_used")
    ctx.db.put(ctx.scope, "token", token_id, {**token, "used": True})
    return token["bank_account"]
