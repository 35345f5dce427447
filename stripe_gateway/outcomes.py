"""What an answer of Stripe means. Three outcomes, never two: done, refused for good, or unknown.

Judged on the raw status, headers and body, because the SDK drops `error.code` for 401, 403, 409, 429 and 5xx and
stumbles over error bodies that are not what it expects.
"""

import json

from desk.logs import redact


class StripeProblem(Exception):
    """Anything but a plain success. `executed` is False when Stripe certainly did nothing."""

    executed = True

    def __init__(self, message="", *, code="", error_type="", param="", http_status=None, request_id=""):
        super().__init__(message or code or type(self).__name__)
        self.message = message
        self.code = code
        self.error_type = error_type
        self.param = param
        self.http_status = http_status
        self.request_id = request_id


class Refused(StripeProblem):
    """400, 402, 404: final, without effect. Asking again is a new operation."""

    executed = False


class NotFound(Refused):
    """404: no such object, at least not for this account."""


class Unanswered(StripeProblem):
    """Nobody knows whether it happened: timeout, reset, 5xx, an answer that cannot be read."""


class ServerError(Unanswered):
    """5xx. Stripe may replay it for this key for a day, so it is looked up after the second."""


class Busy(StripeProblem):
    """The same request is still running, or the object is locked: the same key again, later."""


class RateLimited(Busy):
    """429 above the rate: turned away before anything ran."""

    executed = False


class OwnLimit(RateLimited):
    """Our own budget of calls is used up; nothing was sent."""

    CODE = "own_limit"


class NotSent(StripeProblem):
    """No connection: not a byte of the request left."""

    executed = False


class CredentialRefused(StripeProblem):
    """401, or 403 for the platform itself: our key, not this request. Pauses everything and rejects nothing."""

    executed = False


class WrongMode(CredentialRefused):
    """A live answer to a test deployment, or the other way round. It may well have happened there."""

    executed = True


class AccessRevoked(StripeProblem):
    """403 for one connected account: it no longer lets the platform act for it."""

    executed = False


class KeyMismatch(StripeProblem):
    """400 idempotency_error: this key was used with other parameters. Ours to repair; frozen meanwhile."""


# v2 answers 409 both while a request runs and for states that will not change; these are the latter.
_FINAL_V2_CONFLICTS = frozenset({"already_canceled", "not_cancelable", "cannot_proceed", "blocked_by_stripe"})


def judge(status: int, headers, body: bytes, *, for_account: bool) -> dict:
    """The answer's JSON object, or the StripeProblem it amounts to. `headers` must look up case-insensitively."""
    request_id = headers.get("request-id") or ""
    answer = _parse(body)
    if 200 <= status < 300:
        if not isinstance(answer, dict):
            raise Unanswered("The answer could not be read.", http_status=status, request_id=request_id)
        return answer
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, str):
        # OAuth's own shape: a flat code beside a description.
        error = {"type": "oauth_error", "code": error, "message": answer.get("error_description")}
    known = isinstance(error, dict) and isinstance(error.get("type"), str)
    fields = _fields(error if known else {}, status, request_id)
    raise _problem_class(status, headers, fields, known=known, for_account=for_account)(**fields)


def _parse(body: bytes):
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _fields(error: dict, status: int, request_id: str) -> dict:
    def text(name, size):
        value = error.get(name)
        return value[:size] if isinstance(value, str) else ""

    return {
        # Stripe quotes the ids it was given, among them those of sources and tokens, which are never kept in clear.
        "message": redact(text("message", 2000)),
        "code": text("code", 80),
        "error_type": text("type", 80),
        "param": text("param", 120),
        "http_status": status,
        "request_id": request_id[:64],
    }


def _problem_class(status, headers, fields, *, known, for_account) -> type[StripeProblem]:
    code, error_type = fields["code"], fields["error_type"]
    if status >= 500:
        return ServerError
    if status == 401:
        return CredentialRefused
    if status == 403:
        # The account may also be named by the path alone.
        return AccessRevoked if for_account or code == "account_invalid" else CredentialRefused
    if status == 429 or code == "rate_limit":
        # A 429 without a reason is a lock on the object, which Stripe takes after the idempotency layer.
        limited = code == "rate_limit" or "stripe-rate-limited-reason" in headers
        return RateLimited if limited else Busy
    if status == 409:
        return Refused if error_type in _FINAL_V2_CONFLICTS else Busy
    if status == 400 and error_type == "idempotency_error":
        return KeyMismatch
    if (headers.get("stripe-should-retry") or "").lower() == "true":
        return Busy
    if known and status in (400, 402):
        return Refused
    if known and status == 404:
        return NotFound
    # A proxy's own page, a redirect, a status Stripe does not document: never guessed at.
    return Unanswered
