"""Asking Stripe to let an existing account do more. Card programs are given instead: see the cards room.

Requesting the capability of a card program by itself would make no program, and a card cannot be made without one
(Stripe's guide "Set up an Issuing and Connect integration", enabling Issuing on connected accounts). So it is not
offered here.
"""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy

from accounts import changes, connected_accounts
from accounts.models import AccountChange, ConnectedAccount
from accounts.standing import CARD_CREATOR
from accounts.words import capability_allows, capability_name
from desk.models import User
from stripe_gateway import operations


@dataclass(frozen=True)
class Wish:
    """A capability that can be requested: `key` is `configuration:path` below its capabilities."""

    configuration: str
    path: str

    @property
    def key(self) -> str:
        return f"{self.configuration}:{self.path}"

    @property
    def name(self) -> str:
        return capability_name(self.configuration, self.path)

    @property
    def allows(self) -> str:
        return capability_allows(self.configuration, self.path)

    @property
    def params(self) -> dict:
        """The nested hash that requests it."""
        requested: dict = {"requested": True}
        for part in reversed(self.path.split(".")):
            requested = {part: requested}
        return {"configuration": {self.configuration: {"capabilities": requested}}}


def open_wishes(account: ConnectedAccount) -> list[Wish]:
    """What settings.REQUESTABLE_CAPABILITIES offers in this country and the account has not requested yet."""
    has = set(account.capabilities.values_list("configuration", "name"))
    rows = [
        row for row in settings.REQUESTABLE_CAPABILITIES if account.country in row.get("countries", [account.country])
    ]
    wishes = [Wish(row["configuration"], row["capability"]) for row in rows]
    return [
        wish for wish in wishes if wish.configuration != CARD_CREATOR and (wish.configuration, wish.path) not in has
    ]


def request_capability(
    *, account: ConnectedAccount, wish: Wish, form_id: UUID, actor: User, reason: str = "", request=None
) -> AccountChange:
    """Ask Stripe for it; what it needs then stands among the requirements. Raises operations.FormReused."""
    params = wish.params | {"include": connected_accounts.INCLUDE}
    return changes.send(
        form_id=form_id,
        kind="capability.request",
        account=account,
        part="capability",
        path=f"/v2/core/accounts/{account.stripe_id}",
        params=changes.marked(params, form_id),
        actor=actor,
        reason=reason,
        details={"capability": wish.key},
        request=request,
    )


REQUEST_CAPABILITY = operations.OperationKind(
    name="capability.request",
    label=gettext_lazy("Request a capability"),
    method="POST",
    family=connected_accounts.FAMILY,
    apply=changes.accepted,
    refuse=changes.refused,
    find=changes.find_update,
    metadata=False,
)
