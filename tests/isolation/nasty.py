"""What forms and addresses are filled with to break them, and how browsers and others would send it."""

import json
import os
from urllib.parse import quote

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# `FUZZ_EXAMPLES=300` tries harder than there is time for in every run.
THOROUGH = "FUZZ_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not THOROUGH,
    # Each example is rolled back by itself, and a request is slow beside what hypothesis expects.
    suppress_health_check=list(HealthCheck),
    database=None,
)
NASTY = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "x\udfff",
    "\u202eevil\u202c",
    "\u200b",
    "１２３",
    "٣٤٥.00",
    "²",
    "NaN",
    "-NaN",
    "Infinity",
    "1e999",
    "1e-999",
    "-0",
    "-0.00",
    "0x10",
    "1_000",
    "10.5",
    "1,000.00",
    str(2**31),
    str(2**63 - 1),
    str(2**63),
    str(-(2**63) - 1),
    "9" * 400,
    "0." + "0" * 400 + "1",
    "x" * 100_000,
    "é" * 5_000,
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% debug %}",
    "' OR 1=1 --",
    "../../etc/passwd",
    "=HYPERLINK(1)",
    "a\r\nSet-Cookie: x=1",
    "a@b.c\nBcc: d@e.f",
    "acct_1IsolatedB",
    "00000000-0000-0000-0000-000000000000",
    "not-a-uuid",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "2026-02-30",
    "[]",
    "null",
    "btok_" + "1" * 200,
    "../" * 50,
    "%00",
    "\\",
)
# Those that have broken most software: each is tried in all fields at once in every run.
WORST = ("\x00", "\ud800", "NaN", "1e999", str(2**63), "acct_1IsolatedB")
# Names that a mass assignment would love.
INJECTED = ("account", "account_id", "ref", "id", "pk", "status", "is_staff", "is_superuser", "stripe_id", "amount")
ENCODINGS = (
    "form",
    "multipart",
    "repeated",
    "json",
    "plain",
    "broken multipart",
    "no body",
    "other charset",
    "megabyte",
)

texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))


@st.composite
def filled(draw, names: list[str], plausible: dict[str, str]) -> dict[str, str]:
    """What would be taken, with some of it spoiled, left out or added."""
    fields = dict(plausible)
    for name in draw(st.lists(st.sampled_from(names or ["reason"]), min_size=1, max_size=3, unique=True)):
        if draw(st.integers(0, 5)) == 0:
            fields.pop(name, None)
        else:
            fields[name] = draw(texts)
    for name in draw(st.lists(st.sampled_from(INJECTED), max_size=2, unique=True)):
        fields.setdefault(name, draw(texts))
    return fields


def urlencoded(pairs) -> bytes:
    """As browsers encode a form; what is no character at all is sent as it is."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def encoded(fields: dict[str, str], how: str) -> tuple[bytes, str]:
    """Body and content type."""
    pairs = list(fields.items())
    form = "application/x-www-form-urlencoded"
    if how in ("multipart", "broken multipart"):
        body = _multipart(pairs)
        return (body if how == "multipart" else body[: len(body) // 2]), "multipart/form-data; boundary=edge"
    return {
        "form": lambda: (urlencoded(pairs), form),
        "repeated": lambda: (urlencoded([*pairs, *((name, "again") for name, _value in pairs)]), form),
        "json": lambda: (json.dumps(fields).encode(), "application/json"),
        "plain": lambda: (urlencoded(pairs), "text/plain"),
        "no body": lambda: (b"", form),
        "other charset": lambda: (urlencoded(pairs), f"{form}; charset=utf-7-nonsense"),
        "megabyte": lambda: (urlencoded([*pairs, ("padding", "x" * 1_100_000)]), form),
    }[how]()


def _multipart(pairs) -> bytes:
    parts = b""
    for name, value in pairs:
        head = f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        parts += head.encode() + value.encode("utf-8", "surrogatepass") + b"\r\n"
    return parts + b"--edge--\r\n"
