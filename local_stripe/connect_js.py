"""Connect.js and the frames it shows: components that onboard an account inside a platform's own pages."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from local_stripe import account_views_v1 as views
from local_stripe import errors, onboarding_forms, onboarding_plan, onboarding_words, stripe_js
from local_stripe.context import Call
from local_stripe.errors import StripeError
from local_stripe.ids import random_text
from local_stripe.onboarding_pages import FRAMED, HEADERS, Visit, page, show
from local_stripe.resources import account_links, account_sessions, accounts, onboarding
from local_stripe.resources.account_links import ONBOARDING, SESSION, UPDATE
from local_stripe.store import PLATFORM

STATIC = Path(__file__).parent / "static"
ONBOARDS, BANNER, MANAGES = "account-onboarding", "notification-banner", "account-management"
PUBLISHABLE_KEY = re.compile(r"^pk_test_\w+$")
POLICIES = {"terms": "fullTermsOfServiceUrl", "recipient": "recipientTermsOfServiceUrl", "privacy": "privacyPolicyUrl"}
FIELDS, FUTURE = ("currently_due", "eventually_due"), ("omit", "include")
LOOK_LENGTH, PATTERNS = 8_000, 100


async def serve_script(request: Request) -> FileResponse:
    return FileResponse(STATIC / "connect.js", media_type="text/javascript", headers=stripe_js.HEADERS)


async def serve_frame_script(request: Request) -> FileResponse:
    return FileResponse(STATIC / "connect_frame.js", media_type="text/javascript", headers=stripe_js.HEADERS)


async def serve_frame_styles(request: Request) -> FileResponse:
    return FileResponse(STATIC / "connect_frame.css", media_type="text/css", headers=stripe_js.HEADERS)


async def wait_for_secret(request: Request) -> Response:
    """The empty frame that asks the page around it for the client secret: no address ever carries one."""
    return page(request, "loading.html", event="hello")


async def open_session(request: Request) -> Response:
    """Trade a client secret, or the grant it was traded for, for a session of one component's pages."""
    call = onboarding.call_for(request)
    try:
        asked = await _read(request)
        with call.db.transaction():
            return JSONResponse(_open(call, asked), headers=HEADERS)
    except StripeError as refusal:
        return JSONResponse(refusal.body(), refusal.status, headers=HEADERS)


async def _read(request: Request) -> dict:
    """The JSON that our own frame sent. Raises StripeError for anybody else's, and for what is no object."""
    origin = request.headers.get("origin")
    if origin is None or urlsplit(origin).netloc != request.headers.get("host"):
        raise errors.invalid("Only frames of Connect.js may ask for this.", status=403)
    try:
        asked = json.loads(await request.body() or b"{}")
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise errors.invalid("The body must be a JSON object.")
    return asked


def _open(call: Call, asked: dict) -> dict:
    key = asked.get("publishable_key")
    if not isinstance(key, str) or not PUBLISHABLE_KEY.match(key):
        raise errors.StripeError(401, "Invalid publishable key.", code="api_key_invalid")
    grant = asked.get("grant") or account_sessions.claim(call, str(asked.get("client_secret") or ""))
    session = account_sessions.granted(call, str(grant))
    component = str(asked.get("component") or "")
    name = component.replace("-", "_")
    if not session["components"].get(name, {}).get("enabled"):
        raise errors.invalid(f"The account session has not enabled the component {name}.", param="components")
    account = accounts.load(call.db, session["account"])
    if account is None:
        raise errors.invalid("The account is gone.", code="account_invalid")
    kept = {
        "account": session["account"],
        "api": "v1",
        "component": component,
        "grant": account_sessions.digest(str(grant)),
        "expires_at": session["expires_at"],
        "opened": call.now,
        "flow": UPDATE if component == MANAGES else ONBOARDING,
        "origin": _origin(asked.get("origin")),
        **_appearance(asked),
        **_options(call, account, asked.get("options")),
    }
    kept["collection"]["bank"] = session["components"][name]["features"].get(account_sessions.WITH_BANK, False)
    return {"session": _keep(call, kept, asked.get("session")), "grant": grant}


def _keep(call: Call, kept: dict, renewed: object) -> str:
    """Under the name of the session that ran out, when it is the same account's, so that its pages go on."""
    old = call.db.get(PLATFORM, SESSION, renewed) if isinstance(renewed, str) else None
    same = old is not None and all(old.get(name) == kept[name] for name in ("account", "component", "origin"))
    id = renewed if same and isinstance(renewed, str) else random_text(32)
    call.db.put(PLATFORM, SESSION, id, {**(old or {}), **kept} if same else kept)
    return id


def _origin(given: object) -> str:
    """Where the frame's messages go, and from where it takes them."""
    parts = urlsplit(given) if isinstance(given, str) else urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise errors.invalid("Components are shown in pages with an http or https address.", param="origin")
    return f"{parts.scheme}://{parts.netloc}"


def _appearance(asked: dict) -> dict:
    look, locale = asked.get("look") or {}, asked.get("locale") or ""
    if not isinstance(look, dict) or len(json.dumps(look)) > LOOK_LENGTH:
        raise errors.invalid("Invalid appearance.", param="appearance")
    if not isinstance(locale, str):
        raise errors.invalid("Invalid locale.", param="locale")
    return {"look": look, "locale": onboarding_words.known(locale) if locale else ""}


