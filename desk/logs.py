"""Log lines: one per event, with the request's id, and never with a secret, a card or a bank number in them."""

import contextvars
import logging
import re
from datetime import UTC, datetime

request_id = contextvars.ContextVar("request_id", default="-")

# Stripe's secrets and bearer handles, by their published prefixes. The prefix stays, so that a reader sees what it was.
_SECRET = re.compile(r"\b((?:sk|rk|ek)_(?:test|live)_|whsec_)[A-Za-z0-9_]{3,}")
_HANDLE = re.compile(r"\b((?:btok|tok|src|ct|cpt|accttok|perstok)_)(?=\w*\d)[A-Za-z0-9_]{6,}")
_INVITATION = re.compile(r"\b(inv|ent)_[A-Za-z0-9_-]{20,}")
_PASSWORD_LINK = re.compile(r"(/password/reset/key/)[^\s\"'<>]+")
_CLIENT_SECRET = re.compile(r"_secret_+[A-Za-z0-9]{6,}")
_ACCOUNT_LINK = re.compile(r"https?://[^\s\"'<>]*/setup/[^\s\"'<>]+")
_DASHBOARD_LINK = re.compile(r"https?://[^\s\"'<>]*/express/acct_[^\s\"'<>]+")
_OAUTH_CODE = re.compile(r"\bac_(?=\w*\d)[A-Za-z0-9]{6,}")
_LONG_NUMBER = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?!\d|\.\d)")
_NAMED_BANK_NUMBER = re.compile(
    r"(?i)((?:routing|account|transit|sort)[_ -]?(?:number|code|no)[\"'\]]*\s*[:=]\s*[\"']?)[\d -]{4,20}\d"
)
_ROUTING_THEN_ACCOUNT = re.compile(r"\b(\d{9})([ ,;:/|-]{1,3})\d{4,17}\b")


def _is_luhn(digits: str) -> bool:
    doubled = (sum(divmod(int(d) * 2, 10)) if i % 2 else int(d) for i, d in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0


def _is_routing_number(digits: str) -> bool:
    weights = (3, 7, 1) * 3
    return sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 10 == 0


def _mask_card(match: re.Match) -> str:
    digits = re.sub(r"\D", "", match[0])
    return "[card number]" if _is_luhn(digits) else match[0]


def _mask_bank_pair(match: re.Match) -> str:
    return "[bank numbers]" if _is_routing_number(match[1]) else match[0]


def redact(text: str) -> str:
    """The same text without secrets, links into Stripe, card numbers and bank numbers."""
    text = _ACCOUNT_LINK.sub("[account link]", text)
    text = _DASHBOARD_LINK.sub("[dashboard link]", text)
    text = _OAUTH_CODE.sub("ac_[redacted]", text)
    text = _SECRET.sub(r"\1[redacted]", text)
    text = _HANDLE.sub(r"\1[redacted]", text)
    text = _INVITATION.sub(r"\1_[redacted]", text)
    text = _PASSWORD_LINK.sub(r"\1[redacted]", text)
    text = _CLIENT_SECRET.sub("_secret_[redacted]", text)
    text = _NAMED_BANK_NUMBER.sub(r"\1[redacted]", text)
    text = _ROUTING_THEN_ACCOUNT.sub(_mask_bank_pair, text)
    return _LONG_NUMBER.sub(_mask_card, text)


class RedactSecrets(logging.Filter):
    """Masks the message, its arguments and any traceback before a handler sees them."""

    def filter(self, record):
        record.msg = redact(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


class LineFormatter(logging.Formatter):
    """`2026-11-20T08:00:00.000Z INFO desk.request [id] message`."""

    def format(self, record):
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = f"{at} {record.levelname} {record.name} [{request_id.get()}] {record.getMessage()}"
        for more in (record.exc_text, record.stack_info):
            if more:
                line += "\n" + more
        return line
