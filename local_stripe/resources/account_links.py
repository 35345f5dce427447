"""Account links, v1 and v2: a URL that opens hosted onboarding once, within minutes."""

from local_stripe import account_rules, clock, errors
from local_stripe import account_views_v1 as views
from local_stripe.context import Call, Context
from local_stripe.ids import random_text
from local_stripe.resources import accounts, route
from local_stripe.resources.account_sessions import is_rejected
from local_stripe.resources.webhook_endpoints import check_url
from local_stripe.store import PLATFORM

LIFETIME = 300  # virtual seconds
KIND = "account_link"
SESSION = "onboarding_session"
ONBOARDING, UPDATE = "account_onboarding", "account_update"


@route("POST", "/v1/account_links")
def create(call: Call) -> dict:
    params = call.params
    account = _account(call, params["account"], accounts.of_path)
    for name in ("refresh_url", "return_url"):
        if not params.get(name):
            raise errors.missing(name)
        check_url(params[name], name)
    if params["type"] == UPDATE:
        _check_may_update(call, account, "type")
    if "collect" in params and "collection_options" in params:
        message = "You may only specify one of `collect` and `collection_options`."
        raise errors.invalid(message, param="collect", code="parameters_exclusive")
    wanted = params.get("collection_options") or {"fields": params.get("collect")}
    link = mint(
        call,
        account,
        flow=params["type"],
        urls=params,
        collection=collection(wanted),
        api="v1",
    )
    return {
        "object": "account_link",
        "created": link["created"],
        "expires_at": link["expires_at"],
        "url": link["url"],
    }


@route("POST", "/v2/core/account_links")
def create_v2(call: Call) -> dict:
    params = call.params
    account = _account(call, params["account"], accounts.of_path_v2)
    use_case = params["use_case"]
    type = use_case["type"]
    flow = use_case.get(type)
    if flow is None:
        raise errors.missing(f"use_case.{type}")
    others = [name for name in use_case if name not in ("type", type)]
    if others:
        raise errors.invalid(f"use_case.{others[0]} does not belong to the type {type}.", param=f"use_case.{others[0]}")
    for name in ("refresh_url", "return_url"):
        if flow.get(name):
            check_url(flow[name], f"use_case.{type}.{name}")
    if type == UPDATE:
        _check_may_update(call, account, "use_case.type")
    _check_configurations(account, flow.get("configurations"), f"use_case.{type}.configurations")
    link = mint(
        call,
        account,
        flow=type,
        urls=flow,
        collection=collection(flow.get("collection_options")),
        api="v2",
        configurations=flow.get("configurations"),
    )
    return {
        "object": "v2.core.account_link",
        "account": account["id"],
        "created": clock.iso(link["created"]),
        "expires_at": clock.iso(link["expires_at"]),
        "livemode": False,
        "url": link["url"],
        "use_case": use_case,
    }


def _account(call: Call, id: str, find) -> dict:
    account = find(call, id)
    if call.scope != PLATFORM or account["closed"]:
        raise errors.invalid("An account link cannot be made for this account.", param="account")
    if is_rejected(account):
        raise errors.invalid("An account link cannot be made for an account that was rejected.", param="account")
    return account


def _check_may_update(call: Call, account: dict, param: str) -> None:
    controller = views.render(call.db, account)["controller"]
    if account["dashboard"] != "none" or controller["requirement_collection"] != "application":
        message = "You can create account_update links only for accounts where your platform is responsible for "
        message += "collecting requirements, without access to a Stripe-hosted dashboard."
        raise errors.invalid(message, param=param)


def _check_configurations(account: dict, names: list[str] | None, param: str) -> None:
    if names == []:
        raise errors.empty(param)
    for name in names or []:
        if name not in account["configurations"]:
            raise errors.invalid(f"The account has no {name} configuration.", param=param)


def collection(options: dict | None) -> dict:
    """What a flow asks for, with Stripe's defaults."""
    options = options or {}
    return {
        "fields": options.get("fields") or "currently_due",
        "future_requirements": options.get("future_requirements") or "omit",
    }


def mint(
    call: Call,
    account: dict,
    *,
    flow: str,
    urls: dict,
    collection: dict,
    api: str,
    configurations: list[str] | None = None,
) -> dict:
    token = random_text(32)
    link = {
        "token": token,
        "account": account["id"],
        "created": call.now,
        "expires_at": call.now + LIFETIME,
        "refresh_url": urls["refresh_url"],
        "return_url": urls.get("return_url") or urls["refresh_url"],
        "flow": flow,
        "collection": {**collection, "configurations": configurations, "bank": _collects_bank(call, account)},
        "api": api,
        "used": False,
        "session": None,
        "url": f"{call.public_url}/setup/s/{token}",
    }
    account_rules.hand_over(call.db, account)
    return call.db.put(PLATFORM, KIND, token, link)


def _collects_bank(call: Call, account: dict) -> bool:
    """Where Stripe collects, it asks for the bank account of payouts too."""
    return views.render(call.db, account)["controller"]["requirement_collection"] == "stripe"


def state_of(ctx: Context, link: dict) -> str:
    """ "open" as long as the link would let somebody in, otherwise why not: used, expired or lost (its account is)."""
    account = accounts.load(ctx.db, link["account"])
    if link["used"]:
        return "used"
    if ctx.now >= link["expires_at"]:
        return "expired"
    return "lost" if account is None or account["closed"] or is_rejected(account) else "open"


def open_once(ctx: Context, link: dict) -> str | None:
    """Use the link up; returns the secret of the onboarding session it opens, None when it lets nobody in."""
    if state_of(ctx, link) != "open":
        return None
    session = random_text(32)
    ctx.db.put(PLATFORM, KIND, link["token"], {**link, "used": True, "session": session})
    kept = ("account", "return_url", "refresh_url", "flow", "collection", "api")
    ctx.db.put(PLATFORM, SESSION, session, {**{name: link[name] for name in kept}, "opened": ctx.now})
    return session


def expire(ctx: Context, link: dict) -> None:
    ctx.db.put(PLATFORM, KIND, link["token"], {**link, "expires_at": min(link["expires_at"], ctx.now)})
