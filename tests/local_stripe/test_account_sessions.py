"""Account sessions: what they take, what they answer, and what a client secret is good for."""

import httpx
import pytest
import stripe

from tests.local_stripe.conftest import BUSINESS, PREVIEW

V2 = {"stripe_version": PREVIEW}
ONBOARDING = {"account_onboarding": {"enabled": True}}


@pytest.fixture
def business(client) -> str:
    return client.v2.core.accounts.create({**BUSINESS, "identity": {"country": "us"}}, V2).id


@pytest.fixture
def express(client) -> str:
    return client.v1.accounts.create({"type": "express", "country": "US"}).id


def create(client, account, components=None):
    return client.v1.account_sessions.create({"account": account, "components": components or ONBOARDING})


def refusal(client, account, components) -> stripe.StripeError:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(client, account, components)
    return refused.value


def ask(local_stripe, path="session", **changes) -> httpx.Response:
    """As a frame of ours asks."""
    body = {
        "publishable_key": "pk_test_1",
        "component": "account-onboarding",
        "origin": "https://desk.example",
        **changes,
    }
    headers = {"Origin": local_stripe.base}
    return httpx.post(f"{local_stripe.base}/connect-js/frame/{path}", json=body, headers=headers)


def error_of(reply: httpx.Response) -> tuple:
    return reply.status_code, reply.json()["error"].get("code"), reply.json()["error"].get("param")


def test_a_session_shows_every_component_with_all_its_features(client, business):
    session = create(client, business).to_dict()
    assert (session["object"], session["account"], session["livemode"]) == ("account_session", business, False)
    assert session["client_secret"].startswith("accs_secret__")
    assert business not in session["client_secret"]
    assert session["components"]["account_onboarding"] == {
        "enabled": True,
        "features": {"disable_stripe_user_authentication": False, "external_account_collection": True},
    }
    assert session["components"]["payments"] == {
        "enabled": False,
        "features": {
            "capture_payments": True,
            "destination_on_behalf_of_charge_management": False,
            "dispute_management": True,
            "refund_management": True,
            "smart_disputes_management": True,
        },
    }
    assert session["components"]["documents"] == {"enabled": False, "features": {}}
    assert set(session["components"]) >= {"notification_banner", "issuing_card", "issuing_cards_list", "payouts"}


def test_sign_in_is_left_out_where_no_bank_is_collected(client, business):
    components = {"notification_banner": {"enabled": True, "features": {"external_account_collection": False}}}
    features = create(client, business, components).components.notification_banner.features
    assert features.disable_stripe_user_authentication is True


def test_what_stripe_refuses_is_refused(client, business, express):
    off = {"account_onboarding": {"enabled": False}}
    assert refusal(client, business, off).param == "components"
    assert (
        refusal(client, business, {"payouts": {"enabled": True, "features": {"x": True}}}).code == "parameter_unknown"
    )
    assert refusal(client, business, {"account_onboarding": {"features": {}}}).code == "parameter_missing"
    assert refusal(client, business, {"time_machine": {"enabled": True}}).code == "parameter_unknown"
    without_sign_in = {"enabled": True, "features": {"disable_stripe_user_authentication": True}}
    assert "requirement_collection" in refusal(client, express, {"account_onboarding": without_sign_in}).user_message
    without_bank = {"enabled": True, "features": {"external_account_collection": False}}
    param = "components[account_management][features][external_account_collection]"
    assert refusal(client, express, {"account_management": without_bank}).param == param
    cards = {"issuing_cards_list": {"enabled": True}}
    assert refusal(client, express, cards).param == "components[issuing_cards_list][enabled]"
    assert create(client, business, cards).components.issuing_cards_list.enabled


def test_strangers_and_the_rejected_get_no_session(client, local_stripe, business):
    with pytest.raises(stripe.PermissionError):
        create(client, "acct_nobodys")
    with pytest.raises(stripe.PermissionError):
        stripe.StripeClient("pk_test_1", base_addresses={"api": local_stripe.base}).v1.account_sessions.create(
            {"account": business, "components": ONBOARDING}
        )
    local_stripe.control(f"accounts/{business}/outcome", {"outcome": "terms_violation"})
    assert refusal(client, business, ONBOARDING).param == "account"


