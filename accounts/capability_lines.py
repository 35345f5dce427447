"""What an account may do, as lines that people read: how each looks, why it is not on, and what to do about it."""

from dataclasses import dataclass

from accounts import words
from accounts.models import Capability, ConnectedAccount
from accounts.statuses import NOT_YET
from desk.statuses import Badge, badge_for

# What Stripe says of a capability that nobody has supplied anything for yet.
UNTOUCHED = {"requirements_past_due"}
OFF = ("restricted", "inactive")


@dataclass(frozen=True)
class CapabilityLine:
    """One capability as `_capabilities.html` draws it."""

    row: Capability
    name: str
    allows: str
    badge: Badge
    explanations: list[words.Explanation]

    @property
    def asks(self) -> bool:
        """The business can do something about it."""
        return any(told.action == words.ASK for told in self.explanations)

    @property
    def contacts(self) -> bool:
        """Only Stripe can."""
        return any(told.action == words.CONTACT for told in self.explanations)


def lines_for(account: ConnectedAccount, *, to_business: bool = False) -> list[CapabilityLine]:
    """Every capability of an account, explained to staff or to the business itself."""
    rows = account.capabilities.order_by("configuration", "name")
    # What came back as wrong was given, whatever Stripe calls it.
    was_tried = account.requirements.filter(is_future=False).exclude(errors=[]).exists()
    return [_line(row, to_business=to_business, was_tried=was_tried) for row in rows]


def _line(row: Capability, *, to_business: bool, was_tried: bool) -> CapabilityLine:
    return CapabilityLine(
        row=row,
        name=words.capability_name(row.configuration, row.name),
        allows=words.capability_allows(row.configuration, row.name),
        badge=NOT_YET if is_not_yet(row) else badge_for("capability", row.status),
        explanations=_explanations(row, to_business=to_business, was_tried=was_tried),
    )


def is_not_yet(row: Capability) -> bool:
    """Off only because nobody has got round to supplying the details: it was never on, and nothing else is wrong."""
    codes = {detail.get("code") for detail in row.status_details}
    return row.status in OFF and row.activated_at is None and codes <= UNTOUCHED


def _explanations(row: Capability, *, to_business: bool, was_tried: bool) -> list[words.Explanation]:
    found = [words.explain(detail, to_business=to_business) for detail in row.status_details]
    if was_tried or not is_not_yet(row):
        return found
    return [words.not_yet(each) for each in found]
