"""Who feeds the screens that every room shares: dotted paths, read by `desk`."""

from django.utils.translation import gettext_lazy as _

# Each: (user, now) → iterable of desk.work.WorkItem, most urgent first.
WORK_QUEUE = [
    "accounts.work.items",
    "funding.work.items",
    "stripe_gateway.work.items",
]
# Each: (accounts) → {account pk: safe HTML of one cell}, with .title; extra columns of the accounts list.
ACCOUNT_COLUMNS = ["funding.panels.balance_column"]
# Each: (user, text) → iterable of desk.work.SearchHit.
SEARCH = ["accounts.work.search", "funding.work.search"]
# Objects that must be re-read from Stripe when no event came: each (now) → int, how many were re-read. What comes first
# goes first when calls or time run out: money in flight.
OBJECT_SWEEPS = [
    "funding.sweeps.reread_stale",
    "accounts.connecting.endings.settle",
    "accounts.sweeps.send_invitations",
    "accounts.sweeps.send_asks",
    "accounts.sweeps.reread_stale",
]
# Connected accounts whose events are to be listed at Stripe: each (now) → acct_ ids; money in flight goes first.
BACKFILL_ACCOUNTS = ["funding.sweeps.accounts_with_money_in_flight", "accounts.sweeps.accounts_to_backfill"]
# (set of acct_ ids) → {acct_ id: name of the business}, for rooms that know accounts by their ids alone.
ACCOUNT_NAMES = "accounts.connected_accounts.names"
# Steps of a business from invitation to funded cards, in order: each (account) → list of {"label", "done", "url"}.
BUSINESS_STEPS = ["accounts.steps.business_steps", "funding.panels.business_steps"]
# What `/readyz` asks besides database, migrations and broker: name → () → whether it can be reached.
READY_CHECKS = {"stripe": "stripe_gateway.client.reachable"}
# The staff sidebar: (heading, [(label, icon, URL name, prefix of its view names, permission or "", shortcut key)]).
NAVIGATION = [
    (
        "",
        [
            (_("Work queue"), "inbox", "desk:home", "desk:home", "", "w"),
            (_("Accounts"), "building-2", "accounts:list", "accounts:", "accounts.view_connectedaccount", "a"),
            (_("Card programs"), "credit-card", "cards:program-list", "cards:", "cards.view_program", ""),
            (_("Funding"), "landmark", "funding:top-up-list", "funding:", "funding.view_topup", "f"),
        ],
    ),
    (
        _("Stripe"),
        [
            (
                _("Operations"),
                "arrow-left-right",
                "stripe_gateway:operation-list",
                "stripe_gateway:operation",
                "stripe_gateway.view_stripeoperation",
                "o",
            ),
            (
                _("Events"),
                "activity",
                "stripe_gateway:event-list",
                "stripe_gateway:event",
                "stripe_gateway.view_stripeevent",
                "e",
            ),
            (
                _("Pauses"),
                "circle-pause",
                "stripe_gateway:pause-list",
                "stripe_gateway:pause",
                "stripe_gateway.view_pause",
                "",
            ),
        ],
    ),
    (
        _("Control"),
        [
            (_("Audit trail"), "scroll-text", "desk:audit", "desk:audit", "desk.view_auditentry", ""),
            (_("Team"), "users", "desk:team", "desk:team", "desk.change_user", ""),
        ],
    ),
]
