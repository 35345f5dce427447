"""Customer businesses as Stripe knows them, and who may act for them."""

import re
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stripe_gateway.models import StripeOperation

REF = re.compile(r"(acct|biz)_[A-Za-z0-9_-]{1,60}")


def new_public_id() -> str:
    return f"biz_{secrets.token_urlsafe(16)}"


class ConnectedAccountQuerySet(models.QuerySet):
    def for_user(self, user):
        """Every account for platform staff who may view accounts; a business person's own; nobody else's."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_staff:
            return self if user.has_perm("accounts.view_connectedaccount") else self.none()
        return self.filter(memberships__user=user, memberships__ended_at=None)

    def by_ref(self, ref: str):
        """The account that a URL names: its Stripe id, or our own id until Stripe has given it one."""
        if not REF.fullmatch(ref):
            return self.none()
        return self.filter(Q(stripe_id=ref) if ref.startswith("acct_") else Q(public_id=ref))


class ConnectedAccount(models.Model):
    class Status(models.TextChoices):
        """Ours, worked out from capabilities and requirements: what staff need to tell apart at a glance."""

        CREATING = "creating", _("Being created")
        AWAITING = "awaiting", _("Not connected yet")
        ONBOARDING = "onboarding", _("Onboarding")
        IN_REVIEW = "in_review", _("In review")
        ACTIVE = "active", _("Active")
        INFO_DUE = "info_due", _("Info due")
        PAST_DUE = "past_due", _("Past due")
        RESTRICTED = "restricted", _("Restricted")
        REJECTED = "rejected", _("Rejected")
        CLOSED = "closed", _("Closed")
        REVOKED = "revoked", _("Access revoked")
        FAILED = "failed", _("Not created")

    class Kind(models.TextChoices):
        """How the account came to be, which decides what it can do and who collects its requirements."""

        ISSUING = "issuing", _("Cards")
        EXPRESS = "express", _("Payouts (Express)")
        OAUTH = "oauth", _("Connected by its owner")

    class EntityType(models.TextChoices):
        COMPANY = "company", _("Company")
        INDIVIDUAL = "individual", _("Individual or sole trader")
        NON_PROFIT = "non_profit", _("Non-profit")

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    stripe_id = models.CharField(max_length=64, unique=True, null=True)
    operation = models.OneToOneField(
        StripeOperation, null=True, on_delete=models.PROTECT, related_name="connected_account"
    )
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ISSUING)
    name = models.CharField(max_length=120)
    contact_email = models.EmailField()
    country = models.CharField(max_length=2)
    entity_type = models.CharField(max_length=24, choices=EntityType, blank=True)
    currency = models.CharField(max_length=3)
    # Path below configuration.card_creator.capabilities, such as commercial.celtic.spend_card; blank without cards.
    program = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=8, blank=True)

    status = models.CharField(max_length=12, choices=Status, default=Status.CREATING)
    # Sort key of the list, most urgent first: smaller is more urgent. Worked out with `status`.
    urgency = models.PositiveSmallIntegerField(default=50)
    next_deadline_at = models.DateTimeField(null=True)
    can_issue = models.BooleanField(default=False)
    # When the read at Stripe began that these facts come from: news of an older read never wins.
    synced_at = models.DateTimeField(null=True)
    # When a sweep last asked Stripe for the account, and for its balance, whatever came of it.
    asked_at = models.DateTimeField(null=True)
    balance_asked_at = models.DateTimeField(null=True)
    # When cards could first be issued: before it, missing details are onboarding; after it, they are a danger.
    activated_at = models.DateTimeField(null=True)
    low_balance_line = models.PositiveBigIntegerField(null=True)
    # Why its configuration can never issue cards (dashboard, responsibilities, …), blank when it can.
    unfit_reason = models.CharField(max_length=40, blank=True)
    # As v1 tells them; None where they were never read.
    details_submitted = models.BooleanField(null=True)
    charges_enabled = models.BooleanField(null=True)
    payouts_enabled = models.BooleanField(null=True)
    disabled_reason = models.CharField(max_length=80, blank=True)
    # When Stripe was last asked what rules that are not in force yet will ask for.
    rules_read_at = models.DateTimeField(null=True)
    # When its owner, or Stripe, took our access away.
    revoked_at = models.DateTimeField(null=True)

    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ConnectedAccountQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["urgency", "next_deadline_at", "id"], name="account_urgency"),
            models.Index(fields=["status", "urgency", "id"], name="account_status"),
            models.Index(fields=["synced_at"], name="account_synced"),
            models.Index(
                fields=["next_deadline_at"], name="account_deadline", condition=Q(next_deadline_at__isnull=False)
            ),
        ]
        permissions = [
            ("invite_connectedaccount", "Can invite a business"),
            ("onboard_connectedaccount", "Can go through onboarding"),
            ("manage_members", "Can invite and remove the people of a business"),
            ("end_connectedaccount", "Can reject or close an account"),
        ]

    def __str__(self):
        return self.name

    @property
    def ref(self) -> str:
        """What stands in URLs."""
        return self.stripe_id or self.public_id

    @property
    def details_are_done(self) -> bool:
        """Stripe wants nothing from the business before its first card: it has been let in, whatever came later."""
        return self.activated_at is not None

    @property
    def audit_stream(self) -> str:
        """Name of the hash chain that records what happened to this account."""
        return f"account:{self.public_id}"


class Membership(models.Model):
    """One person's right to act for one business. Ended, never deleted."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        FINANCE = "finance", _("Finance")
        VIEWER = "viewer", _("Viewer")

    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role, default=Role.OWNER)
    since = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "user"], condition=Q(ended_at=None), name="one_open_membership_per_account"
            )
        ]

    def __str__(self):
        return f"{self.user} {self.role} of {self.account}"


