"""Importing this fills the registry of routes and jobs: one line per resource family."""

from local_stripe.resources import (  # noqa: F401 - imported for what they register
    account_life,
    account_links,
    account_sessions,
    accounts_v1,
    accounts_v2,
    balance,
    balance_transactions,
    capabilities,
    event_destinations,
    events_api,
    external_accounts,
    file_links,
    files,
    oauth_api,
    persons,
    programs,
    sources,
    tokens,
    topups,
    webhook_endpoints,
)
