"""The customer's authorization of debits, as it is sent along with a source. Stripe keeps it and never shows it."""

from local_stripe import errors


def checked(mandate: dict, *, currency: str) -> dict:
    """The mandate if it is in order; raises StripeError (400).

    Accepted offline, Stripe must know whom to ask for the evidence; accepted online, the evidence comes along.
    """
    if mandate.get("currency", currency) != currency:
        raise errors.invalid("The mandate's currency must be that of the source.", param="mandate[currency]")
    acceptance = mandate.get("acceptance", {})
    kind = acceptance.get("type")
    for name in ("online", "offline"):
        if name in acceptance and kind != name:
            message = f"mandate[acceptance][{name}] goes with mandate[acceptance][type]={name} only."
            raise errors.invalid(message, param=f"mandate[acceptance][{name}]")
    if kind and kind not in acceptance:
        raise errors.missing(f"mandate[acceptance][{kind}]")
    return mandate
