"""Tokens that carry what a person or a business typed: used once, and never shown again."""

from local_stripe import account_intake, clock, documents, errors, identity_checks, ids
from local_stripe.context import Call
from local_stripe.resources import accounts, route
from local_stripe.trees import merged

KIND, ACCOUNT_V2, PERSON_V2 = "token", "v2.core.account_token", "v2.core.account_person_token"
LIFETIME = 1800  # virtual seconds a v2 token lives
ACCOUNT_PARAMS = ("business_type", "company", "individual", "tos_acceptance")
ACCOUNT_PARAMS_V2 = ("entity_type", "business_details", "individual")
BESIDE_A_PERSON_TOKEN = ("metadata", "expand", "person_token", "account")
ACCOUNT_TOKENS, PERSON_TOKENS = "/v2/core/account_tokens", "/v2/core/accounts/{account}/person_tokens"


def create(call: Call, kind: str, given: dict) -> dict:
    """A v1 token of an "account" or a "person". Raises StripeError for what Stripe would refuse at once."""
    if kind == "account":
        if given.get("tos_shown_and_accepted") is False:
            message = "tos_shown_and_accepted can only be true: leave it out as long as nothing was accepted."
            raise errors.invalid(message, param="account[tos_shown_and_accepted]")
        account_intake.check_v1(call, call.scope, given, country=_country(call), prefix="account")
    else:
        identity_checks.person_v1(call, given, "person", _country(call))
        documents.check_all(call, call.scope, given, is_form=True, prefix="person")
    token: dict = {
        "id": ids.new_id("ct"),
        "object": "token",
        "client_ip": call.client_ip,
        "created": call.now,
        "livemode": False,
        "type": kind,
        "used": False,
        "_content": given,
    }
    return call.db.put(call.scope, KIND, token["id"], token)


def _country(call: Call) -> str | None:
    account = accounts.load(call.db, call.scope)
    return account["country"] if account else None


def with_account_token(call: Call, params: dict, account_id: str) -> dict:
    """v1 account parameters with the content of `account_token` in its place."""
    if not params.get("account_token"):
        return params
    _refuse_beside(params, "account_token", [name for name in ACCOUNT_PARAMS if name in params])
    token = _take(call, params["account_token"], "account", account_id)
    content = dict(token["_content"])
    if content.pop("tos_shown_and_accepted", False):
        content["tos_acceptance"] = {"date": token["created"], "ip": token["client_ip"]}
    return {**{name: value for name, value in params.items() if name != "account_token"}, **content}


def with_person_token(call: Call, params: dict, account_id: str) -> dict:
    """v1 person parameters with the content of `person_token` in its place."""
    if not params.get("person_token"):
        return params
    _refuse_beside(params, "person_token", [name for name in params if name not in BESIDE_A_PERSON_TOKEN])
    token = _take(call, params["person_token"], "person", account_id)
    return {**token["_content"], **{name: value for name, value in params.items() if name != "person_token"}}


def _refuse_beside(params: dict, token: str, covered: list[str]) -> None:
    if covered:
        listed = ", ".join([token, *sorted(covered)])
        message = f"You may only specify one of these parameters: {listed}. The token carries the others."
        raise errors.invalid(message, param=sorted(covered)[0], code="parameters_exclusive")


def _take(call: Call, id: str, kind: str, account_id: str) -> dict:
    """The token, used up: one of whoever calls, or one made for the account itself."""
    param = f"{kind}_token"
    scope, token = next(
        ((scope, token) for scope in (call.scope, account_id) if (token := call.db.get(scope, KIND, id))),
        (call.scope, None),
    )
    if token is None:
        raise errors.not_found("token", id, param)
    if token["type"] != kind:
        raise errors.invalid(f"The token '{id}' is a {token['type']} token, not one of a {kind}.", param=param)
    _refuse_used(token, param)
    used = {name: value for name, value in token.items() if name != "_content"}
    call.db.put(scope, KIND, id, {**used, "used": True})
    return token


def _refuse_used(token: dict, param: str) -> None:
    if token["used"]:
        message = f"You cannot use a Stripe token more than once: {token['id']}."
        raise errors.invalid(message, param=param, code="token_already_used")


