"""Pages on which the name of an account is changed, and on which it is ended for good."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import changes, life
from accounts.access import account_required
from accounts.life_forms import CloseForm, RejectForm, RenameForm
from desk.access import fresh_sign_in
from stripe_gateway.models import StripeOperation
from stripe_gateway.operations import FormReused
from stripe_gateway.outcomes import StripeProblem

State = StripeOperation.State
METHODS = ["GET", "HEAD", "POST"]


@account_required("accounts.onboard_connectedaccount")
@require_http_methods(METHODS)
def rename(request, account):
    """Change what the business is called and where it is reached."""
    initial = {name: getattr(account, name) for name in ("name", "contact_email", "language")}
    form = RenameForm(_posted(request), user=request.user, initial=initial)
    home = "accounts:detail" if request.user.is_staff else "accounts:business-home"
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in ("name", "contact_email", "language")}
        reason = form.on_behalf_reason
        if _send(request, form, lambda **who: life.rename(account, reason=reason, **fields, **who), _("It was saved.")):
            return redirect(home, account.ref)
    context = {"account": account, "form": form, "home": home}
    return render(request, "accounts/rename.html", context, status=422 if form.is_bound else 200)


@account_required("accounts.end_connectedaccount")
@fresh_sign_in
@require_http_methods(METHODS)
def reject(request, account):
    """Reject an account, after saying what follows from it."""
    form = RejectForm(_posted(request), account=account)
    return _end(request, account, form, "accounts/reject.html", _("The account was rejected."))


@account_required("accounts.end_connectedaccount")
@fresh_sign_in
@require_http_methods(METHODS)
def close(request, account):
    """Close an account, after saying what follows from it."""
    form = CloseForm(_posted(request), account=account)
    return _end(request, account, form, "accounts/close.html", _("The account was closed."))


def _end(request, account, form, template: str, done: str):
    if not life.may_end(account):
        messages.info(request, _("This account has ended already, or is not the platform’s to end."))
        return redirect("accounts:detail", account.ref)
    if form.is_valid() and _send(request, form, lambda **who: _ending(account, form, who), done):
        changes.reread_quietly(account)
        return redirect("accounts:detail", account.ref)
    return render(request, template, {"account": account, "form": form}, status=422 if form.is_bound else 200)


def _ending(account, form, who: dict):
    chosen = form.cleaned_data
    if isinstance(form, CloseForm):
        return life.close(account, configurations=life.configurations_of(account), reason=chosen["reason"], **who)
    return life.reject(
        account,
        stripe_reason=chosen["stripe_reason"],
        keep_payouts=chosen["payouts"] == "none",
        reason=chosen["reason"],
        **who,
    )


def _send(request, form, act, done: str) -> bool:
    """Send a change and say how it went. False when it is to be corrected: the form then says what."""
    try:
        change = act(form_id=form.cleaned_data["operation"], actor=request.user, request=request)
    except FormReused:
        form.add_error(None, _("This form was already sent with other details. Open the page anew to change them."))
        return False
    except StripeProblem:
        form.add_error(None, _("Stripe could not be asked just now, so nothing was sent. Try again in a minute."))
        return False
    if change is None or change.operation.state == State.ACCEPTED:
        messages.success(request, done)
    elif change.operation.state == State.REJECTED:
        form.renew()
        form.add_error(None, _refusal(request, change.operation))
        return False
    else:
        messages.warning(request, _("Stripe has not confirmed it yet. Nothing is lost: it is asked again by itself."))
    return True


def _refusal(request, operation) -> str:
    """Staff read Stripe's own words as well; a business reads what it can do."""
    if request.user.is_staff:
        return _("Stripe refused this. %(message)s") % {"message": operation.error_message}
    return _("Stripe did not accept this. Check what you typed, or write to us if it is right.")


def _posted(request):
    return request.POST if request.method == "POST" else None
