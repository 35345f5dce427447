"""How much is measured: in full, or quickly to see whether everything still runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Sizes of one run. A quick run says nothing about the goals at a million rows."""

    rounds: int
    posts: int
    slow_posts: int
    large_rows: int
    operations: int
    drains: int
    per_drain: int
    objects: int
    tasks: int
    views: int
    with_tests: bool


FULL = Scale(
    rounds=5,
    posts=1200,
    slow_posts=200,
    large_rows=1_000_000,
    operations=250,
    drains=20,
    per_drain=100,
    objects=10_000,
    tasks=10_000,
    views=1000,
    with_tests=True,
)
QUICK = Scale(
    rounds=3,
    posts=300,
    slow_posts=60,
    large_rows=100_000,
    operations=100,
    drains=3,
    per_drain=50,
    objects=500,
    tasks=500,
    views=100,
    with_tests=False,
)
