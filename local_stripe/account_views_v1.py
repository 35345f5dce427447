"""How v1 shows an account, its capabilities and their requirements."""

from local_stripe import account_rules, pagination
from local_stripe.requirements import ALTERNATIVES, CURRENTLY_DUE, PAST_DUE, Need, future_needs, needs, subjects
from local_stripe.resources import accounts, people
from local_stripe.store import Store
from local_stripe.trees import dig

STATUS = {"active": "active", "pending": "pending"}  # everything else is inactive
CARD_KEYS_BY_COUNTRY = {
    "US": "card_creator:commercial.celtic.spend_card",
    "AR": "card_creator:commercial.lead.prepaid_card",
    "MX": "card_creator:commercial.lead.prepaid_card",
}
CARD_KEY_ELSEWHERE = "card_creator:commercial.stripe.prepaid_card"
MERCHANT_NAMES = {"us_bank_account_ach_payments": "ach_debit_payments"}
HOLD_REASONS = {
    "under_review": "under_review",
    "terms_violation": "rejected.terms_of_service",
    "fraud": "rejected.fraud",
    "rejected": "rejected.other",
    "platform_terms_violation": "rejected.platform_terms_of_service",
    "platform_fraud": "rejected.platform_fraud",
    "platform_other": "rejected.platform_other",
    "closed": "other",
}
CAPABILITY_HOLDS = {"under_review": "pending.review", "closed": "platform_disabled"}
NOTHING_ACCEPTED = {"date": None, "ip": None, "user_agent": None}
COMPANY_FLAGS = ("directors", "executives", "owners")


def key_of(account: dict, name: str) -> str:
    """The capability record behind a v1 capability name."""
    if name == accounts.TRANSFERS:
        return accounts.STRIPE_TRANSFERS
    if name == accounts.CARD_ISSUING:
        known = next((key for key in account["capabilities"] if key.startswith("card_creator:")), None)
        return known or CARD_KEYS_BY_COUNTRY.get(account["country"], CARD_KEY_ELSEWHERE)
    if name.endswith("_payments"):
        return f"merchant:{MERCHANT_NAMES.get(name, name)}"
    return f"legacy:{name}"


def names_of(account: dict) -> dict[str, list[str]]:
    """v1 capability name → keys of the records it stands for; v2-only capabilities have no v1 name."""
    v1_names = {v2: v1 for v1, v2 in MERCHANT_NAMES.items()}
    names: dict[str, list[str]] = {}
    for key in account["capabilities"]:
        configuration, _, path = key.partition(":")
        if configuration == "card_creator":
            names.setdefault(accounts.CARD_ISSUING, []).append(key)
        elif key == accounts.STRIPE_TRANSFERS:
            names.setdefault(accounts.TRANSFERS, []).append(key)
        elif configuration == "merchant":
            names.setdefault(v1_names.get(path, path), []).append(key)
        elif configuration == "legacy":
            names.setdefault(path, []).append(key)
    return dict(sorted(names.items()))


def status_of(account: dict, keys: list[str]) -> str:
    statuses = {STATUS.get(account["capabilities"][key]["status"], "inactive") for key in keys}
    return next(status for status in ("active", "pending", "inactive") if status in statuses)


def statuses(account: dict) -> dict[str, str]:
    return {name: status_of(account, keys) for name, keys in names_of(account).items()}


def requirements(account: dict, persons: list[dict], keys: list[str] | None = None, person: str | None = None) -> dict:
    """Of the account, of some of its capabilities, or of one person (whose paths lose their prefix)."""
    missing = [need for need in needs(account, persons) if need.v1]
    if keys is not None:
        missing = [need for need in missing if any(need.concerns(key) for key in keys)]
    if person is not None:
        missing = [need for need in missing if need.person == person]
    due = [need for need in missing if need.urgency in (CURRENTLY_DUE, PAST_DUE)]
    pending = [v1 for v1, _, who in subjects(account, persons) if person in (None, who)]
    is_pending = account["verification"]["state"] == "pending" and account["capabilities"]
    deadlines = [need.deadline for need in missing if need.deadline is not None]
    errors = [
        {"code": need.error[0], "reason": need.error[1], "requirement": _name(need, person)}
        for need in missing
        if need.error
    ]
    result = {
        "alternatives": _alternatives(due),
        "currently_due": _names(due, person),
        "errors": errors,
        "eventually_due": _names(missing, person),
        "past_due": _names([need for need in missing if need.urgency == PAST_DUE], person),
        "pending_verification": [_below(v1, person) for v1 in pending] if is_pending else [],
    }
    if person is not None:
        return result
    reason = _disabled_reason(account, result, keys)
    return {**result, "current_deadline": min(deadlines, default=None), "disabled_reason": reason}


