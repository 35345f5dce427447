"""Requests as stripe.js makes them: key, account and version travel in the form, so no preflight is needed."""

from urllib.parse import parse_qsl, urlencode

_HEADER_OF_FIELD = {"_stripe_account": "stripe-account", "_stripe_version": "stripe-version"}


def unpack(headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    """Headers and body as a server would have sent them; unchanged unless the form carries a publishable key."""
    if "authorization" in headers or b"key=pk_" not in body:
        return headers, body
    fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    headers = dict(headers)
    rest = []
    for name, value in fields:
        if name == "key":
            headers["authorization"] = f"Bearer {value}"
        elif name in _HEADER_OF_FIELD:
            headers[_HEADER_OF_FIELD[name]] = value
        else:
            rest.append((name, value))
    return headers, urlencode(rest).encode()
