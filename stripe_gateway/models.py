"""What was asked of Stripe, and what Stripe has told us."""

import json
import re
import uuid
from datetime import UTC, datetime
from urllib.parse import quote

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from stripe_gateway.fields import SealedJSONField, SealedTextField

_PATH_FIELD = re.compile(r"\{(\w+)\}")
_PATH_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]+")
# Due since for ever: what has just come in is not compared with the clock of whoever wrote it down.
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


class StripeOperationQuerySet(models.QuerySet):
    def due(self, *, now):
        """Waiting for a try: new, due again, or left behind by a worker whose lease ran out."""
        return self.filter(next_try_at__lte=now, state__in=StripeOperation.OPEN)

    def in_doubt(self):
        """Sent, or perhaps sent, and nobody knows with what effect."""
        return self.filter(state__in=StripeOperation.IN_DOUBT)

    def write_down(self, operation) -> bool:
        """Insert a new row; False when there is one with its id or key, which come together. Needs no savepoint."""
        table, fields = self.model._meta.db_table, self.model._meta.concrete_fields
        names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
        places = ", ".join(["%s"] * len(fields))
        values = [field.get_db_prep_save(field.pre_save(operation, True), connection) for field in fields]
        insert = f"INSERT INTO {table} ({names}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608 - constants
        with connection.cursor() as cursor:
            cursor.execute(insert, values)
            is_new = cursor.rowcount == 1
        operation._state.adding, operation._state.db = not is_new, connection.alias
        return is_new

    def move(self, operation, **changes) -> bool:
        """Compare-and-set on the row as it was read: of two workers that read the same, one wins."""
        unchanged = self.filter(
            pk=operation.pk, state=operation.state, fence=operation.fence, attempts=operation.attempts
        )
        won = unchanged.update(**changes) == 1
        operation.is_as_stored = won
        for name, value in changes.items():
            setattr(operation, name, value)
        return won


class StripeOperation(models.Model):
    """One write to Stripe, committed before the first byte of it is sent.

    Three outcomes, never two: accepted, rejected (final), unknown. An unknown one is asked again under the same key
    while Stripe honours it, then looked up, then shown to a person.
    """

    class State(models.TextChoices):
        APPROVED = "approved", _("Waiting to be sent")
        SENDING = "sending", _("Being sent")
        ACCEPTED = "accepted", _("Accepted by Stripe")
        REJECTED = "rejected", _("Refused by Stripe")
        UNKNOWN = "unknown", _("In doubt")
        NEEDS_PERSON = "needs_person", _("Needs a person")

    FINAL = (State.ACCEPTED, State.REJECTED)
    OPEN = (State.APPROVED, State.SENDING, State.UNKNOWN)
    IN_DOUBT = (State.UNKNOWN, State.NEEDS_PERSON)

    # Minted when the form is drawn, so that a double click finds the first operation.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    # The tenant, as its acct_ id; blank for the platform's own. The Stripe-Account header comes from here alone.
    stripe_account = models.CharField(max_length=64, blank=True)
    method = models.CharField(max_length=6)
    path = models.CharField(max_length=200)
    api_version = models.CharField(max_length=80)
    # Exact and frozen. What must not lie about (tokens, microdeposit amounts) is in `sealed`, wiped once final.
    params = models.JSONField(default=dict)
    sealed = SealedJSONField(null=True)
    params_hash = models.CharField(max_length=64)
    key = models.CharField(max_length=255, unique=True)

    state = models.CharField(max_length=16, choices=State, default=State.APPROVED)
    fence = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, default=AT_ONCE)
    # Of the first and the latest try that may have reached Stripe; the window of the key runs from the first.
    first_sent_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    looked_up_at = models.DateTimeField(null=True)
    # 5xx since it was last looked up: Stripe replays one for a day, so asking again teaches nothing.
    server_errors = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    stripe_id = models.CharField(max_length=255, null=True, unique=True)
    request_id = models.CharField(max_length=64, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    error_type = models.CharField(max_length=80, blank=True)
    error_code = models.CharField(max_length=80, blank=True)
    error_param = models.CharField(max_length=120, blank=True)
    error_message = models.TextField(blank=True)
    # What has been tried and learnt while in doubt, for the person who looks at it.
    history = models.JSONField(default=list)

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    # False once a change of ours was refused, because somebody else had changed the row.
    is_as_stored = True

    objects = StripeOperationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at", "created_at"],
                name="operation_due",
                condition=models.Q(state__in=["approved", "sending", "unknown"]),
            ),
            models.Index(fields=["-created_at", "-id"], name="operation_newest"),
            models.Index(fields=["state", "-created_at"], name="operation_state"),
            models.Index(fields=["stripe_account", "-created_at"], name="operation_account"),
        ]
        permissions = [("ask_again_stripeoperation", "Can ask Stripe again about an operation in doubt")]

    def __str__(self):
        return f"{self.kind} {self.id}"

    @property
    def about_account(self) -> str:
        """The connected account it concerns: the tenant, or the one that the path of a platform's write names."""
        named = _PATH_ACCOUNT.search(self.path)
        return self.stripe_account or (named[0] if named else "")

    @property
    def filled_path(self) -> str:
        """The path as it is sent: names in braces are filled from what is sealed."""
        return _PATH_FIELD.sub(lambda field: quote(str((self.sealed or {})[field[1]]), safe=""), self.path)

    @property
    def sent_params(self) -> dict:
        """The parameters as they are sent: what is sealed is added, but for what the path takes."""
        in_path = _PATH_FIELD.findall(self.path)
        return self.params | {name: value for name, value in (self.sealed or {}).items() if name not in in_path}


