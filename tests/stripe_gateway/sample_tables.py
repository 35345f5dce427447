"""Desk tables of the tests' own: no connected accounts, one sweep that works and one that does not."""


def no_accounts(now):
    return []


def reread_three(now):
    return 3


def stumble(now):
    raise KeyError("a defect in one room")


BACKFILL_ACCOUNTS = ["tests.stripe_gateway.sample_tables.no_accounts"]
OBJECT_SWEEPS = ["tests.stripe_gateway.sample_tables.stumble", "tests.stripe_gateway.sample_tables.reread_three"]
