"""Who acts for a business: inviting, roles, and the end of a membership. One owner always stays."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, IntegerField, When

from accounts import invitations
from accounts.models import ConnectedAccount, Invitation, Membership
from desk import audit
from desk.models import User

Role, Kind = Membership.Role, ConnectedAccount.Kind
MOST_PER_DAY = 20


class LastOwner(Exception):
    """The business would be left without an owner."""


class TooMany(Exception):
    """So many invitations went out in a day that the next one smells of misuse."""


class AlreadyThere(Exception):
    """This address acts for the business already, or is invited to."""


def of(account: ConnectedAccount):
    """Open memberships with their people, owners first, then those who move money."""
    rank = Case(*(When(role=role, then=place) for place, role in enumerate(Role.values)), output_field=IntegerField())
    return account.memberships.filter(ended_at=None).select_related("user").order_by(rank, "since", "pk")


def open_invitations(account: ConnectedAccount):
    return account.invitations.filter(**invitations.OPEN).order_by("-pk")


def invite(
    account: ConnectedAccount,
    *,
    email: str,
    role: str,
    actor: User,
    now: datetime,
    reason: str = "",
    request=None,
) -> Invitation:
    """Write an invitation down and mail it; while Stripe still makes the account, it goes out after that.

    Raises AlreadyThere, and TooMany: whoever invites has us write to strangers.
    """
    with transaction.atomic(durable=True):
        locked = ConnectedAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        if locked.memberships.filter(ended_at=None, user__email__iexact=email).exists():
            raise AlreadyThere
        if open_invitations(locked).filter(email__iexact=email, expires_at__gt=now).exists():
            raise AlreadyThere
        if locked.invitations.filter(created_at__gt=now - timedelta(days=1)).count() >= MOST_PER_DAY:
            raise TooMany
        invitation = invitations.prepare(account=locked, actor=actor, now=now, email=email, role=role)
        details = {"invitation": invitation.pk, "role": role}
        _record("member.invited", locked, actor=actor, reason=reason, request=request, details=details)
        if locked.stripe_id or locked.kind == Kind.OAUTH:
            invitations.release(locked, now=now)
    invitation.refresh_from_db()
    return invitation


def change_role(membership: Membership, role: str, *, actor: User, reason: str = "", request=None) -> bool:
    """Counts from the next click on. False when nothing changed. Raises LastOwner."""
    with transaction.atomic(durable=True):
        row = _locked(membership)
        if row is None or row.role == role:
            return False
        if role != Role.OWNER:
            _require_another_owner(row)
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        details = {"membership": row.pk, "from": before, "to": role}
        _record("member.role_changed", row.account, actor=actor, reason=reason, request=request, details=details)
    return True


def remove(membership: Membership, *, actor: User, now: datetime, reason: str = "", request=None) -> bool:
    """Access ends at once, in open sessions too: every page asks for an open membership. Raises LastOwner.

    False when it had ended before.
    """
    with transaction.atomic(durable=True):
        row = _locked(membership)
        if row is None:
            return False
        _require_another_owner(row)
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        details = {"membership": row.pk}
        _record("member.removed", row.account, actor=actor, reason=reason, request=request, details=details)
        for invitation in open_invitations(row.account).filter(email__iexact=row.user.email):
            invitations.withdraw(invitation, actor=actor, now=now, request=request)
    return True


def _locked(membership: Membership) -> Membership | None:
    """The open membership, with its business locked first: two owners who remove each other come one by one."""
    ConnectedAccount.objects.select_for_update(no_key=True).get(pk=membership.account_id)
    rows = Membership.objects.select_for_update(no_key=True).select_related("account", "user")
    return rows.filter(pk=membership.pk, ended_at=None).first()


def _require_another_owner(row: Membership) -> None:
    owners = row.account.memberships.filter(ended_at=None, role=Role.OWNER, user__is_active=True)
    if row.role == Role.OWNER and not owners.exclude(pk=row.pk).exists():
        raise LastOwner


def _record(verb: str, account: ConnectedAccount, *, actor: User, reason: str, request, details: dict) -> None:
    audit.record(
        verb=verb,
        obj=account,
        actor=actor,
        stream=account.audit_stream,
        details=details,
        reason=reason,
        request=request,
    )
