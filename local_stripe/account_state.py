"""What follows from every change of an account: verification, capability statuses, and the events that tell of it."""

import hashlib
import json

from local_stripe import account_rules, documents, events, verification, versions
from local_stripe import account_views_v1 as v1
from local_stripe import account_views_v2 as v2
from local_stripe.clock import job, later
from local_stripe.context import Context
from local_stripe.requirements import CARDS, PAST_DUE, future_needs, missing_card_terms, needs, still_demanded
from local_stripe.resources import accounts, people
from local_stripe.trees import differences

UNSUPPORTED = "unsupported"
VERIFIED_AFTER = 3  # virtual seconds that checking takes
ENFORCING = "enforce_future_requirements"  # in the email of a new account: the next rules are in force at once
IDENTITY_DEADLINE = 3600  # 29 days in live mode, 1 hour in testing environments
# Events show the account as the newest preview does, so that every configuration has its say.
EVENT_DIALECT = versions.parse("2025-09-30.preview")
HOLDS = {
    "under_review": ("restricted", {"code": "restricted_other", "resolution": "contact_stripe"}),
    "terms_violation": ("rejected", {"code": "rejected_terms_of_service", "resolution": "no_resolution"}),
    "fraud": ("rejected", {"code": "rejected_fraud", "resolution": "no_resolution"}),
    "rejected": ("rejected", {"code": "rejected_other", "resolution": "no_resolution"}),
    "platform_terms_violation": (
        "rejected",
        {"code": "rejected_platform_terms_of_service", "resolution": "no_resolution"},
    ),
    "platform_fraud": ("rejected", {"code": "rejected_platform_fraud", "resolution": "no_resolution"}),
    "platform_other": ("rejected", {"code": "rejected_platform_other", "resolution": "no_resolution"}),
    "closed": ("restricted", {"code": "restricted_other", "resolution": "no_resolution"}),
}


def photograph(ctx: Context, account: dict) -> dict:
    """How the account looks before a change, to tell afterwards what changed."""
    persons = people.of_account(ctx.db, account["id"])
    include = ["identity", "defaults", "requirements"]
    include += [f"configuration.{name}" for name in v2.configurations(EVENT_DIALECT)]
    return {
        "v1": v1.render(ctx.db, account),
        "v2": v2.render(ctx.db, account, EVENT_DIALECT, include),
        "future": [need.v2 for need in future_needs(account, persons)],
        "capabilities": {name: v1.capability(account, persons, name) for name in v1.names_of(account)},
        "persons": {person["id"]: v1.person_view(account, persons, person) for person in persons},
        "statuses": {key: record["status"] for key, record in account["capabilities"].items()},
    }


def settle(ctx: Context, account: dict, before: dict | None) -> dict:
    """Judge anew after a change and keep the account; `before` is its photograph, None when it has just been made."""
    _mark_unsupported(account)
    persons = people.of_account(ctx.db, account["id"])
    if before is None and ENFORCING in (account["contact_email"] or ""):
        account["coming_rules"] = "in_force"
    account["has_payout_bank"] = bool(ctx.db.list(account["id"], "external_account"))
    account["extra_requirements"] = still_demanded(account, persons)
    _start_verification(ctx, account, persons)
    _watch_application(ctx, account)
    _judge_capabilities(account, people.of_account(ctx.db, account["id"]))
    accounts.save(ctx.db, account)
    if before is not None:
        _announce(ctx, account, before)
    return account


def facts_of(account: dict, persons: list[dict]) -> str:
    """A print of everything that is verified: the same print means nothing has to be checked again."""
    return _print([_business_facts(account), *(_person_facts(person) for person in persons)])


def _business_facts(account: dict) -> str:
    told = [account[name] for name in ("country", "entity_type", "business", "profile")]
    return _print([*told, *verification.descriptors(account)])


def _person_facts(person: dict) -> str:
    return _print(
        {name: value for name, value in person.items() if name not in ("verification", "updated", "metadata")}
    )


def _print(told) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _forget_findings(ctx: Context, account: dict, persons: list[dict], facts: str) -> None:
    """New facts void what was found about the old ones; what was not touched need not be checked again."""
    state = account["verification"]
    checked = state.get("business") if state.get("business") == _business_facts(account) else None
    account["verification"] = {
        "state": "unverified",
        "errors": state["errors"] if checked else [],
        "facts": facts,
        "business": checked,
        "was_verified": state["state"] == "verified" or state.get("was_verified", False),
    }
    for person in persons:
        if person["verification"].get("facts") != _person_facts(person):
            person["verification"] = {"status": "unverified", "errors": []}
            people.save(ctx.db, person)


