"""The people of a business: for its owners, and for staff who act for them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import invitations, members
from accounts.access import account_required
from accounts.member_forms import MEANINGS, MemberInviteForm, MemberRemoveForm, MemberRoleForm
from accounts.models import Membership

PERMISSION = "accounts.manage_members"
METHODS = ["GET", "HEAD", "POST"]


@account_required(PERMISSION)
@require_safe
def member_list(request, account):
    """Who belongs to the business, in which role, and who is invited."""
    now = timezone.now()
    context = {
        "account": account,
        "members": members.of(account),
        "invited": [{"row": row, "state": row.state(now)} for row in members.open_invitations(account)],
        "roles": _roles(),
    }
    return render(request, "accounts/members.html", context | _home(request))


@account_required(PERMISSION)
@require_http_methods(METHODS)
def member_invite(request, account):
    """Invite somebody to act for the business."""
    form = MemberInviteForm(_posted(request), user=request.user)
    if form.is_valid():
        try:
            invitation = members.invite(
                account,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                actor=request.user,
                now=timezone.now(),
                reason=form.on_behalf_reason,
                request=request,
            )
        except members.AlreadyThere:
            form.add_error("email", _("This person belongs to the business already, or is invited."))
        except members.TooMany:
            form.add_error(None, _("Too many invitations went out for this business today. Try again tomorrow."))
        else:
            messages.success(request, _("%(email)s was invited.") % {"email": invitation.email})
            return redirect("accounts:members", account.ref)
    context = {"account": account, "form": form, "roles": _roles()}
    return render(request, "accounts/member_invite.html", context | _home(request), status=_status(form))


@account_required(PERMISSION)
@require_http_methods(METHODS)
def member_role(request, account, pk):
    """Change what somebody may do for the business."""
    membership = _member(account, pk)
    form = MemberRoleForm(_posted(request), user=request.user, initial={"role": membership.role})
    if form.is_valid():
        who = {"actor": request.user, "reason": form.on_behalf_reason, "request": request}
        try:
            members.change_role(membership, form.cleaned_data["role"], **who)
        except members.LastOwner:
            form.add_error("role", _("This is the only owner. Make somebody else an owner first."))
        else:
            messages.success(request, _("The role of %(name)s was changed.") % {"name": membership.user})
            return _after(request, account)
    context = {
        "title": _("Role of %(name)s") % {"name": membership.user},
        "body": _("The new role counts from the next click on."),
        "action_label": _("Change role"),
    }
    return _confirm(request, account, form, context)


@account_required(PERMISSION)
@require_http_methods(METHODS)
def member_remove(request, account, pk):
    """End somebody's access to the business."""
    membership = _member(account, pk)
    form = MemberRemoveForm(_posted(request), user=request.user)
    if form.is_valid():
        who = {"actor": request.user, "reason": form.on_behalf_reason, "request": request}
        try:
            members.remove(membership, now=timezone.now(), **who)
        except members.LastOwner:
            form.add_error(None, _("This is the only owner. Make somebody else an owner first."))
        else:
            messages.success(request, _("%(name)s no longer acts for the business.") % {"name": membership.user})
            return _after(request, account)
    context = {
        "title": _("Remove %(name)s") % {"name": membership.user},
        "body": _("The access to this business ends at once. What this person did stays on record."),
        "action_label": _("Remove"),
        "danger": True,
    }
    return _confirm(request, account, form, context)


@account_required(PERMISSION)
@require_http_methods(METHODS)
def withdraw(request, account, pk):
    """Make the link of an invitation worthless."""
    invitation = get_object_or_404(account.invitations, pk=pk)
    form = MemberRemoveForm(_posted(request), user=request.user)
    if form.is_valid():
        who = {"actor": request.user, "reason": form.on_behalf_reason, "request": request}
        if invitations.withdraw(invitation, now=timezone.now(), **who):
            messages.success(request, _("The invitation was withdrawn. Its link no longer works."))
        else:
            messages.error(request, _("This invitation was no longer open."))
        return _after(request, account)
    context = {
        "title": _("Withdraw the invitation of %(email)s") % {"email": invitation.email},
        "body": _("Its link stops working at once."),
        "action_label": _("Withdraw"),
        "danger": True,
    }
    return _confirm(request, account, form, context)


def _member(account, pk):
    return get_object_or_404(members.of(account), pk=pk)


def _after(request, account):
    """Back to the list; somebody who gave up their own part may not see it any more."""
    if request.user.is_staff or request.user.has_perm(PERMISSION, account):
        return redirect("accounts:members", account.ref)
    return redirect("accounts:switch")


def _confirm(request, account, form, context: dict):
    context |= {"account": account, "form": form}
    return render(request, "accounts/member_confirm.html", context | _home(request), status=_status(form))


def _home(request) -> dict:
    return {"home": "accounts:detail" if request.user.is_staff else "accounts:business-home"}


def _status(form) -> int:
    return 422 if form.is_bound else 200


def _posted(request):
    return request.POST if request.method == "POST" else None


def _roles() -> list:
    return [(Membership.Role(role).label, meaning) for role, meaning in MEANINGS.items()]
