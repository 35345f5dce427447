"""Identifiers as Stripe makes them, and which kind of object a prefix names."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits

# Prefix → kind under which the store keeps the object; `expand` resolves ids through it.
KIND_OF_PREFIX = {
    "acct": "account",
    "person": "person",
    "ba": "external_account",
    "file": "file",
    "src": "source",
    "tu": "topup",
    "txn": "balance_transaction",
}


def new_id(prefix: str, length: int = 24) -> str:
    """`prefix` without its underscore: new_id("tu") → "tu_" + 24 random base62 characters."""
    return f"{prefix}_{random_text(length)}"


def random_text(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
