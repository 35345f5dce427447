"""Card programs of connected accounts."""

from django.db import models

from accounts.models import AccountChange, ConnectedAccount


class Program(models.Model):
    """A card program of one account, made from one of the platform's. Without one no card can be made."""

    account = models.ForeignKey(ConnectedAccount, on_delete=models.PROTECT, related_name="programs")
    # The change that made it; None for one that was found at Stripe.
    change = models.OneToOneField(AccountChange, null=True, on_delete=models.PROTECT, related_name="program")
    stripe_id = models.CharField(max_length=64, unique=True, null=True)
    # iprg_… of the platform's program, and the capability it stands for, such as commercial.celtic.spend_card.
    platform_program = models.CharField(max_length=64)
    capability = models.CharField(max_length=80, blank=True)
    is_default = models.BooleanField(default=False)
    synced_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="program_account")]

    def __str__(self):
        return f"{self.platform_program} of {self.account}"
