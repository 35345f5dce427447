"""Drawing the onboarding pages, in a window of their own or inside a platform's frame."""

import json
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from local_stripe import account_views_v1, onboarding_fields, onboarding_forms, onboarding_plan, onboarding_words
from local_stripe.context import Call
from local_stripe.onboarding_fields import Field
from local_stripe.onboarding_forms import Form
from local_stripe.resources import people
from local_stripe.resources.account_links import SESSION, UPDATE
from local_stripe.store import PLATFORM

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
HOSTED, FRAMED = "/setup/e", "/connect-js/frame/e"
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
SOURCES = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'"
WINDOW_HEADERS = {
    **HEADERS,
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": f"{SOURCES}; frame-ancestors 'none'",
}
# The session in the address is what keeps strangers out of a frame, so any site may hold it.
FRAME_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": f"{SOURCES}; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors *",
}
SEE_OTHER = 303
# What Connect.js calls our steps.
STEP_NAMES = {
    "type": "business_type",
    "business": "business_details",
    "representative": "representative_details",
    "documents": "representative_document",
    "bank": "external_account",
    "terms": "summary",
}


@dataclass
class Visit:
    """Somebody on the pages: who they are, about which account, and what this flow collects of it."""

    call: Call
    request: Request
    id: str
    session: dict
    account: dict
    owner: str | None = None  # whose details are corrected, on the page of owners

    @property
    def component(self) -> str | None:
        """The component that shows the pages, None when they have a window of their own."""
        return self.session.get("component")

    @property
    def base(self) -> str:
        return f"{FRAMED if self.component else HOSTED}/{self.id}"

    @property
    def is_update(self) -> bool:
        return self.session["flow"] == UPDATE

    @property
    def persons(self) -> list[dict]:
        return people.of_account(self.call.db, self.account["id"])

    @property
    def about(self) -> tuple[dict, list[dict], dict]:
        return self.account, self.persons, self.session["collection"]

    @property
    def missing(self) -> list[str]:
        return onboarding_plan.open_steps(*self.about)

    @property
    def asks_everything(self) -> bool:
        return self.is_update or self.session["collection"]["fields"] != "currently_due"

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The steps of this flow; one for what is due now has those that were open at some time, and the last."""
        steps = onboarding_forms.steps_of(self.account, self.persons)
        asked = {*self.session.get("asked", ()), *self.missing, "terms"}
        if self.asks_everything:
            asked |= {name for name, _ in steps if name != "bank"}
        return [(name, title) for name, title in steps if name in asked]

    @property
    def policies(self) -> dict:
        """What the platform says about terms: addresses of its own, whether it has them accepted itself."""
        given = {"terms": "", "recipient": "", "privacy": "", "skip": False, **self.session.get("policies", {})}
        is_recipient = self.account["terms"].get("account", {}).get("service_agreement") == "recipient"
        return {**given, "terms": given["recipient"] if is_recipient and given["recipient"] else given["terms"]}

    def view(self, step: str) -> dict:
        owner = next((person for person in self.persons if person["id"] == self.owner), None)
        if owner is not None:
            return account_views_v1.person_view(self.account, self.persons, owner)
        return onboarding_forms.view_for(self.call, self.account, step, self.persons)

    def fields(self, step: str) -> list[Field]:
        collection = self.session["collection"]
        if self.is_update:
            collection = {**collection, "fields": "eventually_due"}
        return onboarding_plan.fields_of(step, self.account, self.persons, self.view(step), collection)


def locale_of(request: Request, session: dict | None) -> str:
    """What the platform chose for its frame, otherwise the browser's language."""
    chosen = (session or {}).get("locale")
    return chosen or onboarding_words.preferred(request.headers.get("accept-language", ""))


def page(
    request: Request, template: str, status: int = 200, *, session: dict | None = None, event: str = "page", **values
) -> HTMLResponse:
    """`event` is what a frame tells the page around it, together with `values["tells"]`."""
    is_framed = request.url.path.startswith("/connect-js/")
    locale = locale_of(request, session)
    html = TEMPLATES.get_template(f"onboarding/{template}").render(
        layout="onboarding/frame.html" if is_framed else "onboarding/window.html",
        locale=locale,
        t=onboarding_words.translator(locale),
        event=event,
        tells=json.dumps(values.pop("tells", {})),
        origin=(session or {}).get("origin", ""),
        look=json.dumps((session or {}).get("look", {})),
        is_framed=is_framed,
        **values,
    )
    return HTMLResponse(html, status, headers=FRAME_HEADERS if is_framed else WINDOW_HEADERS)


def redirect(url: str) -> RedirectResponse:
    return RedirectResponse(url, SEE_OTHER, headers=HEADERS)


def show(visit: Visit, template: str, status: int = 200, **values) -> HTMLResponse:
    return page(
        visit.request,
        template,
        status,
        session=visit.session,
        base=visit.base,
        account=visit.account,
        **values,
    )


def draw(visit: Visit, step: str, form: Form | None = None) -> HTMLResponse:
    """A step, as known or as typed."""
    remember(visit)
    view, fields, missing = visit.view(step), visit.fields(step), visit.missing
    values = form.values if form else {field.name: onboarding_fields.value_of(field, view) for field in fields}
    return show(
        visit,
        f"{step if step in ('owners', 'terms') else 'step'}.html",
        tells={"step": STEP_NAMES.get(step, step)},
        step=step,
        title=dict(onboarding_forms.STEPS)[step],
        steps=[{"name": n, "title": t, "done": n not in missing, "current": n == step} for n, t in visit.steps],
        fields=fields,
        values=values,
        on_file={field.name for field in fields if onboarding_fields.is_on_file(field, view)},
        problems=form.problems if form else {},
        complaints=[] if form else onboarding_forms.complaints(visit.account, visit.persons, step),
        owners=[person for person in visit.persons if people.must_be_verified(person)],
        owner=visit.owner,
        unfinished={need.person for need in onboarding_plan.wanted_in("owners", *visit.about)},
        has_cards=onboarding_forms.has_cards(visit.account),
        policies=visit.policies,
    )


def remember(visit: Visit) -> None:
    """Keep which steps were open, so that they stay in sight once they are done."""
    asked = sorted({*visit.session.get("asked", ()), *visit.missing})
    if asked != visit.session.get("asked"):
        visit.session["asked"] = asked
        with visit.call.db.transaction():
            visit.call.db.put(PLATFORM, SESSION, visit.id, visit.session)


def overview(visit: Visit) -> HTMLResponse:
    """What is on file, to be corrected: where an update begins."""
    sections = [_section(visit, name, title) for name, title in visit.steps if name not in ("owners", "terms")]
    return show(
        visit,
        "overview.html",
        sections=sections,
        missing=visit.missing,
        owners=[person for person in visit.persons if people.must_be_verified(person)],
    )


def _section(visit: Visit, name: str, title: str) -> dict:
    view = visit.view(name)
    rows = []
    for field in visit.fields(name):
        value = onboarding_fields.value_of(field, view)
        if onboarding_fields.is_on_file(field, view):
            rows.append((field.label, None))
        elif value:
            rows.append((field.label, dict(field.choices).get(value, value)))
    return {"name": name, "title": title, "rows": rows, "is_due": name in visit.missing}
