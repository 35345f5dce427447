"""/oauth/token and /oauth/deauthorize."""

from local_stripe import oauth
from local_stripe.context import Call
from local_stripe.errors import OAuthRefusal
from local_stripe.resources import route


@route("POST", "/oauth/token")
def token(call: Call) -> dict:
    oauth.refuse_as_planned(call)
    grant_type = call.params.get("grant_type")
    if not grant_type:
        raise OAuthRefusal("invalid_request", "No grant type specified")
    if grant_type == "authorization_code":
        return oauth.exchange(call)
    if grant_type == "refresh_token":
        return oauth.refresh(call)
    raise OAuthRefusal("unsupported_grant_type", f"Unsupported grant type: {grant_type}")


@route("POST", "/oauth/deauthorize")
def deauthorize(call: Call) -> dict:
    return oauth.deauthorize(call)
