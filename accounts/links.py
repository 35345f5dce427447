"""Stripe's own pages for a business: onboarding, changing what Stripe knows, and the Express dashboard.

Each address is a bearer secret that works once and for minutes: made on a click of a signed-in owner, redirected to at
once, never stored, logged or mailed.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import ConnectedAccount
from desk import audit, hosts
from desk.models import User
from stripe_gateway import client

Kind, Status = ConnectedAccount.Kind, ConnectedAccount.Status
OPENED = "onboarding.opened"
# Of these Stripe's pages would only send people back.
ENDED = (Status.REJECTED, Status.CLOSED, Status.REVOKED, Status.FAILED)


class LinkRefused(Exception):
    """Stripe's link leads somewhere that the settings do not name, so nobody is sent there."""


class NotOffered(Exception):
    """Stripe has no such page for this account."""


@dataclass(frozen=True)
class Use:
    """What a link is for. Its refresh route carries the use, so that a fresh link has the same parameters."""

    name: str
    type: str
    refresh: str
    # currently_due or eventually_due; blank: as the settings say for onboarding.
    fields: str = ""

    @property
    def collection_options(self) -> dict:
        return {"fields": self.fields or settings.ONBOARDING_COLLECTS, "future_requirements": "include"}


ONBOARD = Use("onboard", "account_onboarding", "accounts:onboarding-refresh")
# Only what stands in the way now, for a business that has been through onboarding.
SUPPLY = Use("supply", "account_onboarding", "accounts:onboarding-refresh-due", fields="currently_due")
UPDATE = Use("update", "account_update", "accounts:onboarding-refresh-update", fields="eventually_due")


def fitting(account: ConnectedAccount) -> Use:
    """The whole form for a newcomer, a quick fix for whoever has been through it."""
    return SUPPLY if account.details_are_done or account.details_submitted else ONBOARD


def may_update(account: ConnectedAccount) -> bool:
    """Stripe has a page for changing what it knows only where it offers no dashboard of its own."""
    return account.kind == Kind.ISSUING and account.details_are_done and account.status not in ENDED


def mint(account: ConnectedAccount, use: Use) -> str:
    """A fresh address of Stripe's hosted pages. Raises LinkRefused, or what the client raises."""
    here = hosts.business_site()
    urls = {
        "refresh_url": here + reverse(use.refresh, args=[account.ref]),
        "return_url": here + reverse("accounts:onboarding-return", args=[account.ref]),
    }
    flow = urls | {"collection_options": use.collection_options}
    if account.kind == Kind.ISSUING and settings.ACCOUNT_LINKS_API == "v2":
        use_case = {"type": use.type, use.type: flow}
        params = {"account": account.stripe_id, "use_case": use_case}
        link = client.ephemeral("/v2/core/account_links", family="account_links_v2", params=params)
    else:
        params = {"account": account.stripe_id, "type": use.type} | flow
        link = client.ephemeral("/v1/account_links", params=params)
    return _checked(link["url"])


def open_hosted(account: ConnectedAccount, *, use: Use, actor: User, request=None) -> str:
    """Mint a link for this person, and record that (not what) it was.

    Raises as `mint`, and NotOffered where Stripe has no such page.
    """
    if use is UPDATE and not may_update(account):
        raise NotOffered
    link = mint(account, use)
    _record(OPENED, account, actor=actor, details={} if use is ONBOARD else {"for": use.name}, request=request)
    return link


def has_dashboard(account: ConnectedAccount) -> bool:
    """Whether the business has an Express dashboard that it may open by now."""
    return account.kind == Kind.EXPRESS and bool(account.details_submitted) and account.status not in ENDED


def open_dashboard(account: ConnectedAccount, *, actor: User, request=None) -> str:
    """A login link to the Express dashboard. Raises NotOffered, LinkRefused, or what the client raises."""
    if not has_dashboard(account):
        raise NotOffered
    link = _checked(client.ephemeral(f"/v1/accounts/{account.stripe_id}/login_links", params={})["url"])
    _record("dashboard.opened", account, actor=actor, details={}, request=request)
    return link


def has_begun(account: ConnectedAccount) -> bool:
    """Whether somebody of the business has opened Stripe's form before."""
    return audit.entries_for(account.audit_stream).filter(verb=OPENED).exists()


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" not in settings.STRIPE_ONBOARDING_ORIGINS:
        raise LinkRefused
    return url


def _record(verb: str, account: ConnectedAccount, *, actor: User, details: dict, request) -> None:
    with transaction.atomic():
        audit.record(verb=verb, obj=account, actor=actor, stream=account.audit_stream, details=details, request=request)
