"""What a business does, as the merchant category codes that Stripe takes, with names that people search by word."""

import re
from functools import cache
from pathlib import Path

SUGGESTED = 5
_LIST = Path(__file__).with_name("categories.txt")


@cache
def names() -> dict[str, str]:
    """Code of four digits → name, by code. Names are data, in English as those who issue the codes keep them."""
    return dict(line.split(" ", 1) for line in _LIST.read_text(encoding="utf-8").splitlines())


def label(code: str) -> str:
    """`5734` → `Computer software stores (5734)`; the code itself for one that is not listed."""
    return f"{names()[code]} ({code})" if code in names() else code


def labels() -> list[str]:
    """Every category as it is chosen, by name."""
    return sorted(label(code) for code in names())


def code_of(typed: str) -> str | None:
    """The code that somebody chose or typed: a label, a code, a name, or words that fit one category alone."""
    text = typed.strip()
    in_brackets = re.search(r"\((\d{4})\)$", text)
    code = in_brackets[1] if in_brackets else text
    if code in names():
        return code
    exact = [code for code, name in names().items() if name.casefold() == text.casefold()]
    fitting = exact or _fitting(text)
    return fitting[0] if len(fitting) == 1 else None


def suggestions(typed: str) -> list[str]:
    """A few categories that the words fit, for somebody whose words fit none or several."""
    return [label(code) for code in _fitting(typed)[:SUGGESTED]]


def _fitting(typed: str) -> list[str]:
    """Codes whose names hold every word, by its beginning; else those that hold some."""
    words = [word for word in re.findall(r"\w+", typed.casefold()) if len(word) > 1]
    if not words:
        return []
    found = {code: _hits(words, name) for code, name in names().items()}
    whole = [code for code, hits in found.items() if hits == len(words)]
    return whole or sorted((code for code, hits in found.items() if hits), key=lambda code: -found[code])


def _hits(words: list[str], name: str) -> int:
    held = re.findall(r"\w+", name.casefold())
    return sum(any(one.startswith(word) for one in held) for word in words)
