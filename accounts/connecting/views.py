"""The owner's way to Stripe's OAuth and back, and the end of a connection."""

import re

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import account_required, may
from accounts.connecting import connections, endings
from accounts.connecting.forms import DisconnectForm
from accounts.connecting.words import failure
from desk import hosts
from desk.access import public

BINDING = "oauth_binding"
# What any code of Stripe's looks like; anything else is not sent there.
CODE = re.compile(r"[A-Za-z0-9_-]{1,500}")
STATUS = {"answer": 400, "conflict": 409, "ours": 500, "stripe": 502}
PERMISSION = "accounts.onboard_connectedaccount"


@account_required(PERMISSION, business_only=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def connect_start(request, account):
    """Send the owner to Stripe, to choose an account and agree."""
    if request.method != "POST":
        return redirect("accounts:business-home", account.ref)
    try:
        address = connections.start(
            account=account,
            user=request.user,
            binding=request.session.setdefault(BINDING, connections.new_binding()),
            callback=hosts.business_site() + reverse("accounts:oauth-return"),
            express=request.POST.get("account") == "new",
            now=timezone.now(),
            request=request,
        )
    except connections.NotOffered:
        messages.info(request, _("There is nothing to connect now."))
        return redirect("accounts:business-home", account.ref)
    response = HttpResponseRedirect(address)
    response.status_code = 303
    response["Referrer-Policy"] = "no-referrer"
    return response


@public("Stripe sends the owner back here; only the session that began the walk can end it")
@require_safe
@never_cache
def oauth_return(request):
    """The end of the walk: a state of this session, then what Stripe says, then the exchange, each once."""
    now = timezone.now()
    try:
        connection = _walk_of(request, now)
        account = _arrive(request, connection, now)
    except connections.WrongState:
        return _page(request, "state", status=403)
    except connections.InDoubt:
        return _page(request, "in_doubt", status=502, account=connection.account)
    except connections.Failed as failed:
        endings.give_back(connection, now=now)
        return _page(request, failed.code, status=STATUS[failed.fault], account=connection.account)
    if account is None:
        messages.info(request, _("You did not agree, so nothing was connected. You can do it at any time."))
        return redirect("accounts:business-home", connection.account.ref)
    messages.success(request, _("Your Stripe account is connected."))
    return redirect("accounts:business-home", account.ref)


def _walk_of(request, now):
    state, binding = request.GET.get("state", ""), request.session.get(BINDING, "")
    if not (state and binding and request.user.is_authenticated) or request.method != "GET":
        raise connections.WrongState
    connection = connections.come_back(state=state, binding=binding, user=request.user, now=now)
    if request.user.is_staff or not may(request.user, PERMISSION, connection.account):
        raise connections.WrongState
    return connection


def _arrive(request, connection, now):
    """The connected account; None when its owner did not agree. Raises as `connections.exchange`."""
    who = {"actor": request.user, "now": now, "request": request}
    error, code = request.GET.get("error", ""), request.GET.get("code", "")
    if not error and not CODE.fullmatch(code):
        error = "missing_code"
    elif error and not CODE.fullmatch(error):
        error = "unknown_error"
    if error:
        connections.end_without(connection, code=error, **who)
        if error == "access_denied":
            return None
        raise connections.Failed(error)
    return connections.exchange(connection, code=code, **who)


def _page(request, code: str, *, status: int, account=None):
    context = {"account": account, "failure": failure(code), "status": status}
    return render(request, "accounts/connect_failed.html", context, status=status)


@account_required(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def disconnect(request, account):
    """End the connection, after saying what follows from it."""
    form = DisconnectForm(request.POST if request.method == "POST" else None, user=request.user)
    home = "accounts:detail" if request.user.is_staff else "accounts:business-home"
    if request.method == "POST" and form.is_valid():
        _disconnect(request, account, form.on_behalf_reason)
        return redirect(home, account.ref)
    if not form.is_bound and not endings.may_disconnect(account):
        messages.info(request, _("There is no connection to end."))
        return redirect(home, account.ref)
    context = {"account": account, "form": form, "home": home}
    return render(request, "accounts/disconnect.html", context, status=422 if form.is_bound else 200)


def _disconnect(request, account, reason: str) -> None:
    now = timezone.now()
    connection = endings.disconnect(account, actor=request.user, now=now, reason=reason, request=request)
    if connection is None:
        messages.info(request, _("There is no connection to end."))
        return
    connection.refresh_from_db()
    if connection.status == connection.Status.DISCONNECTED:
        messages.success(request, _("The connection was ended."))
    else:
        messages.warning(request, _("Stripe did not confirm it just now. It is asked again by itself."))
