"""Onboarding inside our own page: the page, and the sessions that its script asks for."""

import re

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import account_required
from accounts.embedding import connect_js, sessions
from accounts.links import has_begun
from accounts.requirement_lines import grouped, lines_of
from stripe_gateway.outcomes import StripeProblem

_VISIT = re.compile(r"[0-9a-f-]{36}")


@account_required("accounts.onboard_connectedaccount", business_only=True)
@require_safe
@never_cache
@connect_js.admitted({"form-action": settings.STRIPE_ONBOARDING_ORIGINS})
def embedded(request, account):
    """The ways to fill in what Stripe asks, drawn by us; where Stripe's component loads, it takes their place."""
    if not account.stripe_id:
        return redirect("accounts:business-home", account.ref)
    lines = lines_of(account)
    context = {
        "account": account,
        "connect": connect_js.facts(account),
        "wrong": [line for line in lines if line.is_due and not line.is_expected],
        "routine": grouped([line for line in lines if line.is_expected]),
        "has_begun": has_begun(account),
    }
    return render(request, "accounts/embedded/onboarding.html", context)


@account_required("accounts.onboard_connectedaccount", business_only=True)
@require_POST
@never_cache
def embedded_session(request, account):
    """A client secret for Connect.js, of the account that this owner's address names; no field is read."""
    visit = request.headers.get("X-Visit", "")
    try:
        session = sessions.open_session(
            account,
            actor=request.user,
            visit=visit if _VISIT.fullmatch(visit) else "",
            now=timezone.now(),
            request=request,
        )
    except sessions.NotOffered:
        return _problem(409, "not_offered", _("Stripe’s form cannot be shown for this account."))
    except sessions.TooMany:
        return _problem(429, "too_many", _("Stripe’s form was opened too often. Wait a few minutes."))
    except StripeProblem:
        # Not an error of ours, and nothing is in doubt: a session that was made and not heard of just runs out.
        return _problem(424, "stripe", _("Stripe could not be reached just now."))
    return JsonResponse({"client_secret": session.client_secret, "expires_at": session.expires_at.isoformat()})


def _problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)
