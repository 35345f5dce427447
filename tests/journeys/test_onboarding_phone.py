"""Our own forms on a phone in French, and by keyboard alone."""

import re

import pytest

from config.run.demo_onboarding import picture
from tests.journeys import onboarding_steps as steps
from tests.journeys.browsing import PHONE, expect
from tests.journeys.onboarding_steps import GOOD_NUMBER
from tests.journeys.test_keyboard import tab_to

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NAME, OWNER = "Boulangerie Ferrand", "aude@boulangerie-ferrand.example"
# Half-way through our own forms: a sole trader whose address is still missing.
HALF_WAY = "owner@wren-pottery.demo.test"


def test_a_company_tells_about_itself_on_a_phone_in_french(signed_in, open_window, running_demo, stripe):
    staff = signed_in("operator@demo.test")
    owner = open_window(width=PHONE, locale="fr-FR", has_touch=True)
    steps.invite(staff, NAME, OWNER, entity_type="company", language="fr")
    page = owner.goto(running_demo.link_mailed_to(OWNER))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    fill(page, full_name="Aude Ferrand", password=steps.OWNER_PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/home/$"))
    page.locator("a[href$='/details/']").click()
    tell_about_company(owner)
    tell_about_oneself(owner)
    hand_a_document_over(owner, staff, stripe)


def fill(page, **values: str):
    """Inputs by their names: what they are called in French, others judge."""
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)


def judge(owner, name: str, *words: str):
    """The page is in French, and fits the phone."""
    page = owner.page
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    for word in words:
        expect(page.get_by_role("main").get_by_text(word, exact=True).first).to_be_visible()
    owner.flaws += [(name, "fr", PHONE, flaw) for flaw in owner.found_now()]
    owner.picture(f"phone-{name}")


def tell_about_company(owner):
    page = owner.page
    expect(page.locator("[name=registered_name]")).to_be_visible()
    judge(owner, "business", "Secteur")
    # Nothing is lost when something is wrong.
    fill(page, registered_name="Ferrand Bakery LLC", tax_id="12", phone="5035550137")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    expect(page.locator("[name=registered_name]")).to_have_value("Ferrand Bakery LLC")
    judge(owner, "business-wrong")
    fill(page, tax_id=GOOD_NUMBER, line1="77 Cedar Row", city="Eugene", postal_code="97401")
    page.locator("[name=state]").select_option("OR")
    fill(page, industry="5462", website="https://accessible.stripe.com", worker_count="7", annual_revenue="410000")
    fill(page, fiscal_year_end="2025-12-31")
    page.locator("main button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(r"/details/people/$"))
    assert set(owner.carriers_of(GOOD_NUMBER)) == {f"{owner.demo.stripe}/v1/tokens"}


def tell_about_oneself(owner):
    page = owner.page
    page.locator("main a[href$='/people/add/']").click()
    expect(page.locator("[name=first_name]")).to_be_visible()
    judge(owner, "person", "Adresse du domicile", "Pays")
    fill(page, first_name="Aude", last_name="Ferrand", dob_day="1", dob_year="1902", line1="9 Elm Street")
    page.locator("[name=dob_month]").select_option("1")
    page.locator("[name=state]").select_option("OR")
    fill(page, city="Eugene", postal_code="97401", email=OWNER, phone="5035550188", title="Directrice")
    for part in ("representative", "owner"):
        page.locator(f"[name={part}]").check()
    fill(page, percent_ownership="66,5", id_number="2468")
    page.locator("main button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(r"/details/people/$"))
    expect(page.get_by_role("main").get_by_text("66,5").first).to_be_visible()
    judge(owner, "people")
    assert set(owner.carriers_of("2468")) == {f"{owner.demo.stripe}/v1/tokens"}


def hand_a_document_over(owner, staff, stripe):
    """Stripe asks for one before anything is accepted; the terms wait for it, and the camera is at hand."""
    page = owner.page
    account = re.search(r"acct_\w+", page.url)[0]
    [person] = [row for row in stripe.list("person") if row.get("account") == account]
    demand = {"path": "documents.primary_verification", "person": person["id"], "deadline": "currently_due"}
    stripe.control(f"accounts/{account}/requirements", {"add": [demand]})
    expect(staff.page.get_by_role("region", name="Requirements").get_by_text("Identity document")).to_be_visible()
    page.goto(f"/accounts/{account}/details/documents/")
    judge(owner, "documents")
    page.locator("main a.btn[href*='/details/documents/']").first.click()
    expect(page.locator("label[for=id_front_photo]")).to_be_visible()
    judge(owner, "document")
    page.locator("[name=front_photo]").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": picture(81)}
    )
    expect(page.locator("[data-preview] img")).to_be_visible()
    page.locator("main button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(r"/details/documents/$"))
    judge(owner, "document-sent")


def test_a_person_is_described_by_keyboard_alone(signed_in):
    page = signed_in(HALF_WAY).page
    keys = page.keyboard
    page.goto(page.url.replace("home/", "details/people/"))
    tab_to(page, "Change")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="About you", level=1)).to_be_visible()
    tab_to(page, "Month of birth")
    keys.type("January")
    tab_to(page, "Street and number")
    keys.press("Control+A")
    keys.type("14 Kiln Yard")
    tab_to(page, "Postcode")
    keys.press("Control+A")
    keys.type("LS2 7UE")
    keys.press("Tab")
    keys.press("Control+A")
    keys.type("Leeds")
    tab_to(page, "Phone number")
    keys.press("Control+A")
    keys.type("020 7946 0021")
    tab_to(page, "Save")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(r"/details/people/$"))
    expect(page.get_by_text("Still missing")).to_have_count(0)
    tab_to(page, "Change")
    keys.press("Enter")
    expect(page.get_by_label("Street and number")).to_have_value("14 Kiln Yard")
