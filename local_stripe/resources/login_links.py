"""Login links: an address that lets somebody into the Express Dashboard of their account, once and within minutes."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_stripe import account_views_v1 as views
from local_stripe import clock, errors
from local_stripe.context import Call, Context
from local_stripe.ids import random_text
from local_stripe.onboarding_pages import WINDOW_HEADERS
from local_stripe.resources import accounts, accounts_v1, balance, route
from local_stripe.resources.oauth_pages import page
from local_stripe.store import PLATFORM

KIND = "login_link"
LIFETIME = 300  # virtual seconds


@route("POST", "/v1/accounts/{account}/login_links")
def create(call: Call) -> dict:
    account = accounts_v1.opened(call)
    if call.scope != PLATFORM or account["dashboard"] != "express":
        message = f"Cannot create a login link for {account['id']}: it has no access to the Express Dashboard."
        raise errors.invalid(message, param="account")
    if not views.render(call.db, account)["details_submitted"]:
        raise errors.invalid("Cannot create a login link for an account that has not completed onboarding.")
    token = random_text(32)
    link = {"account": account["id"], "expires_at": call.now + LIFETIME, "used": False}
    call.db.put(PLATFORM, KIND, token, link)
    return {
        "object": "login_link",
        "created": call.now,
        "url": f"{call.public_url}/express/{account['id']}/{token}",
    }


async def open_dashboard(request: Request) -> Response:
    """What the account has and still lacks; a second visit finds the link used."""
    server = request.app.state.server
    db, now = server.db, clock.now(server.db)
    link = db.get(PLATFORM, KIND, request.path_params["token"])
    account = accounts.load(db, request.path_params["account"])
    known = link is not None and account is not None and link["account"] == account["id"]
    if not known or link["used"] or now >= link["expires_at"]:
        return page("problem.html", 410 if known else 404, problem="This login link has been used, or is too old.")
    if request.method == "HEAD":
        return Response(headers=WINDOW_HEADERS)
    with db.transaction():
        db.put(PLATFORM, KIND, request.path_params["token"], {**link, "used": True})
    held = balance.of(Context(db=db, now=now, scope=account["id"]))
    return page("dashboard.html", account=views.render(db, account), balance=held["available"])


ROUTES = [Route("/express/{account}/{token}", open_dashboard, methods=["GET"])]