class StripeEventQuerySet(models.QuerySet):
    def due(self, *, now):
        """Waiting to be processed: new, due again, or left behind by a worker whose lease ran out."""
        return self.filter(next_try_at__lte=now, state__in=[StripeEvent.State.NEW, StripeEvent.State.PROCESSING])


class StripeEvent(models.Model):
    """One event as Stripe sent or listed it: kept once, processed after the 2xx, quarantined rather than lost."""

    class Endpoint(models.TextChoices):
        PLATFORM = "platform", _("Platform")
        CONNECT = "connect", _("Connected accounts")
        PLATFORM_THIN = "platform-thin", _("Platform (thin)")
        CONNECT_THIN = "connect-thin", _("Connected accounts (thin)")

    class State(models.TextChoices):
        NEW = "new", _("Waiting")
        PROCESSING = "processing", _("Being processed")
        DONE = "done", _("Processed")
        IGNORED = "ignored", _("Ignored")
        QUARANTINED = "quarantined", _("Quarantined")

    endpoint = models.CharField(max_length=16, choices=Endpoint)
    stripe_id = models.CharField(max_length=255)
    type = models.CharField(max_length=120)
    stripe_account = models.CharField(max_length=64, blank=True)
    object_id = models.CharField(max_length=255, blank=True)
    # The operation of ours that caused it, where the event says so.
    operation_id = models.CharField(max_length=36, blank=True)
    livemode = models.BooleanField(default=False)
    api_version = models.CharField(max_length=80, blank=True)
    stripe_created_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(auto_now_add=True)
    # JSON as it came, without what is personal; dropped after 35 days (Stripe lists events for 30). The hash is of all.
    payload = models.TextField(blank=True)
    # In place of `payload` for objects whose ids are kept encrypted; `object_id` is then their blind index.
    sealed_payload = SealedTextField(blank=True)
    payload_hash = models.CharField(max_length=64)

    state = models.CharField(max_length=12, choices=State, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, default=AT_ONCE)
    lease_until = models.DateTimeField(null=True)
    fence = models.CharField(max_length=32, blank=True)
    processed_at = models.DateTimeField(null=True)
    outcome = models.TextField(blank=True)
    error = models.TextField(blank=True)

    objects = StripeEventQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "stripe_id"], name="one_row_per_event")]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                name="event_due",
                condition=models.Q(state__in=["new", "processing"]),
            ),
            # Not of the states that every event passes through: those would cost each arrival and help no list.
            models.Index(
                fields=["state", "-id"],
                name="event_set_aside",
                condition=models.Q(state__in=["ignored", "quarantined"]),
            ),
            models.Index(fields=["stripe_account", "-id"], name="event_account"),
            models.Index(fields=["object_id", "-id"], name="event_object"),
            models.Index(fields=["operation_id"], name="event_operation", condition=~models.Q(operation_id="")),
            # Looked for by when they came, for connections in doubt; the arrival of no other event pays for it.
            models.Index(
                fields=["received_at"],
                name="event_authorized",
                condition=models.Q(type="account.application.authorized"),
            ),
        ]
        permissions = [("replay_stripeevent", "Can replay or ignore an event")]

    def __str__(self):
        return f"{self.type} {self.stripe_id}"

    @property
    def text(self) -> str:
        """The event as Stripe wrote it; blank once it was dropped."""
        return self.payload or self.sealed_payload

    @property
    def object_stripe_id(self) -> str:
        """Stripe's id of the object it is about, also where only its blind index is stored in clear."""
        return json.loads(self.sealed_payload)["data"]["object"]["id"] if self.sealed_payload else self.object_id


class BackfillCursor(models.Model):
    """How far the event lists at Stripe have been read, per list (platform, thin, or one connected account)."""

    name = models.CharField(max_length=100, primary_key=True)
    read_up_to = models.DateTimeField()
    # When the list was last read to its end.
    read_at = models.DateTimeField(null=True)
    # Of a reading that was cut off: when it began, and how far down from there it has come.
    began_at = models.DateTimeField(null=True)
    down_to = models.DateTimeField(null=True)

    def __str__(self):
        return self.name


class CallBudget(models.Model):
    """When the next call to Stripe is free of debt, in microseconds since 1970: for the platform, and per account."""

    name = models.CharField(max_length=80, primary_key=True)
    free_at = models.BigIntegerField()

    def __str__(self):
        return self.name


class Pause(models.Model):
    """While one stands open, no new write of its scope starts. Nothing is rejected by it.

    `scope`: `all` (credentials refused, or a person), `account:acct_…`, or `kind:<operation kind>`.
    """

    scope = models.CharField(max_length=120)
    reason = models.TextField()
    since = models.DateTimeField()
    paused_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope"], condition=models.Q(lifted_at=None), name="one_open_pause_per_scope"
            )
        ]

    def __str__(self):
        return f"{self.scope} since {self.since}"
