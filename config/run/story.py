"""The first time, live through the last two weeks of the demo businesses.

Local Stripe's clock starts in the past. Day by day the portal does what people did on that day, then the clock moves on
and local Stripe lets happen what banks and Stripe's staff did. So the history that the demo shows is a real one.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from django.conf import settings

from accounts.details import people_changes
from accounts.models import ConnectedAccount
from config.run import demo
from config.run.demo_businesses import BUSINESSES
from stripe_gateway import tasks

DAYS_AGO = (14, 13, 11, 10, 9, 4, 3, 2)
DECISION_DAYS_AGO = 14
DOCUMENT_ASKED_DAYS_AGO, DOCUMENT_JUDGED_DAYS_AGO = 4, 3
DEMAND_DAYS_AGO = 2
# A document is due this many days from now.
DOCUMENT_DUE_DAYS = 9
# What Stripe asks of a business on that day is due at once, or eight days later.
DEADLINES = {"past_due": 0, "info_due": 8 * 86_400}


def live_through(diary: Path, *, now: datetime) -> None:
    """Once. Cut short, it goes on at the next start from the day that local Stripe's clock has reached."""
    story = json.loads(diary.read_text()) if diary.exists() else {"started_at": now.isoformat(), "is_told": False}
    if story["is_told"]:
        return
    diary.write_text(json.dumps(story))
    started_at = datetime.fromisoformat(story["started_at"])
    for days_ago in DAYS_AGO:
        today = started_at - timedelta(days=days_ago)
        move_clock(today)
        demo.advance(started_at=started_at, now=today)
        let_stripe_decide(days_ago)
    move_clock(now)
    demo.advance(started_at=started_at, now=now)
    # Its events came before any endpoint was registered: the first thing the worker does is to fetch them.
    tasks.backfill_events.delay()
    diary.write_text(json.dumps({**story, "is_told": True}))


def move_clock(moment: datetime) -> None:
    reached = datetime.fromtimestamp(control("GET", "clock")["now"], UTC)
    if reached < moment:
        control("POST", "clock", {"now": moment.isoformat()})


def let_stripe_decide(days_ago: int) -> None:
    """What Stripe's staff decide on that day about the accounts of the demo."""
    for business in BUSINESSES:
        row = ConnectedAccount.objects.get(contact_email=business.owner_email)
        account = row.stripe_id
        if days_ago == DECISION_DAYS_AGO and business.standing != "onboarding":
            control("POST", f"accounts/{account}/activate", {})
        if days_ago == DEMAND_DAYS_AGO and business.standing in DEADLINES:
            demand = {"outcome": "past_due", "deadline_in_seconds": DEADLINES[business.standing]}
            control("POST", f"accounts/{account}/outcome", demand)
        if business.document_problem and days_ago == DOCUMENT_ASKED_DAYS_AGO:
            ask_for_document(row)
        if business.document_problem and days_ago == DOCUMENT_JUDGED_DAYS_AGO:
            ask_for_document(row, code=business.document_problem)


def ask_for_document(account: ConnectedAccount, **found_wrong: str) -> None:
    """Stripe wants to see who represents the business, or wants to see it again."""
    demand = {
        "path": "documents.primary_verification",
        "person": account.changes.get(part=people_changes.PART).person_id,
        "deadline": "currently_due",
        "deadline_at": (datetime.now(UTC) + timedelta(days=DOCUMENT_DUE_DAYS)).isoformat(),
    }
    control("POST", f"accounts/{account.stripe_id}/requirements", {"add": [demand | found_wrong]})


def control(method: str, path: str, body: dict | None = None) -> dict:
    """Ask local Stripe's control routes. Raises RuntimeError with its sentence when it refuses."""
    reply = httpx.request(method, f"{settings.STRIPE_API_BASE}/_control/{path}", json=body, timeout=60)
    if reply.is_error:
        raise RuntimeError(f"local Stripe refused {method} {path}: {reply.text}")
    return reply.json()
