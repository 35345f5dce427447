"""The pages on which somebody gives a platform access to an account: /oauth/authorize and its Express twin."""

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from local_stripe import account_connections, clock, oauth, oauth_accounts, oauth_wishes
from local_stripe.context import Call
from local_stripe.oauth_wishes import BadLink, SendBack, Wish
from local_stripe.onboarding_pages import TEMPLATES, WINDOW_HEADERS, redirect
from local_stripe.resources import accounts
from local_stripe.store import PLATFORM

EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
NEW = "new"
TYPES = (
    ("company", "Company"),
    ("individual", "Individual or sole trader"),
    ("non_profit", "Non-profit organisation"),
)
# What else a link may bring along, shown so that people see what is passed on.
PASSED_ON = {
    "first_name": "First name",
    "last_name": "Last name",
    "phone_number": "Phone",
    "url": "Website",
    "product_description": "What you sell",
    "street_address": "Street",
    "city": "City",
    "state": "State",
    "zip": "Postal code",
    "currency": "Currency",
}
TYPED = ("email", "business_name", "country", "business_type")


@dataclass
class Form:
    values: dict[str, str]
    problems: dict[str, str]


async def authorize(request: Request) -> Response:
    """Ask, or take the answer."""
    server = request.app.state.server
    client_ip = request.client.host if request.client else ""
    call = Call(db=server.db, now=clock.now(server.db), scope=PLATFORM, client_ip=client_ip)
    try:
        wish = oauth_wishes.read(call.db, request.url.query, express=request.url.path.startswith("/express/"))
    except BadLink as problem:
        return page("problem.html", 400, problem=str(problem))
    except SendBack as answer:
        return redirect(answer.url)
    if request.method != "POST":
        return draw(request, call, wish, Form(_prefilled(wish), {}))
    submitted = {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}
    return take(request, call, wish, submitted)


def _prefilled(wish: Wish) -> dict[str, str]:
    values = {name: wish.prefill.get(name, "") for name in TYPED}
    business_type = oauth_accounts.BUSINESS_TYPES.get(values["business_type"], "company")
    country = values["country"].upper()
    known = country if country in accounts.CURRENCY_OF else "US"
    return {**values, "business_type": business_type, "country": known, "account": NEW}


def take(request: Request, call: Call, wish: Wish, submitted: dict[str, str]) -> Response:
    action = submitted.get("action")
    if action == "deny":
        return redirect(wish.back({"error": "access_denied", "error_description": oauth_wishes.DENIED}))
    if action not in ("connect", "skip"):
        return draw(request, call, wish, Form(_prefilled(wish), {}), 400)
    chosen = submitted.get("account", NEW)
    if action == "skip" or chosen == NEW:
        problems = {} if action == "skip" else check(submitted)
        if problems:
            return draw(request, call, wish, Form({**_prefilled(wish), **submitted}, problems), 422)
        typed = {name: submitted[name] for name in TYPED if submitted.get(name)}
        with call.db.transaction():
            account = oauth_accounts.open_account(call, wish, {**wish.prefill, **typed}, complete=action == "skip")
            return _answer(call, wish, account)
    account_ids = {account["id"] for account in oauth_wishes.choices(call, wish)}
    found = account_connections.find(call, chosen) if chosen in account_ids else None
    if found is None:
        problems = {"account": "Choose one of these accounts, or a new one."}
        return draw(request, call, wish, Form({**_prefilled(wish), **submitted, "account": NEW}, problems), 422)
    with call.db.transaction():
        return _answer(call, wish, found)


def check(submitted: dict[str, str]) -> dict[str, str]:
    """What is wrong with the details of a new account, by field."""
    problems = {}
    if not EMAIL.match(submitted.get("email", "")):
        problems["email"] = "Enter an email address such as name@example.com."
    if not submitted.get("business_name"):
        problems["business_name"] = "Enter the name of the business."
    if submitted.get("country") not in accounts.CURRENCY_OF:
        problems["country"] = "Choose a country."
    if submitted.get("business_type") not in dict(TYPES):
        problems["business_type"] = "Choose a type of business."
    return problems


def _answer(call: Call, wish: Wish, account: dict) -> Response:
    code = oauth.new_code(call, account, client_id=wish.client_id, scope=wish.scope, suggested=list(wish.capabilities))
    return redirect(wish.back({"scope": wish.scope, "code": code}))


def draw(request: Request, call: Call, wish: Wish, form: Form, status: int = 200) -> HTMLResponse:
    names = [oauth_wishes.SCOPE_WORDS[wish.scope], *(name.replace("_", " ") for name in wish.capabilities)]
    return page(
        "authorize.html",
        status,
        action=f"{request.url.path}?{request.url.query}",
        wish=wish,
        application=account_connections.APPLICATION_NAME,
        permissions=names,
        values=form.values,
        problems=form.problems,
        countries=sorted(accounts.CURRENCY_OF),
        types=TYPES,
        choices=[_choice(account) for account in oauth_wishes.choices(call, wish)],
        passed_on=[(label, wish.prefill[name]) for name, label in PASSED_ON.items() if name in wish.prefill],
    )


def _choice(account: dict) -> dict:
    name = account["profile"].get("doing_business_as") or account["display_name"] or account["contact_email"]
    return {"id": account["id"], "name": name or account["id"]}


def page(template: str, status: int = 200, **values) -> HTMLResponse:
    html = TEMPLATES.get_template(f"oauth/{template}").render(**values)
    return HTMLResponse(html, status, headers=WINDOW_HEADERS)


ROUTES = [
    Route("/oauth/authorize", authorize, methods=["GET", "POST"]),
    Route("/express/oauth/authorize", authorize, methods=["GET", "POST"]),
]
