"""What a business tells Stripe through our own forms, looked for wherever it could have stayed on its way."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import AccountChange
from stripe_gateway.models import StripeOperation
from tests.isolation.test_canaries import Spill, owner, spill, world  # noqa: F401 - fixtures

SSN, TAX_ID = "417738268", "417738261"
PERSON = {
    "first_name": "Quetzalina",
    "last_name": "Kanarienberg",
    "dob_day": "23",
    "dob_month": "11",
    "dob_year": "1967",
    "country": "US",
    "line1": "4177 Zeisig Lane",
    "city": "Finkenwerder Falls",
    "state": "NY",
    "postal_code": "12345",
    "email": "q.kanarienberg@leak.test",
    "phone": "(415) 555-0177",
    "title": "Chief executive",
    "representative": "on",
    "id_number": SSN,
}
BUSINESS = {
    "registered_name": "Kanarienberg Couriers LLC",
    "tax_id": TAX_ID,
    "phone": "(415) 555-0177",
    "country": "US",
    "line1": "4177 Zeisig Lane",
    "city": "Finkenwerder Falls",
    "state": "NY",
    "postal_code": "12345",
    "trading_name": "",
    "website": "couriers.example.com",
    "industry": "Couriers and parcel services (4215)",
    "worker_count": "12",
    "annual_revenue": "1,250,000",
    "fiscal_year_end": "2025-12-31",
}
CANARIES = (
    SSN, TAX_ID, "Quetzalina", "Kanarienberg", "Zeisig", "Finkenwerder", "q.kanarienberg@", "1967-11-23", "4155550177",
    "555-0177",
)  # fmt: skip
FORMS = {"person-add": PERSON, "details-business": BUSINESS}
# How Stripe fails, and at what: the token or the write that uses it.
FAULTS = [
    (kind, path) for path in ("/v1/tokens", "/v1/accounts/*") for kind in ("400", "500_after", "drop_after", "refuse")
]


def send(client, world, name: str, **changes):  # noqa: F811
    form = {"operation": str(uuid.uuid4())} | FORMS[name] | changes
    return client.post(reverse(f"accounts:{name}", args=[world.tenants["a"].account.ref]), form)


def look_around(spill: Spill, world) -> None:  # noqa: F811
    """The pages of whoever is not of this business, and those that tell what was sent."""
    stranger, staff = world.actors["owner of b"].client, world.actors["staff admin"].client
    spill.see(stranger.get(reverse("accounts:business-home", args=[world.tenants["b"].account.ref])))
    spill.see(stranger.get(reverse("accounts:details-people", args=[world.tenants["b"].account.ref])))
    spill.see(staff.get(reverse("desk:audit")))
    for operation in StripeOperation.objects.all():
        spill.see(staff.get(reverse("stripe_gateway:operation-detail", args=[operation.pk])))


@pytest.mark.parametrize("name", FORMS)
def test_what_stripe_takes_is_kept_by_stripe_alone(spill, world, owner, name):  # noqa: F811
    assert send(owner, world, name).status_code == 302
    assert AccountChange.objects.filter(operation__state=StripeOperation.State.ACCEPTED).exists()
    look_around(spill, world)
    assert spill.leaks(*CANARIES) == []


@pytest.mark.parametrize(("kind", "path"), FAULTS)
@pytest.mark.parametrize("name", FORMS)
def test_it_leaves_no_trace_however_stripe_fails(spill, world, owner, local_stripe, name, kind, path):  # noqa: F811
    local_stripe.fault(kind, path=path, method="POST", times=3)
    answer = send(owner, world, name)
    assert answer.status_code in (302, 422)
    assert (SSN in answer.content.decode(), TAX_ID in answer.content.decode()) == (False, False)
    look_around(spill, world)
    assert spill.leaks(*CANARIES) == []


@pytest.mark.parametrize("name", FORMS)
def test_a_number_in_a_wrong_field_goes_no_further_than_its_form(spill, world, owner, name):  # noqa: F811
    # A box is ticked whatever stands in it.
    for field in FORMS[name].keys() - {"representative"}:
        assert send(owner, world, name, **{field: f"{SSN} {TAX_ID} \x00"}).status_code == 422
    look_around(spill, world)
    assert spill.leaks(*CANARIES) == []
    assert not AccountChange.objects.exists()
