"""The hosted onboarding pages that account links open."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from local_stripe import clock, events, onboarding_fields, onboarding_forms
from local_stripe.context import Call
from local_stripe.errors import StripeError
from local_stripe.onboarding_forms import Form
from local_stripe.resources import account_links, accounts, people
from local_stripe.store import PLATFORM

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"), autoescape=True, undefined=StrictUndefined
)
SESSION = "onboarding_session"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
SEE_OTHER = 303


def page(template: str, status: int = 200, **values) -> HTMLResponse:
    html = TEMPLATES.get_template(f"onboarding/{template}").render(**values)
    return HTMLResponse(html, status, headers={**HEADERS, "Content-Security-Policy": POLICY})


def redirect(url: str) -> RedirectResponse:
    return RedirectResponse(url, SEE_OTHER, headers=HEADERS)


def call_for(request: Request) -> Call:
    """The visitor's acts run as calls of the platform, without a request of the API behind them."""
    server = request.app.state.server
    client_ip = request.client.host if request.client else ""
    return Call(db=server.db, now=clock.now(server.db), scope=PLATFORM, client_ip=client_ip)


async def open_link(request: Request) -> Response:
    """Use the link up and start a session; a link used before or too old sends the visitor to refresh_url."""
    call = call_for(request)
    link = call.db.get(PLATFORM, account_links.KIND, request.path_params["token"])
    if link is None:
        return page("ended.html", 404, title="This link does not exist")
    if request.method == "HEAD":
        return Response(headers=HEADERS)
    with call.db.transaction():
        session = account_links.open_once(call, link)
    return redirect(f"/setup/e/{session}" if session else link["refresh_url"])


async def start(request: Request) -> Response:
    """Go to the first step with something missing."""
    call = call_for(request)
    found = find(call, request)
    if isinstance(found, Response):
        return found
    session, account = found
    persons = people.of_account(call.db, account["id"])
    missing = onboarding_forms.open_steps(account, persons)
    if not missing:
        return page("nothing_due.html", account=account, session=request.path_params["session"])
    return redirect(f"/setup/e/{request.path_params['session']}/{missing[0]}")


def find(call: Call, request: Request) -> Response | tuple[dict, dict]:
    """(session, account), or the page for a session that is over."""
    session = call.db.get(PLATFORM, SESSION, request.path_params["session"])
    account = accounts.load(call.db, session["account"]) if session else None
    if session is None or account is None:
        return page("ended.html", 410, title="This session has ended")
    return session, account


async def step(request: Request) -> Response:
    """Draw a step, or take what was typed into it."""
    call = call_for(request)
    found = find(call, request)
    if isinstance(found, Response):
        return found
    session, account = found
    name = request.path_params["step"]
    if name not in [known for known, _ in onboarding_forms.STEPS]:
        return page("ended.html", 404, title="There is no such page")
    if request.method == "POST":
        form = await request.form()
        submitted = {key: value for key, value in form.items() if isinstance(value, str)}
        return take(request, call, session, account, name, submitted)
    return draw(request, call, account, name)


def take(request: Request, call: Call, session: dict, account: dict, step: str, submitted: dict) -> Response:
    action = submitted.get("action", "next")
    persons = people.of_account(call.db, account["id"])
    view = onboarding_forms.view_for(call, account, step, persons)
    fields = onboarding_fields.of_step(step, account, view)
    if action == "test_data":
        return draw(request, call, account, step, Form({field.name: field.test for field in fields}, {}))
    if step == "owners" and action == "next" and not any(submitted.get(field.name) for field in fields):
        return confirm_owners(request, call, account)
    if step == "terms" and action != "later":
        return submit(request, call, session, account, submitted)
    form = onboarding_forms.read(fields, submitted, view, partly=action == "later")
    if form.problems and action != "later":
        return draw(request, call, account, step, form)
    try:
        with call.db.transaction():
            onboarding_forms.save(call, account, step, form, fields)
    except StripeError as refusal:
        form.problems[onboarding_forms.field_of(refusal, fields)] = refusal.message
        return draw(request, call, accounts.require(call.db, account["id"]), step, form)
    if action == "later":
        return leave(request, call, session, account)
    if action == "add":
        return redirect(request.url.path)
    return confirm_owners(request, call, account) if step == "owners" else onward(request, call, account, step)


def confirm_owners(request: Request, call: Call, account: dict) -> Response:
    with call.db.transaction():
        onboarding_forms.confirm_owners(call, account)
    return onward(request, call, account, "owners")


def onward(request: Request, call: Call, account: dict, step: str) -> Response:
    """To the step after this one."""
    persons = people.of_account(call.db, account["id"])
    names = [name for name, _ in onboarding_forms.steps_of(account, persons)]
    following = names[min(names.index(step) + 1, len(names) - 1)] if step in names else names[-1]
    return redirect(f"/setup/e/{request.path_params['session']}/{following}")


def submit(request: Request, call: Call, session: dict, account: dict, submitted: dict) -> Response:
    if submitted.get("agree") != "yes":
        problems = {"agree": "Accept the agreements to continue."}
        return draw(request, call, account, "terms", Form({}, problems))
    with call.db.transaction():
        onboarding_forms.accept_terms(call, account, request.headers.get("user-agent", ""))
    return leave(request, call, session, account)


async def leave_early(request: Request) -> Response:
    """Back to the platform from a page without a form."""
    call = call_for(request)
    found = find(call, request)
    return found if isinstance(found, Response) else leave(request, call, *found)


def leave(request: Request, call: Call, session: dict, account: dict) -> Response:
    """End the session and go back to the platform; v2 links tell of it by an event."""
    with call.db.transaction():
        call.db.delete(PLATFORM, SESSION, request.path_params["session"])
        if session["api"] == "v2":
            names = sorted(account["configurations"])
            data = {"account_id": account["id"], "configurations": names, "use_case": "account_onboarding"}
            events.emit_thin(call, "v2.core.account_link.returned", None, scope=account["id"], data=data)
    return redirect(session["return_url"])


def draw(request: Request, call: Call, account: dict, step: str, form: Form | None = None) -> Response:
    persons = people.of_account(call.db, account["id"])
    view = onboarding_forms.view_for(call, account, step, persons)
    fields = onboarding_fields.of_step(step, account, view)
    steps = onboarding_forms.steps_of(account, persons)
    values = form.values if form else {field.name: onboarding_fields.value_of(field, view) for field in fields}
    missing = onboarding_forms.open_steps(account, persons)
    return page(
        f"{step if step in ('owners', 'terms') else 'step'}.html",
        account=account,
        base=f"/setup/e/{request.path_params['session']}",
        step=step,
        title=dict(onboarding_forms.STEPS)[step],
        steps=[{"name": n, "title": t, "done": n not in missing, "current": n == step} for n, t in steps],
        fields=fields,
        values=values,
        on_file={field.name for field in fields if onboarding_fields.is_on_file(field, view)},
        problems=form.problems if form else {},
        complaints=[] if form else onboarding_forms.complaints(account, persons, step),
        owners=[person for person in persons if people.must_be_verified(person)],
        has_cards=onboarding_forms.has_cards(account),
        view=view,
    )


ROUTES = [
    Route("/setup/s/{token}", open_link, methods=["GET"]),
    Route("/setup/e/{session}", start, methods=["GET"]),
    Route("/setup/e/{session}/leave", leave_early, methods=["POST"]),
    Route("/setup/e/{session}/{step}", step, methods=["GET", "POST"]),
]
