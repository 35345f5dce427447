"""System checks: what `manage.py check` and `check --deploy` say about this installation."""

from django.conf import settings
from django.core import checks

from desk import guards


@checks.register(checks.Tags.security)
def settings_are_safe(app_configs, **kwargs):
    return [checks.Error(reason, id="desk.E001") for reason in guards.setting_faults()]


@checks.register(checks.Tags.database)
def no_demo_logins(app_configs, databases=None, **kwargs):
    if not databases:
        return []
    return [checks.Error(reason, id="desk.E002") for reason in guards.demo_faults()]


@checks.register(checks.Tags.security, deploy=True)
def webhooks_are_signed(app_configs, **kwargs):
    return [
        checks.Warning(f"No signing secret for the {kind} webhook endpoint, so it is switched off.", id="desk.W001")
        for kind, secrets in settings.STRIPE_WEBHOOK_SECRETS.items()
        if not any(secrets)
    ]


@checks.register(checks.Tags.security, deploy=True)
def staff_hold_second_factors(app_configs, **kwargs):
    if settings.STAFF_MFA_REQUIRED:
        return []
    return [checks.Warning("STAFF_MFA_REQUIRED is off: staff sign in with a password alone.", id="desk.W002")]
