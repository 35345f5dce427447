"""Parameters that Stripe documents and the stable package does not type: added here, all in one place.

`for_route` returns a schema to lay over the typed one: fields are merged at every depth, include values are added.
"""

from functools import cache

from local_stripe.schemas import Array, Either, Map, Node, Object, Scalar
from local_stripe.versions import Version

STRING = Scalar()
ACCEPTANCE = Object({"date": STRING, "ip": STRING, "user_agent": STRING}, frozenset({"date", "ip"}))
CAPABILITY = Object({"requested": Scalar("bool")}, frozenset({"requested"}))
BANK_ACCOUNT = Object(
    {
        "object": Scalar(choices=("bank_account",)),
        "account_holder_name": STRING,
        "account_holder_type": Scalar(choices=("company", "individual")),
        "account_number": STRING,
        "account_type": Scalar(choices=("checking", "futsu", "savings", "toza")),
        "country": STRING,
        "currency": STRING,
        "routing_number": STRING,
    },
    frozenset({"object", "account_number", "country"}),
)

PREVIEW_EVENTS = ("account_notice.created", "account_notice.updated")
# Documented for every version (Issuing funding guides), typed in none.
ANY_VERSION: dict[tuple[str, str], Object] = {
    ("POST", "/v1/topups"): Object({"destination_balance": Scalar(choices=("issuing",))}),
    # Typed as a hash of several kinds or a token; of the hashes, bank accounts are the ones served here.
    ("POST", "/v1/accounts/{account}/external_accounts"): Object(
        {"external_account": Either(BANK_ACCOUNT, Scalar())}, frozenset({"external_account"})
    ),
    ("POST", "/v1/accounts"): Object({"external_account": Either(BANK_ACCOUNT, Scalar())}),
    ("POST", "/v1/accounts/{account}"): Object({"external_account": Either(BANK_ACCOUNT, Scalar())}),
    # Issuing programs: a private preview that the stable package has no calls for.
    ("GET", "/v1/issuing/programs"): Object(
        {"limit": Scalar("int"), "starting_after": STRING, "ending_before": STRING}
    ),
    ("POST", "/v1/issuing/programs"): Object(
        {"platform_program": STRING, "is_default": Scalar("bool")}, frozenset({"platform_program"})
    ),
    ("POST", "/v1/issuing/programs/{program}"): Object(
        {"is_default": Scalar("bool"), "metadata": Map(STRING, clearable=True)}
    ),
    # OAuth has no types of parameters in the package; what is missing is for the handlers to say, in OAuth's words.
    ("POST", "/oauth/token"): Object(
        {
            "grant_type": STRING,
            "code": STRING,
            "refresh_token": STRING,
            "scope": STRING,
            "assert_capabilities": Array(STRING),
            "client_secret": STRING,
        }
    ),
    ("POST", "/oauth/deauthorize"): Object({"client_id": STRING, "stripe_user_id": STRING}),
    ("POST", "/v1/webhook_endpoints"): Object({"enabled_events": Array(Scalar(choices=PREVIEW_EVENTS))}),
    ("POST", "/v1/webhook_endpoints/{id}"): Object({"enabled_events": Array(Scalar(choices=PREVIEW_EVENTS))}),
}

COMMERCIAL_CARDS = {
    "celtic": ("charge_card", "spend_card"),
    "cross_river_bank": ("charge_card", "spend_card"),
    "lead": ("prepaid_card",),
    "stripe": ("charge_card", "prepaid_card"),
}
# What newer previews added to the 2025-09-30 set.
NEWER_COMMERCIAL_CARDS = {
    "cross_river_bank": ("prepaid_card",),
    "fifth_third": ("charge_card",),
    "stripe": ("spend_card",),
}
NEWER_SINCE = "2026-06-24"
# Documents a business accepts per product; a sponsor that issues under Stripe's own terms has none of its own.
CARD_TERMS: dict[str, dict[str, tuple[str, ...]]] = {
    "celtic": {
        "charge_card": ("bank_terms", "platform"),
        "spend_card": ("bank_terms", "financing_disclosures", "platform"),
    },
    "cross_river_bank": {
        "charge_card": ("bank_terms", "financing_disclosures", "platform"),
        "prepaid_card": ("bank_terms", "platform"),
        "spend_card": ("bank_terms", "financing_disclosures"),
    },
    "fifth_third": {"charge_card": ("bank_terms", "platform")},
    "lead": {"prepaid_card": ("bank_terms", "platform")},
}
STORER_CAPABILITIES = {
    "financial_addresses": ("bank_accounts", "crypto_wallets"),
    "holds_currencies": ("eur", "gbp", "usd", "usdc"),
    "inbound_transfers": ("bank_accounts",),
    "outbound_payments": ("bank_accounts", "cards", "crypto_wallets", "financial_accounts"),
    "outbound_transfers": ("bank_accounts", "crypto_wallets", "financial_accounts"),
}
MONEY_MANAGER_CAPABILITIES = {
    "inbound_transfers": ("bank_accounts",),
    "outbound_payments": ("bank_accounts", "cards", "crypto_wallets", "financial_accounts", "paper_checks"),
    "outbound_transfers": ("bank_accounts", "crypto_wallets", "financial_accounts"),
    "received_credits": ("bank_accounts", "crypto_wallets"),
    "received_debits": ("bank_accounts",),
}
STORED_CURRENCIES = ("eur", "gbp", "usd", "usdc")
STORER_FACTS = ("high_risk_activities_description", "money_services_description", "purpose_of_funds",
                "purpose_of_funds_description", "source_of_funds", "source_of_funds_description")  # fmt: skip
