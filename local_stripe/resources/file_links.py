"""Links to files: addresses that show a file to whoever has them, until they expire."""

from local_stripe import errors, pagination
from local_stripe.context import Call
from local_stripe.ids import new_id, random_text
from local_stripe.metadata import merge_metadata
from local_stripe.resources import route

KIND, FILE = "file_link", "file"
PURPOSES = (
    "business_icon", "business_logo", "customer_signature", "dispute_evidence", "finance_report_run",
    "identity_document_downloadable", "issuing_regulatory_reporting", "pci_document", "selfie",
    "sigma_scheduled_query", "tax_document_user_upload",
)  # fmt: skip


@route("POST", "/v1/file_links")
def create_link(call: Call) -> dict:
    file = call.db.get(call.scope, FILE, call.params["file"])
    if file is None:
        raise errors.not_found("file upload", call.params["file"], "file")
    return shown(call, new(call, file, call.params))


def new(call: Call, file: dict, given: dict) -> dict:
    """An address that shows the file to whoever has it. Only some purposes may have one."""
    if file["purpose"] not in PURPOSES:
        raise errors.invalid(f"Files for {file['purpose']} cannot have links.", param="file")
    link = {
        "id": new_id("link"),
        "object": KIND,
        "created": call.now,
        "expires_at": _expiry(call, given),
        "file": file["id"],
        "livemode": False,
        "metadata": merge_metadata({}, given.get("metadata")),
        "_token": random_text(48),
    }
    return call.db.put(call.scope, KIND, link["id"], link)


@route("GET", "/v1/file_links")
def list_links(call: Call) -> dict:
    file, expired, created = (call.params.get(name) for name in ("file", "expired", "created"))

    def fits(link: dict) -> bool:
        shown = is_expired(link, call.now)
        return (
            link["file"] == (file or link["file"])
            and expired in (None, shown)
            and pagination.in_range(link["created"], created)
        )

    return pagination.page(call, KIND, where=fits, render=lambda link: shown(call, link))


@route("GET", "/v1/file_links/{link}")
def retrieve_link(call: Call) -> dict:
    return shown(call, _link(call))


@route("POST", "/v1/file_links/{link}")
def update_link(call: Call) -> dict:
    link = _link(call)
    if "expires_at" in call.params:
        link["expires_at"] = _expiry(call, call.params)
    link["metadata"] = merge_metadata(link["metadata"], call.params.get("metadata"))
    return shown(call, call.db.put(call.scope, KIND, link["id"], link))


def _link(call: Call) -> dict:
    link = call.db.get(call.scope, KIND, call.path["link"])
    if link is None:
        raise errors.not_found("file link", call.path["link"], "link")
    return link


def _expiry(call: Call, given: dict) -> int | None:
    """`now` ends a link at once, "" lets it live for ever."""
    moment = given.get("expires_at")
    if moment in (None, ""):
        return None
    if moment == "now":
        return call.now
    if int(moment) <= call.now:
        raise errors.invalid("expires_at must be in the future.", param="expires_at")
    return int(moment)


def is_expired(link: dict, now: int) -> bool:
    return link["expires_at"] is not None and link["expires_at"] <= now


def shown(call: Call, link: dict) -> dict:
    expired = is_expired(link, call.now)
    url = None if expired else f"{call.public_url}/links/{link['_token']}"
    return {**link, "expired": expired, "url": url}


def of_file(call: Call, file: dict) -> dict:
    """The list of links that a file shows."""
    links = call.db.list(call.scope, KIND, where=lambda link: link["file"] == file["id"])
    return pagination.listing(f"/v1/file_links?file={file['id']}", [shown(call, link) for link in links])
