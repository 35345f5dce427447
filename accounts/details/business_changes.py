"""What a business says about itself, on its way to Stripe: the company inside a token, its profile beside it."""

from uuid import UUID

from django.utils.translation import gettext_lazy

from accounts import changes
from accounts.models import ConnectedAccount
from stripe_gateway import client, operations

PART = "business"

UPDATE_ACCOUNT = operations.OperationKind(
    name="account.update",
    label=gettext_lazy("Change details of the business"),
    method="POST",
    family="v1",
    apply=changes.accepted,
    refuse=changes.refused,
    find=changes.find_update,
    sealed=("account_token",),
    metadata=False,
)


def update(
    account: ConnectedAccount, change_id: UUID, *, company: dict, profile: dict, token: str = "", typed: dict
) -> dict:
    """What `changes.send` is told. Names of `company` and `profile` (business_profile) are v1's.

    `token` is one that the browser made of the company itself; without it one is made here, so that neither a name nor
    a tax id lies in our rows.
    """

    def sealed() -> dict:
        return {"account_token": token or client.token("account", {"company": company})}

    return {
        "kind": "account.update",
        "part": PART,
        "path": f"/v1/accounts/{account.stripe_id}",
        "params": changes.marked({"business_profile": profile} if profile else {}, change_id),
        "sealed": sealed if token or company else None,
        "typed": typed,
    }
