"""Payloads as staff may see them: what identifies objects and tells of states stays, everything else is masked.

By a list of what is shown, so that a field nobody has thought of is masked and not leaked.
"""

from typing import Any

MASK = "•••"
_SHOWN = frozenset(
    {
        "account", "action", "amount", "amount_requested", "api_version", "available_on", "balance_type", "brand",
        "cancellation_reason", "capability", "category", "closed", "code", "context", "country", "created",
        "currency", "deadline", "decline_code", "default_currency", "description_code", "destination_balance",
        "disabled_reason", "entity_type", "expected_availability_date", "failure_code", "flow", "id", "livemode",
        "minimum_deadline", "object", "operation", "outcome", "param", "past_due", "pending_webhooks", "reason",
        "requested", "resolution", "snapshot_event", "source_type", "stage", "status", "type", "updated_capability",
        "usage", "url",
    }
)  # fmt: skip
# Ids of these kinds open something or are kept encrypted elsewhere.
_SECRET_BEGINNINGS = (
    "src_",
    "btok_",
    "tok_",
    "ct_",
    "cpt_",
    "accttok_",
    "perstok_",
    "ba_",
    "ek_",
    "sk_",
    "rk_",
    "whsec_",
    "ephkey_",
)
# Numbers below these names tell about a person.
_PERSONAL = frozenset({"dob", "date_of_birth", "registration_date"})


def redact(value: Any, name: str = "") -> Any:
    """The same structure with every text masked whose name is not on the list. Numbers and booleans stay."""
    if name in _PERSONAL and value is not None:
        return MASK
    if isinstance(value, dict):
        return {key: redact(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [redact(inner, name) for inner in value]
    if not isinstance(value, str) or not value:
        # Two amounts in cents would confirm a bank account; no other bare number is secret.
        return MASK if name in ("values", "amounts") and value is not None else value
    is_shown = name in _SHOWN and not value.startswith(_SECRET_BEGINNINGS) and "client_secret" not in value
    return value if is_shown else MASK


def masked(sealed: dict | None) -> dict:
    """Names of what is sealed, with every value masked."""
    return dict.fromkeys(sealed or {}, MASK)
