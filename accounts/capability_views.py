"""Requesting a capability for an account that exists."""

from typing import cast

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import capability_requests
from accounts.access import account_required
from accounts.changes import reread_quietly
from accounts.models import AccountChange, ConnectedAccount
from desk.forms import FormIdMixin, ReasonForm
from stripe_gateway.models import StripeOperation
from stripe_gateway.operations import FormReused

State = StripeOperation.State


class CapabilityForm(FormIdMixin, ReasonForm):
    """Which capability, and why."""

    field_order = ("operation", "capability", "reason")
    capability = forms.ChoiceField(
        label=gettext_lazy("Capability"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a capability.")},
    )

    def __init__(self, *args, wishes: list[capability_requests.Wish], **kwargs):
        super().__init__(*args, **kwargs)
        self.wishes = {wish.key: wish for wish in wishes}
        cast(forms.ChoiceField, self.fields["capability"]).choices = [(wish.key, _label(wish)) for wish in wishes]


def _label(wish) -> str:
    return f"{wish.name}: {wish.allows}" if wish.allows else wish.name


@account_required("accounts.change_connectedaccount")
@require_http_methods(["GET", "HEAD", "POST"])
def capability_request(request, account):
    """GET lists what the account may still ask for; POST asks Stripe for one."""
    if not request.user.is_staff:
        return redirect("accounts:business-home", account.ref)
    if account.kind != ConnectedAccount.Kind.ISSUING or account.stripe_id is None:
        messages.error(
            request, _("Stripe decides what this account may do, with its owner. Nothing can be requested here.")
        )
        return redirect("accounts:detail", account.ref)
    wishes = capability_requests.open_wishes(account)
    form = CapabilityForm(request.POST if request.method == "POST" else None, wishes=wishes)
    if request.method == "POST" and (
        _sent_before(account, form) or (form.is_valid() and _request(request, account, form))
    ):
        return redirect("accounts:detail", account.ref)
    context = {"account": account, "form": form, "wishes": wishes}
    return render(request, "accounts/capability_request.html", context, status=422 if request.method == "POST" else 200)


def _sent_before(account, form) -> bool:
    """Whether this very form was sent before: what it asked for is no longer among the choices."""
    form.is_valid()
    return account.changes.filter(operation_id=form.cleaned_data.get("operation"), part="capability").exists()


def _request(request, account, form) -> bool:
    """False when the page has to be shown again; what is wrong then stands on the form."""
    try:
        change = capability_requests.request_capability(
            account=account,
            wish=form.wishes[form.cleaned_data["capability"]],
            form_id=form.cleaned_data["operation"],
            actor=request.user,
            reason=form.cleaned_data["reason"],
            request=request,
        )
    except FormReused:
        form.add_error(None, _("This form was already sent with another choice. Open a new one."))
        return False
    if change.operation.state == State.REJECTED:
        said = _("Stripe did not take the request: %(message)s") % {"message": change.operation.error_message}
        form.add_error("capability", said)
        form.renew()
        return False
    _say(request, change)
    reread_quietly(account)
    return True


def _say(request, change: AccountChange) -> None:
    if change.operation.state == State.ACCEPTED:
        messages.success(request, _("Requested. What Stripe needs for it stands among the requirements."))
    else:
        messages.info(request, _("Stripe has not answered yet. It is asked again by itself; nothing is lost."))