def test_a_client_secret_works_once_and_its_grant_for_half_an_hour(client, local_stripe, business):
    session = create(client, business)
    opened = ask(local_stripe, client_secret=session.client_secret)
    assert opened.status_code == 200
    assert session.client_secret not in opened.text
    assert error_of(ask(local_stripe, client_secret=session.client_secret))[:2] == (401, "account_session_invalid")
    grant = opened.json()["grant"]
    assert ask(local_stripe, grant=grant).status_code == 200
    page = f"{local_stripe.base}/connect-js/frame/e/{opened.json()['session']}"
    assert httpx.get(page).status_code == 303
    local_stripe.advance(1801)
    assert error_of(ask(local_stripe, grant=grant))[:2] == (401, "account_session_invalid")
    assert httpx.get(page).status_code == 410
    assert httpx.post(f"{page}/alive").status_code == 410


def test_an_old_secret_opens_nothing(client, local_stripe, business):
    secret = create(client, business).client_secret
    local_stripe.advance(1801)
    assert error_of(ask(local_stripe, client_secret=secret))[:2] == (401, "account_session_invalid")
    assert error_of(ask(local_stripe, client_secret="accs_secret__guessed"))[:2] == (401, "account_session_invalid")
    assert error_of(ask(local_stripe))[:2] == (401, "account_session_invalid")


def test_a_new_secret_renews_the_session_that_ran_out(client, local_stripe, business):
    old = ask(local_stripe, client_secret=create(client, business).client_secret).json()["session"]
    local_stripe.advance(1801)
    renewed = ask(local_stripe, client_secret=create(client, business).client_secret, session=old)
    assert renewed.json()["session"] == old
    assert httpx.get(f"{local_stripe.base}/connect-js/frame/e/{old}").status_code == 303
    stranger = client.v2.core.accounts.create(BUSINESS, V2).id
    others = ask(local_stripe, client_secret=create(client, stranger).client_secret, session=old)
    assert others.json()["session"] != old


def test_neither_the_books_nor_the_log_know_a_secret(client, local_stripe, business):
    secret = create(client, business).client_secret
    grant = ask(local_stripe, client_secret=secret).json()["grant"]
    books = [local_stripe.list(kind) for kind in ("account_session", "account_session_grant", "onboarding_session")]
    assert all(books)
    for text in (str(books), str(local_stripe.requests())):
        assert secret not in text
        assert grant not in text


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"component": "payouts"}, "components"),
        ({"component": "nonsense"}, "components"),
        ({"origin": "null"}, "origin"),
        ({"origin": "javascript:alert(1)"}, "origin"),
        ({"look": {"colorText": "x" * 9000}}, "appearance"),
        ({"options": {"privacyPolicyUrl": "javascript:alert(1)"}}, "privacyPolicyUrl"),
        ({"options": {"collectionOptions": {"fields": "all"}}}, "collectionOptions.fields"),
        ({"options": {"collectionOptions": {"requirements": {"only": "x"}}}}, "collectionOptions.requirements"),
    ],
)
def test_frames_ask_only_for_what_there_is(client, local_stripe, business, changes, param):
    reply = ask(local_stripe, client_secret=create(client, business).client_secret, **changes)
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, param)


def test_a_frame_needs_a_publishable_key_and_our_own_origin(client, local_stripe, business):
    secret = create(client, business).client_secret
    for key in ("sk_test_1", "pk_live_1", "", None):
        assert error_of(ask(local_stripe, client_secret=secret, publishable_key=key))[1] == "api_key_invalid"
    body = {"publishable_key": "pk_test_1", "component": "account-onboarding", "client_secret": secret}
    for headers in ({}, {"Origin": "https://evil.example"}):
        reply = httpx.post(f"{local_stripe.base}/connect-js/frame/session", json=body, headers=headers)
        assert reply.status_code == 403
    assert ask(local_stripe, client_secret=secret).status_code == 200


def test_terms_are_skipped_only_where_the_platform_collects(client, local_stripe, business, express):
    skip = {"options": {"skipTermsOfServiceCollection": True}}
    assert ask(local_stripe, client_secret=create(client, business).client_secret, **skip).status_code == 200
    refused = ask(local_stripe, client_secret=create(client, express).client_secret, **skip)
    assert refused.json()["error"]["param"] == "skipTermsOfServiceCollection"


