"""What Stripe answers when it refuses: one exception, and a constructor for each refusal that has a name."""


class StripeError(Exception):
    """Refuse the request. `stored` is False for refusals that come before execution, which idempotency never keeps.

    A refusal undoes what the handler did, unless it sets `keeps_effects`: a wrong attempt that counts, for one.
    """

    keeps_effects = False

    def __init__(
        self, status, message, *, type="invalid_request_error", code=None, param=None, stored=True, headers=None
    ):
        super().__init__(message)
        self.status = status
        self.message = message
        self.type = type
        self.code = code
        self.param = param
        self.stored = stored
        self.headers = headers or {}

    def body(self) -> dict:
        error = {"type": self.type, "code": self.code, "message": self.message, "param": self.param}
        error = {name: value for name, value in error.items() if value is not None}
        if self.code:
            error["doc_url"] = f"https://docs.stripe.com/error-codes#{self.code.replace('_', '-')}"
        return {"error": error}


class OAuthRefusal(StripeError):
    """A refusal as OAuth words it: flat, with a code of RFC 6749."""

    def __init__(self, error: str, description: str, *, status: int = 400, keeps_effects: bool = False):
        super().__init__(status, description, code=error, stored=False)
        self.keeps_effects = keeps_effects

    def body(self) -> dict:
        return {"error": self.code, "error_description": self.message}


def missing(param: str) -> StripeError:
    return StripeError(400, f"Missing required param: {param}.", code="parameter_missing", param=param, stored=False)


def unknown(*params: str) -> StripeError:
    plural = "s" if len(params) > 1 else ""
    message = f"Received unknown parameter{plural}: {', '.join(params)}"
    return StripeError(400, message, code="parameter_unknown", param=params[0], stored=False)


def empty(param: str) -> StripeError:
    message = f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
    message += f"however '{param}' cannot be unset. You should remove '{param}' from your request or supply a value."
    return StripeError(400, message, code="parameter_invalid_empty", param=param, stored=False)


def wrong_type(param: str, expected: str, value) -> StripeError:
    """`expected` is Stripe's own word for the type: integer, boolean, string, object, array, decimal."""
    code = "parameter_invalid_integer" if expected == "integer" else None
    return StripeError(400, f"Invalid {expected}: {value}", code=code, param=param, stored=False)


def not_one_of(param: str, choices) -> StripeError:
    listed = list(choices)
    words = listed[0] if len(listed) == 1 else f"one of {', '.join(listed[:-1])}, or {listed[-1]}"
    return StripeError(400, f"Invalid {param}: must be {words}", param=param, stored=False)


def invalid(message: str, *, param: str | None = None, code: str | None = None, status: int = 400) -> StripeError:
    """A refusal by the rules of one resource, made while executing: it is kept under the idempotency key."""
    return StripeError(status, message, code=code, param=param)


def not_found(kind: str, id: str, param: str = "id") -> StripeError:
    return StripeError(404, f"No such {kind}: '{id}'", code="resource_missing", param=param)


def unrecognized_url(method: str, path: str) -> StripeError:
    message = f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs."
    return StripeError(404, message, stored=False)


def no_key() -> StripeError:
    message = "You did not provide an API key. You need to provide your API key in the Authorization header, "
    message += "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
    return StripeError(401, message, stored=False, headers={"WWW-Authenticate": 'Bearer realm="Stripe"'})


def invalid_key(masked: str) -> StripeError:
    return StripeError(401, f"Invalid API Key provided: {masked}", stored=False)


def expired_key(masked: str) -> StripeError:
    return StripeError(401, f"Expired API Key provided: {masked}", code="api_key_expired", stored=False)


def publishable_key_refused() -> StripeError:
    message = "This API call cannot be made with a publishable API key. Please use a secret API key."
    return StripeError(403, message, code="secret_key_required", stored=False)


def account_invalid(masked_key: str, account: str) -> StripeError:
    message = f"The provided key '{masked_key}' does not have access to account '{account}' (or that account does not "
    message += "exist). Application access may have been revoked."
    return StripeError(403, message, code="account_invalid", stored=False)


def rate_limited() -> StripeError:
    message = "Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits."
    headers = {"Stripe-Rate-Limited-Reason": "global-rate"}
    return StripeError(429, message, type="invalid_request_error", code="rate_limit", stored=False, headers=headers)


def lock_timeout() -> StripeError:
    message = "This object cannot be accessed right now because another API request or Stripe process is currently "
    message += "accessing it."
    return StripeError(429, message, code="lock_timeout", stored=False)


def key_in_use(key: str) -> StripeError:
    message = (
        f"There is currently another in-progress request using this Idempotent Key ({key}). Please try again later."
    )
    return StripeError(409, message, type="idempotency_error", code="idempotency_key_in_use", stored=False)


def key_reused(key: str) -> StripeError:
    message = "Keys for idempotent requests can only be used with the same parameters they were first used with. "
    message += f"Try using a key other than '{key}' if you meant to execute a different request."
    return StripeError(400, message, type="idempotency_error", stored=False)


def api_error() -> StripeError:
    return StripeError(500, "An unknown error occurred.", type="api_error")
