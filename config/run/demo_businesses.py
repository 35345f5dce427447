"""The invented platform staff and businesses of the demo: plain data, in the order in which lists show it."""

from dataclasses import dataclass, field

# Published on purpose: these logins exist only beside local Stripe.
PASSWORD = "desk-demo-password"  # noqa: S105
CELTIC = "commercial.celtic.spend_card"
CROSS_RIVER = "commercial.cross_river_bank.spend_card"
PREPAID = "commercial.stripe.prepaid_card"
CHARGE = "commercial.stripe.charge_card"
# Ready-made test tokens of Stripe's, in the place of what Stripe.js makes from bank numbers.
VERIFIED_BANK = "btok_us_verified"
UNVERIFIED_BANK = "btok_us"
BANK_WITHOUT_FUNDS = "btok_us_verified_insufficientFunds"


@dataclass(frozen=True)
class DemoPerson:
    email: str
    name: str
    role: str


@dataclass(frozen=True)
class DemoTopUp:
    """`amount` in cents; requested `days_ago` before the demo was made."""

    amount: int
    days_ago: int
    description: str
    is_canceled: bool = False


@dataclass(frozen=True)
class DemoDetails:
    """What a business has told by our own forms, `days_ago`; names are those of v1. A person makes it verify."""

    days_ago: int
    profile: dict
    person: dict
    company: dict = field(default_factory=dict)


@dataclass(frozen=True)
class DemoBusiness:
    """`standing` is what Stripe has decided: onboarding (not let in yet), active, info_due or past_due.

    `document_problem` is what Stripe finds wrong with a document that it asked for.
    """

    slug: str
    name: str
    owner: str
    story: str
    program: str = CELTIC
    kind: str = "issuing"
    country: str = "US"
    language: str = "en"
    entity_type: str = "company"
    standing: str = "active"
    members: tuple[DemoPerson, ...] = ()
    details: DemoDetails | None = None
    document_problem: str = ""
    leaves_stripe_early: bool = False
    bank: str = ""
    bank_days_ago: int = 13
    is_bank_confirmed: bool = True
    low_balance_line: int | None = None
    top_ups: tuple[DemoTopUp, ...] = ()

    @property
    def owner_email(self) -> str:
        return f"owner@{self.slug}.demo.test"

    @property
    def logins(self) -> list[tuple[str, str]]:
        """E-mail address and what one sees with it, the owner first."""
        others = [(person.email, f"{person.name}, {person.role} there") for person in self.members]
        return [(self.owner_email, f"{self.name}: {self.story}"), *others]


STAFF = (
    DemoPerson("viewer@demo.test", "Vera Lindqvist", "viewer"),
    DemoPerson("operator@demo.test", "Omar Haddad", "operator"),
    DemoPerson("approver@demo.test", "Ana Pereira", "approver"),
    DemoPerson("admin@demo.test", "Ada Okafor", "admin"),
)

