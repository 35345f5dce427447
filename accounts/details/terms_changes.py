"""Accepting the terms: the exact words, who, when and from where, beside the attestation that Stripe is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import changes
from accounts.details import agreements
from accounts.details.agreements import Agreement
from accounts.models import AccountChange, ConnectedAccount, TermsAcceptance
from desk.models import User
from stripe_gateway import client, operations
from stripe_gateway.models import StripeOperation

PART = "terms"


@dataclass(frozen=True)
class Wording:
    """What stands on the page, word for word, in one language."""

    language: str
    agreements: tuple[Agreement, ...]
    paragraphs: tuple[str, ...]
    statement: str

    @property
    def text(self) -> str:
        titles = [f"{agreement.title} ({agreement.url})" for agreement in self.agreements]
        return "\n\n".join([*titles, *self.paragraphs, self.statement])

    @property
    def digest(self) -> str:
        """By which a form that comes back tells which words it showed."""
        return sha256(f"{self.language}\n{self.text}".encode()).hexdigest()[:32]

    @property
    def unpublished(self) -> list[Agreement]:
        """Agreements that the platform has not published: nothing can be accepted as long as there are any."""
        return [agreement for agreement in self.agreements if not agreement.url]


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """The click, and from where it came."""

    at: datetime
    by: User
    ip: str
    user_agent: str
    wording: Wording


def wording_for(account: ConnectedAccount, *, state: str, person: User, language: str) -> Wording:
    """The agreements of this business and the words in which this person accepts them."""
    with translation.override(language):
        found = tuple(agreements.agreements_for(account.program, account.country, state))
        names = {"person": person.full_name or person.email, "business": account.name}
        statement = _(
            "I, %(person)s, confirm that the details above are right, that I may sign for %(business)s, and that it "
            "accepts the agreements above."
        )
        paragraphs = (agreements.signing_sentence(account.program), _storage(account))
        return Wording(language, found, tuple(each for each in paragraphs if each), statement % names)


def _storage(account: ConnectedAccount) -> str:
    words = _("%(platform)s keeps these words, the moment, your network address and your browser’s name as evidence.")
    return words % {"platform": settings.PLATFORM_NAME}


def acceptance(account: ConnectedAccount, accepted: Acceptance) -> dict:
    """What `changes.send` is told. Where it came from is sealed: the evidence holds it, the operation does not."""
    told = {"date": _rfc3339(accepted.at), "ip": accepted.ip, "user_agent": accepted.user_agent[:500]}

    def sealed() -> dict:
        tree = agreements.tree_of(list(accepted.wording.agreements), told)
        return {"identity": {"attestations": {"terms_of_service": tree}}}

    return {
        "kind": "terms.accept",
        "part": PART,
        "path": f"/v2/core/accounts/{account.stripe_id}",
        "params": {},
        "sealed": sealed,
        "typed": {"words": accepted.wording.digest},
        "details": {"agreements": [agreement.key for agreement in accepted.wording.agreements]},
        "beside": _evidence(account, accepted),
    }


def _evidence(account: ConnectedAccount, accepted: Acceptance) -> Callable[[AccountChange], None]:
    def write(change: AccountChange) -> None:
        TermsAcceptance.objects.create(
            change=change,
            account=account,
            accepted_by=accepted.by,
            accepted_at=accepted.at,
            ip=accepted.ip,
            user_agent=accepted.user_agent[:500],
            language=accepted.wording.language,
            agreements=[agreement.record for agreement in accepted.wording.agreements],
            wording=accepted.wording.text,
        )

    return write


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _find_accepted(operation: StripeOperation) -> dict | None:
    """Whether Stripe has this acceptance: by its moment, unless a later one has taken its place."""
    found = client.get(operation.path, family="accounts_v2", params={"include": ["identity"]})
    attestations = (found.get("identity") or {}).get("attestations") or {}
    kept = (attestations.get("terms_of_service") or {}).get("account") or {}
    ours = operation.account_change.terms_acceptance.accepted_at.replace(microsecond=0)
    if kept.get("date") and datetime.fromisoformat(kept["date"]) == ours:
        return found
    later = TermsAcceptance.objects.filter(account=operation.account_change.account, accepted_at__gt=ours)
    if later.exclude(change__operation=operation).exists():
        raise operations.Undecided("The terms have been accepted again since.")
    return None


ACCEPT_TERMS = operations.OperationKind(
    name="terms.accept",
    label=gettext_lazy("Accept terms"),
    method="POST",
    family="accounts_v2",
    apply=changes.accepted,
    refuse=changes.refused,
    find=_find_accepted,
    sealed=("identity",),
    metadata=False,
)


def of(account: ConnectedAccount) -> list[TermsAcceptance]:
    """Every acceptance that was sent, newest first, with who it was and what became of it."""
    return list(
        TermsAcceptance.objects.filter(account=account)
        .select_related("accepted_by", "change__operation")
        .order_by("-accepted_at", "-pk")
    )
