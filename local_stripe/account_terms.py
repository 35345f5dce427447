"""Acceptances of terms: checked, and kept with their date as Unix seconds whichever API brought them."""

import ipaddress
from typing import Any

from local_stripe import clock, errors


def stored_acceptances(tree: dict, path: str) -> dict:
    """v2's tree of acceptances as it is kept. Raises StripeError for a date or address that is none."""
    kept: dict[str, Any] = {}
    for name, value in tree.items():
        if name == "date" and value is not None:
            kept[name] = _moment(value, f"{path}.date")
        elif name == "ip" and value is not None:
            kept[name] = check_ip(value, f"{path}.ip")
        else:
            kept[name] = stored_acceptances(value, f"{path}.{name}") if isinstance(value, dict) else value
    return kept


def _moment(text: str, param: str) -> int:
    try:
        return int(clock.from_iso(text))
    except ValueError as problem:
        raise errors.wrong_type(param, "timestamp", text) from problem


def check_ip(text: str, param: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError as problem:
        raise errors.invalid(f"Invalid IP address: {text}", param=param) from problem
    return text
