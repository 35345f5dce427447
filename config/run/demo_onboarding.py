"""How the demo's businesses come in: what their people told, handed over and left undone, and whom staff asked."""

import struct
import zlib
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import httpx
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import asks, changes, connected_accounts, invitations, links, members
from accounts.details import business_changes, documents, documents_files, known, people, people_changes
from accounts.models import ConnectedAccount
from cards import programs
from config.run.demo_businesses import PASSWORD, DemoBusiness, DemoDetails
from desk.models import User

FORMS = UUID("5f0c3a52-6d1e-4c8b-9f4e-1c2a7b9d3e10")
STRIPES_FORM_DAYS_AGO, DOCUMENT_DAYS_AGO = 4, 3
MESSAGE = "A photo by daylight, with all four corners in it, should do."


def is_due(days_ago: int, started_at: datetime, now: datetime) -> bool:
    return started_at - timedelta(days=days_ago) <= now


def form(business: DemoBusiness, step: str) -> UUID:
    """The id of a form that is sent once in the business's story."""
    return uuid5(FORMS, f"{business.slug}:{step}")


def advance(
    business: DemoBusiness,
    account: ConnectedAccount,
    owner: User,
    operator: User,
    *,
    started_at: datetime,
    now: datetime,
) -> None:
    """Whatever of its onboarding is due by `now`, each thing once. Safe to run again."""
    if business.details and is_due(business.details.days_ago, started_at, now):
        _tell(business, business.details, account, owner)
    if business.leaves_stripe_early and is_due(STRIPES_FORM_DAYS_AGO, started_at, now) and not links.has_begun(account):
        _leave_stripe_early(account, owner)
    if business.document_problem and is_due(DOCUMENT_DAYS_AGO, started_at, now):
        _hand_document_over(business, account, owner)
    if is_due(0, started_at, now):
        for person in business.members:
            if not User.objects.filter(email=person.email).exists():
                _join(account, owner, email=person.email, name=person.name, role=person.role, now=now)
        if business.document_problem:
            _ask(business, account, owner, operator, now)


def give_program(business: DemoBusiness, account: ConnectedAccount, operator: User) -> None:
    """The platform's program that the business was invited to."""
    offer = programs.open_offers(account)[0]
    programs.give(account=account, offer=offer, is_default=True, form_id=form(business, "program"), actor=operator)


def _tell(business: DemoBusiness, details: DemoDetails, account: ConnectedAccount, owner: User) -> None:
    """The steps of our own forms about the business and its first person."""
    if account.changes.filter(operation_id=form(business, "person")).exists():
        return
    form_id = form(business, "business")
    told = business_changes.update(account, form_id, company=details.company, profile=details.profile, typed={})
    changes.send(form_id=form_id, account=account, actor=owner, **told)
    form_id = form(business, "person")
    if business.entity_type == "individual":
        told = people_changes.individual_update(account, form_id, contents=details.person, typed={})
    else:
        told = people_changes.creation(account, contents=details.person, typed={})
    changes.send(form_id=form_id, account=account, actor=owner, **told)
    changes.reread_quietly(account)


def _leave_stripe_early(account: ConnectedAccount, owner: User) -> None:
    """As its owner's browser does: opens Stripe's form, looks at its first page, and comes back."""
    with httpx.Client(follow_redirects=True, timeout=60) as browser:
        page = browser.get(links.open_hosted(account, use=links.ONBOARD, actor=owner))
        browser.post(page.url, data={"action": "later"}, follow_redirects=False)
    connected_accounts.reread(account)


def _hand_document_over(business: DemoBusiness, account: ConnectedAccount, owner: User) -> None:
    """The picture of its representative's identity card, the first time that Stripe asks for it."""
    if account.documents.exists():
        return
    connected_accounts.reread(account)
    wanted = documents.needed(account, people.of(account, known.read(account)))[0]
    file = SimpleUploadedFile("identity-card.png", picture(), content_type="image/png")
    looked = documents_files.look(file, takes_pdf=wanted.slot.takes_pdf)
    form_id = form(business, "document")
    digests = {"front": looked.digest}
    told = documents.attachment(account, wanted.person, wanted.slot, form_id, files={"front": file}, digests=digests)
    changes.send(form_id=form_id, account=account, actor=owner, **told)


def _ask(business: DemoBusiness, account: ConnectedAccount, owner: User, operator: User, now: datetime) -> None:
    """Staff asks for what was refused."""
    if account.information_requests.exists():
        return
    connected_accounts.reread(account)
    items = [asks.key_of(line) for line in asks.askable(account) if line.instructions]
    asks.ask(
        form_id=form(business, "ask"),
        account=account,
        recipient=owner,
        items=items,
        message=MESSAGE,
        reason="",
        actor=operator,
        now=now,
    )


def _join(account: ConnectedAccount, owner: User, *, email: str, name: str, role: str, now: datetime) -> None:
    """A colleague of the owner's comes in."""
    invitation = members.open_invitations(account).filter(email=email).first()
    if invitation is None:
        invitation = members.invite(account, email=email, role=role, actor=owner, now=now)
    invitations.accept(invitation=invitation, now=now, full_name=name, password=PASSWORD, is_demo=True)


def picture(side: int = 64) -> bytes:
    """A grey square as a PNG."""
    rows = zlib.compress((b"\0" + b"\x80\x80\x88" * side) * side)
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
