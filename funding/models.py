"""Money on its way to the cards: who allowed the debit, from which bank account, and each top-up."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import ConnectedAccount
from stripe_gateway.fields import SealedTextField, blind_index
from stripe_gateway.models import StripeOperation

# A name is common when this many of the newest rows that are probed bear it: a page and a bit.
PROBED, ENOUGH = 1000, 30
# Beyond this many businesses, naming each in a query costs more than it saves.
MOST_MATCHES = 5000


class AccountScopedQuerySet(models.QuerySet):
    def for_user(self, user):
        """Every row for platform staff who may view accounts; those of a business person's own accounts."""
        if user.is_staff and user.is_active and user.has_perm("accounts.view_connectedaccount"):
            # Said without a subquery: "in all accounts" costs a look at each of a hundred thousand.
            return self
        return self.filter(account__in=ConnectedAccount.objects.for_user(user))


class MirroredQuerySet(AccountScopedQuerySet):
    """Rows whose status is Stripe's, moved by compare-and-set: late, repeated and reordered news is harmless."""

    def advance(self, row, status: str, **fields) -> bool:
        """Move a row forward to `status`, unless it is there already or past it.

        A status that Stripe has invented since is kept as spelled, and may be left for any that we know.
        """
        comes_from = Q(status__in=self.model.COMES_FROM.get(status, self.model.IN_FLIGHT))
        unheard_of = ~Q(status__in=self.model.Status.values) & ~Q(status=status)
        return self.filter(comes_from | unheard_of, pk=row.pk).update(status=status, **fields) == 1

    def in_flight(self):
        """Neither arrived nor ended: Stripe may still change it, so it is read again even when no event comes."""
        return self.exclude(status__in=self.model.FINAL)


class SourceQuerySet(MirroredQuerySet):
    def chargeable(self):
        return self.filter(status=Source.Status.CHARGEABLE)

    def by_stripe_id(self, stripe_id: str):
        return self.filter(stripe_id_index=blind_index(stripe_id))


class TopUpQuerySet(MirroredQuerySet):
    def of_business(self, text: str):
        """Top-ups of businesses whose name contains the text.

        A name that is common among the newest rows is looked for along them; a rare one by its accounts. Either way
        round alone reads the whole table for the other kind of name.
        """
        named = Q(account__name__icontains=text)
        newest = self.model.objects.order_by("-created_at", "-id").values("pk")[:PROBED]
        if self.model.objects.filter(named, pk__in=newest)[:ENOUGH].count() == ENOUGH:
            return self.filter(named)
        has_any = models.Exists(self.model.objects.filter(account=models.OuterRef("pk")))
        matching = ConnectedAccount.objects.filter(has_any, name__icontains=text).values_list("pk", flat=True)
        accounts = list(matching[: MOST_MATCHES + 1])
        return self.filter(account__in=accounts) if len(accounts) <= MOST_MATCHES else self.filter(named)

    def on_their_way(self):
        return self.filter(status=TopUp.Status.PENDING)

    def counting_against_caps(self):
        """Everything that moved money or may yet: what was refused, failed or was canceled frees its share again."""
        return self.exclude(status__in=[TopUp.Status.REFUSED, TopUp.Status.FAILED, TopUp.Status.CANCELED])


