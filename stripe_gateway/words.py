"""What an operation came to, in sentences for staff."""

from django.utils.translation import gettext as _

from stripe_gateway import kinds
from stripe_gateway.models import StripeOperation

State = StripeOperation.State


def outcome(operation: StripeOperation) -> str:
    """One sentence: where it stands and what follows."""
    if operation.state == State.ACCEPTED:
        return _("Stripe did it, exactly once.")
    if operation.state == State.REJECTED and operation.error_code == "withdrawn":
        return _("It was withdrawn before it was sent. Nothing happened at Stripe.")
    if operation.state == State.REJECTED:
        return _("Stripe refused it. Nothing happened; trying again is a new request.")
    if operation.state == State.NEEDS_PERSON:
        return _(
            "Nobody knows whether it happened, and asking again under the same key is no longer safe. Look for it in "
            "Stripe's Dashboard. Do not enter it again before that."
        )
    if operation.state == State.UNKNOWN or (operation.state == State.SENDING and operation.attempts > 1):
        return _(
            "It may have happened. It is asked again by itself, under the same key, so it cannot happen twice. "
            "Do not enter it again."
        )
    if operation.state == State.SENDING:
        return _("It is on its way to Stripe at this moment.")
    return _("It is written down and has not been sent. It goes out by itself.")


def why(operation: StripeOperation) -> str:
    """What stopped the latest try, blank when nothing did."""
    if operation.error_message == "paused":
        return _("Writes are paused.")
    if operation.http_status is None and operation.error_message.isidentifier():
        return _("No answer came (%(problem)s).") % {"problem": operation.error_message}
    return operation.error_message


def kind(name: str) -> str:
    """What staff call a kind; one that is not registered any more is shown by its name."""
    return str(kinds.named(name).label or name) if name in kinds.names() else name


def scope(text: str) -> str:
    """What a pause covers."""
    family, _colon, name = text.partition(":")
    if family == "account":
        return _("Everything for %(account)s") % {"account": name}
    if family == "kind":
        return _("Every “%(kind)s”") % {"kind": kind(name)}
    return _("Everything")
