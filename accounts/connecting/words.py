"""Why a connection did not come about, in words for the owner of the business."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.connecting.connections import ANOTHER, TAKEN


@dataclass(frozen=True)
class Failure:
    title: str
    body: str


def failure(code: str) -> Failure:
    """By OAuth's own code, or one of ours; what nobody foresaw gets the neutral sentence."""
    known = {
        "state": _wrong_state,
        "in_doubt": _in_doubt,
        "invalid_grant": _bad_code,
        "missing_code": _bad_code,
        TAKEN: _taken,
        ANOTHER: _another,
    }.get(code)
    return known() if known else _other()


def _wrong_state() -> Failure:
    body = _(
        "It was opened a second time, took longer than ten minutes, or was begun in another browser. Your own page "
        "says whether your account is connected; if it is not, begin again there."
    )
    return Failure(_("This way back from Stripe is not valid"), body)


def _bad_code() -> Failure:
    body = _("Its code was missing, had been used or had expired. Nothing was lost: begin again from your own page.")
    return Failure(_("Stripe did not take the answer"), body)


def _in_doubt() -> Failure:
    body = _(
        "Stripe did not answer, so nobody knows yet whether your account is connected. Nothing was lost. Wait a few "
        "minutes; if your page does not show the connection by then, connect once more."
    )
    return Failure(_("Stripe cannot be reached"), body)


def _taken() -> Failure:
    body = _("Nothing was changed. Choose another Stripe account, or write to us if this one is yours.")
    return Failure(_("This Stripe account belongs to another business here"), body)


def _another() -> Failure:
    body = _("The one you chose was not connected. Connect the same account as before, or write to us.")
    return Failure(_("This is not the Stripe account you had connected"), body)


def _other() -> Failure:
    body = _("Nothing was connected and nothing was lost. Try again in a few minutes, or write to us.")
    return Failure(_("Your Stripe account could not be connected"), body)
