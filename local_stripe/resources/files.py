"""Files as Stripe takes them: for a purpose, checked by their content, kept in the account that sent them."""

import base64
import hashlib

from local_stripe import errors, events, expansion, file_contents, pagination
from local_stripe.context import Call, Context
from local_stripe.downloads import Download
from local_stripe.file_contents import GIF, JPG, PDF, PNG
from local_stripe.ids import new_id
from local_stripe.resources import file_links, route
from local_stripe.store import PLATFORM, Store

KIND, DATA = "file", "file_data"
MEGABYTE = 1024 * 1024
DOCUMENT_TYPES, PICTURE_TYPES = (JPG, PNG, PDF), (JPG, PNG, GIF)
# Purpose → the types it takes and the most bytes; the purposes that are not named take anything up to 5 MB.
PURPOSES: dict[str, tuple[tuple[str, ...], int]] = {
    "account_requirement": (DOCUMENT_TYPES, 10 * MEGABYTE),
    "additional_verification": (DOCUMENT_TYPES, 10 * MEGABYTE),
    "identity_document": (DOCUMENT_TYPES, 10 * MEGABYTE),
    "business_icon": (PICTURE_TYPES, MEGABYTE // 2),
    "business_logo": (PICTURE_TYPES, MEGABYTE // 2),
    "customer_signature": (PICTURE_TYPES, 4 * MEGABYTE),
    "dispute_evidence": (DOCUMENT_TYPES, 5 * MEGABYTE),
}
OTHER_PURPOSE: tuple[tuple[str, ...], int] = ((), 5 * MEGABYTE)


@route("POST", "/v1/files")
def create(call: Call) -> dict:
    given = call.params["file"]
    if not isinstance(given, dict):
        raise errors.invalid("Send the file as multipart/form-data.", param="file")
    file = keep(call, given["filename"] or "file", given["data"], call.params["purpose"])
    link = call.params.get("file_link_data") or {}
    if link.get("create"):
        file_links.new(call, file, link)
    return render(call, file)


@route("GET", "/v1/files")
def list_files(call: Call) -> dict:
    wanted, purpose = call.params.get("created"), call.params.get("purpose")

    def fits(file: dict) -> bool:
        return file["purpose"] == (purpose or file["purpose"]) and pagination.in_range(file["created"], wanted)

    return pagination.page(call, KIND, where=fits, render=lambda file: render(call, file))


@route("GET", "/v1/files/{file}")
def retrieve(call: Call) -> dict:
    return render(call, _get(call, call.path["file"]))


@route("GET", "/v1/files/{file}/contents")
def contents(call: Call) -> Download:
    """The bytes themselves. Identity documents cannot be downloaded again."""
    file = _get(call, call.path["file"])
    if file["purpose"] == "identity_document":
        raise errors.invalid("Identity documents cannot be downloaded.", status=403)
    return download(call.db, call.scope, file)


def download(db: Store, scope: str, file: dict) -> Download:
    data = db.get(scope, DATA, file["id"])
    kind = file_contents.MIME.get(file["type"], "application/octet-stream")
    return Download(base64.b64decode(data["data"]) if data else b"", kind, file["filename"])


def keep(ctx: Context, filename: str, data: bytes, purpose: str) -> dict:
    """Check and keep a file in the scope acted in. Raises StripeError for one Stripe would not take."""
    kind = _checked_type(data, purpose)
    file = {
        "id": new_id("file"),
        "object": "file",
        "created": ctx.now,
        "expires_at": None,
        "filename": filename,
        "purpose": purpose,
        "size": len(data),
        "title": None,
        "type": kind,
        "_digest": hashlib.sha256(data).hexdigest(),
        "_outcome": file_contents.outcome(filename, data),
    }
    ctx.db.put(ctx.scope, DATA, file["id"], {"data": base64.b64encode(data).decode()})
    ctx.db.put(ctx.scope, KIND, file["id"], file)
    events.emit(ctx, "file.created", {**file, "links": None, "url": None})
    return file


def _checked_type(data: bytes, purpose: str) -> str | None:
    types, most = PURPOSES.get(purpose, OTHER_PURPOSE)
    if not data:
        raise errors.invalid("The file is empty.", param="file")
    if len(data) > most:
        message = f"The file is too large: files for {purpose} are at most {most} bytes."
        raise errors.invalid(message, param="file")
    if not types:
        return None
    try:
        content = file_contents.read(data)
    except file_contents.Unreadable as problem:
        raise errors.invalid(str(problem), param="file") from problem
    if content.type not in types:
        message = f"Files for {purpose} must be one of: {', '.join(types)}."
        raise errors.invalid(message, param="file")
    if content.sides and not all(0 < side <= file_contents.LARGEST_SIDE for side in content.sides):
        side = file_contents.LARGEST_SIDE
        raise errors.invalid(f"The image is larger than {side} by {side} pixels.", param="file")
    return content.type


def find(db: Store, scope: str, id: str) -> dict | None:
    """A file of the account, or one that its platform uploaded for it."""
    return db.get(scope, KIND, id) or db.get(PLATFORM, KIND, id)


def render(call: Call, file: dict) -> dict:
    return {
        **file,
        "links": file_links.of_file(call, file),
        "url": f"{call.public_url}/v1/files/{file['id']}/contents",
    }


expansion.RENDERERS[KIND] = render


def _get(call: Call, id: str) -> dict:
    file = call.db.get(call.scope, KIND, id)
    if file is None:
        raise errors.not_found("file upload", id, "file")
    return file