class Invitation(models.Model):
    """A single-use link by which the first person of a business sets a password. Only the token's hash is kept."""

    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Membership.Role, default=Membership.Role.OWNER)
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    expires_at = models.DateTimeField()
    # When the mail is to be tried next; null before Stripe has made the account, and once the mail has gone out.
    next_send_at = models.DateTimeField(null=True)
    send_attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_send_at"],
                name="invitation_unsent",
                condition=Q(next_send_at__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.email} to {self.account}"

    def state(self, now) -> str:
        """accepted, withdrawn, expired, sent, sending (due or failing), or waiting for the account at Stripe."""
        if self.accepted_at or self.withdrawn_at:
            return "accepted" if self.accepted_at else "withdrawn"
        if self.expires_at <= now:
            return "expired"
        if self.sent_at:
            return "sent"
        return "sending" if self.next_send_at else "waiting"


class Capability(models.Model):
    """One capability of an account as Stripe last told it; `status` is kept as Stripe spells it."""

    account = models.ForeignKey(ConnectedAccount, on_delete=models.CASCADE, related_name="capabilities")
    configuration = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=40)
    # [{"code", "resolution"}] as Stripe sends it.
    status_details = models.JSONField(default=list)
    since = models.DateTimeField()
    # When it was first seen active: before it, "restricted" only means that nobody has supplied the details yet.
    activated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "configuration", "name"], name="one_row_per_capability")
        ]

    def __str__(self):
        return f"{self.configuration}.{self.name} {self.status}"


class Requirement(models.Model):
    """One thing that Stripe still wants to know, or will want. The set is replaced whole at each re-read."""

    account = models.ForeignKey(ConnectedAccount, on_delete=models.CASCADE, related_name="requirements")
    # The v2 property path, such as identity.business_details.registered_name; words are made of it when shown.
    description = models.CharField(max_length=200)
    awaiting_action_from = models.CharField(max_length=40)
    deadline_status = models.CharField(max_length=40)
    deadline_at = models.DateTimeField(null=True)
    # [{"capability", "configuration", "deadline": {"status"}}], [{"code", "description"}], [{"code"}]
    restricts = models.JSONField(default=list)
    errors = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    person_id = models.CharField(max_length=64, blank=True)
    person_name = models.CharField(max_length=120, blank=True)
    # A rule that is not in force yet.
    is_future = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["account", "deadline_status"], name="requirement_account")]

    def __str__(self):
        return self.description


