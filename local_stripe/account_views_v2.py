"""How v2 shows an account, in the dialect the caller speaks."""

from local_stripe import account_rules, clock
from local_stripe.requirements import EVENTUALLY_DUE, FUTURE, PAST_DUE, Need, future_needs, needs, subjects, wanted
from local_stripe.resources import people
from local_stripe.store import Store
from local_stripe.trees import plant
from local_stripe.versions import Version

STABLE_CONFIGURATIONS = ("customer", "merchant", "recipient")
REJECTED_SINCE = "2026-09-30"  # until then a rejected capability was "restricted" for another reason
URGENCIES = ("past_due", "currently_due", "eventually_due")


def configurations(version: Version) -> tuple[str, ...]:
    return (*STABLE_CONFIGURATIONS, *version.preview_configurations)


def render(db: Store, account: dict, version: Version, include: list[str]) -> dict:
    """Parts that must be included are null unless `include` names them, whatever their value."""
    persons = people.of_account(db, account["id"])
    shown = configurations(version)
    view = {
        "id": account["id"],
        "object": "v2.core.account",
        "applied_configurations": sorted(name for name in account["configurations"] if name in shown),
        "closed": True if account["closed"] else None,
        "configuration": {
            name: configuration(account, name, version) if f"configuration.{name}" in include else None
            for name in shown
        },
        "contact_email": account["contact_email"],
        "created": clock.iso(account["created"]),
        "dashboard": account["dashboard"],
        "defaults": defaults(account) if "defaults" in include else None,
        "display_name": account["display_name"],
        "identity": identity(account, persons) if "identity" in include else None,
        "livemode": False,
        "metadata": account["metadata"],
        "requirements": requirements(account, persons, version) if "requirements" in include else None,
    }
    if version.has_future_requirements:
        view["contact_phone"] = account["contact_phone"]
        view["future_requirements"] = None
        if "future_requirements" in include:
            view["future_requirements"] = future_requirements(account, persons, version)
    return view


def configuration(account: dict, name: str, version: Version) -> dict | None:
    facts = account["configurations"].get(name)
    if facts is None:
        return None
    capabilities: dict = {}
    for key, record in account["capabilities"].items():
        owner, _, path = key.partition(":")
        if owner == name:
            plant(capabilities, path, capability(record, version))
    return {"applied": True, "capabilities": capabilities or None, **facts}


def capability(record: dict, version: Version) -> dict:
    status, details = record["status"], record["details"]
    if status == "rejected" and version.date < REJECTED_SINCE:
        status, details = "restricted", [{"code": "restricted_other", "resolution": "no_resolution"}]
    requested = {"requested": True} if version.shows_requested else {}
    return {**requested, "status": status, "status_details": details}


def defaults(account: dict) -> dict:
    return {
        "currency": account["default_currency"],
        "locales": account["locales"],
        "profile": {
            name: account["profile"].get(name) for name in ("business_url", "doing_business_as", "product_description")
        },
        "responsibilities": _responsibilities(account),
    }


def _responsibilities(account: dict) -> dict | None:
    collector = account_rules.requirement_collector(account)
    return account["responsibilities"] and {**account["responsibilities"], "requirements_collector": collector}


def identity(account: dict, persons: list[dict]) -> dict:
    individual = next((person for person in persons if person["individual"]), None)
    business = dict(account["business"])
    if "id_numbers" in business:
        business["id_numbers"] = [{"type": number["type"]} for number in business["id_numbers"]]
    return {
        "attestations": {
            "persons_provided": {
                flag: account["persons_provided"].get(flag) for flag in ("directors", "executives", "owners")
            },
            "terms_of_service": _terms(account),
            **account.get("declarations", {}),
        },
        "business_details": business or None,
        "country": account["country"] and account["country"].lower(),
        "entity_type": account["entity_type"],
        "individual": people.render_v2(individual) if individual else None,
    }


def _terms(account: dict) -> dict:
    """v1's acceptance of the card terms has no place in v2's tree."""
    terms = {name: acceptance for name, acceptance in account["terms"].items() if name != "card_issuing"}
    return _dated(terms) | ({} if "account" in terms else {"account": None})


def _dated(tree: dict) -> dict:
    return {
        name: clock.iso(value) if name == "date" else _dated(value) if isinstance(value, dict) else value
        for name, value in tree.items()
    }


def requirements(account: dict, persons: list[dict], version: Version) -> dict:
    missing = needs(account, persons)
    entries = [_entry(account, need, version) for need in missing]
    if account["verification"]["state"] == "pending" and account["capabilities"]:
        waiting = [Need(v1, v2, person) for v1, v2, person in subjects(account, persons)]
        entries += [_entry(account, need, version, awaiting="stripe") for need in waiting]
    entries = [entry for entry in entries if entry["impact"]["restricts_capabilities"]]
    result = {"entries": entries, "summary": _summary(entries, missing)}
    if version.shows_requested:
        return {"collector": "application", **result}
    return result if version.is_preview else {"alternatives": [], **result}


def _entry(account: dict, need: Need, version: Version, *, awaiting: str = "user") -> dict:
    shown = configurations(version)
    status = need.urgency if awaiting == "user" and need.urgency != FUTURE else EVENTUALLY_DUE
    deadline = {"status": status}
    restricted = []
    for key in wanted(account):
        owner, _, path = key.partition(":")
        if owner in shown and need.concerns(key):
            restricted.append({"capability": path, "configuration": owner, "deadline": deadline})
    kind = "resource" if version.shows_requested else "person"
    reference = {"type": kind, "resource": need.person, "inquiry": None} if need.person else None
    error = [{"code": need.error[0], "description": need.error[1]}] if need.error else []
    is_first = not need.error and need.urgency in (PAST_DUE, EVENTUALLY_DUE)
    reason = "routine_onboarding" if is_first else "routine_verification"
    return {
        "awaiting_action_from": awaiting,
        "description": need.v2,
        "errors": error,
        "impact": {"restricts_capabilities": restricted},
        "minimum_deadline": deadline,
        "reference": reference,
        "requested_reasons": [{"code": reason}],
    }


def _summary(entries: list[dict], missing: list[Need]) -> dict:
    statuses = {entry["minimum_deadline"]["status"] for entry in entries}
    worst = next((status for status in URGENCIES if status in statuses), None)
    if worst is None:
        return {"minimum_deadline": None}
    times = [need.deadline for need in missing if need.deadline is not None]
    return {"minimum_deadline": {"status": worst, "time": clock.iso(min(times)) if times else None}}


def future_requirements(account: dict, persons: list[dict], version: Version) -> dict:
    """What rules that are not in force yet will ask for."""
    coming = future_needs(account, persons)
    entries = [_entry(account, need, version) for need in coming]
    entries = [entry for entry in entries if entry["impact"]["restricts_capabilities"]]
    return {"entries": entries, "summary": _summary(entries, coming)}
