"""The mail by which a business is asked for what is due, in the language of whom it goes to."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.asked import PAST_DUE
from accounts.models import ConnectedAccount, InformationRequest
from accounts.requirement_lines import RequirementLine
from desk import hosts
from desk.models import User
from desk.templatetags.desk_ui import full_day

Kind = ConnectedAccount.Kind


def language_of(account: ConnectedAccount, recipient: User) -> str:
    """The recipient's own, or that of the business, or the product's first."""
    return recipient.language or account.language or settings.LANGUAGE_CODE


def compose(made: InformationRequest, lines: list[RequirementLine]) -> EmailMultiAlternatives:
    """The mail for a request, about what is still open of it, read in its language. The same Message-ID every time."""
    path = reverse("accounts:asked", args=[made.account.ref, made.pk])
    context = {"link": f"{hosts.business_site()}{path}"}
    with translation.override(language_of(made.account, made.recipient)):
        context |= words(made.account, lines, made.message)
        mail = EmailMultiAlternatives(
            subject=subject(made.account),
            body=render_to_string("email/information_request.txt", context),
            to=[made.recipient.email],
            headers={"Message-ID": _message_id(made)},
        )
        mail.attach_alternative(render_to_string("email/information_request.html", context), "text/html")
    return mail


def subject(account: ConnectedAccount) -> str:
    """Without figures or names, which would stand on a locked screen."""
    if account.kind == Kind.ISSUING:
        return _("%(platform)s: details needed for your cards") % {"platform": settings.PLATFORM_NAME}
    return _("%(platform)s: details needed for your payouts") % {"platform": settings.PLATFORM_NAME}


def words(account: ConnectedAccount, lines: list[RequirementLine], message: str) -> dict:
    """What both parts of the mail are made of, in the language that is active: what, why and by when."""
    return {
        "account": account,
        "opening": opening(account, lines),
        "lines": lines,
        "message": message,
        "platform": settings.PLATFORM_NAME,
        "support": settings.SUPPORT_EMAIL,
    }


def opening(account: ConnectedAccount, lines: list[RequirementLine]) -> str:
    """The first line: why, and by when."""
    situation, day = _situation(account, lines)
    sentences = _CARDS if account.kind == Kind.ISSUING else _PAYOUTS
    return str(sentences[situation]) % {"account": account.name, "day": full_day(day)}


def _situation(account: ConnectedAccount, lines: list[RequirementLine]) -> tuple[str, datetime | None]:
    """Key of the first line, and the day that it names."""
    days = [line.deadline_at for line in lines if line.deadline_at]
    if all(line.is_future for line in lines):
        return ("rules_on", min(days)) if days else ("rules", None)
    if not account.details_are_done:
        return ("wrong" if any(line.instructions for line in lines) else "start"), None
    due_days = [line.deadline_at for line in lines if line.deadline_at and line.is_due]
    if not due_days:
        return "needed", None
    is_late = any(line.is_due and line.deadline_status == PAST_DUE for line in lines)
    return ("late" if is_late else "by"), min(due_days)


_CARDS = {
    "start": gettext_lazy("Stripe, which runs the cards, needs details of %(account)s before it can have any."),
    "wrong": gettext_lazy("Stripe could not accept something that %(account)s gave: cards start once it is corrected."),
    "by": gettext_lazy("Stripe needs details of %(account)s by %(day)s: without them its cards can be paused."),
    "late": gettext_lazy("Details of %(account)s were due on %(day)s: until Stripe has them, its cards can decline."),
    "needed": gettext_lazy("Stripe needs more details of %(account)s, so that its cards stay switched on."),
    "rules_on": gettext_lazy("From %(day)s new rules apply, and Stripe needs more of %(account)s for its cards."),
    "rules": gettext_lazy("New rules are coming, and Stripe will need more of %(account)s for its cards."),
}
_PAYOUTS = {
    "start": gettext_lazy("Stripe, which pays %(account)s, needs details before the first payout."),
    "wrong": gettext_lazy(
        "Stripe could not accept something that %(account)s gave: payouts start once it is corrected."
    ),
    "by": gettext_lazy("Stripe needs details of %(account)s by %(day)s: without them its payouts can be paused."),
    "late": gettext_lazy("Details of %(account)s were due on %(day)s: until Stripe has them, payouts can be paused."),
    "needed": gettext_lazy("Stripe needs more details of %(account)s, so that its payouts go on."),
    "rules_on": gettext_lazy("From %(day)s new rules apply, and Stripe needs more of %(account)s for its payouts."),
    "rules": gettext_lazy("New rules are coming, and Stripe will need more of %(account)s for its payouts."),
}


def _message_id(made: InformationRequest) -> str:
    """The same on every try, so that a mailbox that got it before can tell; short, since not all read folded ones."""
    domain = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<ask-{made.pk}.{str(made.form_id)[:8]}@{domain}>"
