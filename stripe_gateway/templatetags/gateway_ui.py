"""Formatting that only the gateway's screens need."""

import re

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

register = template.Library()
_BLIND_INDEX = re.compile(r"[0-9a-f]{64}")


@register.filter
def public_id(value):
    """An id as it may be shown; blank for the blind index of one that is kept encrypted."""
    return "" if not value or _BLIND_INDEX.fullmatch(value) else value


@register.filter
def named(names, stripe_account):
    """The business an acct_ id belongs to; the id itself where nobody knows it."""
    if not stripe_account:
        return _("The platform")
    return names.get(stripe_account) or format_html('<code class="mono">{}</code>', stripe_account)
