"""Account links, v1 and v2: a URL that opens hosted onboarding once, within minutes."""

from local_stripe import clock, errors
from local_stripe.context import Call, Context
from local_stripe.ids import random_text
from local_stripe.resources import accounts, route
from local_stripe.resources.webhook_endpoints import check_url
from local_stripe.store import PLATFORM

LIFETIME = 300  # virtual seconds
KIND = "account_link"


@route("POST", "/v1/account_links")
def create(call: Call) -> dict:
    params = call.params
    account = _account(call, params["account"], accounts.of_path)
    for name in ("refresh_url", "return_url"):
        if not params.get(name):
            raise errors.missing(name)
        check_url(params[name], name)
    if params["type"] == "account_update" and account["dashboard"] != "none":
        message = "account_update links are for accounts without a Stripe-hosted dashboard."
        raise errors.invalid(message, param="type")
    link = mint(call, account["id"], params["refresh_url"], params["return_url"], api="v1")
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
    flow = use_case.get(use_case["type"])
    if flow is None:
        raise errors.missing(f"use_case.{use_case['type']}")
    for name in ("refresh_url", "return_url"):
        if flow.get(name):
            check_url(flow[name], f"use_case.{use_case['type']}.{name}")
    link = mint(call, account["id"], flow["refresh_url"], flow.get("return_url"), api="v2")
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
    return account


def mint(call: Call, account_id: str, refresh_url: str, return_url: str | None, *, api: str) -> dict:
    token = random_text(32)
    link = {
        "token": token,
        "account": account_id,
        "created": call.now,
        "expires_at": call.now + LIFETIME,
        "refresh_url": refresh_url,
        "return_url": return_url or refresh_url,
        "api": api,
        "used": False,
        "session": None,
        "url": f"{call.public_url}/setup/s/{token}",
    }
    return call.db.put(PLATFORM, KIND, token, link)


def open_once(ctx: Context, link: dict) -> str | None:
    """Use the link up; returns the secret of the onboarding session it opens, None when it is used or too old."""
    if link["used"] or ctx.now >= link["expires_at"]:
        return None
    session = random_text(32)
    ctx.db.put(PLATFORM, KIND, link["token"], {**link, "used": True, "session": session})
    ctx.db.put(
        PLATFORM,
        "onboarding_session",
        session,
        {"account": link["account"], "return_url": link["return_url"], "api": link["api"], "opened": ctx.now},
    )
    return session
