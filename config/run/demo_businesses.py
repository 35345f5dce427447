"""The invented platform staff and businesses of the demo: plain data, in the order in which lists show it."""

from dataclasses import dataclass

# Published on purpose: these logins exist only beside local Stripe.
PASSWORD = "desk-demo-password"  # noqa: S105
CELTIC = "commercial.celtic.spend_card"
CROSS_RIVER = "commercial.cross_river_bank.spend_card"
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
class DemoBusiness:
    """`standing` is what Stripe has decided: onboarding (nothing handed in yet), active, info_due or past_due."""

    slug: str
    name: str
    owner: str
    story: str
    program: str = CELTIC
    entity_type: str = "company"
    standing: str = "active"
    bank: str = ""
    bank_days_ago: int = 13
    is_bank_confirmed: bool = True
    low_balance_line: int | None = None
    top_ups: tuple[DemoTopUp, ...] = ()

    @property
    def owner_email(self) -> str:
        return f"owner@{self.slug}.demo.test"


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
        story="its bank account waits for two small deposits (the demo's are 32 and 45 cents)",
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
)
