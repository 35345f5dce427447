"""Recording that a business allowed its bank account to be debited."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.models import ConnectedAccount
from desk import audit
from funding import mandate_texts
from funding.models import Mandate


@dataclass(frozen=True, kw_only=True)
class OnlineAcceptance:
    """The click of a person of the business, and from where it came."""

    ip: str
    user_agent: str
    language: str


@dataclass(frozen=True, kw_only=True)
class OfflineAcceptance:
    """A mandate given by phone or on paper, written down by platform staff."""

    accepted_at: datetime
    evidence_note: str
    evidence_contact: str
    language: str


Acceptance = OnlineAcceptance | OfflineAcceptance


def record(
    *,
    account: ConnectedAccount,
    holder_name: str,
    holder_type: str,
    acceptance: Acceptance,
    actor,
    reason: str,
    now: datetime,
) -> Mandate:
    """Write down who authorized debits, when, from where and in which words. Call inside a transaction."""
    text = mandate_texts.current(
        platform_name=settings.PLATFORM_NAME, business_name=account.name, language=acceptance.language
    )
    mandate = Mandate.objects.create(
        account=account,
        holder_name=holder_name,
        holder_type=holder_type,
        text=text.text,
        text_version=text.version,
        language=text.language,
        recorded_by=actor,
        on_behalf_reason=reason,
        **_evidence(acceptance, actor, now),
    )
    audit.record(
        verb="mandate.recorded",
        obj=mandate,
        actor=actor,
        stream=account.audit_stream,
        reason=reason,
        details={"channel": mandate.channel, "text_version": text.version, "language": text.language},
    )
    return mandate


def acceptance_params(mandate: Mandate) -> dict:
    """The `mandate` parameter of POST /v1/sources: what Stripe wants to know of the acceptance."""
    acceptance = {"status": "accepted", "type": mandate.channel}
    if mandate.channel == Mandate.Channel.ONLINE:
        acceptance["online"] = {
            "date": int(mandate.accepted_at.timestamp()),
            "ip": mandate.ip,
            "user_agent": mandate.user_agent,
        }
    else:
        acceptance["offline"] = {"contact_email": mandate.evidence_contact}
    return {"acceptance": acceptance}


def _evidence(acceptance: Acceptance, actor, now: datetime) -> dict:
    if isinstance(acceptance, OnlineAcceptance):
        return {
            "channel": Mandate.Channel.ONLINE,
            "accepted_at": now,
            "accepted_by": actor,
            "ip": acceptance.ip,
            "user_agent": acceptance.user_agent[:500],
        }
    return {
        "channel": Mandate.Channel.OFFLINE,
        "accepted_at": acceptance.accepted_at,
        "evidence_note": acceptance.evidence_note,
        "evidence_contact": acceptance.evidence_contact,
    }
