"""The pages of a business itself: what it has to do now, and the way to Stripe's onboarding and back."""

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts import connected_accounts, onboarding
from accounts.access import account_required, may
from accounts.models import ConnectedAccount
from accounts.requirement_lines import grouped, lines_of
from accounts.steps import steps_for
from desk.access import signed_in
from stripe_gateway.outcomes import StripeProblem

# Browsers apply form-action to where a form's answer redirects, and onboarding is one redirect away from its button.
ALLOW_ONBOARDING = {"form-action": settings.STRIPE_ONBOARDING_ORIGINS}
Status = ConnectedAccount.Status


@signed_in
@require_safe
def switch(request):
    """The businesses this person acts for."""
    if request.user.is_staff:
        return redirect("accounts:list")
    accounts = ConnectedAccount.objects.for_user(request.user).order_by("name", "pk")
    return render(request, "accounts/switch.html", {"accounts": accounts})


@account_required("accounts.view_connectedaccount")
@require_safe
@csp_update(ALLOW_ONBOARDING)
def business_home(request, account):
    """Where a business stands, what it has to do now, and its money once it has cards."""
    if request.user.is_staff:
        return redirect("accounts:detail", account.ref)
    return render(request, "accounts/business_home.html", _home_context(request, account))


@account_required("accounts.view_connectedaccount")
@require_safe
@csp_update(ALLOW_ONBOARDING)
def home_status(request, account):
    """The part of the home page that follows by itself while Stripe is at work."""
    if request.user.is_staff:
        return redirect("accounts:detail", account.ref)
    if not request.htmx:
        return redirect("accounts:business-home", account.ref)
    context = _home_context(request, account)
    if not context["is_waiting"]:
        # What comes next is more than this part of the page.
        return HttpResponseClientRefresh()
    return render(request, "accounts/_home_status.html", context)


def _home_context(request, account) -> dict:
    lines = lines_of(account)
    steps = steps_for(account)
    return {
        "account": account,
        "steps": steps if any(step["state"] != "done" for step in steps) else [],
        "wrong": [line for line in lines if line.is_due and not line.is_expected],
        "routine": grouped([line for line in lines if line.is_expected]),
        "has_begun": onboarding.has_begun(account),
        "may_onboard": may(request.user, "accounts.onboard_connectedaccount", account),
        "is_waiting": account.status in (Status.CREATING, Status.IN_REVIEW),
    }


@account_required("accounts.onboard_connectedaccount", business_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def onboard(request, account):
    """Send the owner to Stripe's form, through a link that is made now and kept nowhere."""
    if request.method != "POST":
        # Where a person lands who had to sign in again in between.
        return redirect("accounts:business-home", account.ref)
    return _to_stripe(request, account)


@account_required("accounts.onboard_connectedaccount", business_only=True)
@require_GET
@never_cache
def onboarding_refresh(request, account):
    """Stripe sends people here when a link was used up or had expired: make a new one and go on."""
    return _to_stripe(request, account)


def _to_stripe(request, account):
    if not account.stripe_id:
        messages.info(request, _("Your account is still being prepared. Try again in a minute."))
        return redirect("accounts:business-home", account.ref)
    try:
        link = onboarding.open_link(account, actor=request.user, request=request)
    except (StripeProblem, onboarding.LinkRefused):
        messages.error(
            request, _("Stripe’s form could not be opened just now. Nothing was lost. Try again in a minute.")
        )
        return redirect("accounts:business-home", account.ref)
    response = HttpResponseRedirect(link)
    response.status_code = 303
    response["Referrer-Policy"] = "no-referrer"
    return response


@account_required("accounts.view_connectedaccount")
@require_safe
def onboarding_return(request, account):
    """Coming back from Stripe proves nothing: the account is read again, and its page says what is so."""
    try:
        connected_accounts.reread(account)
    except StripeProblem:
        messages.info(request, _("Stripe could not be asked just now. This page follows by itself."))
    return redirect("accounts:business-home", account.ref)
