"""The same tables, as Django admin sees them: their indexes are there for it as for us."""

from django.contrib import admin
from django.db import models


class Account(models.Model):
    stripe_id = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    program = models.CharField(max_length=80)
    status = models.CharField(max_length=12, choices=[(name, name) for name in ("active", "past_due", "onboarding")])
    urgency = models.PositiveSmallIntegerField()
    next_deadline_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "peers"
        managed = False
        db_table = "accounts_connectedaccount"

    def __str__(self):
        return self.name


class Source(models.Model):
    bank_name = models.CharField(max_length=120)
    last4 = models.CharField(max_length=4)

    class Meta:
        app_label = "peers"
        managed = False
        db_table = "funding_source"

    def __str__(self):
        return f"{self.bank_name} ••{self.last4}"


class TopUp(models.Model):
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    source = models.ForeignKey(Source, on_delete=models.PROTECT)
    amount = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=16, choices=[(name, name) for name in ("pending", "succeeded", "failed")])
    created_at = models.DateTimeField()
    expected_on = models.DateField(null=True)

    class Meta:
        app_label = "peers"
        managed = False
        db_table = "funding_topup"

    def __str__(self):
        return f"{self.amount} {self.currency}"


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):
    list_display = ["name", "status", "next_deadline_at", "program", "country"]
    list_filter = ["status"]
    list_per_page = 25
    search_fields = ["name"]
    ordering = ["urgency", "next_deadline_at", "id"]


@admin.register(TopUp)
class TopUpAdmin(admin.ModelAdmin):
    list_display = ["account", "source", "status", "created_at", "expected_on", "amount"]
    list_filter = ["status"]
    list_per_page = 25
    list_select_related = ["account", "source"]
    search_fields = ["account__name"]
    ordering = ["-created_at", "-id"]
