"""The bank account that payouts go to: its numbers go from the browser to Stripe, only a token passes here."""

from django.utils.translation import gettext_lazy

from accounts import changes
from accounts.models import ConnectedAccount
from stripe_gateway import operations

PART = "bank"

ADD_BANK_ACCOUNT = operations.OperationKind(
    name="external_account.create",
    label=gettext_lazy("Add bank account for payouts"),
    method="POST",
    family="v1",
    apply=changes.accepted,
    refuse=changes.refused,
    find=changes.find_listed,
    sealed=("external_account",),
    hides_id=True,
)


def creation(account: ConnectedAccount, *, token: str, typed: dict) -> dict:
    """What `changes.send` is told. The new account is the one that payouts in its currency go to from then on."""
    return {
        "kind": "external_account.create",
        "part": PART,
        "path": f"/v1/accounts/{account.stripe_id}/external_accounts",
        "params": {"default_for_currency": True},
        "sealed": lambda: {"external_account": token},
        "typed": typed,
    }