def test_only_frames_may_be_framed(client, local_stripe, business):
    opened = ask(local_stripe, client_secret=create(client, business).client_secret).json()["session"]
    for path in ("frame/account-onboarding", f"frame/e/{opened}/type", f"frame/e/{opened}/left"):
        page = httpx.get(f"{local_stripe.base}/connect-js/{path}")
        assert "X-Frame-Options" not in page.headers
        assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
    # The session of a frame opens no page that may not be framed, nor the other way round.
    assert httpx.get(f"{local_stripe.base}/setup/e/{opened}/type").status_code == 410
    urls = {"refresh_url": "https://desk.example/1", "return_url": "https://desk.example/2"}
    link = client.v1.account_links.create({"account": business, "type": "account_onboarding", **urls}).url
    hosted = httpx.get(link).headers["Location"]
    page = httpx.get(local_stripe.base + hosted + "/type")
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert httpx.get(f"{local_stripe.base}/connect-js/frame/e/{hosted.rpartition('/')[2]}/type").status_code == 410


def test_logging_out_ends_every_session_of_the_secret(client, local_stripe, business):
    components = {**ONBOARDING, "notification_banner": {"enabled": True}}
    first = ask(local_stripe, client_secret=create(client, business, components).client_secret).json()
    second = ask(local_stripe, grant=first["grant"], component="notification-banner").json()
    pages = [f"{local_stripe.base}/connect-js/frame/e/{each['session']}" for each in (first, second)]
    assert httpx.post(f"{pages[0]}/logout").status_code == 204
    assert [httpx.get(page).status_code for page in pages] == [410, 410]
    assert error_of(ask(local_stripe, grant=first["grant"]))[:2] == (401, "account_session_invalid")


def test_the_banner_counts_what_is_due(client, local_stripe, business):
    components = {"notification_banner": {"enabled": True}}

    def banner():
        secret = create(client, business, components).client_secret
        opened = ask(local_stripe, client_secret=secret, component="notification-banner").json()["session"]
        return httpx.get(f"{local_stripe.base}/connect-js/frame/e/{opened}").text

    assert 'class="notices"' in banner()
    assert "past due" in banner()
    local_stripe.activate(business)
    assert 'class="notices"' not in banner()
    assert "&#34;total&#34;: 0" in banner()


def test_other_components_say_that_they_are_not_here(client, local_stripe, business):
    secret = create(client, business, {"payouts": {"enabled": True}}).client_secret
    opened = ask(local_stripe, client_secret=secret, component="payouts").json()["session"]
    assert "Not part of local Stripe" in httpx.get(f"{local_stripe.base}/connect-js/frame/e/{opened}").text


@pytest.mark.parametrize("collects", [True, False])
def test_a_component_asks_for_a_bank_account_unless_told_not_to(client, local_stripe, business, collects):
    features = {"external_account_collection": collects}
    components = {"account_onboarding": {"enabled": True, "features": features}}
    secret = create(client, business, components).client_secret
    options = {"collectionOptions": {"fields": "eventually_due"}}
    opened = ask(local_stripe, client_secret=secret, options=options).json()["session"]
    page = httpx.get(f"{local_stripe.base}/connect-js/frame/e/{opened}/type")
    assert (f"/connect-js/frame/e/{opened}/bank" in page.text) == collects


def test_terms_are_the_platforms_own_where_it_has_some(client, local_stripe, business):
    policies = {
        "fullTermsOfServiceUrl": "https://desk.example/full",
        "recipientTermsOfServiceUrl": "https://desk.example/recipient",
        "privacyPolicyUrl": "https://desk.example/privacy",
    }

    def terms(**options) -> str:
        secret = create(client, business).client_secret
        opened = ask(local_stripe, client_secret=secret, options={**policies, **options}).json()["session"]
        return httpx.get(f"{local_stripe.base}/connect-js/frame/e/{opened}/terms").text

    page = terms()
    assert "https://desk.example/full" in page
    assert "https://desk.example/privacy" in page
    assert "https://desk.example/recipient" not in page
    client.v1.accounts.update(business, {"tos_acceptance": {"service_agreement": "recipient"}})
    page = terms()
    assert "https://desk.example/recipient" in page
    assert "https://desk.example/full" not in page
    assert 'name="agree"' in page
    assert 'name="agree"' not in terms(skipTermsOfServiceCollection=True)


def test_the_platform_accepts_the_terms_that_a_component_skips(client, local_stripe, business):
    options = {"skipTermsOfServiceCollection": True}
    opened = ask(local_stripe, client_secret=create(client, business).client_secret, options=options).json()["session"]
    page = f"{local_stripe.base}/connect-js/frame/e/{opened}"
    assert httpx.post(f"{page}/terms", data={"action": "next"}).headers["Location"].endswith("/left")
    seen = client.v1.accounts.retrieve(business)
    assert seen.tos_acceptance.date is None
    assert "tos_acceptance.date" in seen.requirements.currently_due
