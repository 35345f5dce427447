"""Every status and code has one meaning, and what is not understood is unknown, never refused."""

import json

import httpx
import pytest

from stripe_gateway import outcomes
from stripe_gateway.outcomes import judge

ERROR = {"type": "invalid_request_error", "code": "parameter_missing", "message": "Missing.", "param": "amount"}
MEANINGS = [
    (400, ERROR, {}, outcomes.Refused),
    (400, {"type": "invalid_request_error"}, {}, outcomes.Refused),
    (402, ERROR | {"type": "card_error"}, {}, outcomes.Refused),
    (404, ERROR | {"code": "resource_missing"}, {}, outcomes.NotFound),
    (400, {"type": "idempotency_error"}, {}, outcomes.KeyMismatch),
    (400, ERROR | {"code": "rate_limit"}, {}, outcomes.RateLimited),
    (400, ERROR, {"Stripe-Should-Retry": "true"}, outcomes.Busy),
    (401, ERROR, {}, outcomes.CredentialRefused),
    (401, None, {}, outcomes.CredentialRefused),
    (403, ERROR, {}, outcomes.CredentialRefused),
    (403, ERROR | {"code": "account_invalid"}, {}, outcomes.AccessRevoked),
    (409, {"type": "idempotency_error", "code": "idempotency_key_in_use"}, {}, outcomes.Busy),
    (409, None, {}, outcomes.Busy),
    (409, {"type": "already_canceled"}, {}, outcomes.Refused),
    (424, ERROR, {}, outcomes.Unanswered),
    (429, ERROR | {"code": "rate_limit"}, {}, outcomes.RateLimited),
    (429, ERROR, {"Stripe-Rate-Limited-Reason": "global-rate"}, outcomes.RateLimited),
    (429, ERROR | {"code": "lock_timeout"}, {}, outcomes.Busy),
    (500, {"type": "api_error"}, {}, outcomes.ServerError),
    (500, None, {"Stripe-Should-Retry": "true"}, outcomes.ServerError),
    (503, None, {}, outcomes.ServerError),
    (302, None, {}, outcomes.Unanswered),
    (400, None, {}, outcomes.Unanswered),
    (404, None, {}, outcomes.Unanswered),
    (418, ERROR, {}, outcomes.Unanswered),
]


def body_of(error) -> bytes:
    return b"<html>" if error is None else json.dumps({"error": error}).encode()


@pytest.mark.parametrize(("status", "error", "headers", "meaning"), MEANINGS)
def test_an_answer_has_one_meaning(status, error, headers, meaning):
    with pytest.raises(outcomes.StripeProblem) as problem:
        judge(status, httpx.Headers(headers | {"Request-Id": "req_1"}), body_of(error), for_account=False)
    assert type(problem.value) is meaning
    assert (problem.value.http_status, problem.value.request_id) == (status, "req_1")


def test_a_403_for_an_account_concerns_that_account_alone():
    with pytest.raises(outcomes.AccessRevoked):
        judge(403, httpx.Headers(), body_of(ERROR), for_account=True)


def test_what_stripe_quotes_of_a_bank_account_is_not_kept():
    quoting = ERROR | {"message": "No such source: 'src_1PgafTB9aTJbJ4q', nor token 'btok_1PgafT9aTJbJ4q'"}
    with pytest.raises(outcomes.Refused) as problem:
        judge(400, httpx.Headers(), body_of(quoting), for_account=False)
    assert problem.value.message == "No such source: 'src_[redacted]', nor token 'btok_[redacted]'"
    assert "1Pgaf" not in str(problem.value)


@pytest.mark.parametrize("status", [*range(100, 200), *range(300, 600)])
def test_no_status_without_an_error_of_stripes_is_ever_final(status):
    with pytest.raises(outcomes.StripeProblem) as problem:
        judge(status, httpx.Headers(), b"<html>gateway</html>", for_account=False)
    assert not isinstance(problem.value, outcomes.Refused)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"1", b"\xff", b"[" * 100_000])
def test_a_success_that_cannot_be_read_is_unknown(body):
    with pytest.raises(outcomes.Unanswered):
        judge(200, httpx.Headers(), body, for_account=False)


@pytest.mark.parametrize("error", [[], "oauth", 7, {"type": 5}, {"type": "x", "code": {}, "message": None, "param": 3}])
def test_an_error_of_another_shape_is_not_stumbled_over(error):
    with pytest.raises(outcomes.StripeProblem):
        judge(400, httpx.Headers(), json.dumps({"error": error}).encode(), for_account=False)


def test_what_was_certainly_not_executed_is_known():
    executed = {problem for problem in vars(outcomes).values() if isinstance(problem, type) and problem.__module__}
    not_executed = {p.__name__ for p in executed if issubclass(p, outcomes.StripeProblem) and not p.executed}
    assert not_executed == {
        "Refused", "NotFound", "RateLimited", "OwnLimit", "NotSent", "CredentialRefused", "AccessRevoked",
    }  # fmt: skip
