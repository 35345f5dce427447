"""bench/RESULTS.md, drawn from the figures that the last full run of each part left under var/bench."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure, Goal

PAGE = Path(__file__).parent / "RESULTS.md"
KEPT = Path(__file__).parents[1] / "var" / "bench"


def keep(part: str, figures: Sequence[Figure], *, seconds: float) -> None:
    """Remember a part's figures, met or missed, and how busy the machine was."""
    KEPT.mkdir(parents=True, exist_ok=True)
    run = {
        "measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "minutes": seconds / 60,
        "load": os.getloadavg()[1],
        "figures": [asdict(figure) for figure in figures],
    }
    (KEPT / f"{part}.json").write_text(json.dumps(run, indent=1))


def write(parts: Sequence[str]) -> None:
    """Draw the page anew, part by part in this order; a part that never ran in full is left out."""
    runs = {part: json.loads(path.read_text()) for part in parts if (path := KEPT / f"{part}.json").exists()}
    figures = [_figure(kept) for run in runs.values() for kept in run["figures"]]
    missed = sum(figure.is_met is False for figure in figures)
    judged = sum(figure.goal is not None for figure in figures)
    lines = [
        "# Results",
        "",
        f"{os.cpu_count()} processors, Python {platform.python_version()}. {judged} goals, {missed} of them missed. "
        "What each figure means and how it is measured stands in [README.md](README.md).",
    ]
    for part, run in runs.items():
        lines += ["", f"## {part.replace('_', ' ').capitalize()}", ""]
        lines += [f"{run['measured']}, {run['minutes']:.1f} minutes, mean load {run['load']:.1f}.", ""]
        lines += ["| # | What | Measured | Goal | | Beside it |", "|---|---|---|---|---|---|"]
        lines += [_row(_figure(kept)) for kept in run["figures"]]
    PAGE.write_text("\n".join(lines) + "\n")


def _figure(kept: dict) -> Figure:
    return Figure(**(kept | {"goal": Goal(**kept["goal"]) if kept["goal"] else None}))


def _row(figure: Figure) -> str:
    verdict = f"**{figure.verdict}**" if figure.is_met is False else figure.verdict
    return f"| {figure.number} | {figure.what} | {figure.measured} | {figure.wanted} | {verdict} | {figure.detail} |"
