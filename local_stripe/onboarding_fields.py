"""What hosted onboarding asks. Field names are v1 parameter names, so that what is typed goes the way of the API."""

from dataclasses import dataclass, replace

from local_stripe.requirements import CARDS, DOB_PARTS, WITH_STATES
from local_stripe.trees import dig

BUSINESS_TYPES = (
    ("company", "Company"),
    ("individual", "Individual or sole proprietor"),
    ("non_profit", "Non-profit organization"),
    ("government_entity", "Government entity (US only)"),
)
CATEGORIES = (
    ("", "Choose a category"),
    ("5045", "Computers and software wholesale"),
    ("5734", "Software stores"),
    ("5812", "Restaurants"),
    ("5999", "Retail, other"),
    ("7392", "Consulting and public relations"),
    ("8999", "Professional services"),
)
DOCUMENTS = (
    ("file_identity_document_success", "Test document that passes"),
    ("file_identity_document_failure", "Test document that fails"),
)


@dataclass(frozen=True)
class Field:
    """`shown` is the dotted path in the v1 view that fills it; a secret has the flag `provided` instead.

    A document is uploaded for its `purpose`.
    """

    name: str
    label: str
    shown: str = ""
    kind: str = "text"
    hint: str = ""
    autocomplete: str = "off"
    choices: tuple = ()
    required: bool = True
    provided: str = ""
    test: str = ""
    width: str = ""
    purpose: str = ""

    @property
    def id(self) -> str:
        return "f-" + self.name.replace("[", "-").replace("]", "")


def of_step(step: str, account: dict, view: dict) -> list[Field]:
    """The fields of a step for this account; `view` is the account as v1 shows it."""
    country = account["country"]
    if step == "type":
        return [
            Field("business_type", "Type of business", "business_type", "radio", choices=BUSINESS_TYPES, test="company")
        ]
    if step == "business":
        return _business(account, country)
    if step == "representative":
        return _person(country, is_individual=account["entity_type"] == "individual")
    if step == "owners":
        return _owner(country)
    if step == "documents":
        return [field for asked in view.get("asked", ()) for field in _document(asked)]
    return []


def _document(asked: dict) -> list[Field]:
    """A document is uploaded, or stood for by one of Stripe's test files."""
    name, label = asked["name"], asked["label"]
    hint = "Upload a picture, or choose how the check of a test document should end."
    purpose = asked["purpose"]
    if not asked["has_pages"]:
        return [Field(f"{name}[0]", label, kind="document", hint=hint, choices=DOCUMENTS, test=DOCUMENTS[0][0],
                      purpose=purpose)]  # fmt: skip
    return [
        Field(f"{name}[front]", label, kind="document", hint=hint, choices=DOCUMENTS, test=DOCUMENTS[0][0],
              purpose=purpose),
        Field(f"{name}[back]", f"{label}, back (if it has one)", kind="document", required=False, purpose=purpose),
    ]  # fmt: skip


def _business(account: dict, country: str) -> list[Field]:
    fields = []
    if account["entity_type"] != "individual":
        fields += [
            Field("company[name]", "Legal name of the business", "company.name", autocomplete="organization",
                  test="Rocket Rides"),
            Field("company[tax_id]", "Tax ID" if country != "US" else "Employer Identification Number (EIN)",
                  provided="company.tax_id_provided", test="000000000"),
            Field("company[phone]", "Business phone", "company.phone", "tel", autocomplete="tel", test="0000000000"),
            *_address("company", "company.address", country),
        ]  # fmt: skip
    fields += [
        Field("business_profile[mcc]", "Industry", "business_profile.mcc", "select", choices=CATEGORIES, test="5734"),
        Field("business_profile[url]", "Website", "business_profile.url", "url", autocomplete="url",
              test="https://accessible.stripe.com"),
    ]  # fmt: skip
    if any(key.startswith(CARDS) for key in account["capabilities"]):
        fields += [
            Field("business_profile[estimated_worker_count]", "Number of workers",
                  "business_profile.estimated_worker_count", "number", test="12", width="short"),
            Field("business_profile[annual_revenue][amount]", "Revenue in the last fiscal year",
                  "business_profile.annual_revenue.amount", "money", "Whole currency units, for example 250000",
                  test="250000", width="short"),
            Field("business_profile[annual_revenue][fiscal_year_end]", "Last day of that fiscal year",
                  "business_profile.annual_revenue.fiscal_year_end", "date", test="2025-12-31", width="short"),
        ]  # fmt: skip
    return fields


def _address(prefix: str, shown: str, country: str) -> list[Field]:
    name = f"{prefix}[address]" if prefix else "address"
    fields = [
        Field(f"{name}[line1]", "Street address", f"{shown}.line1", autocomplete="address-line1",
              test="address_full_match"),
        Field(f"{name}[line2]", "Apartment, suite (optional)", f"{shown}.line2",
              autocomplete="address-line2", required=False),
        Field(f"{name}[city]", "City", f"{shown}.city", autocomplete="address-level2", test="Schenectady"),
    ]  # fmt: skip
    if country in WITH_STATES:
        fields.append(Field(f"{name}[state]", "State", f"{shown}.state", autocomplete="address-level1",
                            test="NY", width="short"))  # fmt: skip
    fields.append(Field(f"{name}[postal_code]", "Postal code", f"{shown}.postal_code",
                        autocomplete="postal-code", test="12345", width="short"))  # fmt: skip
    return fields


def _identity(country: str) -> list[Field]:
    fields = [
        Field("first_name", "Legal first name", "first_name", autocomplete="given-name", test="Jenny"),
        Field("last_name", "Legal last name", "last_name", autocomplete="family-name", test="Rosen"),
        *[
            Field(f"dob[{part}]", f"{label} of birth", f"dob.{part}", "number", autocomplete=f"bday-{part}", test=test,
                  width="third")
            for part, label, test in zip(DOB_PARTS, ("Day", "Month", "Year"), ("1", "1", "1901"), strict=True)
        ],
        Field("email", "Email", "email", "email", autocomplete="email", test="jenny.rosen@example.com"),
        *_address("", "address", country),
    ]  # fmt: skip
    if country == "US":
        fields.append(Field("id_number", "Social Security number", provided="id_number_provided", test="000000000"))
    return fields


def _person(country: str, *, is_individual: bool) -> list[Field]:
    fields = [*_identity(country), Field("phone", "Phone", "phone", "tel", autocomplete="tel", test="0000000000")]
    if not is_individual:
        fields += [
            Field("relationship[title]", "Job title", "relationship.title", autocomplete="organization-title",
                  test="CEO"),
            Field("relationship[percent_ownership]", "Share of the business you own, in percent (optional)",
                  "relationship.percent_ownership", "number", required=False, width="short"),
        ]  # fmt: skip
    return fields


def _owner(country: str) -> list[Field]:
    share = Field("relationship[percent_ownership]", "Share owned, in percent", kind="number", test="50", width="short")
    return [*(replace(field, required=field.name != "address[line2]") for field in _identity(country)), share]


def value_of(field: Field, view: dict) -> str:
    """What is known already, as the form shows it."""
    value = dig(view, field.shown) if field.shown else None
    if value is None:
        return ""
    return str(value // 100) if field.kind == "money" else f"{value:g}" if isinstance(value, float) else str(value)


def is_on_file(field: Field, view: dict) -> bool:
    return bool(field.provided and dig(view, field.provided))
