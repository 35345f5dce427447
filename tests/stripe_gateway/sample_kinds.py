"""Operation kinds of the tests' own, so that the protocol is tested without any other room."""

import uuid

from django.db import transaction

from desk import audit
from desk.models import AuditEntry
from stripe_gateway import client, operations
from stripe_gateway.models import StripeOperation

TOP_UP, SECRET, ACCOUNT, DEFECTIVE = "sample.top_up", "sample.secret", "sample.account", "sample.defective"


def _applied(operation, obj):
    audit.record(verb="sample.applied", obj=operation, details={"object": obj["id"]})


def _refused(operation):
    audit.record(verb="sample.refused", obj=operation, details={"code": operation.error_code})


def _stumble(operation, obj):
    raise KeyError("a defect in the room that owns the kind")


def _find_top_up(operation):
    return operations.matching(client.list_all("/v1/topups", account=operation.stripe_account), operation)


def _cannot_be_found(operation):
    raise operations.Undecided("There is no list of these.")


# Set by a test to make a precondition fail: the exception that `check` raises.
precondition: list[Exception] = []


def _check(operation):
    for problem in precondition:
        raise problem


SAMPLE_TOP_UP = operations.OperationKind(
    TOP_UP, "POST", "v1", apply=_applied, refuse=_refused, find=_find_top_up, check=_check
)
SAMPLE_SECRET = operations.OperationKind(
    SECRET,
    "POST",
    "v1",
    apply=_applied,
    refuse=_refused,
    find=_cannot_be_found,
    lists=False,
    sealed=("statement_descriptor",),
)
SAMPLE_ACCOUNT = operations.OperationKind(
    ACCOUNT, "POST", "accounts_v2", apply=_applied, refuse=_refused, find=_cannot_be_found
)
SAMPLE_DEFECTIVE = operations.OperationKind(DEFECTIVE, "POST", "v1", apply=_stumble, refuse=_refused, find=_find_top_up)
KINDS = {
    DEFECTIVE: "tests.stripe_gateway.sample_kinds.SAMPLE_DEFECTIVE",
    TOP_UP: "tests.stripe_gateway.sample_kinds.SAMPLE_TOP_UP",
    SECRET: "tests.stripe_gateway.sample_kinds.SAMPLE_SECRET",
    ACCOUNT: "tests.stripe_gateway.sample_kinds.SAMPLE_ACCOUNT",
}
TABLE = "tests.stripe_gateway.sample_kinds.KINDS"


def prepared(kind=TOP_UP, *, id=None, sealed=None, account="", **changes) -> StripeOperation:
    """A committed operation of a sample kind, not sent yet."""
    path = "/v2/core/accounts" if kind == ACCOUNT else "/v1/topups"
    params = {"contact_email": "owner@example.test"} if kind == ACCOUNT else {"amount": 5000, "currency": "usd"}
    with transaction.atomic():
        operation, _ = operations.prepare(
            id=id or uuid.uuid4(),
            kind=kind,
            path=path,
            params=params | changes,
            account=account,
            actor=None,
            sealed=sealed,
        )
    return operation


def told(verb: str) -> int:
    """How often a sample kind was told of an outcome."""
    return AuditEntry.objects.filter(verb=verb).count()
