"""How each status and act of funding looks: one mapping. What Stripe invents later shows as it is spelled."""

from django.utils.translation import gettext_lazy as _

from desk import statuses
from desk.statuses import Badge
from funding.models import Source, TopUp

TOP_UP = {
    TopUp.Status.SUBMITTING: Badge("info", "hourglass", _("Being sent")),
    TopUp.Status.PENDING: Badge("info", "clock", _("On its way")),
    TopUp.Status.SUCCEEDED: Badge("ok", "circle-check", _("Arrived")),
    TopUp.Status.FAILED: Badge("bad", "circle-alert", _("Failed")),
    TopUp.Status.CANCELED: Badge("mute", "ban", _("Canceled")),
    TopUp.Status.REVERSED: Badge("bad", "undo-2", _("Reversed by the bank")),
    TopUp.Status.REFUSED: Badge("bad", "circle-alert", _("Refused")),
}

SOURCE = {
    Source.Status.SUBMITTING: Badge("info", "hourglass", _("Being connected")),
    Source.Status.PENDING: Badge("warn", "clock", _("Waiting for deposits")),
    Source.Status.CHARGEABLE: Badge("ok", "circle-check", _("Verified")),
    Source.Status.FAILED: Badge("bad", "circle-alert", _("Verification failed")),
    Source.Status.CANCELED: Badge("mute", "ban", _("Canceled")),
    Source.Status.CONSUMED: Badge("mute", "ban", _("Used up")),
    Source.Status.REFUSED: Badge("bad", "circle-alert", _("Refused")),
}

MANDATE_VERBS = {"mandate.recorded": Badge("ok", "landmark", _("Authorization recorded"))}

TOP_UP_VERBS = {
    "top_up.requested": Badge("mute", "plus", _("Top-up requested")),
    "top_up.pending": Badge("info", "clock", _("Stripe has started the debit")),
    "top_up.succeeded": Badge("ok", "circle-check", _("The money has arrived")),
    "top_up.failed": Badge("bad", "circle-alert", _("The bank refused the debit")),
    "top_up.canceled": Badge("mute", "ban", _("Top-up canceled")),
    "top_up.missing": Badge("bad", "circle-alert", _("Stripe does not know the top-up")),
    "top_up.reversed": Badge("bad", "undo-2", _("The bank took the money back")),
    "top_up.refused": Badge("bad", "circle-alert", _("Top-up refused: nothing was debited")),
    "top_up.cancel_requested": Badge("mute", "ban", _("Cancellation of a top-up requested")),
    "top_up.cancel_refused": Badge("warn", "circle-alert", _("It was too late to cancel the top-up")),
}

SOURCE_VERBS = {
    "source.requested": Badge("mute", "landmark", _("Bank account sent to Stripe")),
    "source.pending": Badge("info", "clock", _("Two deposits are on their way to the bank account")),
    "source.chargeable": Badge("ok", "circle-check", _("Bank account verified")),
    "source.failed": Badge("bad", "circle-alert", _("Verification of the bank account failed")),
    "source.canceled": Badge("mute", "ban", _("Bank account can no longer be debited")),
    "source.consumed": Badge("mute", "ban", _("Bank account used up")),
    "source.refused": Badge("bad", "circle-alert", _("Stripe did not take the bank account")),
    "source.verification_attempted": Badge("mute", "keyboard", _("Deposit amounts entered")),
    "source.verification_refused": Badge("warn", "circle-alert", _("The deposit amounts were not right")),
}


def register() -> None:
    """Tell `desk` how all of this looks. Called once, when the app is ready."""
    statuses.register("top_up", TOP_UP)
    statuses.register("source", SOURCE)
    statuses.register("audit_verb:mandate", MANDATE_VERBS)
    statuses.register("audit_verb:top_up", TOP_UP_VERBS)
    statuses.register("audit_verb:source", SOURCE_VERBS)
