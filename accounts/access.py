"""The gate in front of every view about one business: whose it is, and what this person may do with it."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import ConnectedAccount
from desk.access import gate


def may(user, permission: str, account: ConnectedAccount) -> bool:
    """Whether this person may do this to this account: staff by their role, everybody else by their membership."""
    return user.has_perm(permission) if user.is_staff else user.has_perm(permission, account)


def account_required(permission: str, *, business_only: bool = False):
    """Resolve `ref` in the URL to an account of this person and pass it on as the view's second argument.

    A foreign account answers exactly as an absent one: 404. `business_only` keeps staff out of what only the business
    itself may do. The view reads `request.acting_on_behalf` to know whether platform staff is acting for the business.
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, ref, *args, **kwargs):
            if stop := gate(request):
                return stop
            account = get_object_or_404(ConnectedAccount.objects.for_user(request.user).by_ref(ref))
            if business_only and request.user.is_staff:
                raise PermissionDenied(_("Only the business itself can do this, signed in as its owner."))
            if not may(request.user, permission, account):
                raise PermissionDenied
            request.account = account
            request.acting_on_behalf = request.user.is_staff
            return view(request, account, *args, **kwargs)

        guarded.required_permission = permission
        return guarded

    return decorate