def _start_verification(ctx: Context, account: dict, persons: list[dict]) -> None:
    """Once nothing basic is missing, Stripe checks what it has not checked yet."""
    facts = facts_of(account, persons)
    if account["verification"].get("facts") != facts:
        _forget_findings(ctx, account, persons, facts)
    if account["verification"]["state"] != "unverified" or not account["capabilities"]:
        return
    if any(not need.scope and not need.error and need.urgency == PAST_DUE for need in needs(account, persons)):
        return
    account["verification"]["state"] = "pending"
    relevant = [person for person in persons if people.must_be_verified(person)]
    if verification.is_immediate(account, relevant):
        judge(ctx, account)
    else:
        for person in relevant:
            if "facts" not in person["verification"]:
                people.save(ctx.db, {**person, "verification": {"status": "pending", "errors": []}})
        later(ctx, ctx.now + VERIFIED_AFTER, "account.verify", id=account["id"], facts=facts)


@job("account.verify")
def verify(ctx: Context, *, id: str, facts: str) -> None:
    account = accounts.load(ctx.db, id)
    if account is None or account["verification"].get("facts") != facts:
        return
    if account["verification"]["state"] != "pending":
        return
    before = photograph(ctx, account)
    judge(ctx, account)
    settle(ctx, account, before)


def judge(ctx: Context, account: dict, *, passes: bool | None = None) -> None:
    """Conclude the verification: by the magic values, or as `passes` says. Keeps the people, not the account."""
    persons = people.of_account(ctx.db, account["id"])
    check = documents.checker(ctx.db, account["id"])
    for person in persons:
        if people.must_be_verified(person) or people.is_only_director(person):
            _judge_person(ctx, account, person, check, passes=passes)
    state, business = account["verification"], _business_facts(account)
    if passes is not None or state.get("business") != business:
        found = verification.judge_business(account, check) if passes is None else []
        state.update(errors=[finding.record() for finding in found], business=business)
    state["paused"] = verification.is_inactive(account) and passes is None
    errors = [*state["errors"], *(error for person in persons for error in person["verification"]["errors"])]
    failed = any(error["urgency"] == PAST_DUE for error in errors)
    state["state"] = "failed" if failed else "verified"


def _judge_person(ctx: Context, account: dict, person: dict, check: documents.Check, *, passes: bool | None) -> None:
    facts = _person_facts(person)
    if passes is None and person["verification"].get("facts") == facts:
        return
    if passes is not None:
        found = _forced(person, passes)
    elif people.must_be_verified(person):
        found = verification.judge_person(person, check)
    else:
        found = verification.judge_director(person)
    status = "unverified" if found else "verified"
    person["verification"] = {"status": status, "errors": [one.record() for one in found], "facts": facts}
    people.save(ctx.db, person)
    if passes is None and verification.raises_alert(person):
        account["hold"] = "under_review"


def conclude(ctx: Context, account: dict, *, passes: bool) -> None:
    """Judge now, and as the outcome of the facts as they are. Keeps the people, not the account."""
    account["verification"] = {
        "state": "pending",
        "errors": [],
        "facts": facts_of(account, people.of_account(ctx.db, account["id"])),
    }
    judge(ctx, account, passes=passes)


def _forced(person: dict, passes: bool) -> list[verification.Finding]:
    if passes:
        return []
    where = ("verification.document", "documents.primary_verification")
    return [verification.Finding(*where, "verification_failed_keyed_identity")]


def _mark_unsupported(account: dict) -> None:
    """What an account like this one cannot have asks for nothing."""
    for key, record in account["capabilities"].items():
        reason = account_rules.unsupported(account, key)
        if reason:
            details = [{"code": reason, "resolution": account_rules.UNSUPPORTED[reason]}]
            record.update(status=UNSUPPORTED, details=details)
        elif record["status"] == UNSUPPORTED:
            record.update(status="pending", details=[])


def _judge_capabilities(account: dict, persons: list[dict]) -> None:
    missing = [need for need in needs(account, persons) if need.urgency == PAST_DUE]
    for key, record in account["capabilities"].items():
        if record["status"] == UNSUPPORTED and not account["hold"]:
            continue
        status, detail = _status(account, record, any(need.concerns(key) for need in missing))
        record.update(status=status, details=[detail] if detail else [])


def _status(account: dict, record: dict, lacks_something: bool) -> tuple[str, dict | None]:
    if account["hold"]:
        return HOLDS[account["hold"]]
    if lacks_something:
        return "restricted", {"code": "requirements_past_due", "resolution": "provide_info"}
    checked = account["verification"]
    if checked.get("paused"):
        return "restricted", {"code": "restricted_other", "resolution": "contact_stripe"}
    if checked["state"] == "verified" or (record["status"] == "active" and checked.get("was_verified")):
        return "active", None
    return "pending", {"code": "requirements_pending_verification", "resolution": "no_resolution"}