def _alternatives(due: list[Need]) -> list[dict]:
    """What may be provided instead."""
    return [
        {"original_fields_due": [need.v1], "alternative_fields_due": [ALTERNATIVES[need.v1][0]]}
        for need in due
        if need.v1 in ALTERNATIVES and (need.error or not ALTERNATIVES[need.v1][1])
    ]


def future_requirements(
    account: dict, persons: list[dict], keys: list[str] | None = None, person: str | None = None
) -> dict:
    """Of rules that are not in force yet; nothing is past due for them."""
    coming = [need for need in future_needs(account, persons) if need.v1]
    if keys is not None:
        coming = [need for need in coming if any(need.concerns(key) for key in keys)]
    if person is not None:
        coming = [need for need in coming if need.person == person]
    dated = [need for need in coming if need.deadline is not None]
    errors = [
        {"code": need.error[0], "reason": need.error[1], "requirement": _name(need, person)}
        for need in coming
        if need.error
    ]
    result = {
        "alternatives": [],
        "currently_due": _names(dated, person),
        "errors": errors,
        "eventually_due": _names(coming, person),
        "past_due": [],
        "pending_verification": [],
    }
    if person is not None:
        return result
    deadline = min((need.deadline for need in dated if need.deadline), default=None)
    return {**result, "current_deadline": deadline, "disabled_reason": None}


def _names(missing: list[Need], person: str | None) -> list[str]:
    return sorted({_name(need, person) for need in missing})


def _name(need: Need, person: str | None) -> str:
    return _below(need.v1, person)


def _below(path: str, person: str | None) -> str:
    """Without "person_X." or "individual." when the requirement is read from the person itself."""
    return path if person is None else path.partition(".")[2]


def _disabled_reason(account: dict, shown: dict, keys: list[str] | None) -> str | None:
    if account["hold"]:
        if keys is None:
            return HOLD_REASONS[account["hold"]]
        return CAPABILITY_HOLDS.get(account["hold"], "rejected.other")
    if keys is not None and all(account_rules.unsupported(account, key) for key in keys):
        return "rejected.unsupported_business"
    if account["verification"].get("paused"):
        return "other" if keys is None else "paused.inactivity"
    if keys is None and not account["capabilities"]:
        return "action_required.requested_capabilities"
    if shown["past_due"]:
        return "requirements.past_due" if keys is None else "requirements.fields_needed"
    if shown["pending_verification"] and keys is None:
        return "requirements.pending_verification"
    return None


def no_requirements() -> dict:
    names = ("alternatives", "currently_due", "errors", "eventually_due", "past_due", "pending_verification")
    return {**{name: [] for name in names}, "current_deadline": None, "disabled_reason": None}


def capability(account: dict, persons: list[dict], name: str) -> dict:
    keys = names_of(account).get(name)
    requested_at = min(account["capabilities"][key]["requested_at"] for key in keys) if keys else None
    return {
        "id": name,
        "object": "capability",
        "account": account["id"],
        "future_requirements": future_requirements(account, persons, keys) if keys else no_requirements(),
        "requested": bool(keys),
        "requested_at": requested_at,
        "requirements": requirements(account, persons, keys) if keys else no_requirements(),
        "status": status_of(account, keys) if keys else "unrequested",
    }


def render(db: Store, account: dict) -> dict:
    persons = people.of_account(db, account["id"])
    shown = statuses(account)
    transfers, payments = shown.get(accounts.TRANSFERS), shown.get(accounts.CARD_PAYMENTS)
    due = requirements(account, persons)
    view = {
        "id": account["id"],
        "object": "account",
        "business_profile": _business_profile(account),
        "business_type": account["entity_type"],
        "capabilities": shown,
        "charges_enabled": (payments or transfers) == "active",
        "controller": _controller(account),
        "country": account["country"],
        "created": account["created"],
        "default_currency": accounts.default_currency(db, account["id"]),
        "details_submitted": _details_submitted(account, due),
        "email": account["contact_email"],
        "external_accounts": _external_accounts(db, account),
        "future_requirements": future_requirements(account, persons),
        "metadata": account["metadata"],
        "payouts_enabled": _payouts_enabled(account, transfers),
        "requirements": due,
        "settings": _settings(account),
        "tos_acceptance": {**NOTHING_ACCEPTED, **account["terms"].get("account", {})},
        "type": account["legacy_type"],
    }
    if account["entity_type"] == "individual":
        individual = next((person for person in persons if person["individual"]), None)
        if individual:
            view["individual"] = person_view(account, persons, individual)
    elif account["entity_type"] is not None:
        view["company"] = _company(account)
    return view


