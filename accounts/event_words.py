"""What an event of Stripe's tells about an account, in one line; a type that nobody foresaw gets a neutral one."""

from django.utils.translation import gettext_lazy as _

from desk.statuses import Badge

# By the beginning of the type, without the prefix that thin events of v1 objects have. The longest that fits counts.
WORDS = {
    "account.updated": Badge("mute", "building-2", _("Stripe told of a change to the account")),
    "capability.updated": Badge("mute", "activity", _("Stripe told of a change to a capability")),
    "person.created": Badge("mute", "user-plus", _("A person was added at Stripe")),
    "person.updated": Badge("mute", "user", _("A person’s details changed at Stripe")),
    "person.deleted": Badge("mute", "user-minus", _("A person was removed at Stripe")),
    "account.external_account.created": Badge("mute", "landmark", _("A payout bank account was added at Stripe")),
    "account.external_account.updated": Badge("mute", "landmark", _("A payout bank account changed at Stripe")),
    "account.external_account.deleted": Badge("mute", "landmark", _("A payout bank account was removed at Stripe")),
    "account.application.authorized": Badge("ok", "link", _("The owner gave the platform access, at Stripe")),
    "account.application.deauthorized": Badge("warn", "unlink", _("The platform’s access ended at Stripe")),
    "v2.core.account.created": Badge("mute", "building-2", _("Stripe made the account")),
    "v2.core.account.updated": Badge("mute", "building-2", _("Stripe told of a change to the account")),
    "v2.core.account.closed": Badge("warn", "archive", _("The account was closed at Stripe")),
    "v2.core.account[identity]": Badge("mute", "id-card", _("Details of the business changed at Stripe")),
    "v2.core.account[requirements]": Badge("info", "file-text", _("What Stripe asks for changed")),
    "v2.core.account[future_requirements]": Badge("mute", "calendar-clock", _("What Stripe will ask for changed")),
    "v2.core.account[defaults]": Badge("mute", "settings", _("Settings of the account changed at Stripe")),
    "v2.core.account[configuration.": Badge("mute", "activity", _("What the account may do changed at Stripe")),
    "v2.core.account_person.created": Badge("mute", "user-plus", _("A person was added at Stripe")),
    "v2.core.account_person.updated": Badge("mute", "user", _("A person’s details changed at Stripe")),
    "v2.core.account_person.deleted": Badge("mute", "user-minus", _("A person was removed at Stripe")),
    "v2.core.account_link.returned": Badge("info", "undo-2", _("Somebody came back from Stripe’s form")),
}
OTHER = Badge("mute", "webhook", _("Stripe told of a change"))
# What they lead to stands on the timeline as well: among everything they would only repeat it.
ECHOES = (
    "account.updated",
    "capability.updated",
    "v2.core.account.created",
    "v2.core.account.updated",
    "v2.core.account[configuration.",
)


def words_of(event_type: str) -> Badge:
    """How a type of event looks and what it says."""
    fitting = [beginning for beginning in WORDS if _plain(event_type).startswith(beginning)]
    return WORDS[max(fitting, key=len)] if fitting else OTHER


def is_echo(event_type: str) -> bool:
    """Whether it only repeats what the portal records by itself when it reads the account again."""
    return _plain(event_type).startswith(ECHOES)


def _plain(event_type: str) -> str:
    return event_type.removeprefix("v1.")
