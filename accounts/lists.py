"""The list of accounts as staff see it: saved views, filters, figures, and columns of other rooms."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import caches
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.models import ConnectedAccount
from accounts.standing import NEEDS_ATTENTION
from accounts.statuses import ACCOUNT
from accounts.work import sought
from desk.paging import Page, Tab, counted, keyset
from desk.work import tables

Status = ConnectedAccount.Status
ORDER = [("urgency", "asc"), ("next_deadline_at", "asc_nulls_last"), ("id", "asc")]
PAGE_SIZE = 25
# The columns that a row shows, is ordered by, and hands to the columns of other rooms.
SHOWN = (
    "public_id", "stripe_id", "name", "country", "currency", "kind", "program", "status", "urgency", "next_deadline_at",
    "low_balance_line",
)  # fmt: skip
CHART_DAYS = 14
# Seconds that the figures above the list may be old; all staff see the same ones.
OVERVIEW_LASTS = 15
# So that a single deadline does not draw as a wall.
SMALLEST_SCALE = 4

VIEWS = {
    "": (_("All"), Q()),
    "attention": (_("Needs attention"), Q(urgency__lt=NEEDS_ATTENTION)),
    "under-way": (
        _("On their way in"),
        Q(status__in=[Status.CREATING, Status.AWAITING, Status.ONBOARDING, Status.IN_REVIEW]),
    ),
    "onboarding": (_("Onboarding"), Q(status=Status.ONBOARDING)),
    "review": (_("In review"), Q(status=Status.IN_REVIEW)),
    "issuing": (_("Can issue cards"), Q(can_issue=True)),
    "active": (_("Active"), Q(status=Status.ACTIVE)),
    "ended": (_("Rejected or ended"), Q(status__in=[Status.REJECTED, Status.CLOSED, Status.REVOKED])),
}


# What the figures above the list are made up of.
FIGURE_STATUSES = (Status.RESTRICTED, Status.PAST_DUE, Status.INFO_DUE, Status.ONBOARDING, Status.IN_REVIEW)
# Views that stand as tabs; the others are reached through a figure, and stand there while they are shown.
TABS = ("", "attention", "onboarding", "review", "active", "ended")


def tabs(counts: dict[str, str], current: str) -> list[Tab]:
    """The saved views, each with its count out of `overview`."""
    return [
        Tab(key=key, label=label, count=counts[key], is_current=key == current)
        for key, (label, _condition) in VIEWS.items()
        if key in TABS or key == current
    ]


def page(accounts: QuerySet, *, q: str, country: str, program: str, view: str, cursor: str) -> Page:
    """One page of the accounts that the filters leave over, most urgent first. An unknown view shows all."""
    accounts = accounts.filter(VIEWS.get(view, VIEWS[""])[1])
    if country:
        accounts = accounts.filter(country=country)
    if program:
        accounts = accounts.filter(program=program)
    condition = sought(q.strip()) if q.strip() else None
    return keyset(accounts.only(*SHOWN), order=ORDER, cursor=cursor, size=PAGE_SIZE, sought=condition)


def extra_columns(rows: list[ConnectedAccount]) -> list[dict]:
    """Columns that other rooms add: a title, and one cell of safe HTML per account."""
    providers = [import_string(path) for path in tables().ACCOUNT_COLUMNS]
    return [{"title": provider.title, "cells": provider(rows)} for provider in providers]


@dataclass(frozen=True)
class Part:
    """One line below a figure; a tone when it should alarm."""

    label: str
    count: str
    tone: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure above the list, what it is made up of, and the saved view that shows the same."""

    label: str
    count: str
    view: str
    parts: list[Part]


def figures(in_views: dict[str, str], in_status: dict[str, str]) -> list[Figure]:
    """The figures above the list, out of the counts of `overview`."""

    def part(status, tone="") -> Part:
        count = in_status[status]
        return Part(ACCOUNT[status].label, count, tone if count != "0" else "")

    def figure(label, view, parts) -> Figure:
        return Figure(label, in_views[view], view, parts)

    urgent = [part(Status.RESTRICTED, "bad"), part(Status.PAST_DUE, "bad"), part(Status.INFO_DUE, "warn")]
    return [
        figure(_("Need attention"), "attention", urgent),
        figure(_("Can issue cards"), "issuing", [Part(_("Of all businesses"), in_views[""])]),
        figure(_("On their way in"), "under-way", [part(Status.ONBOARDING), part(Status.IN_REVIEW)]),
    ]


def overview(accounts: QuerySet, now: datetime) -> dict:
    """Counts of the saved views, figures and chart, at most a quarter of a minute old; the list itself is fresh."""

    # Counts alone are kept: words are of the reader's language, and costly to keep.
    def counted_now() -> tuple[dict, dict, dict]:
        in_views = {key: counted(accounts.filter(condition)) for key, (_label, condition) in VIEWS.items()}
        in_status = {status: counted(accounts.filter(status=status)) for status in FIGURE_STATUSES}
        return in_views, in_status, deadline_chart(accounts, now)

    in_views, in_status, chart = caches["figures"].get_or_set("accounts-overview", counted_now, OVERVIEW_LASTS)
    return {"counts": in_views, "figures": figures(in_views, in_status), "chart": chart}


@dataclass(frozen=True)
class Bar:
    """One day of the chart, drawn in a box of 330 × 90: how many deadlines, of which some stop cards."""

    day: datetime
    total: int
    urgent: int
    x: int
    y: float
    height: float
    urgent_height: float
    is_labelled: bool

    @property
    def label_x(self) -> int:
        return self.x + 6


def deadline_chart(accounts: QuerySet, now: datetime) -> dict:
    """Deadlines of the next two weeks, by day."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    start, end = midnight.date(), midnight + timedelta(days=CHART_DAYS)
    span = accounts.filter(next_deadline_at__gte=midnight, next_deadline_at__lt=end)
    rows = (
        span.order_by()
        .annotate(day=TruncDate("next_deadline_at"))
        .values("day")
        .annotate(total=Count("pk"), urgent=Count("pk", filter=Q(can_issue=False)))
    )
    by_day = {row["day"]: row for row in rows}
    top = max([SMALLEST_SCALE, *(row["total"] for row in rows)])
    bars = [_bar(start + timedelta(days=number), number, by_day, top) for number in range(CHART_DAYS)]
    return {
        "bars": bars,
        "top": top,
        "busiest": max(bar.total for bar in bars),
        "total": sum(bar.total for bar in bars),
        "last": bars[-1].day,
    }


def _bar(day, number: int, by_day: dict, top: int) -> Bar:
    row = by_day.get(day, {"total": 0, "urgent": 0})
    unit = 60 / top
    height, urgent_height = row["total"] * unit, row["urgent"] * unit
    return Bar(
        day=day,
        total=row["total"],
        urgent=row["urgent"],
        x=18 + number * 22,
        y=96 - height,
        height=height,
        urgent_height=urgent_height,
        is_labelled=number % 4 == 0,
    )
