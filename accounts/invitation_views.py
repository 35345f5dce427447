"""How an invited person gets in. The token stays in the address for one redirect only, so nothing can carry it on."""

from django.contrib.auth import login
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import invitations
from accounts.forms import AcceptForm
from accounts.models import Invitation
from desk.access import public

SESSION_KEY = "invitation"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@public("the link in an invitation is what lets a new person in")
@require_safe
@never_cache
def invitation_open(request, token):
    """Take the token out of the address and go on to the page that asks for a name and a password."""
    invitation = invitations.by_token(token)
    request.session[SESSION_KEY] = invitation.pk if invitation else 0
    response = redirect("accounts:invitation")
    response["Referrer-Policy"] = "no-referrer"
    return response


@public("the invited person has no login yet")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request):
    """Accept an invitation: a new person sets a password; somebody known signs in first."""
    found = Invitation.objects.select_related("account").filter(pk=request.session.get(SESSION_KEY)).first()
    if found is None:
        return _closed(request, "")
    now = timezone.now()
    try:
        invitations.check_open(found, now)
        return _accept(request, found, now)
    except invitations.NotOpen as reason:
        return _closed(request, str(reason))


def _accept(request, found, now):
    known = invitations.existing_user(found)
    if known is None and not request.user.is_authenticated:
        return _accept_as_new(request, found, now)
    context = {"invitation": found, "account": found.account}
    if known is None or known != request.user or known.is_staff:
        return render(request, "accounts/invitation_sign_in.html", context)
    if request.method != "POST":
        return render(request, "accounts/invitation_join.html", context)
    invitations.accept(invitation=found, now=now, user=known, request=request)
    return _welcome(request, found)


def _accept_as_new(request, found, now):
    form = AcceptForm(request.POST if request.method == "POST" else None, email=found.email)
    if request.method == "POST" and form.is_valid():
        user = invitations.accept(invitation=found, now=now, request=request, **form.cleaned_data)
        login(request, user, backend=BACKEND)
        return _welcome(request, found)
    purpose = invitations.purpose_of(found)
    context = {"invitation": found, "account": found.account, "form": form, "purpose": purpose}
    return render(request, "accounts/invitation.html", context, status=422 if form.is_bound else 200)


def _welcome(request, found):
    request.session.pop(SESSION_KEY, None)
    return redirect("accounts:business-home", found.account.ref)


def _closed(request, reason):
    """The link is worth nothing (any more). What it was for is not shown to whoever holds it."""
    return render(request, "accounts/invitation_closed.html", {"reason": reason}, status=410 if reason else 404)