BUSINESSES = (
    DemoBusiness(
        slug="harbor-bakery",
        name="Harbor Lane Bakery",
        owner="Rosa Delgado",
        story="active and funded, one top-up on its way",
        members=(
            DemoPerson("finance@harbor-bakery.demo.test", "Leo Marsh", "finance"),
            DemoPerson("viewer@harbor-bakery.demo.test", "Ines Kaya", "viewer"),
        ),
        bank=UNVERIFIED_BANK,
        low_balance_line=2_500_00,
        top_ups=(
            DemoTopUp(12_000_00, 10, "Opening balance"),
            DemoTopUp(3_500_00, 9, "Flour and dairy suppliers"),
            DemoTopUp(2_000_00, 4, "Ordered twice by mistake", is_canceled=True),
            DemoTopUp(5_000_00, 2, "Holiday season"),
        ),
    ),
    DemoBusiness(
        slug="kestrel-couriers",
        name="Kestrel Couriers",
        owner="Marcus Bell",
        story="active, its balance below its line",
        program=CROSS_RIVER,
        bank=VERIFIED_BANK,
        low_balance_line=2_000_00,
        top_ups=(DemoTopUp(640_00, 10, "Fuel cards"),),
    ),
    DemoBusiness(
        slug="juniper-dental",
        name="Juniper Dental Studio",
        owner="Priya Raman",
        story="active, its bank refused a top-up",
        bank=BANK_WITHOUT_FUNDS,
        top_ups=(DemoTopUp(8_250_00, 10, "Lab and material orders"),),
    ),
    DemoBusiness(
        slug="blue-ferry",
        name="Blue Ferry Design",
        owner="Jonas Weber",
        story="active, its bank waits for the two small deposits",
        bank=UNVERIFIED_BANK,
        bank_days_ago=3,
        is_bank_confirmed=False,
    ),
    DemoBusiness(
        slug="tidewater",
        name="Tidewater Freight",
        owner="Grace Mbeki",
        story="Stripe's deadline for information has passed",
        standing="past_due",
        bank=VERIFIED_BANK,
        top_ups=(DemoTopUp(4_000_00, 10, "Tolls and repairs"),),
    ),
    DemoBusiness(
        slug="lantern-books",
        name="Lantern Books",
        owner="Elise Moreau",
        story="Stripe asks for something within a week",
        standing="info_due",
        bank=VERIFIED_BANK,
        top_ups=(DemoTopUp(1_800_00, 10, "Autumn list"),),
    ),
    DemoBusiness(
        slug="maple-carpentry",
        name="Maple Street Carpentry",
        owner="Tom Nakamura",
        story="invited, onboarding still to do",
        entity_type="individual",
        standing="onboarding",
    ),
    DemoBusiness(
        slug="granite-cycles",
        name="Granite Peak Cycles",
        owner="Hannah Brooks",
        story="a document was refused, staff have asked for a better one",
        document_problem="verification_document_not_readable",
        details=DemoDetails(
            days_ago=14,
            profile={
                "url": "https://accessible.stripe.com",
                "mcc": "5940",
                "estimated_worker_count": 9,
                "annual_revenue": {"amount": 1_340_000_00, "currency": "usd", "fiscal_year_end": "2025-12-31"},
            },
            company={
                "name": "Granite Peak Cycles LLC",
                "tax_id": "222222222",
                "phone": "+16035550148",
                "address": {
                    "line1": "18 Mill Street",
                    "city": "Concord",
                    "state": "NH",
                    "postal_code": "03301",
                    "country": "US",
                },
            },
            person={
                "first_name": "Hannah",
                "last_name": "Brooks",
                "dob": {"day": 1, "month": 1, "year": 1902},
                "email": "owner@granite-cycles.demo.test",
                "phone": "+16035550149",
                "relationship": {
                    "representative": True,
                    "owner": True,
                    "percent_ownership": "100",
                    "title": "Owner",
                },
            },
        ),
    ),
    DemoBusiness(
        slug="wren-pottery",
        name="Wren Pottery",
        owner="Alice Wren",
        story="sole trader in Britain, half-way through our own forms",
        program=PREPAID,
        country="GB",
        entity_type="individual",
        standing="onboarding",
        details=DemoDetails(
            days_ago=3,
            profile={
                "product_description": "Hand-thrown mugs and bowls, sold at markets and to two cafés in Leeds.",
                "mcc": "5970",
                "estimated_worker_count": 1,
                "annual_revenue": {"amount": 38_000_00, "currency": "gbp", "fiscal_year_end": "2026-04-05"},
            },
            person={
                "first_name": "Alice",
                "last_name": "Wren",
                "dob": {"day": 1, "month": 1, "year": 1902},
                "email": "owner@wren-pottery.demo.test",
            },
        ),
    ),
    DemoBusiness(
        slug="atelier-lumiere",
        name="Atelier Lumière",
        owner="Camille Roche",
        story="active in France, its pages and e-mails in French",
        program=CHARGE,
        country="FR",
        language="fr",
    ),
    DemoBusiness(
        slug="tern-tours",
        name="Tern & Tide Tours",
        owner="Nadia Petrov",
        story="payouts (Express), came back from Stripe’s form before its end",
        program="",
        kind="express",
        standing="onboarding",
        leaves_stripe_early=True,
    ),
    DemoBusiness(
        slug="old-mill-cider",
        name="Old Mill Cider",
        owner="Peter Aldous",
        story="is to connect its own Stripe account, not connected yet",
        program="",
        kind="oauth",
        standing="onboarding",
    ),
)
