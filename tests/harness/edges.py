"""Short questions to the portal's edge, each answered wrongly by one planted bug."""

from __future__ import annotations

from collections.abc import Iterator

from tests.harness import children, deliveries, scenarios
from tests.harness.mutants import MUTANTS
from tests.harness.pool import this_stand
from tests.harness.stand import Stand


def ask(mutant: str = "") -> list[str]:
    """Everything that the edge answers wrongly."""
    stand = this_stand()
    stand.restore()

    def work(_):
        MUTANTS[mutant]()
        return [*_a_foreign_business(stand), *_a_blank_secret(stand), *_a_forwarded_address()]

    ended = children.run(work)
    return [ended.error] if ended.error else ended.value


def _a_foreign_business(stand: Stand) -> Iterator[str]:
    """Somebody of one business asks for another one's pages: it is as if those did not exist."""
    from django.test import Client
    from django.urls import reverse

    from accounts.models import ConnectedAccount, Membership
    from desk.models import User
    from funding.models import TopUp

    stranger = User.objects.create_user("stranger@elsewhere.test", "a long enough password")
    own = ConnectedAccount.objects.create(name="Elsewhere", country="US", stripe_id="acct_elsewhere")
    Membership.objects.create(account=own, user=stranger)
    client = Client(raise_request_exception=False, headers={"Host": "localhost"})
    client.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")
    account = scenarios.account_of(stand.world)
    top_up = TopUp.objects.get(pk=stand.world.pending_top_up)
    for ref, expected in ((own.ref, 200), (account.ref, 404), ("acct_absent", 404)):
        status = client.get(reverse("funding:account-top-up-list", args=[ref])).status_code
        if status != expected:
            yield f"top-ups of {ref} were answered with {status} instead of {expected}"
    status = client.get(reverse("funding:top-up-detail", args=[account.ref, top_up.public_id])).status_code
    if status != 404:
        yield f"another business's top-up was answered with {status}"


def _a_blank_secret(stand: Stand) -> Iterator[str]:
    """An endpoint whose secret is blank is switched off, whoever signs with nothing."""
    from django.conf import settings

    told = deliveries.waiting(stand.stripe)[-1]
    settings.STRIPE_WEBHOOK_SECRETS = {name: [""] for name in settings.STRIPE_WEBHOOK_SECRETS}
    status = deliveries.post(told, deliveries.signature(told.body, ""))
    if status != 404:
        yield f"an event signed with a blank secret was answered with {status}"


def _a_forwarded_address() -> Iterator[str]:
    """Without a proxy of ours, what a request says about its origin is not believed."""
    from django.test import RequestFactory

    from desk import addresses

    request = RequestFactory().get("/", headers={"X-Forwarded-For": "203.0.113.9"}, REMOTE_ADDR="192.0.2.7")
    if addresses.client_ip(request) != "192.0.2.7":
        yield "an address was taken from X-Forwarded-For"
