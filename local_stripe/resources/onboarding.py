"""The onboarding pages that account links open, and that components show inside a platform's frame."""

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local_stripe import clock, events, onboarding_documents, onboarding_extras, onboarding_forms
from local_stripe.context import Call
from local_stripe.errors import StripeError
from local_stripe.onboarding_documents import Upload
from local_stripe.onboarding_fields import Field
from local_stripe.onboarding_forms import Form
from local_stripe.onboarding_pages import FRAMED, HEADERS, HOSTED, Visit, draw, overview, page, redirect, remember, show
from local_stripe.resources import account_links, accounts
from local_stripe.resources.account_links import ONBOARDING, SESSION
from local_stripe.resources.account_sessions import is_rejected
from local_stripe.store import PLATFORM

UPLOAD = "[upload]"  # ends the name of the file beside a choice
DEFAULTS = {"flow": ONBOARDING, "collection": account_links.collection({"fields": "eventually_due"})}


def call_for(request: Request) -> Call:
    """The visitor's acts run as calls of the platform, without a request of the API behind them."""
    server = request.app.state.server
    client_ip = request.client.host if request.client else ""
    return Call(db=server.db, now=clock.now(server.db), scope=PLATFORM, client_ip=client_ip)


async def open_link(request: Request) -> Response:
    """Use the link up and start a session; a link that lets nobody in sends the visitor to refresh_url.

    Whoever asks for the page uses it up, previews of messengers included; asking for its headers does not.
    """
    call = call_for(request)
    link = call.db.get(PLATFORM, account_links.KIND, request.path_params["token"])
    if link is None:
        return page(request, "ended.html", 404, title="This link does not exist")
    if request.method == "HEAD":
        return Response(headers=HEADERS)
    with call.db.transaction():
        session = account_links.open_once(call, link)
    return redirect(f"{HOSTED}/{session}" if session else link["refresh_url"])


def find(request: Request) -> Response | Visit:
    """The visit, or the page for one that is over."""
    call, id = call_for(request), request.path_params["session"]
    session = call.db.get(PLATFORM, SESSION, id)
    account = accounts.load(call.db, session["account"]) if session else None
    is_framed = request.url.path.startswith(f"{FRAMED}/")
    if session is None or account is None or is_framed != bool(session.get("component")):
        return page(request, "ended.html", 410, title="This session has ended")
    session = {**DEFAULTS, **session}
    if account["closed"] or is_rejected(account):
        if not is_framed and session.get("refresh_url"):
            return redirect(session["refresh_url"])
        return page(request, "ended.html", 410, session=session, title="This session has ended")
    if is_framed and call.now >= session["expires_at"]:
        return page(request, "expired.html", 410, session=session, event="expired")
    return Visit(call, request, id, session, account)


async def home(request: Request) -> Response:
    """Where a visit begins: an update shows what is on file, everything else goes on with what is missing."""
    visit = find(request)
    if isinstance(visit, Response):
        return visit
    return overview(visit) if visit.is_update else begin(visit)


async def go_on(request: Request) -> Response:
    visit = find(request)
    return visit if isinstance(visit, Response) else begin(visit)


def begin(visit: Visit) -> Response:
    """Go to the first step with something missing."""
    missing = visit.missing
    if missing:
        return redirect(f"{visit.base}/{missing[0]}")
    return leave(visit) if visit.is_update else show(visit, "nothing_due.html")


async def step(request: Request) -> Response:
    """Draw a step, or take what was typed into it."""
    visit = find(request)
    if isinstance(visit, Response):
        return visit
    name = request.path_params["step"]
    if name not in [known for known, _ in onboarding_forms.STEPS]:
        return page(request, "ended.html", 404, session=visit.session, title="There is no such page")
    if request.method == "POST":
        form = await request.form()
        typed = {key: value for key, value in form.items() if isinstance(value, str)}
        visit.owner = _owner(visit, name, typed.get("owner"))
        return take(visit, name, typed, await uploads_in(form))
    visit.owner = _owner(visit, name, request.query_params.get("owner"))
    return draw(visit, name)


def _owner(visit: Visit, step: str, id: str | None) -> str | None:
    """The owner of the business whose details the page is about, if it is about one."""
    return id if step == "owners" and any(person["id"] == id for person in visit.persons) else None


async def uploads_in(form: FormData) -> dict[str, Upload]:
    """The files that were chosen, by name of the field."""
    found = {key.removesuffix(UPLOAD): value for key, value in form.items() if isinstance(value, UploadFile)}
    return {key: Upload(value.filename, await value.read()) for key, value in found.items() if value.filename}


