"""A business connects the Stripe account it has: what it may meet on the way, and the end of the connection."""

import re

import pytest

from tests.journeys import onboarding_steps as steps
from tests.journeys.browsing import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

NAME, OWNER = "Fjord Ceramics", "signe@fjord-ceramics.example"


def test_an_account_is_connected_after_every_refusal_and_let_go_again(signed_in, open_window, running_demo, stripe):
    staff, owner = signed_in("operator@demo.test"), open_window()
    steps.invite(staff, NAME, OWNER, kind="It has a Stripe account")
    expect(staff.page.locator("main .badge").first).to_have_text("Not connected yet")
    steps.join(owner, running_demo.link_mailed_to(OWNER), "Signe Holm")
    owner.look("oauth-start")
    for part in ("status of 403", "status of 400", "status of 502"):
        owner.expect_complaint(part)

    the_owner_denies(owner)
    a_state_that_nobody_began_is_refused(owner)
    spent = a_code_that_stripe_refuses_is_explained(owner, stripe)
    a_way_back_counts_once(owner, spent)
    stripe_is_down(owner, stripe)
    account = an_account_is_connected(owner, staff)
    it_is_let_go_at_stripe(owner, staff, stripe, account)
    another_account_is_not_taken_for_it(owner)
    it_is_connected_again_and_let_go_here(owner, staff, account)


def connect(owner, answer: str, *, account: str = ""):
    """To Stripe by the button, and back by one of its buttons; with this account, or a new one."""
    page = owner.page
    page.get_by_role("button", name="Connect your Stripe account").click()
    expect(page.get_by_role("heading", name=re.compile("^Connect with"))).to_be_visible()
    page.get_by_label(account or "A new account").check()
    page.get_by_role("button", name=answer, exact=True).click()


def expect_failure(owner, title: str):
    expect(owner.page.get_by_role("heading", name=title, level=1)).to_be_visible()


def back(owner):
    owner.page.get_by_role("link", name="Back to your page").click()
    expect(owner.page.get_by_role("button", name="Connect your Stripe account")).to_be_visible()


def the_owner_denies(owner):
    connect(owner, "Deny")
    expect(owner.page.get_by_text("You did not agree, so nothing was connected.")).to_be_visible()


def a_state_that_nobody_began_is_refused(owner):
    assert owner.page.goto("/accounts/connect/oauth/?state=somebody-else-s&code=ac_of_somebody_else").status == 403
    back(owner)


def a_code_that_stripe_refuses_is_explained(owner, stripe) -> str:
    """The address with which Stripe sent the owner back."""
    stripe.control("oauth/next_exchange", {"error": "invalid_grant"})
    with owner.page.expect_response("**/connect/oauth/?*") as answer:
        connect(owner, "Connect")
    assert answer.value.status == 400
    back(owner)
    return answer.value.url


def a_way_back_counts_once(owner, spent: str):
    assert owner.page.goto(spent).status == 403
    back(owner)


def stripe_is_down(owner, stripe):
    stripe.fault("500_before", path="/oauth/token", times=1)
    with owner.page.expect_response("**/connect/oauth/?*") as answer:
        connect(owner, "Connect")
    assert answer.value.status == 502
    expect_failure(owner, "Stripe cannot be reached")
    owner.look("oauth-down")
    back(owner)


def an_account_is_connected(owner, staff) -> str:
    connect(owner, "Connect")
    expect(owner.page.get_by_text("Your Stripe account is connected.")).to_be_visible()
    owner.look("oauth-connected")
    expect(staff.page.locator("#timeline").get_by_text("Stripe account connected", exact=True)).to_be_visible()
    expect(staff.page.locator("main .badge").first).to_have_text("Onboarding")
    return re.search(r"acct_\w+", owner.page.url)[0]


def it_is_let_go_at_stripe(owner, staff, stripe, account: str):
    stripe.control(f"accounts/{account}/disconnect", {})
    expect(staff.page.locator("main .badge").first).to_have_text("Access revoked")
    expect(staff.page.get_by_text("The platform’s access ended at Stripe")).to_be_visible()
    owner.page.reload()
    expect(owner.page.get_by_role("heading", name="The connection to your Stripe account has ended")).to_be_visible()
    owner.look("oauth-revoked")


def another_account_is_not_taken_for_it(owner):
    connect(owner, "Connect")
    expect_failure(owner, "This is not the Stripe account you had connected")
    back(owner)


def it_is_connected_again_and_let_go_here(owner, staff, account: str):
    page = owner.page
    connect(owner, "Connect", account=account)
    expect(page.get_by_text("Your Stripe account is connected.")).to_be_visible()
    page.get_by_role("link", name="End the connection to Stripe").click()
    owner.look("oauth-end")
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.get_by_text("The connection was ended.")).to_be_visible()
    expect(staff.page.locator("main .badge").first).to_have_text("Access revoked")
