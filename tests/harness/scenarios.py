"""How each kind of operation is set off, by the product's own functions, and what it must have led to.

A kind that is registered without a scenario here fails a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from tests.harness.world import BUSINESS, RIGHT_AMOUNTS, WRONG_AMOUNTS, World, acceptance
from tests.local_stripe.pictures import png

Books = dict[str, dict[str, dict]]
COMPANY, PROFILE = {"name": "Corner Bakery LLC"}, {"name": "Corner"}
DIRECTOR = {"first_name": "Sam", "last_name": "Okoye", "relationship": {"director": True}}
MARRIED = {"last_name": "Duarte Lima"}


@dataclass(frozen=True)
class Scenario:
    """One way to set a kind of operation off.

    `path` is the glob of its write. `effects(before, after)` are the things it has done at Stripe, by the books; one is
    right. `differences(operation, after)` tells where our rows and the books disagree. `spends_on_refusal`: Stripe
    refuses and counts it all the same.
    """

    name: str
    kind: str
    path: str
    act: Callable[[World, UUID], None]
    effects: Callable[[Books, Books], list]
    differences: Callable[[object, Books], Iterator[str]]
    spends_on_refusal: bool = False


def staff_of(world: World):
    from desk.models import User

    return User.objects.get(pk=world.staff)


def account_of(world: World):
    from accounts.models import ConnectedAccount

    return ConnectedAccount.objects.get(pk=world.account)


def source_of(pk: int):
    from funding.models import Source

    return Source.objects.select_related("account").get(pk=pk)


def _made(kind: str) -> Callable[[Books, Books], list]:
    return lambda before, after: [obj for id, obj in after[kind].items() if id not in before[kind]]


def _changed(kind: str, what: Callable[[dict], object]) -> Callable[[Books, Books], list]:
    return lambda before, after: [obj for id, obj in after[kind].items() if what(obj) != what(before[kind][id])]


def _say(label: str, ours, theirs) -> Iterator[str]:
    if ours != theirs:
        yield f"{label}: ours {ours!r}, Stripe's {theirs!r}"


def invite(world: World, form_id: UUID) -> None:
    from accounts import onboarding

    onboarding.invite(form_id=form_id, actor=staff_of(world), now=timezone.now(), **BUSINESS)


def _account_differences(operation, after: Books) -> Iterator[str]:
    account = operation.connected_account
    if operation.state == operation.State.REJECTED:
        yield from _say("status", account.status, "failed")
        return
    found = after["account"].get(account.stripe_id, {})
    yield from _say("metadata", (found.get("metadata") or {}).get("operation"), str(operation.pk))
    yield from _say("express", account.kind == account.Kind.EXPRESS, found.get("dashboard") == "express")
    if account.status == account.Status.CREATING:
        yield "the account is still being created"
    if not account.invitations.filter(sent_at__isnull=False).exists():
        yield "the invitation was never sent"


def invite_to_payouts(world: World, form_id: UUID) -> None:
    from accounts import onboarding

    terms = {name: value for name, value in BUSINESS.items() if name != "program"}
    onboarding.invite(form_id=form_id, actor=staff_of(world), now=timezone.now(), kind="express", **terms)


def rename(world: World, form_id: UUID) -> None:
    from accounts import life

    terms = {"name": "Corner Café", "contact_email": "cafe@bakery.test", "language": "en"}
    life.rename(account_of(world), form_id=form_id, actor=staff_of(world), **terms)


def _renamed_differences(operation, after: Books) -> Iterator[str]:
    account = operation.account_change.account
    found = after["account"].get(account.stripe_id, {})
    yield from _say("name", account.name, found.get("display_name"))
    yield from _say("contact", account.contact_email, found.get("contact_email"))


def reject(world: World, form_id: UUID) -> None:
    from accounts import life

    terms = {"stripe_reason": "other", "keep_payouts": False, "reason": "asked"}
    # As the page does: sent again, it says that the account has ended already.
    with suppress(life.NotOffered):
        life.reject(account_of(world), form_id=form_id, actor=staff_of(world), **terms)


def close(world: World, form_id: UUID) -> None:
    from accounts import life

    terms = {"configurations": ["card_creator", "merchant", "recipient"], "reason": "asked"}
    # As the page does: sent again, it says that the account has ended already.
    with suppress(life.NotOffered):
        life.close(account_of(world), form_id=form_id, actor=staff_of(world), **terms)


def _rejected_differences(operation, after: Books) -> Iterator[str]:
    account = operation.account_change.account
    found = after["account"].get(account.stripe_id, {})
    is_rejected = found.get("hold") is not None and not found.get("closed")
    yield from _say("rejected", account.status == account.Status.REJECTED, is_rejected)


def _closed_differences(operation, after: Books) -> Iterator[str]:
    account = operation.account_change.account
    found = after["account"].get(account.stripe_id, {})
    yield from _say("closed", account.status == account.Status.CLOSED, found.get("closed"))


def connect(world: World, form_id: UUID) -> None:
    from funding import sources

    sources.connect(
        account=account_of(world),
        form_id=form_id,
        token=world.token,
        holder_name="Jenny Rosen",
        holder_type="company",
        acceptance=acceptance(),
        actor=staff_of(world),
        now=timezone.now(),
    )


def _source_differences(source, after: Books) -> Iterator[str]:
    found = after["source"].get(source.stripe_id, {})
    yield from _say("status", source.status, found.get("status"))
    yield from _say("last4", source.last4, found.get("ach_debit", {}).get("last4"))
    left = found.get("code_verification", {}).get("attempts_remaining")
    yield from _say("attempts left", source.attempts_remaining, left)
    yield from _say("account", source.account.stripe_id, found.get("scope"))


def _connected_differences(operation, after: Books) -> Iterator[str]:
    if operation.state == operation.State.REJECTED:
        return _say("status", operation.source.status, "refused")
    return _source_differences(operation.source, after)


def _verify_with(amounts: tuple[int, int]) -> Callable[[World, UUID], None]:
    def verify(world: World, form_id: UUID) -> None:
        from funding import verifications

        verifications.submit(
            source=source_of(world.pending_source),
            form_id=form_id,
            amounts=amounts,
            actor=staff_of(world),
        )

    return verify


def _verified_differences(operation, after: Books) -> Iterator[str]:
    attempt = operation.verification_attempt
    if attempt.finished_at is None:
        yield "the attempt is still open"
    yield from _source_differences(attempt.source, after)


def _attempts_spent(before: Books, after: Books) -> list:
    """One entry per try that is gone."""
    spent = []
    for id, source in before["source"].items():
        left = after["source"][id]["code_verification"]["attempts_remaining"]
        spent += [id] * (source["code_verification"]["attempts_remaining"] - left)
    return spent


def top_up(world: World, form_id: UUID) -> None:
    from funding import top_ups

    top_ups.initiate(
        account=account_of(world),
        source=source_of(world.verified_source),
        amount=25_000,
        form_id=form_id,
        actor=staff_of(world),
        now=timezone.now(),
    )


def _top_up_differences(top_up, after: Books) -> Iterator[str]:
    found = after["topup"].get(top_up.stripe_id, {})
    for field in ("status", "amount", "currency"):
        yield from _say(field, getattr(top_up, field), found.get(field))
    yield from _say("account", top_up.account.stripe_id, found.get("scope"))


def _created_differences(operation, after: Books) -> Iterator[str]:
    if operation.state == operation.State.REJECTED:
        return _say("status", operation.top_up.status, "refused")
    return _top_up_differences(operation.top_up, after)


def cancel(world: World, form_id: UUID) -> None:
    from funding import top_ups
    from funding.models import TopUp

    top_ups.cancel(top_up=TopUp.objects.get(pk=world.pending_top_up), form_id=form_id, actor=staff_of(world))


def request_capability(world: World, form_id: UUID) -> None:
    from accounts import capability_requests

    wish = capability_requests.Wish("merchant", "card_payments")
    capability_requests.request_capability(
        account=account_of(world), wish=wish, form_id=form_id, actor=staff_of(world), reason="They take cards now."
    )


def _marks(before: Books, after: Books) -> list:
    """Accounts whose last change is another one than before."""
    return _changed("account", lambda account: account["metadata"].get("last_change"))(before, after)


def _mark_differences(operation, after: Books) -> Iterator[str]:
    if operation.state == operation.State.ACCEPTED:
        found = after["account"].get(operation.account_change.account.stripe_id, {})
        yield from _say("last change", found.get("metadata", {}).get("last_change"), str(operation.pk))


def _requested_differences(operation, after: Books) -> Iterator[str]:
    found = after["account"].get(operation.account_change.account.stripe_id, {})
    is_there = any(name.endswith(":card_payments") for name in found.get("capabilities", {}))
    yield from _say("requested", operation.state == operation.State.ACCEPTED, is_there)
    yield from _mark_differences(operation, after)


def _told_differences(operation, after: Books) -> Iterator[str]:
    found = after["account"].get(operation.account_change.account.stripe_id, {})
    names = found.get("business", {}).get("registered_name"), found.get("profile", {}).get("doing_business_as")
    is_told = names == (COMPANY["name"], PROFILE["name"])
    yield from _say("told", operation.state == operation.State.ACCEPTED, is_told)
    yield from _mark_differences(operation, after)


def give_program(world: World, form_id: UUID) -> None:
    from cards import programs

    account = account_of(world)
    offer = programs.Offer(world.platform_program, account.program)
    programs.give(account=account, offer=offer, is_default=True, form_id=form_id, actor=staff_of(world))


def make_default(world: World, form_id: UUID) -> None:
    from cards import programs
    from cards.models import Program

    program = Program.objects.select_related("account").get(pk=world.other_program)
    programs.make_default(program=program, form_id=form_id, actor=staff_of(world))


def _given_differences(operation, after: Books) -> Iterator[str]:
    account, wanted = operation.account_change.account, operation.params["platform_program"]
    ours = account.programs.filter(platform_program=wanted)
    theirs = [
        id
        for id, program in after["issuing.program"].items()
        if (program["scope"], program["platform_program"]) == (account.stripe_id, wanted)
    ]
    yield from _say("programs", list(ours.exclude(stripe_id=None).values_list("stripe_id", flat=True)), theirs)
    if operation.state == operation.State.ACCEPTED:
        yield from _say("has it", bool(theirs), True)
        yield from _say("rows that still wait", ours.filter(stripe_id=None, change__operation=operation).count(), 0)
    yield from _default_differences(operation, after)


def _default_differences(operation, after: Books) -> Iterator[str]:
    for program in operation.account_change.account.programs.exclude(stripe_id=None):
        found = after["issuing.program"].get(program.stripe_id, {})
        yield from _say("default", program.is_default, found.get("is_default"))
    if operation.kind == "program.update" and operation.state == operation.State.ACCEPTED:
        made = after["issuing.program"].get(operation.path.rpartition("/")[2], {})
        yield from _say("made default", True, made.get("is_default"))


def _defaults_made(before: Books, after: Books) -> list:
    was = {id for id, program in before["issuing.program"].items() if program["is_default"]}
    return [id for id, program in after["issuing.program"].items() if program["is_default"] and id not in was]


def _send(world: World, form_id: UUID, terms: dict) -> None:
    from accounts import changes
    from stripe_gateway.client import StripeProblem

    # As the pages do: without a token or a file there is nothing to send, and the person is told so.
    with suppress(StripeProblem):
        changes.send(form_id=form_id, account=account_of(world), actor=staff_of(world), **terms)


def add_person(world: World, form_id: UUID) -> None:
    from accounts.details import people_changes

    _send(world, form_id, people_changes.creation(account_of(world), contents=DIRECTOR, typed=DIRECTOR))


def change_person(world: World, form_id: UUID) -> None:
    from accounts.details import people_changes

    account, id = account_of(world), world.other_person
    _send(world, form_id, people_changes.update(account, id, form_id, contents=MARRIED, typed=MARRIED))


def remove_person(world: World, form_id: UUID) -> None:
    from accounts.details import people, people_changes

    _send(world, form_id, people_changes.removal(account_of(world), people.Person({"id": world.other_person})))


def hand_over_document(world: World, form_id: UUID) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from accounts.details import documents, documents_slots, people

    slot = documents_slots.slot("primary_verification", is_about_business=False)
    person = people.Person({"id": world.other_person})
    front = SimpleUploadedFile("success.png", png())
    account = account_of(world)
    terms = documents.attachment(account, person, slot, form_id, files={"front": front}, digests={"front": "one"})
    _send(world, form_id, terms)


def tell_about_business(world: World, form_id: UUID) -> None:
    from accounts.details import business_changes

    account = account_of(world)
    terms = business_changes.update(account, form_id, company=COMPANY, profile=PROFILE, typed=COMPANY)
    _send(world, form_id, terms)


def add_bank_account(world: World, form_id: UUID) -> None:
    from accounts.details import bank_changes

    _send(world, form_id, bank_changes.creation(account_of(world), token="btok_us", typed={"token": "btok_us"}))


def accept_terms(world: World, form_id: UUID) -> None:
    from accounts.details import terms_changes

    account, person = account_of(world), staff_of(world)
    wording = terms_changes.wording_for(account, state="TX", person=person, language="en")
    accepted = terms_changes.Acceptance(
        at=timezone.now(), by=person, ip="192.0.2.7", user_agent="Harness", wording=wording
    )
    _send(world, form_id, terms_changes.acceptance(account, accepted))


def _acceptance(account: dict) -> dict | None:
    return account.get("terms", {}).get("account")


def _accepted_differences(operation, after: Books) -> Iterator[str]:
    evidence = operation.account_change.terms_acceptance
    ours = {"date": int(evidence.accepted_at.timestamp()), "ip": evidence.ip, "user_agent": evidence.user_agent}
    theirs = _acceptance(after["account"].get(evidence.account.stripe_id, {}))
    if operation.state == operation.State.ACCEPTED:
        yield from _say("acceptance", ours, theirs)
    elif theirs == ours:
        yield "an acceptance that was refused stands at Stripe"


def _bank_differences(operation, after: Books) -> Iterator[str]:
    marks = {(bank.get("metadata") or {}).get("operation") for bank in after["external_account"].values()}
    yield from _say("listed", operation.state == operation.State.ACCEPTED, str(operation.pk) in marks)


def _gone(kind: str) -> Callable[[Books, Books], list]:
    return lambda before, after: [obj for id, obj in before[kind].items() if id not in after[kind]]


def _person_mark(person: dict) -> str | None:
    return person["metadata"].get("last_change")


def _added_differences(operation, after: Books) -> Iterator[str]:
    if operation.state == operation.State.ACCEPTED:
        found = after["person"].get(operation.account_change.person_id, {})
        yield from _say("metadata", (found.get("metadata") or {}).get("operation"), str(operation.pk))
        yield from _say("surname", DIRECTOR["last_name"], found.get("surname"))
        yield from _say("account", operation.account_change.account.stripe_id, found.get("scope"))


def _changed_differences(operation, after: Books) -> Iterator[str]:
    found = after["person"].get(operation.account_change.person_id, {})
    is_changed = found.get("surname") == MARRIED["last_name"]
    yield from _say("changed", operation.state == operation.State.ACCEPTED, is_changed)
    if operation.state == operation.State.ACCEPTED:
        yield from _say("last change", _person_mark(found), str(operation.pk))


def _removed_differences(operation, after: Books) -> Iterator[str]:
    if operation.state == operation.State.ACCEPTED and operation.account_change.person_id in after["person"]:
        yield "removed, and still listed at Stripe"


def _document_of(person: dict) -> str | None:
    sides = person["documents"].get("primary_verification", {}).get("front_back", {})
    return sides.get("front")


def _attached_differences(operation, after: Books) -> Iterator[str]:
    document = operation.account_change.document
    if operation.state == operation.State.REJECTED:
        yield from _say("status", document.status, document.Status.NOT_TAKEN)
        return
    if document.status == document.Status.NOT_TAKEN:
        yield "a document that Stripe has taken counts as not taken"
    yield from _say("file", document.front_file, _document_of(after["person"][operation.account_change.person_id]))


SCENARIOS = {
    scenario.name: scenario
    for scenario in [
        Scenario(
            name="account.create",
            kind="account.create",
            path="/v2/core/accounts",
            act=invite,
            effects=_made("account"),
            differences=_account_differences,
        ),
        Scenario(
            name="account.create_express",
            kind="account.create_express",
            path="/v1/accounts",
            act=invite_to_payouts,
            effects=_made("account"),
            differences=_account_differences,
        ),
        Scenario(
            name="account.rename",
            kind="account.rename",
            path="/v2/core/accounts/*",
            act=rename,
            effects=_changed("account", lambda account: account["display_name"]),
            differences=_renamed_differences,
        ),
        Scenario(
            name="account.reject",
            kind="account.reject",
            path="/v1/accounts/*/reject",
            act=reject,
            effects=_changed("account", lambda account: account["hold"]),
            differences=_rejected_differences,
        ),
        Scenario(
            name="account.close",
            kind="account.close",
            path="/v2/core/accounts/*/close",
            act=close,
            effects=_changed("account", lambda account: account["closed"]),
            differences=_closed_differences,
        ),
        Scenario(
            name="source.create",
            kind="source.create",
            path="/v1/sources",
            act=connect,
            effects=_made("source"),
            differences=_connected_differences,
        ),
        Scenario(
            name="source.verify",
            kind="source.verify",
            path="/v1/sources/*/verify",
            act=_verify_with(RIGHT_AMOUNTS),
            effects=_changed("source", lambda source: source["status"]),
            differences=_verified_differences,
        ),
        Scenario(
            name="source.verify with wrong amounts",
            kind="source.verify",
            path="/v1/sources/*/verify",
            act=_verify_with(WRONG_AMOUNTS),
            effects=_attempts_spent,
            differences=_verified_differences,
            spends_on_refusal=True,
        ),
        Scenario(
            name="top_up.create",
            kind="top_up.create",
            path="/v1/topups",
            act=top_up,
            effects=_made("topup"),
            differences=_created_differences,
        ),
        Scenario(
            name="top_up.cancel",
            kind="top_up.cancel",
            path="/v1/topups/*/cancel",
            act=cancel,
            effects=_changed("topup", lambda topup: topup["status"]),
            differences=lambda operation, after: _top_up_differences(operation.canceled_top_up, after),
        ),
        Scenario(
            name="capability.request",
            kind="capability.request",
            path="/v2/core/accounts/*",
            act=request_capability,
            effects=_marks,
            differences=_mark_differences,
        ),
        Scenario(
            name="program.create",
            kind="program.create",
            path="/v1/issuing/programs",
            act=give_program,
            effects=_made("issuing.program"),
            differences=_given_differences,
        ),
        Scenario(
            name="program.update",
            kind="program.update",
            path="/v1/issuing/programs/*",
            act=make_default,
            effects=_defaults_made,
            differences=_default_differences,
        ),
        Scenario(
            name="account.update",
            kind="account.update",
            path="/v1/accounts/*",
            act=tell_about_business,
            effects=_marks,
            differences=_mark_differences,
        ),
        Scenario(
            name="external_account.create",
            kind="external_account.create",
            path="/v1/accounts/*/external_accounts",
            act=add_bank_account,
            effects=_made("external_account"),
            differences=_bank_differences,
        ),
        Scenario(
            name="terms.accept",
            kind="terms.accept",
            path="/v2/core/accounts/*",
            act=accept_terms,
            effects=_changed("account", _acceptance),
            differences=_accepted_differences,
        ),
        Scenario(
            name="person.create",
            kind="person.create",
            path="/v1/accounts/*/persons",
            act=add_person,
            effects=_made("person"),
            differences=_added_differences,
        ),
        Scenario(
            name="person.update",
            kind="person.update",
            path="/v1/accounts/*/persons/*",
            act=change_person,
            effects=_changed("person", _person_mark),
            differences=_changed_differences,
        ),
        Scenario(
            name="person.delete",
            kind="person.delete",
            path="/v1/accounts/*/persons/*",
            act=remove_person,
            effects=_gone("person"),
            differences=_removed_differences,
        ),
        Scenario(
            name="document.attach",
            kind="document.attach",
            path="/v1/accounts/*/persons/*",
            act=hand_over_document,
            effects=_changed("person", _document_of),
            differences=_attached_differences,
        ),
    ]
}
