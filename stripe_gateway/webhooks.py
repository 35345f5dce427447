"""Where Stripe delivers events: verify, keep, answer. Nothing is processed here, and no page of ours is involved."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from desk import hosts
from desk.access import platform_only, public
from stripe_gateway import event_facts, inbox, wakes
from stripe_gateway.models import StripeEvent
from stripe_gateway.signatures import is_signed


class WebhookEntrance:
    """First of the middlewares, and the last that an event passes: it needs no session, no language and no page.

    Those would cost more than keeping the event does. The routes stay in the URLconf, which names them.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        endpoint = self._endpoints.get(request.path_info)
        if endpoint and not hosts.is_business(request):
            return receive(request, endpoint)
        return self.get_response(request)

    @cached_property
    def _endpoints(self) -> dict[str, str]:
        return {reverse(f"stripe_webhooks:{endpoint}"): endpoint for endpoint in StripeEvent.Endpoint.values}


@platform_only
@csrf_exempt
@transaction.non_atomic_requests
@require_POST
@public("Stripe signs what it delivers; the signature is the credential.")
def receive(request, endpoint):
    """200 once the event is committed; 400 without a word for what Stripe did not sign; 413 above 1 MB."""
    secrets = [secret for secret in settings.STRIPE_WEBHOOK_SECRETS[endpoint] if secret]
    if not secrets:
        return HttpResponse(status=404)
    try:
        body = request.body
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except UnreadablePostError:
        return HttpResponse(status=400)
    now = timezone.now()
    if not is_signed(body, request.headers.get("Stripe-Signature", ""), secrets, now=now.timestamp()):
        return HttpResponse(status=400)
    try:
        inbox.keep(endpoint, body.decode(), now=now)
    except (UnicodeDecodeError, event_facts.NotAnEvent):
        return HttpResponse(status=400)
    wakes.soon("stripe_gateway.tasks.sweep_events")
    return HttpResponse(status=200)
