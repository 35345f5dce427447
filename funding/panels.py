"""What other rooms show of funding without knowing its models: a column of the accounts list, steps of a business."""

from django.db.models import OuterRef, Subquery, Sum
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.countries import is_funded_by_debits
from accounts.models import ConnectedAccount
from desk import money
from funding.models import Balance, Source, TopUp

# What is known of an account that was never asked about: neither an amount, nor one on its way.
NOT_READ = (None, None)


def balance_column(accounts: list[ConnectedAccount]) -> dict[int, str]:
    """One cell per account: what it can spend now, and whether that is below its line."""
    on_its_way = (
        TopUp.objects.on_their_way()
        .filter(account=OuterRef("account"), currency=OuterRef("currency"))
        .order_by()
        .values("account")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    rows = Balance.objects.filter(account__in=[account.pk for account in accounts])
    rows = rows.values_list("account", "currency", "issuing_available", Subquery(on_its_way))
    found = {row[:2]: row[2:] for row in rows}
    return {account.pk: _cell(account, *found.get((account.pk, account.currency), NOT_READ)) for account in accounts}


balance_column.title = gettext_lazy("Card balance")


def _cell(account: ConnectedAccount, amount: int | None, on_its_way: int | None) -> str:
    """By hand: rendering a template for each of 25 cells costs more than the cells."""
    if account.kind != ConnectedAccount.Kind.ISSUING:
        return format_html('<span class="sub">{}</span>', pgettext("balance", "None"))
    if amount is None:
        return format_html('<span class="sub">{}</span>', _("Not read yet"))
    shown = money.format(amount, account.currency)
    line = account.low_balance_line if is_funded_by_debits(account) else None
    if line is not None and amount < line:
        low = '<span class="when-b" data-tone="warn">{}</span><br><span class="sub">{}</span>'
        return format_html(low, shown, _("Low"))
    if on_its_way:
        more = _("+%(amount)s on its way") % {"amount": money.format(on_its_way, account.currency)}
        return format_html('<span>{}</span><br><span class="sub">{}</span>', shown, more)
    return format_html("<span>{}</span>", shown)


def business_steps(account: ConnectedAccount) -> list[dict]:
    """The three steps from a known business to money on its cards, where money can be pulled."""
    if not is_funded_by_debits(account):
        return []
    sources = {source.status: source for source in account.sources.order_by("created_at")}
    verified = Source.Status.CHARGEABLE in sources
    pending = sources.get(Source.Status.PENDING)
    funded = account.top_ups.filter(status__in=[TopUp.Status.PENDING, TopUp.Status.SUCCEEDED]).exists()
    confirm_url = (
        reverse("funding:source-verify", args=[account.ref, pending.public_id])
        if pending
        else reverse("funding:source-list", args=[account.ref])
    )
    return [
        {
            "label": _("Authorize bank debits"),
            "done": verified or pending is not None,
            "url": reverse("funding:mandate-create", args=[account.ref]),
        },
        {"label": _("Confirm your bank"), "done": verified, "url": confirm_url},
        {"label": _("Add money"), "done": funded, "url": reverse("funding:top-up-create", args=[account.ref])},
    ]
