"""The frame of our own forms: the way in, the end, and what every step shares."""

from collections.abc import Callable, Mapping
from functools import wraps

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from accounts import changes
from accounts.access import account_required
from accounts.details import refusals, steps
from accounts.details.known import Known, read
from accounts.models import ConnectedAccount
from stripe_gateway.models import StripeOperation
from stripe_gateway.operations import FormReused
from stripe_gateway.outcomes import Refused, StripeProblem

Status = ConnectedAccount.Status
State = StripeOperation.State
# Nothing can be told about an account that is not there yet, or not any more.
NOT_OPEN = (Status.CREATING, Status.AWAITING, Status.FAILED, Status.REJECTED, Status.CLOSED, Status.REVOKED)
LATER = "later"
# Browsers apply form-action to where a form's answer redirects: Stripe's own form is one redirect away from its button.
ALLOW_ONBOARDING = {"form-action": settings.STRIPE_ONBOARDING_ORIGINS}


def details_step(*, business_only: bool = False, is_met: Callable[..., bool] | None = None):
    """A view of one step: `view(request, account, known, …)` with what Stripe knows, read a moment ago.

    Only for owners, and staff on their behalf unless `business_only`. Accounts whose data Stripe collects itself get
    the way to its form instead. When Stripe cannot be asked, a page says so; a form that was sent still reaches its
    view, with an empty `known`, so that what was typed is not lost. `is_met(account, **ids)` tells from our own rows
    whether what the rest of the address names belongs to the account; what does not is a 404 even then.
    """

    def decorate(view):
        @account_required("accounts.onboard_connectedaccount", business_only=business_only)
        @never_cache
        @sensitive_post_parameters()
        @wraps(view)
        def guarded(request, account, *args, **kwargs):
            if stop := _not_here(request, account):
                return stop
            try:
                known = read(account)
            except StripeProblem:
                if is_met and not is_met(account, *args, **kwargs):
                    raise Http404 from None
                if request.method != "POST":
                    return render(request, "accounts/details/unreachable.html", {"account": account})
                known = Known()
            return view(request, account, known, *args, **kwargs)

        return guarded

    return decorate


def _not_here(request, account) -> HttpResponse | None:
    if account.kind != ConnectedAccount.Kind.ISSUING:
        return _elsewhere(request)
    if not account.stripe_id or account.status in NOT_OPEN:
        messages.info(request, _("There is nothing to fill in for this account now."))
        return redirect(home_url(request, account))
    return None


@csp_update(ALLOW_ONBOARDING)
def _elsewhere(request) -> HttpResponse:
    return render(request, "accounts/details/elsewhere.html", {"account": request.account})


def home_url(request, account) -> str:
    """The page a person came from: a business's own, or the account's for staff."""
    return reverse("accounts:detail" if request.user.is_staff else "accounts:business-home", args=[account.ref])


def wants_later(request) -> bool:
    """Whether the button was “Save and finish later”: what is filled in is saved, the rest may be empty."""
    return request.method == "POST" and request.POST.get("then") == LATER


def render_step(
    request, account, known: Known, *, step: str, template: str, form=None, status: int | None = None, **context
) -> HttpResponse:
    """A step's page inside the frame. A bound form answers 422 unless `status` says otherwise."""
    if status is None:
        status = 422 if form is not None and form.is_bound else 200
    all_steps = steps.steps_of(account, known, current=step)
    frame = {
        "account": account,
        "known": known,
        "form": form,
        "steps": all_steps,
        "step": next((one for one in all_steps if one.key == step), None),
        "to_correct": [line for line in steps.lines_for(account, step) if line.instructions],
        "on_its_way": account.changes.filter(operation__state__in=StripeOperation.OPEN).exists(),
        "needs_person": account.changes.filter(operation__state=State.NEEDS_PERSON).exists(),
        "home_url": home_url(request, account),
    }
    return render(request, template, frame | context, status=status)


def submit(
    request,
    account,
    known: Known,
    *,
    step: str,
    form,
    redraw: Callable[[int], HttpResponse],
    fields: Mapping[str, str],
    done_url: str = "",
    **change,
) -> HttpResponse:
    """Send a change by `changes.send(**change)` and answer with how it ended.

    Taken: on to `done_url` or the next step. Refused, by a token or by the change: `redraw(422)` with a sentence at the
    field that `fields` gives for Stripe's parameter ("company.address.city" → "city"). Not known yet: back to the step,
    which says so for as long as that lasts. Needs a valid form with `operation`, and the reason where staff act.
    """
    try:
        made = changes.send(
            form_id=form.cleaned_data["operation"],
            account=account,
            actor=request.user,
            reason=getattr(form, "on_behalf_reason", ""),
            request=request,
            **change,
        )
    except Refused as refusal:
        _explain(form, refusal.code, refusal.param, fields)
        return redraw(422)
    except StripeProblem:
        form.add_error(None, _("Stripe could not be reached, so nothing was sent. Try again in a minute."))
        return redraw(422)
    except FormReused:
        form.renew()
        form.add_error(None, _("This form was already sent with other details. Check them and send it once more."))
        return redraw(409)
    operation = made.operation
    if operation.state == State.REJECTED:
        form.renew()
        _explain(form, operation.error_code, operation.error_param, fields)
        return redraw(422)
    if operation.state != State.ACCEPTED:
        return redirect(f"accounts:details-{step}", account.ref)
    changes.reread_quietly(account)
    return after(request, account, known, step=step, done_url=done_url)


def after(request, account, known: Known, *, step: str, done_url: str = "") -> HttpResponse:
    """Where a step that has been dealt with leads: home when it was saved for later, else on."""
    if wants_later(request):
        messages.success(request, _("Saved at Stripe. Continue whenever you like."))
        return redirect(home_url(request, account))
    if done_url:
        return redirect(done_url)
    return redirect(url_of(request, account, steps.following(account, known, step)))


def url_of(request, account, step: steps.Step | None) -> str:
    """Of a step, or of the end: nothing is left, or only the terms, which staff cannot accept."""
    if step is None or (request.user.is_staff and step.key == steps.TERMS):
        return reverse("accounts:details-done", args=[account.ref])
    return step.url


def _explain(form, code: str, param: str, fields: Mapping[str, str]) -> None:
    field = refusals.field_of(param, fields) if param else None
    form.add_error(field if field in form.fields else None, refusals.sentence(code))


@require_safe
@details_step()
def details(request, account, known):
    """The way in: on to the first step that Stripe waits for."""
    return redirect(url_of(request, account, steps.way_in(account, known)))


@require_safe
@details_step()
def details_done(request, account, known):
    """Nothing is open any more, or what still is."""
    return render_step(
        request,
        account,
        known,
        step="",
        template="accounts/details/done.html",
        first_open=steps.first_open(account, known),
    )
