"""python -m bench.inside.forged_event: posts an event that Stripe did not sign; prints how much SQL that caused."""

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

with CaptureQueriesContext(connection) as queries:
    answer = Client().post(
        "/webhooks/stripe/platform/",
        {"id": "evt_forged", "type": "topup.succeeded"},
        content_type="application/json",
        headers={"Stripe-Signature": "t=1,v1=00", "Host": "localhost"},
    )
assert answer.status_code == 400, answer.status_code
print(len(queries))
