"""Whether the platform has access to an account. Without it, the account is not there for the platform's calls."""

from local_stripe import events
from local_stripe.context import Context
from local_stripe.resources import accounts, people
from local_stripe.store import PLATFORM

AWAY = "account_elsewhere"  # kind under which accounts are kept that the platform has no access to
APPLICATION_NAME = "Test platform"
DEFAULT_APPLICATION = "ca_test"


def application(client_id: str | None) -> dict:
    return {"id": client_id or DEFAULT_APPLICATION, "object": "application", "name": APPLICATION_NAME}


def find(ctx: Context, id: str) -> dict | None:
    """The account, whether the platform has access or not."""
    return accounts.load(ctx.db, id) or ctx.db.get(PLATFORM, AWAY, id)


def put_away(ctx: Context, account: dict) -> None:
    """The account lives on, out of the platform's reach."""
    ctx.db.delete(PLATFORM, accounts.KIND, account["id"])
    ctx.db.put(PLATFORM, AWAY, account["id"], account)


def connect(ctx: Context, account: dict, client_id: str) -> None:
    """Give access, by OAuth; Connect endpoints are told."""
    ctx.db.delete(PLATFORM, AWAY, account["id"])
    accounts.save(ctx.db, {**account, "application": client_id})
    events.emit(ctx, "account.application.authorized", application(client_id), scope=account["id"])


def disconnect(ctx: Context, account: dict) -> None:
    """Take access away; this event is the last one the platform gets about the account."""
    _tell(ctx, account)
    put_away(ctx, account)


def delete(ctx: Context, account: dict) -> None:
    """The account and the people in it are gone for good."""
    _tell(ctx, account)
    for person in people.of_account(ctx.db, account["id"]):
        ctx.db.delete(account["id"], people.KIND, person["id"])
    ctx.db.delete(PLATFORM, accounts.KIND, account["id"])


def _tell(ctx: Context, account: dict) -> None:
    told = application(account.get("application"))
    events.emit(ctx, "account.application.deauthorized", told, scope=account["id"])
