"""How each status looks: icon, words and tone. Each room registers its own; the mapping is in one place each."""

from dataclasses import dataclass

TONES = ("ok", "warn", "bad", "info", "mute")


@dataclass(frozen=True)
class Badge:
    """`tone` is one of TONES, `icon` a name in the sprite, `label` words in the reader's language."""

    tone: str
    icon: str
    label: str


BADGES: dict[str, dict[str, Badge]] = {}


def register(family: str, mapping: dict[str, Badge]) -> None:
    """Say how the statuses of a family (such as `top_up`) look. Called once, from an app's `ready()`."""
    wrong = [value for value, badge in mapping.items() if badge.tone not in TONES]
    if wrong:
        raise ValueError(f"Unknown tone for {family}: {wrong}")
    BADGES[family] = dict(mapping)


def badge_for(family: str, value: str) -> Badge:
    """The look of one status. A value that nobody foresaw is shown as it is, in a neutral tone."""
    known = BADGES.get(family, {}).get(value)
    return known or Badge(tone="mute", icon="circle-dashed", label=str(value))