@route("POST", ACCOUNT_TOKENS, publishable=True)
def create_account_token(call: Call) -> dict:
    account_intake.check_v2(call, call.scope, call.params)
    return _create_v2(call, ACCOUNT_V2, "accttok", call.scope)


@route("GET", ACCOUNT_TOKENS + "/{id}")
def retrieve_account_token(call: Call) -> dict:
    return _shown(_find_v2(call, ACCOUNT_V2, call.path["id"], call.scope, "id"))


@route("POST", PERSON_TOKENS, publishable=True)
def create_person_token(call: Call) -> dict:
    account = accounts.of_path_v2(call, call.path["account"])
    identity_checks.person_v2(call, call.params, "")
    documents.check_all(call, account["id"], call.params, is_form=False)
    return _create_v2(call, PERSON_V2, "perstok", account["id"])


@route("GET", PERSON_TOKENS + "/{id}")
def retrieve_person_token(call: Call) -> dict:
    account = accounts.of_path_v2(call, call.path["account"])
    return _shown(_find_v2(call, PERSON_V2, call.path["id"], account["id"], "id"))


def _create_v2(call: Call, kind: str, prefix: str, scope: str) -> dict:
    token = {
        "id": ids.new_id(prefix),
        "object": kind,
        "created": call.now,
        "used": False,
        "_content": call.params,
        "_client_ip": call.client_ip,
    }
    return _shown(call.db.put(scope, kind, token["id"], token))


def _shown(token: dict) -> dict:
    created = token["created"]
    moments = {"created": clock.iso(created), "expires_at": clock.iso(created + LIFETIME)}
    return {"id": token["id"], "object": token["object"], **moments, "livemode": False, "used": token["used"]}


def _find_v2(call: Call, kind: str, id: str, scope: str, param: str) -> dict:
    token = call.db.get(scope, kind, id)
    if token is None:
        raise errors.not_found(kind, id, param)
    return token


def _take_v2(call: Call, kind: str, id: str, scope: str, param: str) -> tuple[dict, dict]:
    """(content, acceptance at the moment the token was made); the token is used up."""
    token = _find_v2(call, kind, id, scope, param)
    _refuse_used(token, param)
    if call.now >= token["created"] + LIFETIME:
        raise errors.invalid(f"The token '{id}' has expired. Make a new one.", param=param, code="token_expired")
    used = {name: value for name, value in token.items() if name != "_content"}
    call.db.put(scope, kind, id, {**used, "used": True})
    return token["_content"], {"date": clock.iso(token["created"]), "ip": token["_client_ip"]}


def with_account_token_v2(call: Call, params: dict) -> dict:
    """v2 account parameters with the content of `account_token` in its place."""
    if not params.get("account_token"):
        return params
    identity = params.get("identity") or {}
    covered = [f"identity.{name}" for name in ACCOUNT_PARAMS_V2 if name in identity]
    covered += [name for name in ("contact_email", "contact_phone", "display_name") if name in params]
    _refuse_beside(params, "account_token", covered)
    content, acceptance = _take_v2(call, ACCOUNT_V2, params["account_token"], call.scope, "account_token")
    told = content.get("identity") or {}
    if told.get("attestations"):
        told = {**told, "attestations": _accepted(told["attestations"], acceptance)}
        content = {**content, "identity": told}
    rest = {name: value for name, value in params.items() if name != "account_token"}
    return merged(content, rest)


def with_person_token_v2(call: Call, params: dict, account_id: str) -> dict:
    """v2 person parameters with the content of `person_token` in its place."""
    if not params.get("person_token"):
        return params
    _refuse_beside(params, "person_token", [name for name in params if name not in BESIDE_A_PERSON_TOKEN])
    content, acceptance = _take_v2(call, PERSON_V2, params["person_token"], account_id, "person_token")
    terms = content.get("additional_terms_of_service")
    if terms:
        content = {**content, "additional_terms_of_service": _accepted(terms, acceptance)}
    return {**content, **{name: value for name, value in params.items() if name != "person_token"}}


def _accepted(tree: dict, acceptance: dict) -> dict:
    """Tokens only say that something was accepted; when and from where is known from their making."""
    kept: dict = {}
    for name, value in tree.items():
        if not isinstance(value, dict):
            kept[name] = value
        elif value.get("shown_and_accepted") or value.get("attested"):
            kept[name] = acceptance
        else:
            kept[name] = _accepted(value, acceptance)
    return kept
