"""What Stripe knows about a business at this moment. Read for a page, shown on it, and never stored."""

from dataclasses import dataclass, field

from accounts.models import ConnectedAccount
from stripe_gateway import client

# More people than any form of ours shows; Stripe's own pages take over long before.
MOST_PEOPLE = 200


@dataclass(frozen=True)
class Known:
    """An account and its persons, as v1 of Stripe's API tells them. Empty when Stripe could not be asked."""

    account: dict = field(default_factory=dict)
    persons: list[dict] = field(default_factory=list)

    @property
    def is_read(self) -> bool:
        return bool(self.account)

    @property
    def company(self) -> dict:
        return self.account.get("company") or {}

    @property
    def profile(self) -> dict:
        return self.account.get("business_profile") or {}

    @property
    def is_individual(self) -> bool:
        return self.account.get("business_type") == "individual"

    @property
    def bank_accounts(self) -> list[dict]:
        """Bank accounts for payouts: bank_name, last4, status, currency, never a number."""
        return (self.account.get("external_accounts") or {}).get("data") or []


def read(account: ConnectedAccount) -> Known:
    """Ask Stripe for the account and its persons. Raises what `client.get` raises."""
    path = f"/v1/accounts/{account.stripe_id}"
    found = client.get(path)
    return Known(account=found, persons=list(client.list_all(f"{path}/persons", limit=MOST_PEOPLE)))
