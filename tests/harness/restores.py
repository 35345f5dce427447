"""An old backup is put back: what it takes for unsent was sent long ago, and must not be sent again."""

from __future__ import annotations

import uuid

from tests.harness import children, judge, recovery
from tests.harness.faults import FAULTS
from tests.harness.mutants import MUTANTS
from tests.harness.pool import this_stand
from tests.harness.scenarios import SCENARIOS

BACKUP = "backup"
# By then Stripe has forgotten the keys, so that only looking things up can help.
LATER = FAULTS["drop_after, then down for a day"]


def run(name: str, mutant: str = "") -> list[str]:
    """Everything that is wrong after the backup of a moment just before the operation was sent is put back."""
    stand, scenario = this_stand(), SCENARIOS[name]
    form_id = uuid.uuid5(uuid.NAMESPACE_OID, f"restore {name}")
    stand.restore()
    before = stand.stripe.books()

    def write_down(_):
        from stripe_gateway import pauses

        pauses.open(pauses.EVERYTHING, "Not yet.")
        scenario.act(stand.world, form_id)

    def send(_):
        recovery.run(stand)
        return len(scenario.effects(before, stand.stripe.books()))

    def go_on(_):
        from django.conf import settings
        from django.utils import timezone

        MUTANTS[mutant]()
        settings.RESTORED_AT = timezone.now()
        recovery.run(stand, away=LATER.away)
        found = judge.violations(stand, scenario, LATER, form_id, before)
        return [f"{name} restored: {kind}: {detail}" for kind, detail in found]

    written = children.run(write_down)
    stand.database.keep(BACKUP)
    sent = children.run(send)
    stand.database.restore(BACKUP)
    ended = children.run(go_on)
    errors = [child.error for child in (written, sent, ended) if child.error]
    return errors or ([f"{name} was not sent before the restore"] if sent.value != 1 else ended.value)