def _watch_application(ctx: Context, account: dict) -> None:
    """A complete application that cannot be verified in time loses its acceptance of the terms."""
    has_cards = any(key.startswith(CARDS) for key in account["capabilities"])
    complete = (
        has_cards and account["verification"]["state"] in ("pending", "failed") and not missing_card_terms(account)
    )
    terms = json.dumps([account["terms"].get("card_issuing"), account["terms"].get("card_creator")], sort_keys=True)
    if complete and account.get("application_terms") != terms:
        account["application_terms"] = terms
        later(ctx, ctx.now + IDENTITY_DEADLINE, "account.identity_deadline", id=account["id"], terms=terms)


@job("account.identity_deadline")
def reject_application(ctx: Context, *, id: str, terms: str) -> None:
    account = accounts.load(ctx.db, id)
    if account is None or account.get("application_terms") != terms:
        return
    cards = [record for key, record in account["capabilities"].items() if key.startswith(CARDS)]
    if any(record["status"] == "active" for record in cards):
        return
    before = photograph(ctx, account)
    account["terms"].pop("card_issuing", None)
    account["terms"].pop("card_creator", None)
    settle(ctx, account, before)


def _announce(ctx: Context, account: dict, before: dict) -> None:
    after = photograph(ctx, account)
    changed = differences(before["v1"], after["v1"])
    if changed:
        view, changed = account_rules.visible(account, after["v1"]), account_rules.visible(account, changed)
        events.emit(ctx, "account.updated", view, scope=account["id"], previous_attributes=changed)
    _announce_capabilities(ctx, account, before["capabilities"], after["capabilities"])
    _announce_persons(ctx, account, before["persons"], after["persons"])
    _announce_v2(ctx, account, before, after)


def _announce_capabilities(ctx: Context, account: dict, before: dict, after: dict) -> None:
    persons = people.of_account(ctx.db, account["id"])
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, {}), after.get(name) or v1.capability(account, persons, name)
        if old != new:
            previous = differences(old, new) if old else {"requested": False, "status": "unrequested"}
            events.emit(ctx, "capability.updated", new, scope=account["id"], previous_attributes=previous)


def _announce_persons(ctx: Context, account: dict, before: dict, after: dict) -> None:
    for id in sorted(before.keys() | after.keys()):
        old, new = before.get(id, {}), after.get(id, {})
        if old == new:
            continue
        what = "updated" if old and new else "created" if new else "deleted"
        previous = differences(old, new) if what == "updated" else None
        if not account_rules.is_closed_to_platform(account):
            events.emit(ctx, f"person.{what}", new or old, scope=account["id"], previous_attributes=previous)
        url = f"/v2/core/accounts/{account['id']}/persons/{id}"
        related = {"id": id, "type": "v2.core.account_person", "url": url}
        type = f"v2.core.account_person.{what}"
        events.emit_thin(ctx, type, related, scope=account["id"], data={"account_id": account["id"]})


def _announce_v2(ctx: Context, account: dict, before: dict, after: dict) -> None:
    old, new = before["v2"], after["v2"]
    for section in ("identity", "defaults", "requirements"):
        if old[section] != new[section]:
            emit_v2(ctx, account, f"v2.core.account[{section}].updated", include=section)
    if before["future"] != after["future"]:
        emit_v2(ctx, account, "v2.core.account[future_requirements].updated", include="future_requirements")
    for name, view in new["configuration"].items():
        if _facts(old["configuration"][name]) != _facts(view):
            emit_v2(ctx, account, f"v2.core.account[configuration.{name}].updated", include=f"configuration.{name}")
    plain = ("contact_email", "dashboard", "display_name", "metadata", "applied_configurations")
    if any(old[name] != new[name] for name in plain):
        emit_v2(ctx, account, "v2.core.account.updated")
    for key, status in after["statuses"].items():
        name, _, path = key.partition(":")
        if name in new["configuration"] and before["statuses"].get(key) != status:
            type = f"v2.core.account[configuration.{name}].capability_status_updated"
            emit_v2(ctx, account, type, include=f"configuration.{name}", data={"updated_capability": path})


def _facts(configuration: dict | None) -> dict | None:
    if configuration is None:
        return None
    return {name: value for name, value in configuration.items() if name != "capabilities"}


def emit_v2(ctx: Context, account: dict, type: str, *, include: str | None = None, data: dict | None = None) -> dict:
    """A thin event about the account; its related URL asks for the part that changed."""
    url = f"/v2/core/accounts/{account['id']}" + (f"?include={include}" if include else "")
    related = {"id": account["id"], "type": "v2.core.account", "url": url}
    return events.emit_thin(ctx, type, related, scope=account["id"], data=data)
