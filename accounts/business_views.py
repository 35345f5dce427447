"""The pages of a business itself: what it has to do now, and the way to Stripe's onboarding and back."""

import time

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts import connected_accounts, links
from accounts.access import account_required, may
from accounts.changes import reread_quietly
from accounts.connecting import endings
from accounts.embedding import connect_js
from accounts.models import ConnectedAccount
from accounts.prompts import prompt_for
from accounts.requirement_lines import grouped, lines_of
from accounts.steps import steps_for
from desk.access import signed_in
from stripe_gateway.outcomes import AccessRevoked, Refused, StripeProblem

# Browsers apply form-action to where a form's answer redirects, and onboarding is one redirect away from its button.
ALLOW_ONBOARDING = {"form-action": list({*settings.STRIPE_ONBOARDING_ORIGINS, settings.STRIPE_CONNECT_BASE})}
Kind, Status = ConnectedAccount.Kind, ConnectedAccount.Status
# Stripe sends people back whom its form cannot let in. After so many times within so long, nobody is sent once more.
MOST_REFRESHES, REFRESHES_WITHIN_SECONDS = 3, 120
REFRESHES = "onboarding_refreshes"


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
def business_home(request, account):
    """Where a business stands, what it has to do now, and its money once it has cards."""
    if request.user.is_staff:
        return redirect("accounts:detail", account.ref)
    context = _home_context(request, account)
    # Stripe's own notes stand above ours when something is wrong with a business that had been let in.
    context["has_notes"] = bool(context["connect"] and context["wrong"] and account.details_are_done)
    opened = connect_js.admitted if context["has_notes"] else csp_update

    @opened(ALLOW_ONBOARDING)
    def draw(request):
        return render(request, "accounts/business_home.html", context)

    return draw(request)


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
    return render(request, _status_template(account), context)


def _status_template(account) -> str:
    return "accounts/_home_status.html" if account.kind == Kind.ISSUING else "accounts/_home_payouts.html"


def _home_context(request, account) -> dict:
    lines = lines_of(account)
    steps = steps_for(account) if account.kind == Kind.ISSUING else []
    has_begun = links.has_begun(account)
    may_onboard = may(request.user, "accounts.onboard_connectedaccount", account)
    return {
        "account": account,
        "steps": steps if any(step["state"] != "done" for step in steps) else [],
        "wrong": [line for line in lines if line.is_due and not line.is_expected],
        "routine": grouped([line for line in lines if line.is_expected]),
        "coming": [line for line in lines if line.is_future],
        "has_begun": has_begun,
        "prompt": prompt_for(account, is_due=any(line.is_due for line in lines), has_begun=has_begun),
        "status_template": _status_template(account),
        "has_dashboard": links.has_dashboard(account),
        "may_update": links.may_update(account),
        "may_manage_members": may(request.user, "accounts.manage_members", account),
        "is_connected": endings.may_disconnect(account),
        "may_onboard": may_onboard,
        "connect": connect_js.facts(account) if may_onboard else None,
        "is_waiting": account.status in (Status.CREATING, Status.IN_REVIEW),
    }


@account_required("accounts.onboard_connectedaccount", business_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def onboard(request, account):
    """Send the owner to Stripe's form, through a link that is made now and kept nowhere."""
    return _if_posted(request, account, links.fitting(account))


@account_required("accounts.onboard_connectedaccount", business_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def onboard_update(request, account):
    """Send the owner to Stripe's page on which what it knows can be changed."""
    return _if_posted(request, account, links.UPDATE)


def _if_posted(request, account, use):
    if request.method != "POST":
        # Where a person lands who had to sign in again in between.
        return redirect("accounts:business-home", account.ref)
    return _to_stripe(request, account, use)


@account_required("accounts.onboard_connectedaccount", business_only=True)
@require_GET
@never_cache
def onboarding_refresh(request, account, use):
    """Stripe sends people here when a link was used up, seen by a preview or had expired: make the same anew.

    It also does when the account was rejected, or is no longer open to us: then the page says so, and nobody goes round
    in a circle.
    """
    if _comes_again_and_again(request):
        reread_quietly(account)
        messages.error(request, _("Stripe has sent you back several times. Try again in a few minutes."))
        return redirect("accounts:business-home", account.ref)
    return _to_stripe(request, account, use)


def _comes_again_and_again(request) -> bool:
    now = time.time()
    recent = [at for at in request.session.get(REFRESHES, []) if now - at < REFRESHES_WITHIN_SECONDS]
    request.session[REFRESHES] = [*recent, now]
    return len(recent) >= MOST_REFRESHES


def _to_stripe(request, account, use):
    if not account.stripe_id:
        messages.info(request, _("Your account is still being prepared. Try again in a minute."))
        return redirect("accounts:business-home", account.ref)
    if account.status in links.ENDED:
        return redirect("accounts:business-home", account.ref)
    try:
        link = links.open_hosted(account, use=use, actor=request.user, request=request)
    except (Refused, AccessRevoked):
        # The account may have ended without our knowing it yet: its page then says so, by itself.
        reread_quietly(account)
        if account.status not in links.ENDED:
            _say_not_opened(request)
    except (StripeProblem, links.LinkRefused):
        _say_not_opened(request)
    except links.NotOffered:
        messages.info(request, _("Stripe has no page for changes while it is still asking for your details."))
    else:
        return _there(link)
    return redirect("accounts:business-home", account.ref)


def _say_not_opened(request) -> None:
    messages.error(request, _("Stripe’s form could not be opened just now. Nothing was lost. Try again in a minute."))


def _there(link: str):
    """On to Stripe at once: the address stands in no page, and leads no other site back here."""
    response = HttpResponseRedirect(link)
    response.status_code = 303
    response["Referrer-Policy"] = "no-referrer"
    return response


@account_required("accounts.onboard_connectedaccount", business_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def express_dashboard(request, account):
    """Send the owner to the Express dashboard, through a login link that is made now and kept nowhere."""
    if request.method != "POST":
        return redirect("accounts:business-home", account.ref)
    try:
        return _there(links.open_dashboard(account, actor=request.user, request=request))
    except links.NotOffered:
        messages.info(request, _("Your Stripe dashboard opens once you have been through Stripe’s form."))
    except (StripeProblem, links.LinkRefused):
        messages.error(request, _("Your Stripe dashboard could not be opened just now. Try again in a minute."))
    return redirect("accounts:business-home", account.ref)


@account_required("accounts.view_connectedaccount")
@require_safe
def onboarding_return(request, account):
    """Coming back from Stripe proves nothing: the account is read again, and its page says what is so."""
    try:
        connected_accounts.reread(account)
    except StripeProblem:
        messages.info(request, _("Stripe could not be asked just now. This page follows by itself."))
    else:
        if account.kind == Kind.ISSUING and account.status == Status.ONBOARDING and not request.user.is_staff:
            messages.info(request, _("You stopped before the end. Stripe has saved what you entered: continue below."))
    return redirect("accounts:business-home", account.ref)
