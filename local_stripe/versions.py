"""The dialect a `Stripe-Version` header asks for. What changed between dialects is decided here and nowhere else."""

import re
from dataclasses import dataclass

from local_stripe.errors import StripeError

DEFAULT = "2026-10-28.endive"
FORM = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:\.([a-z]+))?((?:;\s*[a-z_]+=v\d+)*)$")

STORER_ENDS = "2026-06-24"  # the storer configuration became money_manager with this preview
# By this preview capability.requested and requirements.collector had left the responses, and a requirement's
# reference to a person was of type person instead of resource.
REQUESTED_ENDS = "2026-01-28"


@dataclass(frozen=True)
class Version:
    header: str
    date: str
    channel: str
    betas: tuple[str, ...]

    @property
    def is_preview(self) -> bool:
        return self.channel == "preview"

    @property
    def storage_configuration(self) -> str | None:
        """Name of the configuration that holds money in this dialect; stable versions have none."""
        if not self.is_preview:
            return None
        return "storer" if self.date < STORER_ENDS else "money_manager"

    @property
    def preview_configurations(self) -> tuple[str, ...]:
        storage = self.storage_configuration
        return ("card_creator", storage) if storage else ()

    @property
    def shows_requested(self) -> bool:
        return self.is_preview and self.date < REQUESTED_ENDS

    @property
    def has_future_requirements(self) -> bool:
        return not self.shows_requested


def parse(header: str) -> Version:
    """Raises StripeError (400) for a header Stripe would not know."""
    match = FORM.match(header.strip())
    if not match:
        raise StripeError(400, f"Invalid Stripe API version: {header}", stored=False)
    date, channel, betas = match.groups()
    names = tuple(part.strip() for part in betas.split(";") if part.strip())
    return Version(header, date, channel or "", names)
