"""Event handlers of the tests' own."""

from stripe_gateway import client

HANDLERS = {
    "topup.*": "tests.stripe_gateway.sample_handlers.reread_top_up",
    "poison.*": "tests.stripe_gateway.sample_handlers.stumble",
    "sample.away": "tests.stripe_gateway.sample_handlers.stripe_away",
    "v2.core.account*": "tests.stripe_gateway.sample_handlers.note",
}
TABLE = "tests.stripe_gateway.sample_handlers.HANDLERS"
ALL_KNOWN = "tests.stripe_gateway.sample_handlers.is_known"
# What handlers were given, newest last.
seen: list[str] = []


def is_known(account: str) -> bool:
    return account != "acct_foreign"


def reread_top_up(event, now):
    seen.append(event.stripe_id)
    status = client.get(f"/v1/topups/{event.object_id}", account=event.stripe_account)["status"]
    return f"The top-up is {status}."


def stumble(event, now):
    seen.append(event.stripe_id)
    raise ZeroDivisionError("secret detail")


def stripe_away(event, now):
    seen.append(event.stripe_id)
    raise client.NotSent("no connection")


def note(event, now):
    seen.append(event.stripe_id)
    return "Noted."
