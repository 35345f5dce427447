"""Moving on in time: the portal's clock and local Stripe's stay together."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.harness.stripe_process import Stripe

_real_now = timezone.now


def move_to(stripe: Stripe, seconds_ahead: float) -> None:
    """Let it be that much later than on the wall, in this process and at local Stripe."""
    stripe.move_ahead(seconds_ahead)
    timezone.now = lambda: _real_now() + timedelta(seconds=seconds_ahead)