class AccountChange(models.Model):
    """One write to Stripe about an account: which part, who, and (on its operation) how it ended. Never the values."""

    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="changes")
    operation = models.OneToOneField(StripeOperation, on_delete=models.PROTECT, related_name="account_change")
    # What it was about: a step of the forms (business, person, terms, bank, document), or reject, close, capability …
    part = models.CharField(max_length=40)
    # Stripe's id of the person it is about, known from the start or since Stripe made the person.
    person_id = models.CharField(max_length=64, blank=True)
    # Keyed hash of what was typed, so that the same form sent twice is known as the same; never the values.
    fingerprint = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="account_change_newest")]

    def __str__(self):
        return f"{self.part} of {self.account}"


class TermsAcceptance(models.Model):
    """Evidence that a business accepted agreements: the exact words, who, when and from where. Never changed."""

    change = models.OneToOneField(AccountChange, on_delete=models.PROTECT, related_name="terms_acceptance")
    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="terms_acceptances")
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()
    ip = models.GenericIPAddressField()
    user_agent = models.CharField(max_length=500)
    language = models.CharField(max_length=8)
    # [{"key", "version", "title", "url"}] of every agreement shown, and the whole text that stood above the button.
    agreements = models.JSONField()
    wording = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"terms of {self.account} at {self.accepted_at}"


class Document(models.Model):
    """A picture or file passed on to Stripe and not kept: only Stripe's ids of it, and what Stripe said."""

    class Status(models.TextChoices):
        SENT = "sent", _("Being checked")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Not accepted")
        NOT_TAKEN = "not_taken", _("Not handed over")

    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="documents")
    change = models.OneToOneField(AccountChange, on_delete=models.PROTECT, related_name="document")
    # The v2 name of what it proves, such as primary_verification; whose it is stands on the change.
    slot = models.CharField(max_length=60)
    front_file = models.CharField(max_length=64)
    back_file = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.SENT)
    error_code = models.CharField(max_length=80, blank=True)
    judged_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="document_newest")]

    def __str__(self):
        return f"{self.slot} of {self.account}"


class InformationRequest(models.Model):
    """Staff asks a business for what is due: one mail with a link to its own signed-in page, never to Stripe's."""

    # Minted when the form is drawn, so that a double click asks once.
    form_id = models.UUIDField(unique=True, null=True)
    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="information_requests")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Paths of the requirements asked for, as they stood; words are made of them in the recipient's language.
    descriptions = models.JSONField(default=list)
    message = models.TextField(blank=True)
    next_send_at = models.DateTimeField(null=True)
    send_attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    # When the recipient, signed in, came by its link.
    opened_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="info_request_newest"),
            models.Index(fields=["next_send_at"], name="info_request_unsent", condition=Q(next_send_at__isnull=False)),
        ]

    def __str__(self):
        return f"asked {self.recipient} about {self.account}"


class OAuthConnection(models.Model):
    """One walk through Stripe's OAuth: its state is bound to a session and used once, its code exchanged once."""

    class Status(models.TextChoices):
        STARTED = "started", _("Sent to Stripe")
        EXCHANGING = "exchanging", _("Being connected")
        CONNECTED = "connected", _("Connected")
        DENIED = "denied", _("Denied by the owner")
        FAILED = "failed", _("Refused by Stripe")
        UNKNOWN = "unknown", _("In doubt")
        DISCONNECTING = "disconnecting", _("Being disconnected")
        DISCONNECTED = "disconnected", _("Disconnected")

    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="oauth_connections")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state_hash = models.CharField(max_length=64, unique=True)
    session_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=Status, default=Status.STARTED)
    error_code = models.CharField(max_length=80, blank=True)
    stripe_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="oauth_newest")]

    def __str__(self):
        return f"{self.account} {self.status}"


class EntryLink(models.Model):
    """A single-use way into a business's pages from the platform's own product. Only the token's hash is kept."""

    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="entry_links")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    # Name of the page to land on, out of a short list.
    page = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self):
        return f"entry of {self.user} to {self.account}"
