"""What an account is told about itself, before it is written down: tokens opened, details and documents checked."""

from local_stripe import documents, identity_checks
from local_stripe.context import Call
from local_stripe.resources import identity_tokens
from local_stripe.trees import dig, merged

V1_DECLARATIONS = ("directorship_declaration", "ownership_declaration", "representative_declaration")


def v1(call: Call, account: dict, params: dict) -> dict:
    """The parameters with the content of an account token among them. Raises StripeError for what cannot be."""
    params = identity_tokens.with_account_token(call, params, account["id"])
    check_v1(call, account["id"], params, country=account["country"])
    _write_documents(account, params.get("documents") or {})
    company = params.get("company") or {}
    told = {name: company[name] or None for name in ("registration_date",) if name in company}
    account["business"] = merged(account["business"], told)
    if "ownership_exemption_reason" in company:
        account["persons_provided"]["ownership_exemption_reason"] = company["ownership_exemption_reason"] or None
    declared = {name: company[name] for name in V1_DECLARATIONS if name in company}
    if declared:
        account["declarations"] = merged(account.get("declarations", {}), declared)
    return params


def check_v1(call: Call, scope: str, params: dict, *, country: str | None, prefix: str = "") -> None:
    """`prefix` is "account" inside a token. Raises StripeError (400)."""

    def below(name: str) -> str:
        return f"{prefix}[{name}]" if prefix else name

    identity_checks.person_v1(call, params.get("individual") or {}, below("individual"), country)
    identity_checks.company_v1(params.get("company") or {}, below("company"), country)
    told = {name: params[name] for name in ("individual", "company", "documents") if params.get(name)}
    documents.check_all(call, scope, told, is_form=True, prefix=prefix)


def _write_documents(account: dict, given: dict) -> None:
    lists = {name: {"type": "files", **document} for name, document in given.items() if document}
    if lists:
        account["business"] = merged(account["business"], {"documents": lists})


def v2(call: Call, account: dict, params: dict) -> dict:
    """The parameters with the content of an account token among them. Raises StripeError for what cannot be."""
    params = identity_tokens.with_account_token_v2(call, params)
    check_v2(call, account["id"], params)
    return params


def check_v2(call: Call, scope: str, params: dict) -> None:
    """Raises StripeError (400)."""
    identity_checks.person_v2(call, dig(params, "identity.individual") or {}, "identity.individual")
    identity_checks.company_v2(dig(params, "identity.business_details") or {}, "identity.business_details")
    documents.check_all(call, scope, {"identity": params.get("identity") or {}}, is_form=False)
