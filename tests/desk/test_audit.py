import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from desk import append_only, audit
from desk.models import AuditEntry, AuditStream
from tests.factories.desk import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return UserFactory(full_name="Dana Ruiz", email="dana@people.test")


@pytest.fixture
def chain(person):
    """Six entries of one chain and two of another."""
    for n in range(6):
        audit.record(verb="top_up.requested", obj=person, actor=person, details={"amount": n}, reason="é“")
    for _n in range(2):
        audit.record(verb="account.invited", obj=person, stream="account:biz_1")
    return AuditEntry.objects.filter(stream="platform")


def faults(anchors=None):
    return [(fault.stream, fault.position) for fault in audit.verify(anchors)]


def rewrite_from(position):
    """What somebody with the database password would do: hash everything after a change anew."""
    previous = ""
    for entry in AuditEntry.objects.filter(stream="platform").order_by("position"):
        if entry.position >= position:
            entry.previous_hash = previous
            entry.hash = audit.digest(entry)
            entry.save()
        previous = entry.hash
    AuditStream.objects.filter(name="platform").update(head=previous, length=entry.position)


def test_an_untouched_trail_holds(chain):
    assert faults(list(audit.heads())) == []


@pytest.mark.django_db(transaction=True)
def test_entry_needs_a_transaction(person):
    with pytest.raises(audit.NotInTransaction):
        audit.record(verb="x", obj=person)


def test_entry_says_who_and_what(person):
    entry = audit.record(verb="user.seen", obj=person, actor=person)
    assert (entry.actor_label, entry.object_type, entry.object_id, entry.position) == (
        "Dana Ruiz <dana@people.test>",
        "desk.user",
        str(person.pk),
        1,
    )
    assert audit.record(verb="user.seen", obj=person).actor_label == "Issuing Desk"


@pytest.mark.parametrize(
    "change",
    [{"details": {"amount": 9}}, {"reason": ""}, {"verb": "top_up.canceled"}, {"actor": None}, {"ip": "10.0.0.9"}],
    ids=lambda change: next(iter(change)),
)
def test_flip_is_found(chain, change):
    chain.filter(position=3).update(**change)
    assert ("platform", 3) in faults()


def test_deletion_is_found(chain):
    chain.filter(position=3).delete()
    assert ("platform", 3) in faults()


def test_insertion_is_found(chain):
    extra = chain.get(position=3)
    chain.filter(position__gt=3).delete()
    extra.pk, extra.position, extra.previous_hash = None, 4, extra.hash
    extra.save(force_insert=True)
    assert ("platform", 4) in faults()


def test_reordering_is_found(chain):
    second, third = chain.get(position=2), chain.get(position=3)
    chain.filter(pk=second.pk).update(position=99)
    chain.filter(pk=third.pk).update(position=2)
    chain.filter(pk=second.pk).update(position=3)
    assert {("platform", 2), ("platform", 3)} <= set(faults())


def test_cut_is_found_by_the_head(chain):
    chain.filter(position__gt=4).delete()
    assert faults() == [("platform", 6)]


def test_cut_with_a_forged_head_is_found_by_an_anchor(chain):
    anchors = list(audit.heads())
    chain.filter(position__gt=4).delete()
    AuditStream.objects.filter(name="platform").update(length=4, head=chain.get(position=4).hash)
    assert faults() == []
    assert faults(anchors) == [("platform", 6)]


def test_rewritten_chain_is_found_by_an_anchor(chain):
    anchors = list(audit.heads())
    chain.filter(position=3).update(reason="nothing to see")
    rewrite_from(3)
    assert faults() == []
    assert faults(anchors) == [("platform", 6)]


def test_vanished_chain_is_found_by_an_anchor(chain):
    anchors = list(audit.heads())
    AuditEntry.objects.filter(stream="account:biz_1").delete()
    AuditStream.objects.filter(name="account:biz_1").delete()
    assert faults() == []
    assert faults(anchors) == [("account:biz_1", 2)]


def test_command_prints_heads_that_it_accepts_as_anchors(chain, tmp_path, capsys):
    call_command("verify_audit_trail")
    heads = capsys.readouterr().out
    anchors = tmp_path / "anchors.txt"
    anchors.write_text("2026-11-20T08:00:00Z INFO desk.audit [-] audit anchor " + heads.splitlines()[0] + "\n")
    call_command("verify_audit_trail", anchors=anchors)
    chain.filter(position=6).update(reason="changed")
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_audit_trail", anchors=anchors)


def test_heads_are_logged_once_each_time_they_move(chain, person, caplog):
    with caplog.at_level("INFO", logger="desk.audit"):
        assert audit.anchor() == 2
        assert audit.anchor() == 0
        audit.record(verb="x", obj=person)
        assert audit.anchor() == 1
    logged = [audit.Anchor.parse(record.getMessage().removeprefix("audit anchor ")) for record in caplog.records]
    assert logged[-1] == next(head for head in audit.heads() if head.stream == "platform")


@pytest.fixture
def _append_only():
    append_only.install(connection)
    yield
    append_only.remove(connection)


@pytest.mark.usefixtures("_append_only")
@pytest.mark.parametrize("statement", ["UPDATE desk_auditentry SET reason = 'x'", "DELETE FROM desk_auditentry"])
def test_database_refuses_to_change_entries(person, statement):
    audit.record(verb="x", obj=person)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_trail_is_narrowed_and_paged(staff, chain, person):
    client = staff("approver")
    page = client.get("/audit-trail/", {"verb": "top_up", "object": person.pk})
    assert len(page.context["page"].rows) == 6
    assert client.get("/audit-trail/", {"object": "nobody"}).context["page"].rows == []
    assert client.get("/audit-trail/", {"object": "\x00", "cursor": "forged"}).status_code == 200


def test_trail_fragment_has_no_page_around_it(staff, chain):
    fragment = staff("approver").get("/audit-trail/", headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert "HX-Request" in fragment.headers["Vary"]


def test_trail_shows_details_whatever_they_are_called(staff, person):
    audit.record(verb="ask.made", obj=person, details={"items": ["company.phone", "company.tax_id"], "to": 7})
    answer = staff("approver").get("/audit-trail/")
    assert "company.phone" in answer.content.decode()


def test_details_hash_the_same_after_a_round_trip(person):
    entry = audit.record(verb="x", obj=person, details={"a": [1, {"b": None}], "id": person.date_joined})
    stored = AuditEntry.objects.get(pk=entry.pk)
    assert audit.digest(stored) == entry.hash
    assert json.dumps(stored.details) == json.dumps(entry.details)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_entries_written_at_once_stand_in_one_chain(person):
    def write(_n):
        try:
            with transaction.atomic(durable=True):
                return audit.record(verb="x", obj=person).position
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        positions = list(pool.map(write, range(40)))
    assert sorted(positions) == list(range(1, 41))
    assert faults() == []
