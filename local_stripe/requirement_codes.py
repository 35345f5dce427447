"""Why Stripe may refuse what a business told it: the error codes that the `stripe` package types, v1 and v2."""

import typing

from stripe import _account as v1
from stripe.v2.core import _account as v2


def _codes(error: type) -> frozenset[str]:
    return frozenset(_literals(error.__annotations__["code"]))


def _literals(annotation) -> list[str]:
    if typing.get_origin(annotation) is typing.Literal:
        return [str(value) for value in typing.get_args(annotation)]
    return [code for part in typing.get_args(annotation) for code in _literals(part)]


ALL = _codes(v1.Account.Requirements.Error) | _codes(v2.Account.Requirements.Entry.Error)
OF_DOCUMENTS = frozenset(code for code in ALL if code.startswith("verification_document_"))
