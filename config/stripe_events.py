"""Stripe event type → dotted path of its handler: the URLconf of webhooks.

A handler takes the stored `StripeEvent`, re-reads the object from Stripe and applies it; it returns a short sentence
saying what changed, or "" when nothing did. A type that is not listed is kept and marked ignored.
"""

HANDLERS = {
    # Snapshot events of the v1 view of an account.
    "account.updated": "accounts.events.account_changed",
    "capability.updated": "accounts.events.account_changed",
    "person.created": "accounts.events.account_changed",
    "person.updated": "accounts.events.account_changed",
    "person.deleted": "accounts.events.account_changed",
    "account.external_account.created": "accounts.events.account_changed",
    "account.external_account.updated": "accounts.events.account_changed",
    "account.external_account.deleted": "accounts.events.account_changed",
    "account.application.authorized": "accounts.events.account_authorized",
    "account.application.deauthorized": "accounts.events.account_deauthorized",
    # Thin events of accounts v2. A trailing * matches what follows: also configurations that no stable SDK knows.
    "v2.core.account.*": "accounts.events.account_changed",
    "v2.core.account[*": "accounts.events.account_changed",
    "v2.core.account_person.*": "accounts.events.account_changed",
    "v2.core.account_link.returned": "accounts.events.account_changed",
    "source.chargeable": "funding.events.source_changed",
    "source.failed": "funding.events.source_changed",
    "source.canceled": "funding.events.source_changed",
    "topup.created": "funding.events.top_up_changed",
    "topup.succeeded": "funding.events.top_up_changed",
    "topup.failed": "funding.events.top_up_changed",
    "topup.canceled": "funding.events.top_up_changed",
    "topup.reversed": "funding.events.top_up_changed",
    "balance.available": "funding.events.balance_changed",
}

# Types that may come from accounts which are not ours, or not yet: they are handled, not quarantined.
FROM_STRANGERS = {"account.application.authorized", "account.application.deauthorized"}
