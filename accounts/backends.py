"""What people of a business may do with their own account. Platform staff get their rights from roles instead."""

from django.contrib.auth.backends import BaseBackend

from accounts.models import ConnectedAccount, Membership

VIEWER_PERMISSIONS = frozenset(
    {
        "accounts.view_connectedaccount",
        "funding.view_balance",
        "funding.view_mandate",
        "funding.view_source",
        "funding.view_topup",
        "funding.view_verificationattempt",
    }
)
# Money, but neither who the business is nor who belongs to it.
FINANCE_PERMISSIONS = VIEWER_PERMISSIONS | {
    "accounts.change_connectedaccount",
    "funding.add_mandate",
    "funding.add_source",
    "funding.add_topup",
    "funding.add_verificationattempt",
    "funding.cancel_topup",
}
PERMISSIONS = {
    Membership.Role.VIEWER: VIEWER_PERMISSIONS,
    Membership.Role.FINANCE: FINANCE_PERMISSIONS,
    Membership.Role.OWNER: FINANCE_PERMISSIONS | {"accounts.manage_members", "accounts.onboard_connectedaccount"},
}


class MembershipBackend(BaseBackend):
    """Answers `user.has_perm(permission, account)` from an open membership, and nothing else."""

    def has_perm(self, user_obj, perm, obj=None):
        if not isinstance(obj, ConnectedAccount) or not user_obj.is_active or user_obj.is_staff:
            return False
        role = obj.memberships.filter(user=user_obj, ended_at=None).values_list("role", flat=True).first()
        return perm in PERMISSIONS.get(role, ())
