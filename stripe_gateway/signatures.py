"""Whether Stripe sent it: the check of the Stripe-Signature header, on the raw bytes.

Our own few lines, because the SDK's verifier costs an import of 26 MB in every web worker, accepts timestamps from
the future, and raises on bytes that are not UTF-8 or ASCII before it has looked at the signature.
"""

import hmac
from collections.abc import Iterable

TOLERANCE_SECONDS = 300
# While a secret is rolled Stripe signs with two; more than this is somebody trying.
_MOST_SIGNATURES = 10


def is_signed(body: bytes, header: str, secrets: Iterable[str], *, now: float) -> bool:
    """Whether one of `secrets` signed exactly these bytes within five minutes of `now` (Unix seconds)."""
    stamp, signatures = _parts(header)
    if not stamp or not signatures or abs(now - int(stamp)) > TOLERANCE_SECONDS:
        return False
    signed = stamp.encode() + b"." + body
    for secret in secrets:
        expected = hmac.digest(secret.encode(), signed, "sha256").hex()
        if any(hmac.compare_digest(expected, signature) for signature in signatures):
            return True
    return False


def _parts(header: str) -> tuple[str, list[str]]:
    """Timestamp and v1 signatures; empty when the header is not what Stripe sends."""
    if not header.isascii():
        return "", []
    pairs = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in pairs if name == "t"]
    signatures = [value for name, _, value in pairs if name == "v1"]
    if len(stamps) != 1 or not stamps[0].isdigit() or len(stamps[0]) > 12 or len(signatures) > _MOST_SIGNATURES:
        return "", []
    return stamps[0], signatures
