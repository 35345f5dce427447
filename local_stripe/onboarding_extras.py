"""What the forms ask beyond their usual fields: the bank of payouts, owners known already, and other demands."""

from local_stripe import account_state, forms, params, schemas
from local_stripe.context import Call
from local_stripe.onboarding_fields import Field
from local_stripe.onboarding_forms import ACCOUNT_SCHEMA, PERSON_SCHEMA, Form
from local_stripe.resources import accounts, accounts_v1, people
from local_stripe.versions import DEFAULT

# Numbers of Stripe's testing docs.
TEST_IBANS = {
    "AT": "AT611904300234573201", "BE": "BE12345678912345", "DE": "DE89370400440532013000",
    "ES": "ES0700120345030000067890", "FI": "FI2112345600000785", "FR": "FR1420041010050500013M02606",
    "IE": "IE29AIBK93115212345678", "IT": "IT40S0542811101000000123456", "LU": "LU280019400644750000",
    "NL": "NL39RABO0300065264", "PT": "PT50000201231234567890154",
}  # fmt: skip
BANK = "external_account"


def bank_fields(country: str) -> list[Field]:
    """Bank accounts are named differently in the US, in Britain, and where there are IBANs."""
    routing, number = f"{BANK}[routing_number]", f"{BANK}[account_number]"
    holder = Field(f"{BANK}[account_holder_name]", "Account holder", test="Jenny Rosen")
    if country == "US":
        return [holder, Field(routing, "Routing number", test="110000000"),
                Field(number, "Account number", test="000123456789")]  # fmt: skip
    if country == "GB":
        return [holder, Field(routing, "Sort code", test="108800"), Field(number, "Account number", test="00012345")]
    return [holder, Field(number, "IBAN", test=TEST_IBANS.get(country, ""))]


def save(call: Call, account: dict, step: str, form: Form, owner: str | None) -> None:
    """Write the bank account, or what was corrected about an owner; raises StripeError when the API would refuse."""
    before = account_state.photograph(call, account)
    given = {name: value for name, value in form.values.items() if value and name not in form.problems}
    if step == "bank" and given:
        given |= {
            f"{BANK}[object]": "bank_account",
            f"{BANK}[country]": account["country"],
            f"{BANK}[currency]": accounts.default_currency(call.db, account["id"]),
        }
        accounts_v1.apply(call, account, _checked(given, ACCOUNT_SCHEMA))
    elif given:
        _save_owner(call, account, given, owner)
    account_state.settle(call, account, before)


def _save_owner(call: Call, account: dict, given: dict[str, str], owner: str | None) -> None:
    if "address[line1]" in given:
        given["address[country]"] = account["country"]
    checked = _checked(given, PERSON_SCHEMA)
    for person in people.of_account(call.db, account["id"]):
        if person["id"] == owner:
            people.save(call.db, people.apply_v1(person, checked, call.now))


def _checked(given: dict[str, str], schema: tuple[str, str]) -> dict:
    return params.check(forms.nest(given.items()), params.schema_for(*schema, DEFAULT), is_form=True)


def answers(field: Field, requirement: str) -> bool:
    """Whether the field is, is part of, or contains what a requirement asks."""
    name = field.name.replace("[", ".").replace("]", "")
    return name == requirement or name.startswith(f"{requirement}.") or requirement.startswith(f"{name}.")


def demanded(step: str, asked: list[str], fields: list[Field]) -> list[Field]:
    """Fields for requirements that none of the usual ones answers."""
    schema = params.schema_for(*(ACCOUNT_SCHEMA if step == "business" else PERSON_SCHEMA), DEFAULT)
    missing = [path for path in dict.fromkeys(asked) if not any(answers(field, path) for field in fields)]
    return [field for path in missing if (field := _field_for(path, schema)) is not None]


def _field_for(path: str, schema: schemas.Node) -> Field | None:
    """A field as the API types it, None for what a form cannot ask."""
    parts = path.split(".")
    for part in parts:
        if not isinstance(schema, schemas.Object) or part not in schema.fields:
            return None
        schema = schema.fields[part]
    if not isinstance(schema, schemas.Scalar):
        return None
    name = parts[0] + "".join(f"[{part}]" for part in parts[1:])
    label = parts[-1].replace("_", " ").capitalize()
    if not schema.choices:
        return Field(name, label, path, test="US" if parts[-1] == "nationality" else "")
    choices = tuple((choice, choice.replace("_", " ").capitalize()) for choice in schema.choices if choice)
    return Field(name, label, path, "select", choices=(("", ""), *choices), test=choices[0][0])
