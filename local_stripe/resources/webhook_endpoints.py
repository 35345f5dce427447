"""/v1/webhook_endpoints: where snapshot events go."""

from local_stripe import errors, pagination
from local_stripe.context import Call
from local_stripe.ids import new_id, random_text
from local_stripe.metadata import merge_metadata
from local_stripe.resources import route

KIND = "webhook_endpoint"


@route("POST", "/v1/webhook_endpoints")
def create(call: Call) -> dict:
    params = call.params
    check_url(params["url"], "url")
    secret = f"whsec_{random_text(32)}"
    endpoint = {
        "id": new_id("we"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": call.now,
        "description": params.get("description") or None,
        "enabled_events": _events(params["enabled_events"]),
        "livemode": False,
        "metadata": merge_metadata({}, params.get("metadata")),
        "status": "enabled",
        "url": params["url"],
        "_url": params["url"],
        "_secret": secret,
        "_connect": params.get("connect", False),
    }
    call.db.put(call.scope, KIND, endpoint["id"], endpoint)
    return {**endpoint, "secret": secret}


@route("GET", "/v1/webhook_endpoints")
def list_endpoints(call: Call) -> dict:
    return pagination.page(call, KIND)


@route("GET", "/v1/webhook_endpoints/{id}")
def retrieve(call: Call) -> dict:
    endpoint = call.db.get(call.scope, KIND, call.path["id"])
    if endpoint is None:
        raise errors.not_found("webhook endpoint", call.path["id"])
    return endpoint


@route("POST", "/v1/webhook_endpoints/{id}")
def update(call: Call) -> dict:
    endpoint, params = retrieve(call), call.params
    if "url" in params:
        check_url(params["url"], "url")
        endpoint.update(url=params["url"], _url=params["url"])
    if "enabled_events" in params:
        endpoint["enabled_events"] = _events(params["enabled_events"])
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    if "description" in params:
        endpoint["description"] = params["description"] or None
    endpoint["metadata"] = merge_metadata(endpoint["metadata"], params.get("metadata"))
    return call.db.put(call.scope, KIND, endpoint["id"], endpoint)


@route("DELETE", "/v1/webhook_endpoints/{id}")
def delete(call: Call) -> dict:
    endpoint = retrieve(call)
    call.db.delete(call.scope, KIND, endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def check_url(url: str, param: str) -> None:
    """In a sandbox http is allowed too."""
    if not url.startswith(("https://", "http://")):
        raise errors.invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.", param=param, code="url_invalid"
        )


def _events(events: list[str]) -> list[str]:
    if not events:
        raise errors.empty("enabled_events")
    return events
