"""Members of staff: who they are and what they may do. Every change is in the audit trail."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from desk import audit, roles
from desk.models import User


class AlreadyStaff(ValueError):
    """Somebody with this address is here already."""


class OwnRecord(ValueError):
    """Nobody changes their own role or ends their own access: that needs a second person."""


def members() -> QuerySet:
    """All staff, active first, by name; `has_second_factor` says whether they enrolled one."""
    factor = Authenticator.objects.filter(user=OuterRef("pk"))
    people = User.objects.filter(is_staff=True).prefetch_related("groups").annotate(has_second_factor=Exists(factor))
    return people.order_by("-is_active", "full_name", "email")


def invite(*, email: str, full_name: str, role: str, by, request) -> User:
    """Add a person who then sets a password by e-mail. Raises AlreadyStaff for an address that is known."""
    with transaction.atomic(durable=True):
        if User.objects.filter(email__iexact=email).exists():
            raise AlreadyStaff(email)
        person = User.objects.create_user(email, password=None, full_name=full_name, is_staff=True)
        roles.assign(person, role)
        audit.record(verb="staff.invited", obj=person, actor=by, details={"role": role}, request=request)
    return person


def change_role(person, *, role: str, reason: str, by, request) -> None:
    """Give the one role instead of the other. Raises OwnRecord for oneself."""
    _not_oneself(person, by)
    with transaction.atomic(durable=True):
        details = {"from": roles.role_of(person), "to": role}
        roles.assign(person, role)
        audit.record(verb="staff.role_changed", obj=person, actor=by, details=details, reason=reason, request=request)


def set_active(person, *, active: bool, reason: str, by, request) -> None:
    """End or restore a person's access; ended, every session of theirs is void at once. Raises OwnRecord."""
    _not_oneself(person, by)
    with transaction.atomic(durable=True):
        changed = User.objects.filter(pk=person.pk, is_active=not active).update(is_active=active)
        if changed:
            verb = "staff.restored" if active else "staff.disabled"
            audit.record(verb=verb, obj=person, actor=by, reason=reason, request=request)


def _not_oneself(person, by) -> None:
    if person.pk == by.pk:
        raise OwnRecord(person.pk)