def take(visit: Visit, step: str, submitted: dict, uploads: dict[str, Upload]) -> Response:
    remember(visit)
    action, call = submitted.get("action", "next"), visit.call
    view, fields = visit.view(step), visit.fields(step)
    if action == "test_data":
        return draw(visit, step, Form({field.name: field.test for field in fields}, {}))
    if step == "owners" and action == "next" and not any(submitted.get(field.name) for field in fields):
        return confirm_owners(visit)
    if step == "terms" and action != "later":
        return submit(visit, submitted)
    ids, problems = onboarding_documents.take_uploads(call, visit.account, fields, uploads)
    form = onboarding_forms.read(fields, {**submitted, **ids}, view, partly=action == "later")
    form.problems |= problems
    if form.problems and action != "later":
        return draw(visit, step, form)
    try:
        with call.db.transaction():
            save(visit, step, form, fields)
    except StripeError as refusal:
        form.problems[onboarding_forms.field_of(refusal, fields)] = refusal.message
        visit.account = accounts.require(call.db, visit.account["id"])
        return draw(visit, step, form)
    if action == "later":
        return leave(visit)
    if action == "add" or visit.owner:
        return redirect(visit.request.url.path)
    return confirm_owners(visit) if step == "owners" else onward(visit, step)


def save(visit: Visit, step: str, form: Form, fields: list[Field]) -> None:
    """Write a step. Raises StripeError when the API would refuse it."""
    if step == "bank" or visit.owner:
        onboarding_extras.save(visit.call, visit.account, step, form, visit.owner)
    else:
        onboarding_forms.save(visit.call, visit.account, step, form, fields)


def confirm_owners(visit: Visit) -> Response:
    with visit.call.db.transaction():
        onboarding_forms.confirm_owners(visit.call, visit.account)
    return onward(visit, "owners")


def onward(visit: Visit, step: str) -> Response:
    """To the step after this one; a flow for what is due now skips those with nothing missing."""
    if visit.is_update:
        return redirect(visit.base)
    names, missing = [name for name, _ in visit.steps], visit.missing
    after = names[names.index(step) + 1 :] if step in names else names[-1:]
    following = [name for name in after if visit.asks_everything or name in missing]
    return redirect(f"{visit.base}/{(following or names[-1:])[0]}")


def submit(visit: Visit, submitted: dict) -> Response:
    if visit.session.get("policies", {}).get("skip"):
        return leave(visit)
    if submitted.get("agree") != "yes":
        return draw(visit, "terms", Form({}, {"agree": "Accept the agreements to continue."}))
    with visit.call.db.transaction():
        onboarding_forms.accept_terms(visit.call, visit.account, visit.request.headers.get("user-agent", ""))
    return leave(visit)


async def leave_early(request: Request) -> Response:
    """Back to the platform from a page without a form."""
    visit = find(request)
    return visit if isinstance(visit, Response) else leave(visit)


def leave(visit: Visit) -> Response:
    """End the session and go back to the platform; v2 links tell of it by an event. A frame stays, and says so."""
    if visit.component == "account-onboarding":
        return redirect(f"{visit.base}/left")
    if visit.component:
        return redirect(visit.base)
    session, account, call = visit.session, visit.account, visit.call
    with call.db.transaction():
        call.db.delete(PLATFORM, SESSION, visit.id)
        if session["api"] == "v2":
            names = session["collection"].get("configurations") or sorted(account["configurations"])
            data = {"account_id": account["id"], "configurations": names, "use_case": session["flow"]}
            events.emit_thin(call, "v2.core.account_link.returned", None, scope=account["id"], data=data)
    return redirect(session["return_url"])


async def left(request: Request) -> Response:
    """What a frame shows to somebody who left the form."""
    visit = find(request)
    if isinstance(visit, Response):
        return visit
    return show(visit, "left.html", event="exit", is_complete=not visit.missing)


def pages_below(base: str) -> list[Route]:
    """The routes of the pages a session walks through."""
    return [
        Route(f"{base}/{{session}}/begin", go_on, methods=["GET"]),
        Route(f"{base}/{{session}}/leave", leave_early, methods=["POST"]),
        Route(f"{base}/{{session}}/{{step}}", step, methods=["GET", "POST"]),
    ]


ROUTES = [
    Route("/setup/s/{token}", open_link, methods=["GET"]),
    Route(f"{HOSTED}/{{session}}", home, methods=["GET"]),
    *pages_below(HOSTED),
]
