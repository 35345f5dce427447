"""The team: list, invite, change a role, end and restore access."""

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from desk import roles, team
from desk.access import fresh_sign_in, permission
from desk.team_forms import AccessForm, InviteForm, RoleForm


@permission("desk.change_user")
@require_safe
def team_list(request):
    """Everybody on the staff, with role, second factor and last sign-in."""
    people = [(person, roles.NAMES.get(roles.role_of(person), "")) for person in team.members()]
    explained = [(label, roles.MEANINGS[name]) for name, label in roles.NAMES.items()]
    return render(request, "desk/team.html", {"people": people, "roles": explained})


@permission("desk.add_user")
@fresh_sign_in
@require_http_methods(["GET", "POST"])
def team_invite(request):
    """Invite a person to the staff."""
    form = InviteForm(request.POST or None)
    if form.is_valid():
        try:
            person = team.invite(**form.cleaned_data, by=request.user, request=request)
        except team.AlreadyStaff:
            form.add_error("email", _("Somebody with this address is here already."))
        else:
            _send_password_link(request, person)
            messages.success(request, _("%(email)s was invited.") % {"email": person.email})
            return redirect("desk:team")
    return render(request, "desk/team_invite.html", {"form": form}, status=422 if form.errors else 200)


@permission("desk.change_user")
@fresh_sign_in
@require_http_methods(["GET", "POST"])
def team_role(request, pk):
    """Change what a colleague may do."""
    person = _colleague(request, pk)
    form = RoleForm(request.POST or None, initial={"role": roles.role_of(person)})
    if form.is_valid():
        team.change_role(person, **form.cleaned_data, by=request.user, request=request)
        messages.success(request, _("The role of %(name)s was changed.") % {"name": person})
        return redirect("desk:team")
    context = {
        "form": form,
        "title": _("Role of %(name)s") % {"name": person},
        "body": _("The new role counts from the next click on."),
        "action_label": _("Change role"),
    }
    return render(request, "desk/team_confirm.html", context, status=422 if form.errors else 200)


@permission("desk.change_user")
@fresh_sign_in
@require_http_methods(["GET", "POST"])
def team_access(request, pk):
    """End a colleague's access, or give it back."""
    person = _colleague(request, pk)
    form = AccessForm(request.POST or None, initial={"active": not person.is_active})
    if form.is_valid():
        team.set_active(person, **form.cleaned_data, by=request.user, request=request)
        messages.success(request, _("The access of %(name)s was changed.") % {"name": person})
        return redirect("desk:team")
    ending = person.is_active
    context = {
        "form": form,
        "title": (_("End access of %(name)s") if ending else _("Restore access of %(name)s")) % {"name": person},
        "body": _("All sessions end at once. What this person did stays in the audit trail.")
        if ending
        else _("The person can sign in again, with the role they had."),
        "action_label": _("End access") if ending else _("Restore access"),
        "danger": ending,
    }
    return render(request, "desk/team_confirm.html", context, status=422 if form.errors else 200)


def _colleague(request, pk):
    """Another member of staff. Oneself answers as absent: that change needs a second person."""
    return get_object_or_404(team.members().exclude(pk=request.user.pk), pk=pk)


def _send_password_link(request, person) -> None:
    form = ResetPasswordForm({"email": person.email})
    if form.is_valid():
        form.save(request)