def _options(call: Call, account: dict, options: object) -> dict:
    """Collection options and policies, as the platform's page set them on the element."""
    options = options or {}
    if not isinstance(options, dict):
        raise errors.invalid("Invalid options.", param="options")
    policies: dict = {}
    for name, setter in POLICIES.items():
        url = options.get(setter)
        if url is not None and not (isinstance(url, str) and url.startswith(("https://", "http://"))):
            raise errors.invalid(f"{setter} must be a URL.", param=setter)
        policies[name] = url or ""
    if options.get("skipTermsOfServiceCollection"):
        controller = views.render(call.db, account)["controller"]
        if controller["requirement_collection"] != "application":
            message = "skipTermsOfServiceCollection is for accounts whose requirements your platform collects."
            raise errors.invalid(message, param="skipTermsOfServiceCollection")
        policies["skip"] = True
    return {"policies": policies, "collection": _collection(options.get("collectionOptions"))}


def _collection(given: object) -> dict:
    given = given or {}
    if not isinstance(given, dict):
        raise errors.invalid("Invalid collectionOptions.", param="collectionOptions")
    wanted = {"fields": given.get("fields"), "future_requirements": given.get("futureRequirements")}
    for name, choices in (("fields", FIELDS), ("future_requirements", FUTURE)):
        if wanted[name] is not None and wanted[name] not in choices:
            raise errors.not_one_of(f"collectionOptions.{name}", choices)
    collection = account_links.collection(wanted)
    narrowed = given.get("requirements") or {}
    if not isinstance(narrowed, dict) or set(narrowed) - {"only", "exclude"} or len(narrowed) > 1:
        raise errors.invalid("requirements takes one of only and exclude.", param="collectionOptions.requirements")
    for name, patterns in narrowed.items():
        is_list = isinstance(patterns, list) and all(isinstance(pattern, str) for pattern in patterns)
        if not is_list or len(patterns) > PATTERNS:
            raise errors.invalid(f"{name} must be a list of requirements.", param="collectionOptions.requirements")
        collection[name] = patterns
    return collection


async def home(request: Request) -> Response:
    """Where a component begins."""
    visit = onboarding.find(request)
    if isinstance(visit, Response):
        return visit
    if visit.component == BANNER:
        return banner(visit)
    if visit.component in (ONBOARDS, MANAGES):
        return await onboarding.home(request)
    return show(visit, "note.html", component=str(visit.component).replace("-", " ").capitalize())


def banner(visit: Visit) -> Response:
    """What is due, a line for each step that answers it; nothing at all when nothing is."""
    notices = [notice for step, title in onboarding_forms.STEPS if (notice := _notice(visit, step, title))]
    required = sum(notice["is_due"] for notice in notices)
    tells = {"notifications": {"total": len(notices), "actionRequired": required}}
    return show(visit, "banner.html", notices=notices, tells=tells)


def _notice(visit: Visit, step: str, title: str) -> dict | None:
    needs = onboarding_plan.wanted_in(step, visit.account, visit.persons, visit.session["collection"])
    if not needs:
        return None
    urgencies = {need.urgency for need in needs}
    is_due = any(onboarding_plan.is_due_now(need) for need in needs)
    words = "past due" if onboarding_plan.PAST_DUE in urgencies else "currently due" if is_due else "needed later"
    return {"step": step, "title": title, "count": len({need.v1 for need in needs}), "is_due": is_due, "words": words}


async def still_alive(request: Request) -> Response:
    """Whether what is typed now would be taken; asked before a form is sent, so that nothing typed is lost."""
    visit = onboarding.find(request)
    return Response(status_code=204 if isinstance(visit, Visit) else 410, headers=HEADERS)


async def change_look(request: Request) -> Response:
    """The platform updated the appearance or the language of its components."""
    visit = onboarding.find(request)
    if isinstance(visit, Response):
        return Response(status_code=410, headers=HEADERS)
    try:
        changed = _appearance(await _read(request))
    except StripeError as refusal:
        return JSONResponse(refusal.body(), refusal.status, headers=HEADERS)
    with visit.call.db.transaction():
        visit.call.db.put(PLATFORM, SESSION, visit.id, {**visit.session, **changed})
    return Response(status_code=204, headers=HEADERS)


async def log_out(request: Request) -> Response:
    """End every session that came of the same client secret."""
    visit = onboarding.find(request)
    if isinstance(visit, Visit):
        db, grant = visit.call.db, visit.session["grant"]
        with db.transaction():
            db.delete(PLATFORM, account_sessions.GRANT, grant)
            db.execute(
                "DELETE FROM objects WHERE scope = ? AND kind = ? AND json_extract(body, '$.grant') = ?",
                PLATFORM, SESSION, grant,
            )  # fmt: skip
    return Response(status_code=204, headers=HEADERS)


# The second address is the one Stripe itself uses.
ROUTES = [
    Route("/connect-js/v1.0/connect.js", serve_script),
    Route("/v1.0/connect.js", serve_script),
    Route("/connect-js/frame.js", serve_frame_script),
    Route("/connect-js/frame.css", serve_frame_styles),
    Route("/connect-js/frame/session", open_session, methods=["POST"]),
    Route("/connect-js/frame/{component}", wait_for_secret, methods=["GET"]),
    Route(f"{FRAMED}/{{session}}", home, methods=["GET"]),
    Route(f"{FRAMED}/{{session}}/left", onboarding.left, methods=["GET"]),
    Route(f"{FRAMED}/{{session}}/alive", still_alive, methods=["POST"]),
    Route(f"{FRAMED}/{{session}}/look", change_look, methods=["POST"]),
    Route(f"{FRAMED}/{{session}}/logout", log_out, methods=["POST"]),
    *onboarding.pages_below(FRAMED),
]
