"""How the statuses of accounts look. Stripe's own values are kept as it spells them; unknown ones show as they are."""

from django.utils.translation import gettext_lazy as _

from accounts.models import ConnectedAccount, Document
from desk.statuses import Badge

Status = ConnectedAccount.Status

ACCOUNT = {
    Status.CREATING: Badge("info", "refresh-cw", _("Being created")),
    Status.AWAITING: Badge("mute", "link", _("Not connected yet")),
    Status.ONBOARDING: Badge("mute", "user-plus", _("Onboarding")),
    Status.IN_REVIEW: Badge("info", "hourglass", _("In review")),
    Status.ACTIVE: Badge("ok", "circle-check", _("Active")),
    Status.INFO_DUE: Badge("warn", "clock", _("Info due")),
    Status.PAST_DUE: Badge("bad", "circle-alert", _("Past due")),
    Status.RESTRICTED: Badge("bad", "ban", _("Restricted")),
    Status.REJECTED: Badge("bad", "circle-x", _("Rejected")),
    Status.CLOSED: Badge("mute", "archive", _("Closed")),
    Status.REVOKED: Badge("bad", "unlink", _("Access revoked")),
    Status.FAILED: Badge("bad", "circle-x", _("Not created")),
}
CAPABILITY = {
    "active": Badge("ok", "circle-check", _("Active")),
    "pending": Badge("info", "hourglass", _("Pending")),
    "restricted": Badge("bad", "lock", _("Restricted")),
    "unsupported": Badge("bad", "circle-x", _("Not available")),
    "rejected": Badge("bad", "circle-x", _("Rejected")),
    # v1's words.
    "inactive": Badge("bad", "lock", _("Not active")),
    "unrequested": Badge("mute", "circle-dashed", _("Not requested")),
}
# A capability that was never on, and for which nobody has supplied the details yet: no cause for alarm.
NOT_YET = Badge("mute", "circle-dashed", _("Not switched on yet"))
DEADLINE = {
    "past_due": Badge("bad", "circle-alert", _("Overdue")),
    "currently_due": Badge("warn", "clock", _("Due now")),
    "eventually_due": Badge("mute", "calendar-clock", _("Later")),
}
# How far a request for details has come.
ASKED = {
    "waiting": Badge("warn", "clock", _("Being sent")),
    "failing": Badge("warn", "refresh-cw", _("Not sent, tried again")),
    "sent": Badge("info", "mail", _("Sent")),
    "opened": Badge("ok", "user-check", _("Opened")),
    "dropped": Badge("mute", "ban", _("Not sent")),
}
INVITATION = {
    "waiting": Badge("mute", "hourglass", _("Not sent yet")),
    "sending": Badge("warn", "clock", _("Being sent")),
    "sent": Badge("info", "mail", _("Sent")),
    "accepted": Badge("ok", "circle-check", _("Accepted")),
    "withdrawn": Badge("mute", "ban", _("Withdrawn")),
    "expired": Badge("warn", "circle-alert", _("Expired")),
}
DOCUMENT = {
    Document.Status.SENT: Badge("info", "hourglass", _("Being checked")),
    Document.Status.ACCEPTED: Badge("ok", "file-check", _("Accepted")),
    Document.Status.REFUSED: Badge("bad", "file-x", _("Not accepted")),
    Document.Status.NOT_TAKEN: Badge("bad", "file-x", _("Not handed over")),
}
# What stands on timelines, by the verb of the audit trail. Every room registers its own: `audit_verb:<first word>`.
VERBS = {
    "account.invited": Badge("mute", "user-plus", _("Business invited")),
    "account.created": Badge("ok", "building-2", _("Account made at Stripe")),
    "account.refused": Badge("bad", "circle-x", _("Stripe refused to make the account")),
    "account.put_away": Badge("mute", "archive", _("Refused invitation put away")),
    "account.status_changed": Badge("info", "activity", _("Status changed")),
    "account.low_balance_line_changed": Badge("mute", "bell", _("Low-balance line changed")),
    "change.sent": Badge("mute", "send", _("Change sent to Stripe")),
    "change.accepted": Badge("ok", "circle-check", _("Change taken by Stripe")),
    "change.refused": Badge("bad", "circle-x", _("Change refused by Stripe")),
    "document.accepted": Badge("ok", "file-check", _("Document accepted")),
    "document.refused": Badge("bad", "file-x", _("Document not accepted")),
    "capability.status_changed": Badge("info", "activity", _("Capability changed")),
    "invitation.sent": Badge("info", "mail", _("Invitation sent")),
    "invitation.resent": Badge("mute", "mail", _("New invitation link asked for")),
    "invitation.withdrawn": Badge("mute", "ban", _("Invitation withdrawn")),
    "invitation.accepted": Badge("ok", "user-check", _("Invitation accepted")),
    "ask.made": Badge("mute", "message-square", _("Business asked for details")),
    "ask.sent": Badge("info", "mail", _("Request for details sent")),
    "ask.opened": Badge("mute", "user-check", _("Request for details opened")),
    "embedded.opened": Badge("mute", "file-text", _("Stripe’s form opened on our page")),
    "entry.issued": Badge("mute", "link", _("Entry link made")),
    "entry.used": Badge("info", "key-round", _("Came in by an entry link")),
    "onboarding.opened": Badge("mute", "external-link", _("Stripe’s form opened")),
    "dashboard.opened": Badge("mute", "external-link", _("Express dashboard opened")),
    "account.renamed": Badge("mute", "pencil", _("Name, contact or language changed")),
    "member.invited": Badge("mute", "user-plus", _("Member invited")),
    "member.role_changed": Badge("info", "users", _("Role of a member changed")),
    "member.removed": Badge("warn", "user-minus", _("Member removed")),
    "oauth.started": Badge("mute", "plug", _("Connection to Stripe begun")),
    "oauth.connected": Badge("ok", "link", _("Stripe account connected")),
    "oauth.denied": Badge("warn", "ban", _("Connection not agreed to at Stripe")),
    "oauth.failed": Badge("bad", "circle-x", _("Connection to Stripe failed")),
    "oauth.in_doubt": Badge("warn", "circle-help", _("Connection to Stripe in doubt")),
    "oauth.disconnecting": Badge("mute", "unlink", _("End of the connection asked for")),
    "oauth.still_connected": Badge("warn", "link", _("Stripe refused to end the connection")),
    "oauth.disconnected": Badge("warn", "unlink", _("Connection to Stripe ended")),
}


def families() -> dict[str, dict[str, Badge]]:
    """Everything that `desk.statuses` is told about accounts."""
    found = {
        "account": ACCOUNT,
        "capability": CAPABILITY,
        "requirement_deadline": DEADLINE,
        "invitation": INVITATION,
        "document": DOCUMENT,
        "asked": ASKED,
    }
    for verb, badge in VERBS.items():
        found.setdefault(f"audit_verb:{verb.partition('.')[0]}", {})[verb] = badge
    return found
