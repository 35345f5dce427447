"""What Stripe's staff ask an account for: anything, for any reason, by any deadline, until it has been told anew."""

from local_stripe import account_state, clock, requirement_codes, requirement_paths, verification
from local_stripe.clock import job, later
from local_stripe.context import Context
from local_stripe.requirements import CURRENTLY_DUE, EVENTUALLY_DUE, FUTURE, PAST_DUE
from local_stripe.resources import accounts, people

URGENCIES = (PAST_DUE, CURRENTLY_DUE, EVENTUALLY_DUE, FUTURE)
V2_NAMES = {v1: v2 for v2, v1 in requirement_paths.V1_NAMES.items()}


def ask(
    ctx: Context,
    account: dict,
    path: str,
    *,
    person: str | None = None,
    code: str | None = None,
    urgency: str = PAST_DUE,
    deadline: int | None = None,
) -> dict:
    """Add a demand to the account, which the caller settles. `path` is v2's, or v1's name of a field of the account;
    below a person it is the field alone. Raises ValueError for a code or urgency there is not."""
    if code is not None and code not in requirement_codes.ALL:
        raise ValueError(f"{code} is no error code of a requirement")
    if urgency not in URGENCIES:
        raise ValueError(f"deadline must be one of {', '.join(URGENCIES)}")
    persons = people.of_account(ctx.db, account["id"])
    v1, v2 = _spelled(path, persons, person)
    demand = {
        "v1": v1,
        "v2": v2,
        "person": person,
        "scope": requirement_paths.scope_of(v2),
        "error": [code, verification.reason(code)] if code else None,
        "urgency": urgency,
        "deadline": deadline,
        "seen": requirement_paths.print_of(account, persons, v2, person),
    }
    withdraw(account, v2)
    account["extra_requirements"].append(demand)
    if deadline is not None and urgency in (CURRENTLY_DUE, FUTURE):
        later(ctx, deadline, "account.requirement_deadline", id=account["id"], path=v2, urgency=urgency)
    return demand


def _spelled(path: str, persons: list[dict], person_id: str | None) -> tuple[str, str]:
    if person_id is None:
        v2 = V2_NAMES.get(path, path)
        if v2.startswith("company."):
            v2 = f"{requirement_paths.DETAILS}{v2.removeprefix('company.')}"
        return requirement_paths.in_v1(v2), v2
    person = next((one for one in persons if one["id"] == person_id), None)
    if person is None:
        raise ValueError(f"no person {person_id}")
    field = path.removeprefix(f"{person_id}.").removeprefix("identity.individual.")
    names = ("individual", "identity.individual") if person["individual"] else (person_id, person_id)
    return f"{names[0]}.{requirement_paths.person_in_v1(field)}", f"{names[1]}.{field}"


def withdraw(account: dict, path: str) -> None:
    kept = [one for one in account["extra_requirements"] if path not in (one["v1"], one["v2"])]
    account["extra_requirements"] = kept


def press(account: dict) -> None:
    """What was due some day is due now."""
    account["next_is_due"] = True
    for one in account["extra_requirements"]:
        if one["urgency"] == EVENTUALLY_DUE:
            one["urgency"] = CURRENTLY_DUE


def put_in_force(account: dict) -> None:
    """The rules of the future are those of today."""
    account["coming_rules"] = "in_force"
    for one in account["extra_requirements"]:
        if one["urgency"] == FUTURE:
            one.update(urgency=CURRENTLY_DUE, deadline=None)


@job("account.requirement_deadline")
def meet_deadline(ctx: Context, *, id: str, path: str, urgency: str) -> None:
    """What was due is past due now; what was to come is due."""
    account = accounts.load(ctx.db, id)
    if account is None:
        return
    before = account_state.photograph(ctx, account)
    for one in account["extra_requirements"]:
        if one["v2"] == path and one["urgency"] == urgency and one["deadline"] <= ctx.now:
            one["urgency"] = CURRENTLY_DUE if urgency == FUTURE else PAST_DUE
    account_state.settle(ctx, account, before)


def moment(text) -> int | None:
    """Unix seconds of a deadline given as such, or as an RFC 3339 moment."""
    return None if text is None else int(clock.from_iso(text)) if isinstance(text, str) else int(text)
