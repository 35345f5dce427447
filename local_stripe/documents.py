"""Files that stand as documents of a person or a business: whether they may, and what checking them finds."""

from collections.abc import Callable, Iterator

from local_stripe import errors
from local_stripe.context import Context
from local_stripe.file_contents import FAILED, PDF
from local_stripe.resources import files
from local_stripe.store import Store

GOOD_DOCUMENT, BAD_DOCUMENT = "file_identity_document_success", "file_identity_document_failure"
READY_MADE = {GOOD_DOCUMENT: None, BAD_DOCUMENT: FAILED}
REFUSED = "refused_document"
# What a file must have been uploaded for, by the place it is used in.
IDENTITY, COMPANY, LISTED = ("identity_document",), ("additional_verification", "identity_document"), (
    "account_requirement",
)  # fmt: skip
Check = Callable[[str, bool], str | None]


def check_all(ctx: Context, scope: str, params: dict, *, is_form: bool, prefix: str = "") -> None:
    """Every file that `params` name must exist for the account `scope`, for a fitting purpose, and not be one refused
    before. Raises StripeError (400) with the param's own spelling."""
    for path, id in _named(params):
        where = _spelled((prefix, *path) if prefix else path, is_form=is_form)
        if id not in READY_MADE:
            _check(ctx, scope, id, where, _purposes(path))


def _named(tree: dict, path: tuple = ()) -> Iterator[tuple[tuple, str]]:
    """(path, file id) of every file in a tree of parameters."""
    for key, value in tree.items():
        here = (*path, key)
        if key in ("front", "back") and isinstance(value, str) and value:
            yield here, value
        elif key == "files" and isinstance(value, list):
            yield from (((*here, place), id) for place, id in enumerate(value) if id)
        elif isinstance(value, dict):
            yield from _named(value, here)


def _spelled(path: tuple, *, is_form: bool) -> str:
    first, *rest = path
    if is_form:
        return str(first) + "".join(f"[{step}]" for step in rest)
    return str(first) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in rest)


def _purposes(path: tuple) -> tuple[str, ...]:
    if "files" in path:
        return LISTED
    about_company = "company" in path or "business_details" in path
    return COMPANY if about_company or {"additional_document", "secondary_verification"} & set(path) else IDENTITY


def _check(ctx: Context, scope: str, id: str, where: str, purposes: tuple[str, ...]) -> None:
    file = files.find(ctx.db, scope, id)
    if file is None:
        raise errors.invalid(f"No such file upload: '{id}'", param=where, code="resource_missing")
    if file["purpose"] not in purposes:
        wanted = " or ".join(f"`{purpose}`" for purpose in purposes)
        message = f"The file '{id}' was uploaded with the purpose `{file['purpose']}`; it must be {wanted}."
        raise errors.invalid(message, param=where)
    if ctx.db.get(scope, REFUSED, file["_digest"]):
        message = "This file was refused before. Upload a different or a better picture of the document."
        raise errors.invalid(message, param=where)


def checker(db: Store, scope: str) -> Check:
    """A function that tells, for a file id and whether only a picture will do, why checking the file fails."""

    def check(id: str, only_picture: bool = False) -> str | None:
        if id in READY_MADE:
            return READY_MADE[id]
        file = files.find(db, scope, id)
        if file is None:
            return "verification_document_not_uploaded"
        if only_picture and file["type"] == PDF:
            return "verification_document_type_not_supported"
        if file["_outcome"]:
            db.put(scope, REFUSED, file["_digest"], {"file": id, "code": file["_outcome"]})
        return file["_outcome"]

    return check
