"""Account sessions: a secret that lets Connect.js show an account's components in a browser, once and for a while."""

import hashlib

from local_stripe import account_rules, errors, schemas
from local_stripe import account_views_v1 as views
from local_stripe.context import Call, Context
from local_stripe.ids import random_text
from local_stripe.resources import accounts, route
from local_stripe.store import PLATFORM

KIND = "account_session"
GRANT = "account_session_grant"
LIFETIME = 1800  # virtual seconds
WITHOUT_SIGN_IN, WITH_BANK = "disable_stripe_user_authentication", "external_account_collection"
PAYOUT_FEATURES = ("edit_payout_schedule", "instant_payouts", "standard_payouts")
ON_BY_DEFAULT = (WITH_BANK, "capture_payments", "dispute_management", "refund_management")
CARD_COMPONENTS = ("issuing_card", "issuing_cards_list")
MONEY_COMPONENTS = ("financial_account", "financial_account_transactions")
MONEY_CONFIGURATIONS = ("storer:", "money_manager:", "legacy:treasury")


@route("POST", "/v1/account_sessions")
def create(call: Call) -> dict:
    account = accounts.of_path(call, call.params["account"])
    if call.scope != PLATFORM or account["closed"] or is_rejected(account):
        raise errors.invalid("An account session cannot be made for this account.", param="account")
    components = _components(account, call.params["components"], views.render(call.db, account)["controller"])
    secret = f"accs_secret__{random_text(48)}"
    session = {
        "account": account["id"],
        "components": components,
        "created": call.now,
        "expires_at": call.now + LIFETIME,
        "claimed": False,
    }
    call.db.put(PLATFORM, KIND, digest(secret), session)
    account_rules.hand_over(call.db, account)
    return {
        "object": "account_session",
        "account": account["id"],
        "client_secret": secret,
        "components": components,
        "expires_at": session["expires_at"],
        "livemode": False,
    }


def digest(secret: str) -> str:
    """What is kept of a secret: the books can be read, the secrets cannot."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_rejected(account: dict) -> bool:
    return views.HOLD_REASONS.get(account["hold"] or "", "").startswith("rejected")


def _components(account: dict, wanted: dict, controller: dict) -> dict:
    """Every component there is, with all its features, as asked for or by default."""
    if not any((component or {}).get("enabled") for component in wanted.values()):
        raise errors.invalid("You must enable at least one component.", param="components")
    shown = {}
    for name, known in sorted(_known_components().items()):
        given = wanted.get(name) or {}
        enabled = given.get("enabled", False)
        if enabled:
            _check_offered(account, name)
        features = {} if given.get("features") is None else given["features"]
        _check_features(name, features, controller)
        shown[name] = {"enabled": enabled, "features": _filled_in(known, features, controller)}
    return shown


def _known_components() -> dict[str, tuple[str, ...]]:
    """Component → its features, as the package types them."""
    schema = schemas.of_route("POST", "/v1/account_sessions")
    components = schema.fields["components"] if schema else schemas.Object()
    if not isinstance(components, schemas.Object):
        raise LookupError("components")
    return {name: _features_of(node) for name, node in components.fields.items()}


def _features_of(component: schemas.Node) -> tuple[str, ...]:
    features = component.fields["features"] if isinstance(component, schemas.Object) else None
    return tuple(features.fields) if isinstance(features, schemas.Object) else ()


def _check_offered(account: dict, name: str) -> None:
    """Some components show what only some accounts have."""
    keys = tuple(account["capabilities"])
    if name in CARD_COMPONENTS and not any(key.startswith("card_creator:") for key in keys):
        message = f"The component {name} needs an account with the card_issuing capability."
        raise errors.invalid(message, param=f"components[{name}][enabled]")
    if name in MONEY_COMPONENTS and not any(key.startswith(MONEY_CONFIGURATIONS) for key in keys):
        message = f"The component {name} needs an account with the treasury capability."
        raise errors.invalid(message, param=f"components[{name}][enabled]")


def _check_features(name: str, features: dict, controller: dict) -> None:
    if controller["requirement_collection"] == "application":
        return
    for feature, refused in ((WITHOUT_SIGN_IN, True), (WITH_BANK, False)):
        if features.get(feature) is refused:
            message = f"{feature} can only be {str(refused).lower()} for accounts where your platform is responsible"
            message += " for collecting requirements (controller.requirement_collection is application)."
            raise errors.invalid(message, param=f"components[{name}][features][{feature}]")


def _filled_in(known: tuple[str, ...], given: dict, controller: dict) -> dict[str, bool]:
    by_default = {feature: feature in ON_BY_DEFAULT for feature in known}
    stripe_bears_losses = controller["losses"]["payments"] == "stripe"
    by_default.update({feature: stripe_bears_losses for feature in PAYOUT_FEATURES if feature in known})
    features = {feature: given[feature] if given.get(feature) is not None else by_default[feature] for feature in known}
    if WITHOUT_SIGN_IN in known and given.get(WITHOUT_SIGN_IN) is None:
        features[WITHOUT_SIGN_IN] = WITH_BANK in known and not features[WITH_BANK]
    if "smart_disputes_management" in known and given.get("smart_disputes_management") is None:
        features["smart_disputes_management"] = features["dispute_management"]
    return dict(sorted(features.items()))


def claim(ctx: Context, secret: str) -> str:
    """Trade the secret, once, for a grant that lasts as long as its session. Raises StripeError when it is spent."""
    session = ctx.db.get(PLATFORM, KIND, digest(secret))
    if session is None:
        raise _refused("The client secret is not one of an account session.")
    if session["claimed"]:
        raise _refused("The client secret has already been claimed. Create a new account session.")
    if ctx.now >= session["expires_at"]:
        raise _refused("The account session has expired. Create a new one.")
    ctx.db.put(PLATFORM, KIND, digest(secret), {**session, "claimed": True})
    grant = random_text(48)
    ctx.db.put(PLATFORM, GRANT, digest(grant), session)
    return grant


def granted(ctx: Context, grant: str) -> dict:
    """The session behind a grant. Raises StripeError when it is over."""
    session = ctx.db.get(PLATFORM, GRANT, digest(grant))
    if session is None or ctx.now >= session["expires_at"]:
        raise _refused("The account session has expired. Create a new one.")
    return session


def _refused(message: str) -> errors.StripeError:
    return errors.StripeError(401, message, code="account_session_invalid")
