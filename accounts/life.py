"""What becomes of an account after its beginning: another name, and its end by rejection or by closing."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts import changes, connected_accounts
from accounts.links import ENDED
from accounts.models import AccountChange, ConnectedAccount
from desk import audit
from desk.models import User
from stripe_gateway import client, operations

Kind, Status = ConnectedAccount.Kind, ConnectedAccount.Status


class NotOffered(Exception):
    """This cannot be done to an account of this kind, or as it stands."""


def may_end(account: ConnectedAccount) -> bool:
    """Whether the platform can reject or close it: an account that it made, and that has not ended."""
    return account.stripe_id is not None and account.kind != Kind.OAUTH and account.status not in ENDED


def rename(
    account: ConnectedAccount,
    *,
    form_id: UUID,
    name: str,
    contact_email: str,
    language: str,
    actor: User,
    reason: str = "",
    request=None,
) -> AccountChange | None:
    """Change what the business is called, where it is reached and its language. None when Stripe need not be told.

    Stripe is told of name and address where the platform answers for the account's data; elsewhere they are ours alone.
    Raises operations.FormReused.
    """
    at_stripe = account.kind == Kind.ISSUING and account.stripe_id
    ours = {"language": language} if at_stripe else {"name": name, "contact_email": contact_email, "language": language}
    _change_ours(account, ours, actor=actor, reason=reason, request=request)
    if not at_stripe or (account.name, account.contact_email) == (name, contact_email):
        return None
    return changes.send(
        form_id=form_id,
        kind=RENAME.name,
        account=account,
        part="name",
        path=f"/v2/core/accounts/{account.stripe_id}",
        params=changes.marked({"display_name": name, "contact_email": contact_email}, form_id),
        actor=actor,
        reason=reason,
        request=request,
    )


def _change_ours(account: ConnectedAccount, wanted: dict, *, actor: User, reason: str, request) -> None:
    with transaction.atomic():
        row = ConnectedAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        changed = [field for field, value in wanted.items() if getattr(row, field) != value]
        if not changed:
            return
        for field in changed:
            setattr(row, field, wanted[field])
            setattr(account, field, wanted[field])
        row.save(update_fields=changed)
        audit.record(
            verb="account.renamed",
            obj=row,
            actor=actor,
            stream=row.audit_stream,
            details={"fields": changed},
            reason=reason,
            request=request,
        )


def _renamed(operation, found: dict) -> None:
    changes.accepted(operation, found)
    if changes.is_overtaken(operation):
        return
    params = operation.params
    ConnectedAccount.objects.filter(pk=operation.account_change.account_id).update(
        name=params["display_name"], contact_email=params["contact_email"]
    )


def reject(
    account: ConnectedAccount,
    *,
    form_id: UUID,
    stripe_reason: str,
    keep_payouts: bool,
    reason: str,
    actor: User,
    request=None,
) -> AccountChange:
    """Turn the account away. `stripe_reason` as Stripe lists them; `reason` is ours, for the audit trail.

    Raises NotOffered, operations.FormReused.
    """
    if not may_end(account):
        raise NotOffered
    return changes.send(
        form_id=form_id,
        kind=REJECT.name,
        account=account,
        part="reject",
        path=f"/v1/accounts/{account.stripe_id}/reject",
        params={"reason": stripe_reason, "payouts_action": "none" if keep_payouts else "pause"},
        actor=actor,
        reason=reason,
        details={"stripe_reason": stripe_reason},
        request=request,
    )


def configurations_of(account: ConnectedAccount) -> list[str]:
    """Everything the account is configured for at Stripe, sorted. Raises what the client raises."""
    found = client.get(f"/v2/core/accounts/{account.stripe_id}", family=connected_accounts.FAMILY)
    return sorted(found["applied_configurations"])


def close(
    account: ConnectedAccount, *, form_id: UUID, configurations: list[str], reason: str, actor: User, request=None
) -> AccountChange:
    """Close the account. Stripe refuses unless every one of its `configurations` is named, so that nobody closes more
    than they know of. Raises NotOffered, operations.FormReused.
    """
    if not may_end(account):
        raise NotOffered
    return changes.send(
        form_id=form_id,
        kind=CLOSE.name,
        account=account,
        part="close",
        path=f"/v2/core/accounts/{account.stripe_id}/close",
        params={"applied_configurations": configurations},
        actor=actor,
        reason=reason,
        request=request,
    )


def _rejected(operation, found: dict) -> None:
    """Some dialects spell it as a restriction, and an event may have told it so before our answer came."""
    changes.accepted(operation, found)
    connected_accounts.mark_rejected(operation.account_change.account, read_started_at=timezone.now())


def _closed(operation, found: dict) -> None:
    """Stripe may show a closed account to nobody any more, so its own word that it is closed counts."""
    changes.accepted(operation, found)
    connected_accounts.mark_closed(operation.account_change.account, read_started_at=timezone.now())


def _find_rejected(operation) -> dict | None:
    found = client.get(operation.path.removesuffix("/reject"))
    disabled = (found.get("requirements") or {}).get("disabled_reason") or ""
    return found if disabled.startswith("rejected.") else None


def _find_closed(operation) -> dict | None:
    path = operation.path.removesuffix("/close")
    try:
        found = client.get(path, family=connected_accounts.FAMILY)
    except (client.NotFound, client.AccessRevoked):
        return {"id": path.rpartition("/")[2], "closed": True}
    return found if found.get("closed") else None


RENAME = operations.OperationKind(
    name="account.rename",
    label=gettext_lazy("Change name and contact"),
    method="POST",
    family=connected_accounts.FAMILY,
    apply=_renamed,
    refuse=changes.refused,
    find=changes.find_update,
    metadata=False,
)
REJECT = operations.OperationKind(
    name="account.reject",
    label=gettext_lazy("Reject account"),
    method="POST",
    family="v1",
    apply=_rejected,
    refuse=changes.refused,
    find=_find_rejected,
    metadata=False,
)
CLOSE = operations.OperationKind(
    name="account.close",
    label=gettext_lazy("Close account"),
    method="POST",
    family=connected_accounts.FAMILY,
    apply=_closed,
    refuse=changes.refused,
    find=_find_closed,
    metadata=False,
)