REGULATION_FACTS = ("description", "license_number", "primary_regulatory_authority_country",
                    "primary_regulatory_authority_name")  # fmt: skip


def for_route(method: str, template: str, version: Version) -> Object | None:
    always = ANY_VERSION.get((method, template))
    if always:
        return always
    if not version.is_preview or not template.startswith("/v2/core/account"):
        return None
    if template.startswith("/v2/core/account_links"):
        return _account_link(version.storage_configuration)
    if template not in ("/v2/core/accounts", "/v2/core/accounts/{id}", "/v2/core/accounts/{id}/close"):
        return None
    return _account(method, template, version.storage_configuration, version.date >= NEWER_SINCE)


@cache
def _account(method: str, template: str, storage: str, newer: bool) -> Object:
    configurations = ("card_creator", storage)
    if template.endswith("/close") or (method == "GET" and template == "/v2/core/accounts"):
        return Object({"applied_configurations": Array(Scalar(choices=configurations))})
    include = Array(Scalar(choices=tuple(f"configuration.{name}" for name in configurations)))
    if method == "GET":
        return Object({"include": include})
    applied = {"applied": Scalar("bool")} if template.endswith("{id}") else {}
    configuration: dict[str, Node] = {
        "card_creator": Object({**_card_creator(newer).fields, **applied}),
        storage: Object({**_storage(storage).fields, **applied}),
    }
    return Object(
        {
            "include": include,
            "configuration": Object(configuration),
            "identity": Object(
                {
                    "attestations": Object({"terms_of_service": _terms(storage, newer)}),
                    "business_details": Object({"compliance_screening_description": STRING}),
                }
            ),
        }
    )


def card_products(newer: bool) -> dict[str, tuple[str, ...]]:
    """Card products by sponsor that a business may be given."""
    products = dict(COMMERCIAL_CARDS)
    if newer:
        for sponsor, names in NEWER_COMMERCIAL_CARDS.items():
            products[sponsor] = (*products.get(sponsor, ()), *names)
    return products


def _card_creator(newer: bool) -> Object:
    commercial: dict[str, Node] = {
        sponsor: Object(dict.fromkeys(names, CAPABILITY)) for sponsor, names in card_products(newer).items()
    }
    return Object({"capabilities": Object({"commercial": Object(commercial)})})


def _storage(name: str) -> Object:
    groups = STORER_CAPABILITIES if name == "storer" else MONEY_MANAGER_CAPABILITIES
    tree: dict[str, Node] = {group: Object(dict.fromkeys(items, CAPABILITY)) for group, items in groups.items()}
    if name == "money_manager":
        currencies = Object(dict.fromkeys(STORED_CURRENCIES, CAPABILITY))
        tree["business_storage"] = Object({"inbound": currencies, "outbound": currencies})
        return Object({"capabilities": Object(tree)})
    facts: dict[str, Node] = dict.fromkeys(STORER_FACTS, STRING)
    facts["high_risk_activities"] = Array(STRING)
    facts["operates_in_prohibited_countries"] = Scalar("bool")
    facts["participates_in_regulated_activity"] = Scalar("bool")
    facts["regulated_activity"] = Object(dict.fromkeys(REGULATION_FACTS, STRING))
    return Object({"capabilities": Object(tree), **facts})


def _terms(storage: str, newer: bool) -> Object:
    commercial: dict[str, Node] = {"account_holder": ACCEPTANCE, "global_account_holder": ACCEPTANCE}
    for sponsor, products in CARD_TERMS.items():
        offered = card_products(newer).get(sponsor, ())
        documents = {
            product: Object(dict.fromkeys(names, ACCEPTANCE))
            for product, names in products.items()
            if product in offered
        }
        if documents:
            commercial[sponsor] = Object({**documents, "apple_pay": ACCEPTANCE})
    card_creator = Object({"commercial": Object(commercial)})
    return Object({"card_creator": card_creator, storage: ACCEPTANCE, f"crypto_{storage}": ACCEPTANCE})


@cache
def _account_link(storage: str) -> Object:
    names = ("customer", "merchant", "recipient", storage)
    flow = Object({"configurations": Array(Scalar(choices=names))})
    return Object({"use_case": Object({"account_onboarding": flow, "account_update": flow})})


def merge(base: Node | None, extra: Node) -> Node:
    """`base` with the fields and choices of `extra` added; neither is changed."""
    if isinstance(base, Object) and isinstance(extra, Object):
        return merged_object(base, extra)
    if isinstance(base, Array) and isinstance(extra, Array):
        return Array(merge(base.item, extra.item), base.clearable)
    if isinstance(base, Scalar) and isinstance(extra, Scalar) and base.choices:
        return Scalar(base.type, tuple(dict.fromkeys((*base.choices, *extra.choices))), base.clearable)
    if isinstance(base, Map):
        return base
    return extra


def merged_object(base: Object, extra: Object) -> Object:
    fields = dict(base.fields)
    for name, node in extra.fields.items():
        fields[name] = merge(fields.get(name), node)
    return Object(fields, base.required | extra.required, base.clearable)
