"""Asking a business for details: the page of staff, and the page of the business that its mail leads to."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import asks, places
from accounts.access import account_required, may
from accounts.ask_forms import AskForm
from accounts.ask_mail import language_of, subject, words
from stripe_gateway.operations import FormReused


@account_required("accounts.invite_connectedaccount")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request, account):
    """Choose what to ask for and whom, see the mail as it will arrive, and send it."""
    lines, owners = asks.askable(account), asks.owners(account)
    if not lines or not owners:
        return render(request, "accounts/ask_nothing.html", {"account": account, "has_owners": bool(owners)})
    form = AskForm(request.POST if request.method == "POST" else None, lines=lines, owners=owners)
    if request.method != "POST":
        return _drawn(request, account, form)
    if "preview" in request.POST:
        return _drawn(request, account, form, is_preview=True)
    if form.is_valid() and (made := _made(request, account, form)):
        _say_how_it_went(request, made)
        return redirect("accounts:detail", account.ref)
    return _drawn(request, account, form, status=422)


def _made(request, account, form):
    """The request; None with a sentence in the form when it cannot be made."""
    chosen = form.cleaned_data
    try:
        return asks.ask(
            form_id=chosen["operation"],
            account=account,
            recipient=form.chosen_recipient,
            items=chosen["items"],
            message=chosen["message"],
            reason=chosen["reason"],
            actor=request.user,
            now=timezone.now(),
            request=request,
        )
    except asks.AskedLately:
        form.add_error("reason", _("Some of this was asked for within the last day. Say why it is asked for again."))
    except FormReused:
        form.renew()
        form.add_error(None, _("This form was already sent with other contents. Check them and send it once more."))
    return None


def _drawn(request, account, form, *, status: int = 200, is_preview: bool = False):
    shown = AskForm(initial=_typed(form), lines=asks.askable(account), owners=form.owners) if is_preview else form
    context = {
        "account": account,
        "form": shown,
        "preview": _preview(account, form),
        "asked_lately": asks.asked_lately(account, form.chosen_items, timezone.now()),
    }
    return render(request, "accounts/ask.html", context, status=status)


def _typed(form) -> dict:
    """What stands in the form, to be drawn again as it is without judging it."""
    typed = {name: form[name].value() for name in ("operation", "recipient", "message", "reason")}
    return typed | {"items": form.chosen_items}


def _preview(account, form) -> dict | None:
    """The mail in the language of whom it would go to; None while nothing or nobody is chosen."""
    recipient = form.chosen_recipient
    if recipient is None:
        return None
    language = language_of(account, recipient)
    with translation.override(language):
        lines = [line for line in asks.askable(account) if asks.key_of(line) in form.chosen_items]
        if not lines:
            return None
        context = words(account, lines, form["message"].value() or "") | {"is_preview": True}
        body = render_to_string("accounts/_ask_mail.html", context)
        return {"language": language, "to": recipient, "subject": subject(account), "body": body}


def _say_how_it_went(request, made) -> None:
    if made.sent_at:
        messages.success(request, _("The request was sent to %(email)s.") % {"email": made.recipient.email})
    elif made.next_send_at:
        messages.warning(request, _("The mail could not be sent just now. It is tried again by itself."))
    else:
        messages.info(request, _("Meanwhile the business has supplied it, so no mail was sent."))


@account_required("accounts.view_connectedaccount")
@require_GET
@never_cache
def asked(request, account, pk):
    """Where a request's mail leads: on to the first place to answer, for whoever may answer."""
    made = get_object_or_404(account.information_requests.select_related("recipient", "account"), pk=pk)
    if request.user.is_staff:
        return redirect("accounts:detail", account.ref)
    if made.recipient_id == request.user.pk:
        asks.mark_opened(made, now=timezone.now(), request=request)
    lines = asks.still_open(made)
    if not lines:
        messages.success(request, _("What we asked you for has been supplied. There is nothing more to do."))
        return redirect("accounts:business-home", account.ref)
    if not may(request.user, "accounts.onboard_connectedaccount", account):
        return redirect("accounts:business-home", account.ref)
    url = next((url for line in lines if (url := places.url_for(account, line))), "")
    return redirect(url or "accounts:business-home", *([] if url else [account.ref]))
