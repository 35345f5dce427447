"""What people fill in when a connection ends."""

from accounts.forms import OnBehalfMixin
from desk.forms import BaseForm


class DisconnectForm(OnBehalfMixin, BaseForm):
    """Nothing for the owner; staff say why."""