class Mandate(models.Model):
    """The evidence that a business allowed debits: exact words, who, when, from where. Never changed."""

    class Channel(models.TextChoices):
        ONLINE = "online", _("Online")
        OFFLINE = "offline", _("By phone or on paper")

    class HolderType(models.TextChoices):
        COMPANY = "company", _("Company")
        INDIVIDUAL = "individual", _("Individual")

    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="mandates")
    channel = models.CharField(max_length=8, choices=Channel)
    holder_name = models.CharField(max_length=120)
    holder_type = models.CharField(max_length=12, choices=HolderType)
    text = models.TextField()
    text_version = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    accepted_at = models.DateTimeField()
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    # Online: of the person at the moment of the click. Offline: blank.
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=500, blank=True)
    # Offline: how it was given, and whom Stripe may ask for the evidence.
    evidence_note = models.TextField(blank=True)
    evidence_contact = models.EmailField(blank=True)
    # Why staff acted for the business; blank when the business did it itself.
    on_behalf_reason = models.TextField(blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        permissions = [("record_offline_mandate", "Can record a mandate given by phone or on paper")]

    def __str__(self):
        return f"{self.get_channel_display()} mandate of {self.holder_name}"


class Source(models.Model):
    """A bank account that may be debited. Stripe lists none of these: lose the id and the mandate is lost."""

    class Status(models.TextChoices):
        SUBMITTING = "submitting", _("Being connected")
        PENDING = "pending", _("Waiting for microdeposits")
        CHARGEABLE = "chargeable", _("Verified")
        FAILED = "failed", _("Verification failed")
        CANCELED = "canceled", _("Canceled")
        CONSUMED = "consumed", _("Used up")
        REFUSED = "refused", _("Refused")

    COMES_FROM = {
        Status.PENDING: (Status.SUBMITTING, Status.REFUSED),
        Status.CHARGEABLE: (Status.SUBMITTING, Status.PENDING, Status.REFUSED),
        Status.FAILED: (Status.SUBMITTING, Status.PENDING),
        Status.CANCELED: (Status.SUBMITTING, Status.PENDING, Status.CHARGEABLE),
        Status.CONSUMED: (Status.CHARGEABLE,),
        Status.REFUSED: (Status.SUBMITTING,),
    }
    IN_FLIGHT = (Status.SUBMITTING, Status.PENDING)
    FINAL = (Status.CHARGEABLE, Status.FAILED, Status.CANCELED, Status.CONSUMED, Status.REFUSED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="sources")
    mandate = models.OneToOneField(Mandate, on_delete=models.PROTECT, related_name="source")
    operation = models.OneToOneField(StripeOperation, on_delete=models.PROTECT, related_name="source")
    stripe_id = SealedTextField(blank=True)
    stripe_id_index = models.CharField(max_length=64, unique=True, null=True)
    currency = models.CharField(max_length=3, default="usd")
    bank_name = models.CharField(max_length=120, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    # Room for statuses that Stripe has not invented yet: they are kept as spelled.
    status = models.CharField(max_length=40, choices=Status, default=Status.SUBMITTING)
    attempts_remaining = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    verified_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    # When a sweep last asked Stripe, whatever came of it.
    asked_at = models.DateTimeField(null=True)

    objects = SourceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-created_at"], name="source_account")]

    def __str__(self):
        return f"{self.bank_name} ••{self.last4}".strip() if self.last4 else gettext("Bank account")


class VerificationAttempt(models.Model):
    """One submission of two microdeposit amounts: at most one of the few tries that Stripe allows is spent on it."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="verification_attempts")
    operation = models.OneToOneField(StripeOperation, on_delete=models.PROTECT, related_name="verification_attempt")
    # As Stripe last said before this one was sent: fewer left afterwards is proof that it was spent.
    attempts_before = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_reason = models.TextField(blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    # While open, no second attempt of the same source may start.
    finished_at = models.DateTimeField(null=True)
    succeeded = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(finished_at=None), name="one_open_attempt_per_source"
            )
        ]

    def __str__(self):
        return f"attempt on {self.source}"


class TopUp(models.Model):
    """Money pulled from a verified bank account into the Issuing balance."""

    class Status(models.TextChoices):
        SUBMITTING = "submitting", _("Being sent")
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Arrived")
        FAILED = "failed", _("Failed")
        CANCELED = "canceled", _("Canceled")
        REVERSED = "reversed", _("Reversed by the bank")
        REFUSED = "refused", _("Refused")

    # What we hold for refused but Stripe shows us all the same has happened: Stripe's books win.
    COMES_FROM = {
        Status.PENDING: (Status.SUBMITTING, Status.REFUSED),
        Status.SUCCEEDED: (Status.SUBMITTING, Status.PENDING, Status.REFUSED),
        Status.FAILED: (Status.SUBMITTING, Status.PENDING),
        Status.CANCELED: (Status.SUBMITTING, Status.PENDING),
        Status.REVERSED: (Status.SUBMITTING, Status.PENDING, Status.SUCCEEDED),
        Status.REFUSED: (Status.SUBMITTING,),
    }
    IN_FLIGHT = (Status.SUBMITTING, Status.PENDING)
    FINAL = (Status.SUCCEEDED, Status.FAILED, Status.CANCELED, Status.REVERSED, Status.REFUSED)

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="top_ups")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="top_ups")
    operation = models.OneToOneField(StripeOperation, on_delete=models.PROTECT, related_name="top_up")
    cancel_operation = models.OneToOneField(
        StripeOperation, null=True, on_delete=models.PROTECT, related_name="canceled_top_up"
    )
    stripe_id = models.CharField(max_length=64, null=True, unique=True)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    description = models.CharField(max_length=200, blank=True)
    statement_descriptor = models.CharField(max_length=15, blank=True)
    # Room for statuses that Stripe has not invented yet: they are kept as spelled.
    status = models.CharField(max_length=40, choices=Status, default=Status.SUBMITTING)
    expected_on = models.DateField(null=True)
    failure_code = models.CharField(max_length=80, blank=True)
    failure_message = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on_behalf_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    # When a sweep last asked Stripe, whatever came of it.
    asked_at = models.DateTimeField(null=True)
    # Since when Stripe has denied knowing it, which no top-up should ever come to.
    missing_since = models.DateTimeField(null=True)

    objects = TopUpQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="top_up_amount_is_positive")]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="top_up_newest"),
            models.Index(fields=["account", "-created_at", "-id"], name="top_up_account"),
            models.Index(fields=["status", "-created_at", "-id"], name="top_up_status"),
        ]
        permissions = [("cancel_topup", "Can cancel a top-up that is on its way")]

    def __str__(self):
        return f"{self.amount} {self.currency} for {self.account}"

    @property
    def is_in_flight(self) -> bool:
        return self.status not in self.FINAL

    @property
    def appearance(self) -> str:
        """Changes whenever what is to be said of it does."""
        cancellation = self.cancel_operation.state if self.cancel_operation else ""
        return f"{self.status}-{bool(self.operation.first_sent_at)}-{cancellation}"

    @property
    def can_be_canceled(self) -> bool:
        return self.status == self.Status.PENDING


class Balance(models.Model):
    """What Stripe last said an account holds, per currency, in minor units. May be negative."""

    account = models.ForeignKey(ConnectedAccount, on_delete=models.CASCADE, related_name="balances")
    currency = models.CharField(max_length=3)
    issuing_available = models.BigIntegerField(default=0)
    payments_available = models.BigIntegerField(default=0)
    payments_pending = models.BigIntegerField(default=0)
    read_at = models.DateTimeField()

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "currency"], name="one_balance_per_currency")]

    def __str__(self):
        return f"{self.account} {self.currency}"