def _payouts_enabled(account: dict, transfers: str | None) -> bool:
    """An address that is wrong in one line stops payouts and nothing else, as does a block by Stripe's staff."""
    wrong = any(error.get("urgency") == CURRENTLY_DUE for error in account["verification"]["errors"])
    blocked = account.get("payouts_blocked", False) or wrong
    return account.get("payouts_go_on", False) or (transfers == "active" and not blocked)


def person_view(account: dict, persons: list[dict], person: dict) -> dict:
    due = requirements(account, persons, person=person["id"])
    return people.render_v1(person, due, future_requirements(account, persons, person=person["id"]))


def _details_submitted(account: dict, due: dict) -> bool:
    """Whatever Stripe's staff ask for afterwards, what was submitted once stays so."""
    state = account["verification"]
    is_past = state["state"] == "verified" or state.get("was_verified", False)
    asked_later = {demand["v1"] for demand in account["extra_requirements"]} if is_past else set()
    erroneous = {error["requirement"] for error in due["errors"]}
    return bool(account["capabilities"]) and not set(due["currently_due"]) - erroneous - asked_later


def _business_profile(account: dict) -> dict:
    profile, business, kept = account["profile"], account["business"], account["business_profile"]
    revenue = business.get("annual_revenue") or {}
    amount = revenue.get("amount") or {}
    return {
        "annual_revenue": {
            "amount": amount.get("value"),
            "currency": amount.get("currency"),
            "fiscal_year_end": revenue.get("fiscal_year_end"),
        },
        "estimated_worker_count": business.get("estimated_worker_count"),
        "mcc": account["configurations"].get("merchant", {}).get("mcc") or kept.get("mcc"),
        "minority_owned_business_designation": kept.get("minority_owned_business_designation"),
        "name": profile.get("doing_business_as"),
        "product_description": profile.get("product_description"),
        "support_address": kept.get("support_address"),
        "support_email": kept.get("support_email"),
        "support_phone": kept.get("support_phone"),
        "support_url": kept.get("support_url"),
        "url": profile.get("business_url"),
    }


def _company(account: dict) -> dict:
    business = account["business"]
    address = business.get("address") or {}
    parts = ("city", "country", "line1", "line2", "postal_code", "state")
    files = dig(business, "documents.primary_verification.front_back") or {}
    errors = account["verification"]["errors"]
    error: dict = next((error for error in errors if error["v1"] == "company.verification.document"), {})
    document = {"back": files.get("back"), "front": files.get("front")}
    return {
        "address": {part: address.get(part) for part in parts},
        **{f"{flag}_provided": bool(account["persons_provided"].get(flag)) for flag in COMPANY_FLAGS},
        "name": business.get("registered_name"),
        "phone": business.get("phone"),
        "structure": business.get("structure"),
        "tax_id_provided": bool(business.get("id_numbers")),
        "verification": {"document": {**document, "details": error.get("reason"), "details_code": error.get("code")}},
    }


def _controller(account: dict) -> dict:
    responsibilities = account["responsibilities"] or {}
    fees = responsibilities.get("fees_collector", "application")
    return {
        "fees": {"payer": "account" if fees == "stripe" else fees},
        "is_controller": True,
        "losses": {"payments": responsibilities.get("losses_collector", "application")},
        "requirement_collection": account_rules.requirement_collector(account),
        "stripe_dashboard": {"type": account["dashboard"]},
        "type": "application",
    }


def _external_accounts(db: Store, account: dict) -> dict:
    kept = db.list(account["id"], "external_account")
    return {**pagination.listing(f"/v1/accounts/{account['id']}/external_accounts", kept), "total_count": len(kept)}


def _settings(account: dict) -> dict:
    kept, terms = account["settings"], account["terms"].get("card_issuing", {})
    descriptor = dig(account["configurations"], "merchant.statement_descriptor.descriptor")
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": {
            **dict.fromkeys(("icon", "logo", "primary_color", "secondary_color")),
            **kept.get("branding", {}),
        },
        "card_issuing": {"tos_acceptance": {**NOTHING_ACCEPTED, **terms}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            **kept.get("card_payments", {}),
        },
        "dashboard": {"display_name": account["display_name"], "timezone": "Etc/UTC"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": None},
        "payments": {"statement_descriptor": descriptor, **kept.get("payments", {})},
        "payouts": {
            "debit_negative_balances": dig(kept, "payouts.debit_negative_balances") or False,
            "schedule": {"delay_days": 2, "interval": "daily", **(dig(kept, "payouts.schedule") or {})},
            "statement_descriptor": dig(kept, "payouts.statement_descriptor"),
        },
        "sepa_debit_payments": {},
    }
