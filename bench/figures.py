"""A figure is a ratio of variants that were interleaved in one run: the median of the rounds, with its range."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

AT_LEAST, AT_MOST = "≥", "≤"


@dataclass(frozen=True)
class Goal:
    """What a figure has to reach: `at_least` or `at_most`, in the figure's own unit."""

    sign: str
    limit: float

    def is_met_by(self, value: float) -> bool:
        return value >= self.limit if self.sign == AT_LEAST else value <= self.limit


@dataclass(frozen=True)
class Figure:
    """One measured number. `number` is the goal's number in bench/README.md, such as P1; `unit` follows the value."""

    number: str
    what: str
    values: Sequence[float]
    goal: Goal | None
    unit: str = "×"
    detail: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def is_met(self) -> bool | None:
        return None if self.goal is None else self.goal.is_met_by(self.median)

    @property
    def measured(self) -> str:
        """`12.3× (11.0 to 13.1, 5 rounds)`; what never varied stands alone."""
        text = f"{shown(self.median)}{self.unit}"
        if len(set(self.values)) == 1:
            return text
        return f"{text} ({shown(min(self.values))} to {shown(max(self.values))}, {len(self.values)} rounds)"

    @property
    def wanted(self) -> str:
        return f"{self.goal.sign} {shown(self.goal.limit)}{self.unit}" if self.goal else "for information"

    @property
    def verdict(self) -> str:
        return {True: "met", False: "missed", None: ""}[self.is_met]

    def __str__(self) -> str:
        line = f"{self.number:<4} {self.what}: {self.measured}, goal {self.wanted} {self.verdict.upper()}"
        return f"{line}\n     {self.detail}" if self.detail else line


def at_least(limit: float) -> Goal:
    return Goal(AT_LEAST, limit)


def at_most(limit: float) -> Goal:
    return Goal(AT_MOST, limit)


def interleaved(variants: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list]:
    """Run every variant once per round, each round starting with another one, so that no variant has the best seat."""
    names = list(variants)
    results: dict[str, list] = {name: [] for name in names}
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            results[name].append(variants[name]())
    return results


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Per-round ratios."""
    return [one / other for one, other in zip(above, below, strict=True)]


def shown(value: float) -> str:
    """Whole numbers whole; of others three figures, which are as many as a shared machine can tell apart."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
