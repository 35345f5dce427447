import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import checks

from desk import guards
from tests.factories.desk import StaffFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def live(settings, **more):
    settings.STRIPE_LIVE = True
    settings.STRIPE_SECRET_KEY = "sk_live_51Real"
    settings.STRIPE_PUBLISHABLE_KEY = "pk_live_51Real"
    settings.STRIPE_API_BASE = "https://api.stripe.com"
    for name, value in more.items():
        setattr(settings, name, value)


def test_beside_local_stripe_it_starts_with_demo_logins(settings):
    settings.DEMO = True
    StaffFactory(is_demo=True)
    guards.refuse_unsafe_start()


def test_a_clean_live_installation_starts(settings):
    live(settings)
    guards.refuse_unsafe_start()


def test_one_signed_endpoint_is_enough_to_start(settings):
    live(settings, STRIPE_WEBHOOK_SECRETS={"platform": ["whsec_1"], "connect": []})
    guards.refuse_unsafe_start()


def test_in_test_mode_webhooks_may_be_off(settings):
    settings.STRIPE_WEBHOOK_SECRETS = {"platform": []}
    guards.refuse_unsafe_start()


def test_a_process_does_not_start_with_a_blank_secret():
    run = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=ROOT,
        env={**os.environ, "STRIPE_SECRET_KEY": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode != 0
    assert "Refusing to start. STRIPE_SECRET_KEY is blank" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_live_key_beside_demo_logins_is_refused(settings):
    live(settings)
    StaffFactory(is_demo=True)
    with pytest.raises(guards.UnsafeStart, match="demo logins"):
        guards.refuse_unsafe_start()


@pytest.mark.parametrize("elsewhere", ["https://api.stripe.com", "http://localhost.stripe.example"])
def test_demo_logins_are_refused_beside_stripes_test_mode_too(settings, elsewhere):
    settings.STRIPE_API_BASE = elsewhere
    StaffFactory(is_demo=True)
    with pytest.raises(guards.UnsafeStart, match="demo logins"):
        guards.refuse_unsafe_start()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"FIELD_ENCRYPTION_KEYS": []}, "FIELD_ENCRYPTION_KEYS is blank"),
        ({"STRIPE_PUBLISHABLE_KEY": "pk_test_1"}, "different modes"),
        ({"STRIPE_API_BASE": "http://127.0.0.1:12111"}, "local STRIPE_API_BASE"),
        ({"SECRET_KEY": "changeme"}, "SECRET_KEY is a placeholder"),
        ({"DEMO": True}, "DEMO is on without local Stripe"),
        ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY is blank"),
        ({"STRIPE_WEBHOOK_SECRETS": {"platform": [], "connect": [""]}}, "Every STRIPE_WEBHOOK_SECRET is blank"),
    ],
)
def test_unsafe_settings_are_refused_by_name(settings, change, says):
    live(settings, **change)
    with pytest.raises(guards.UnsafeStart, match=says):
        guards.refuse_unsafe_start()
    assert any(says in error.msg for error in checks.run_checks(tags=["security"]) if error.id == "desk.E001")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"STRIPE_SECRET_KEY": "sk_live_1", "DEBUG": "1"}, "with DEBUG on is refused"),
        ({"STRIPE_SECRET_KEY": "rk_live_1", "DEMO": "1"}, "with DEMO on is refused"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is blank"),
    ],
)
def test_settings_themselves_refuse(change, says):
    command = [sys.executable, "-c", "import config.settings"]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **change}, capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode != 0
    assert says in run.stderr


def test_blank_webhook_secrets_and_missing_factors_are_warned_about(settings):
    settings.STRIPE_WEBHOOK_SECRETS = {"platform": [""], "connect": ["whsec_1"]}
    found = checks.run_checks(tags=["security"], include_deployment_checks=True)
    assert [each.msg for each in found if each.id == "desk.W001"] == [
        "No signing secret for the platform webhook endpoint, so it is switched off."
    ]
    assert "desk.W002" in {each.id for each in found}
