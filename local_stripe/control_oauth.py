"""Control routes about OAuth: what the platform registered, what was authorized, and how the next exchange ends."""

from local_stripe import oauth, oauth_wishes
from local_stripe.control import Refused, context, control
from local_stripe.resources import accounts
from local_stripe.server import Server
from local_stripe.store import PLATFORM


@control("GET", "/oauth/authorizations")
def authorizations(server: Server, body: dict, query: dict) -> dict:
    """Every code, oldest first, with its account, client_id, scope and state: waiting, used or revoked."""
    return {"authorizations": server.db.list(PLATFORM, oauth.CODE, newest_first=False)}


@control("GET", "/oauth/redirect_uris")
def redirect_uris(server: Server, body: dict, query: dict) -> dict:
    """The platform's redirect URIs; with none registered any loopback address will do."""
    return {"redirect_uris": oauth_wishes.registered(server.db)}


@control("POST", "/oauth/redirect_uris")
def register(server: Server, body: dict, query: dict) -> dict:
    """{"redirect_uris": ["https://…"]}: from now on exactly these; the first one is the default."""
    uris = body.get("redirect_uris")
    if not isinstance(uris, list) or not all(isinstance(uri, str) for uri in uris):
        raise Refused("redirect_uris must be a list of strings")
    with server.db.transaction():
        oauth_wishes.register(server.db, uris)
    return redirect_uris(server, {}, {})


@control("POST", "/oauth/next_exchange")
def next_exchange(server: Server, body: dict, query: dict) -> dict:
    """{"error": "invalid_grant" | …, "description"?, "status"?}: refuse the next POST /oauth/token so, once; {} not."""
    error = body.get("error")
    if error is not None and error not in oauth.REFUSALS:
        raise Refused(f"error must be one of {', '.join(oauth.REFUSALS)}")
    planned = {
        "error": error,
        "description": body.get("description", "This exchange was made to fail."),
        "status": int(body.get("status", 400)),
    }
    with server.db.transaction():
        oauth.plan_refusal(context(server, PLATFORM), planned if error else None)
    return {"planned": planned if error else None}


@control("POST", "/accounts/{id}/disconnect")
def disconnect(server: Server, body: dict, query: dict) -> dict:
    """Its owner takes the platform's access away, as in the Dashboard's settings."""
    with server.db.transaction():
        account = accounts.load(server.db, body["id"])
        if account is None:
            raise Refused(f"no account {body['id']}")
        oauth.disconnect(context(server, account["id"]), account)
    return {"disconnected": body["id"]}
