"""Who did what to what, when and why: hash chains that show any later change.

Each stream (`platform`, or one connected account) is a chain of its own: an entry's hash covers its content and the
hash before it. The head of every chain is written to the log now and then: the anchor outside this database.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from desk import logs
from desk.addresses import client_ip
from desk.models import AuditEntry, AuditStream

PLATFORM = "platform"
PRODUCT_LABEL = "Issuing Desk"

logger = logging.getLogger(__name__)


class NotInTransaction(RuntimeError):
    """An audit entry must be committed together with the act it tells of."""


@dataclass(frozen=True)
class Anchor:
    """Length and head hash of one chain at some moment, kept outside the database."""

    stream: str
    length: int
    head: str

    def __str__(self):
        return f"{self.stream}={self.length}:{self.head}"

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """Read `stream=length:head`, as `verify_audit_trail` prints it. Raises ValueError for anything else."""
        stream, _, rest = text.strip().partition("=")
        length, _, head = rest.partition(":")
        if not stream or len(head) != 64:
            raise ValueError(f"Not an anchor: {text!r}")
        return cls(stream, int(length), head)


@dataclass(frozen=True)
class Fault:
    """One place where a chain does not hold."""

    stream: str
    position: int
    what: str


def record(*, verb, obj, actor=None, stream=PLATFORM, details=None, reason="", request=None) -> AuditEntry:
    """Append one entry, inside the transaction of the act it tells of.

    `obj` is a saved model instance. `details` holds ids, counts and hashes; never names, bank numbers or secrets.
    Without an `actor` the product itself acted. Raises NotInTransaction outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotInTransaction(verb)
    head = _locked_head(stream)
    entry = AuditEntry(
        stream=head,
        position=head.length + 1,
        at=timezone.now(),
        actor=actor,
        actor_label=_label(actor),
        verb=verb,
        object_type=obj._meta.label_lower,
        object_id=str(getattr(obj, "public_id", None) or obj.pk),
        # Through JSON once, so that what is hashed is exactly what the database will give back.
        details=json.loads(json.dumps(details or {}, cls=DjangoJSONEncoder)),
        reason=reason,
        ip=_address(request),
        request_id=logs.request_id.get() if request else "",
        previous_hash=head.head,
    )
    entry.hash = digest(entry)
    entry.save(force_insert=True)
    head.length, head.head = entry.position, entry.hash
    head.save(update_fields=["length", "head"])
    return entry


def _locked_head(stream: str) -> AuditStream:
    """The chain's row, locked until the transaction ends: the next entry anywhere waits for this one."""
    locked = AuditStream.objects.select_for_update().filter(name=stream)
    head = locked.first()
    if head is None:
        AuditStream.objects.get_or_create(name=stream)
        head = locked.get()
    return head


def entries_for(stream: str) -> models.QuerySet[AuditEntry]:
    """Entries of one chain, newest first."""
    return AuditEntry.objects.filter(stream=stream).select_related("actor").order_by("-position")


def entries_about(obj) -> models.QuerySet[AuditEntry]:
    """Everything that was done to one object, newest first."""
    object_id = str(getattr(obj, "public_id", None) or obj.pk)
    entries = AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=object_id)
    return entries.select_related("actor").order_by("-id")


def digest(entry: AuditEntry) -> str:
    """SHA-256 (hex) over the hash before it and everything the entry says."""
    content = {
        "stream": entry.stream_id,
        "position": entry.position,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "actor_label": entry.actor_label,
        "verb": entry.verb,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "details": entry.details,
        "reason": entry.reason,
        "ip": entry.ip,
        "request_id": entry.request_id,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{entry.previous_hash}\n{canonical}".encode()).hexdigest()


def verify(anchors: list[Anchor] | None = None) -> Iterator[Fault]:
    """Walk every chain and yield each place where it does not hold; also compare with heads noted earlier."""
    noted = {}
    for anchor in anchors or []:
        noted.setdefault(anchor.stream, {})[anchor.length] = anchor.head
    for stream in AuditStream.objects.order_by("name").iterator():
        yield from _verify_stream(stream, noted.pop(stream.name, {}))
    for name, lengths in noted.items():
        yield Fault(name, max(lengths), "the whole chain is gone, but an anchor knew it")


def _verify_stream(stream: AuditStream, noted: dict[int, str]) -> Iterator[Fault]:
    position, head = 0, ""
    for entry in stream.entries.order_by("position", "id").iterator():
        position += 1
        if entry.position != position:
            yield Fault(stream.name, position, f"expected here, found {entry.position}")
            position = entry.position
        if entry.previous_hash != head:
            yield Fault(stream.name, position, "does not follow the entry before it")
        head = entry.hash
        if digest(entry) != head:
            yield Fault(stream.name, position, "its content does not match its hash")
        if noted.pop(position, head) != head:
            yield Fault(stream.name, position, "differs from an anchor noted earlier")
    if (position, head) != (stream.length, stream.head):
        yield Fault(stream.name, stream.length, f"the chain ends at {position}, its head says {stream.length}")
    for length in noted:
        yield Fault(stream.name, length, "cut off: an anchor knew more entries")


def heads() -> Iterator[Anchor]:
    """Where every chain stands now."""
    for stream in AuditStream.objects.order_by("name").iterator():
        yield Anchor(stream.name, stream.length, stream.head)


def anchor(*, limit: int = 1000) -> int:
    """Write the heads that moved since last time to the log, the record outside this database. Returns how many."""
    moved = AuditStream.objects.filter(length__gt=F("anchored_length")).order_by("name")[:limit]
    written = 0
    for stream in moved:
        logger.info("audit anchor %s", Anchor(stream.name, stream.length, stream.head))
        AuditStream.objects.filter(pk=stream.pk, anchored_length__lt=stream.length).update(
            anchored_length=stream.length
        )
        written += 1
    return written


def _label(actor) -> str:
    if actor is None:
        return PRODUCT_LABEL
    return actor.email if not actor.full_name else f"{actor.full_name} <{actor.email}>"


def _address(request) -> str | None:
    return client_ip(request) or None if request else None
