"""Pages about accounts for platform staff."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from accounts import (
    asks,
    capability_lines,
    connected_accounts,
    invitations,
    life,
    lists,
    onboarding,
    programs,
    timeline,
)
from accounts.access import account_required, may
from accounts.connecting import endings
from accounts.countries import is_funded_by_debits
from accounts.forms import InviteForm, ListFilters, LowBalanceLineForm, country_choices, program_choices
from accounts.models import ConnectedAccount
from accounts.notices import notice_for
from accounts.requirement_lines import lines_of, sorted_out
from desk import audit
from desk.access import permission
from desk.fragments import wants_fragment
from stripe_gateway.operations import FormReused
from stripe_gateway.outcomes import StripeProblem


@permission("accounts.view_connectedaccount")
@require_safe
@vary_on_headers("HX-Request")
def account_list(request):
    """Every account, most urgent first, with saved views and filters that stand in the address."""
    accounts = ConnectedAccount.objects.for_user(request.user)
    filters = ListFilters(request.GET).values()
    page = lists.page(accounts, **filters)
    overview = lists.overview(accounts, timezone.now())
    context = {
        "filters": filters,
        "is_filtered": any(filters[name] for name in ("q", "country", "program")),
        "page": page,
        "tabs": lists.tabs(overview["counts"], filters["view"]),
        "columns": lists.extra_columns(page.rows),
        "countries": country_choices(),
        "programs": program_choices(),
        "may_invite": request.user.has_perm("accounts.invite_connectedaccount"),
    }
    if wants_fragment(request):
        return render(request, "accounts/_table.html", context)
    return render(request, "accounts/list.html", context | overview)


@permission("accounts.invite_connectedaccount")
@require_http_methods(["GET", "HEAD", "POST"])
def account_invite(request):
    """Invite a business: its account at Stripe is made at once, its owner gets a mail."""
    data = request.POST if request.method == "POST" else None
    failed = _terms_of_failed(request)
    kind = _kind_to_invite(request, failed)
    form = InviteForm(data, kind=kind, initial=failed)
    if request.method == "POST" and form.is_valid():
        try:
            account = onboarding.invite(
                form_id=form.cleaned_data["operation"],
                actor=request.user,
                now=timezone.now(),
                request=request,
                **form.terms,
            )
        except FormReused:
            form.add_error(None, _("This form was already sent with other details. Open a new one to invite another."))
        else:
            return redirect("accounts:detail", account.ref)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "kind": kind, "kinds": onboarding.kinds()}
    return render(request, "accounts/invite.html", context, status=status)


def _kind_to_invite(request, failed: dict) -> str:
    """What the business is to get: as chosen above the form; cards when nothing that is offered was chosen."""
    chosen = request.POST.get("kind") or request.GET.get("kind") or failed.get("kind")
    return chosen if chosen in onboarding.kinds() else ConnectedAccount.Kind.ISSUING


def _terms_of_failed(request) -> dict:
    """What stood in an invitation that Stripe refused, so that nobody types it again."""
    failed = ConnectedAccount.objects.for_user(request.user).by_ref(request.GET.get("from", ""))
    names = ("kind", "name", "contact_email", "country", "entity_type", "program", "language")
    return failed.filter(status=ConnectedAccount.Status.FAILED).values(*names).first() or {}


@account_required("accounts.view_connectedaccount")
@require_safe
def account_detail(request, account):
    """One account as staff see it. People of the business have a page of their own."""
    if not request.user.is_staff:
        return redirect("accounts:business-home", account.ref)
    if account.stripe_id and request.resolver_match.kwargs["ref"] != account.stripe_id:
        return redirect("accounts:detail", account.stripe_id)
    lines = lines_of(account)
    context = {
        "account": account,
        "notice": notice_for(account, lines),
        **sorted_out(lines),
        "capabilities": capability_lines.lines_for(account),
        "invitations": _invitations(account),
        "asks": asks.shown(account, timezone.now()),
        "may_ask": may(request.user, "accounts.invite_connectedaccount", account) and bool(asks.among(account, lines)),
        "program_name": programs.named(account.program),
        "owners": account.memberships.filter(ended_at=None).select_related("user").order_by("since"),
        "entries": timeline.entries_of(account),
        "show": "",
        "shown": _shown(account),
        "is_put_away": account.urgency == onboarding.PUT_AWAY,
        "may_invite": request.user.has_perm("accounts.invite_connectedaccount"),
        "may_change": request.user.has_perm("accounts.change_connectedaccount"),
        "may_manage_members": request.user.has_perm("accounts.manage_members"),
        "may_rename": request.user.has_perm("accounts.onboard_connectedaccount"),
        "has_low_balance_line": is_funded_by_debits(account),
        "may_end": life.may_end(account) and request.user.has_perm("accounts.end_connectedaccount"),
        "is_connected": endings.may_disconnect(account),
    }
    return render(request, "accounts/detail.html", context)


@account_required("accounts.view_connectedaccount")
@require_safe
def account_live(request, account):
    """Draws an open page of an account anew once something on it has changed; 204 until then."""
    if not (request.user.is_staff and request.htmx):
        return redirect("accounts:detail", account.ref)
    if request.GET.get("seen") == _shown(account):
        return HttpResponse(status=204)
    return HttpResponseClientRefresh()


def _shown(account) -> str:
    """What a page of this account shows: whatever happens to it leaves an entry in its chain of the audit trail."""
    last = audit.entries_for(account.audit_stream).values_list("position", flat=True).first()
    return f"{account.status}-{account.requirements.count()}-{account.memberships.count()}-{last}"


def _invitations(account) -> list[dict]:
    now = timezone.now()
    rows = account.invitations.select_related("invited_by").order_by("-pk")
    return [{"row": row, "state": row.state(now)} for row in rows]


@account_required("accounts.view_connectedaccount")
@require_safe
@vary_on_headers("HX-Request")
def timeline_panel(request, account):
    """What happened to the account: everything, what people did, or what Stripe said."""
    if not request.user.is_staff:
        return redirect("accounts:business-home", account.ref)
    show = request.GET.get("show", "")
    show = show if show in timeline.SHOWS else ""
    context = {"account": account, "entries": timeline.entries_of(account, show=show), "show": show}
    template = "accounts/_timeline.html" if wants_fragment(request) else "accounts/timeline.html"
    return render(request, template, context)


@account_required("accounts.change_connectedaccount")
@require_http_methods(["GET", "HEAD", "POST"])
def account_reread(request, account):
    """Ask Stripe now how the account stands, instead of waiting for its events."""
    if request.method == "POST":
        _reread(request, account)
    return redirect("accounts:detail" if request.user.is_staff else "accounts:business-home", account.ref)


def _reread(request, account) -> None:
    if account.stripe_id is None:
        messages.info(request, _("Stripe has not made this account yet, so there is nothing to ask."))
    else:
        try:
            connected_accounts.reread(account)
        except StripeProblem:
            messages.error(request, _("Stripe could not be asked just now. What you see is what it said last."))
        else:
            messages.success(request, _("Checked with Stripe just now."))


@account_required("accounts.invite_connectedaccount")
@require_http_methods(["GET", "HEAD", "POST"])
def account_put_away(request, account):
    """Take an invitation that Stripe refused out of what needs attention."""
    if request.method != "POST":
        return render(request, "accounts/put_away.html", {"account": account})
    if onboarding.put_away(account, actor=request.user, request=request):
        messages.success(request, _("It no longer counts as needing attention."))
        return redirect("accounts:list")
    messages.info(request, _("There is nothing to put away."))
    return redirect("accounts:detail", account.ref)


@account_required("accounts.change_connectedaccount")
@require_http_methods(["GET", "HEAD", "POST"])
def low_balance_line(request, account):
    """Choose the balance below which people are warned, where money can then be pulled."""
    if not is_funded_by_debits(account):
        raise Http404
    form = LowBalanceLineForm(request.POST if request.method == "POST" else None, account=account, user=request.user)
    home = "accounts:detail" if request.user.is_staff else "accounts:business-home"
    if request.method == "POST" and form.is_valid():
        connected_accounts.set_low_balance_line(
            account,
            amount=form.cleaned_data["line"],
            actor=request.user,
            reason=form.on_behalf_reason,
            request=request,
        )
        messages.success(request, _("The low-balance line was saved."))
        return redirect(home, account.ref)
    status = 422 if request.method == "POST" else 200
    context = {"account": account, "form": form, "home": home}
    return render(request, "accounts/low_balance_line.html", context, status=status)


@account_required("accounts.invite_connectedaccount")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_resend(request, account, pk):
    """Mail a fresh link; the old one stops working."""
    invitation = get_object_or_404(account.invitations, pk=pk)
    if request.method != "POST":
        return render(request, "accounts/invitation_resend.html", {"account": account, "invitation": invitation})
    if not account.stripe_id and account.kind != ConnectedAccount.Kind.OAUTH:
        messages.error(request, _("The invitation goes out by itself once Stripe has made the account."))
    elif invitations.resend(invitation, actor=request.user, now=timezone.now(), request=request):
        invitation.refresh_from_db()
        _say_how_it_went(request, invitation)
    else:
        messages.error(request, _("This invitation is no longer open, so nothing was sent."))
    return redirect("accounts:detail", account.ref)


def _say_how_it_went(request, invitation) -> None:
    if invitation.sent_at:
        messages.success(request, _("A new link was sent to %(email)s.") % {"email": invitation.email})
    else:
        messages.warning(request, _("The mail could not be sent just now. It is tried again by itself."))


@account_required("accounts.invite_connectedaccount")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_withdraw(request, account, pk):
    """Make the link worthless."""
    invitation = get_object_or_404(account.invitations, pk=pk)
    if request.method != "POST":
        return render(request, "accounts/invitation_withdraw.html", {"account": account, "invitation": invitation})
    if invitations.withdraw(invitation, actor=request.user, now=timezone.now(), request=request):
        messages.success(request, _("The invitation was withdrawn. Its link no longer works."))
    else:
        messages.error(request, _("This invitation was no longer open."))
    return redirect("accounts:detail", account.ref)
