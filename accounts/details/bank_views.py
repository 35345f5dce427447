"""The step about the bank account for payouts."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.countries import country_name
from accounts.details import bank_changes, steps
from accounts.details.bank_forms import BankForm
from accounts.details.stripe_js_views import script_context, with_stripe_js
from accounts.details.views import details_step, render_step, submit, url_of

# How bank accounts are numbered; everywhere else by IBAN.
SHAPES = {"US": "us", "GB": "gb"}


@with_stripe_js
@require_http_methods(["GET", "HEAD", "POST"])
@details_step()
def details_bank(request, account, known):
    """Where payouts go. May be skipped as long as Stripe does not ask for it."""
    holder_type = "individual" if account.entity_type == account.EntityType.INDIVIDUAL else "company"
    form = BankForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        initial={"holder_name": known.company.get("name") or account.name, "holder_type": holder_type},
    )

    def redraw(status=None):
        following = steps.following(account, known, steps.BANK)
        return render_step(
            request,
            account,
            known,
            step=steps.BANK,
            template="accounts/details/bank.html",
            form=form,
            status=status,
            on_file=[_on_file(bank) for bank in known.bank_accounts],
            shape=SHAPES.get(account.country, "iban"),
            country_words=country_name(account.country),
            skip_url=url_of(request, account, following),
            client_messages=_client_messages(),
            **script_context(),
        )

    if request.method != "POST" or not form.is_valid():
        return redraw()
    change = bank_changes.creation(account, token=form.cleaned_data["token"], typed=form.typed)
    return submit(request, account, known, step=steps.BANK, form=form, redraw=redraw, fields={}, **change)


def _on_file(bank: dict) -> dict:
    """What may be said of a bank account: never a number beyond its last four digits."""
    says = {
        "errored": ("bad", _("A payout to it failed. Add another one, or this one with the right numbers.")),
        "verification_failed": ("bad", _("It could not be verified. Add it again with the right numbers.")),
    }
    tone, sentence = says.get(bank.get("status") or "", ("ok", ""))
    return {
        "bank_name": bank.get("bank_name") or _("Bank account"),
        "last4": bank.get("last4") or "",
        "currency": (bank.get("currency") or "").upper(),
        "is_default": bool(bank.get("default_for_currency")),
        "tone": tone,
        "sentence": sentence,
    }


def _client_messages() -> dict[str, str]:
    """Sentences of the script that checks bank numbers in the browser, where alone they are seen."""
    return {
        "missing": _("This is needed."),
        "holder": _("Enter the name in which the bank account is held."),
        "digitsOnly": _("Use digits only."),
        "routingLength": _("Routing numbers have 9 digits."),
        "routingCheckDigit": _("This is not a routing number: one of its digits is wrong. Compare it with a check."),
        "sortCode": _("Sort codes have 6 digits."),
        "accountLength": _("Account numbers have 4 to 17 digits."),
        "britishAccount": _("Account numbers have 8 digits. Put a 0 before one of 7."),
        "iban": _("This is not an IBAN: one of its characters is wrong or missing. Compare it with a statement."),
        "refused": _("Stripe does not take this number. Compare it with a statement."),
    }
