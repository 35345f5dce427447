"""What each role may do. Roles are Django groups; this table is the whole truth and is written to them on migrate."""

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Rooms whose every fact a viewer may see.
ROOMS = ("accounts", "funding", "cards", "compliance", "stripe_gateway")

_OPERATOR = {
    "accounts.invite_connectedaccount",
    "accounts.onboard_connectedaccount",
    "accounts.change_connectedaccount",
    "accounts.manage_members",
    "cards.add_program",
    "funding.add_mandate",
    "funding.record_offline_mandate",
    "funding.add_source",
    "funding.add_verificationattempt",
    "funding.add_topup",
    "funding.cancel_topup",
    "stripe_gateway.ask_again_stripeoperation",
    "stripe_gateway.replay_stripeevent",
    "stripe_gateway.add_pause",
}
_APPROVER = _OPERATOR | {
    "accounts.end_connectedaccount",
    "stripe_gateway.change_pause",
    "desk.view_auditentry",
}
_ADMIN = _APPROVER | {"desk.view_user", "desk.add_user", "desk.change_user"}

# Beside everything that a viewer sees.
GRANTS = {"viewer": set(), "operator": _OPERATOR, "approver": _APPROVER, "admin": _ADMIN}
NAMES = {
    "viewer": _("Viewer"),
    "operator": _("Operator"),
    "approver": _("Approver"),
    "admin": _("Administrator"),
}
MEANINGS = {
    "viewer": _("Sees accounts, funding and what was sent to Stripe. Changes nothing."),
    "operator": _(
        "Invites businesses and their members, gives card programs, fills in details on behalf of a business "
        "and moves money for it."
    ),
    "approver": _("An operator who also rejects and closes accounts, reads the audit trail and lifts pauses."),
    "admin": _("An approver who also manages the team."),
}


def sync(sender=None, **_kwargs) -> None:
    """Write the table to the groups. Safe to run again; runs after the last app has been migrated."""
    # Django signals only for apps that have models.
    migrated = [config for config in apps.get_app_configs() if config.models_module]
    if sender is not None and sender is not migrated[-1]:
        return
    seen = Permission.objects.filter(content_type__app_label__in=ROOMS, codename__startswith="view_")
    for name, granted in GRANTS.items():
        wanted = Q(pk__in=seen)
        for label in granted:
            app_label, codename = label.split(".")
            wanted |= Q(content_type__app_label=app_label, codename=codename)
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set(Permission.objects.filter(wanted))


def role_of(user) -> str:
    """The name of this member of staff's role, or ""."""
    names = {group.name for group in user.groups.all()}
    return next((name for name in reversed(GRANTS) if name in names), "")


def assign(user, role: str) -> None:
    """Give this person exactly one role. Raises KeyError for a role that is not in the table."""
    GRANTS[role]
    user.groups.set([Group.objects.get(name=role)])
