"""One address and one list of secrets per kind of endpoint at Stripe."""

from django.urls import path

from stripe_gateway.models import StripeEvent
from stripe_gateway.webhooks import receive

app_name = "stripe_webhooks"
urlpatterns = [
    path(f"{endpoint}/", receive, {"endpoint": endpoint}, name=endpoint) for endpoint in StripeEvent.Endpoint.values
]
