"""Two at once, with real threads and connections. SQLite lets one writer in at a time; PostgreSQL shows the races."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from funding import limits, verifications
from funding.models import TopUp, VerificationAttempt

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at_once():
    """`at_once(jobs)` → what each returned or raised, all started at the same moment."""

    def run(jobs):
        barrier = Barrier(len(jobs))

        def attempt(job):
            barrier.wait()
            try:
                return job()
            except (limits.AmountOutsideLimits, verifications.AttemptUnderWay, verifications.NothingToVerify) as error:
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(jobs)) as pool:
            return list(pool.map(attempt, jobs))

    return run


def test_a_double_click_in_the_same_instant_moves_money_once(chargeable, top_up, at_once, local_stripe):
    source, form_id = chargeable(), uuid.uuid4()
    outcomes = at_once([lambda: top_up(source, form_id=form_id)] * 4)
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert len(local_stripe.list("topup")) == 1


def test_the_cap_of_a_day_holds_however_many_are_sent_at_once(chargeable, top_up, at_once, local_stripe, settings):
    settings.TOP_UP_LIMITS = {"usd": {"minimum": 100, "per_top_up": 60_00, "per_account_day": 100_00}}
    source = chargeable()
    outcomes = at_once([lambda: top_up(source, 60_00)] * 4)
    assert sum(isinstance(outcome, TopUp) for outcome in outcomes) == 1
    assert [each["amount"] for each in local_stripe.list("topup")] == [60_00]


def test_two_tabs_in_the_same_instant_spend_one_try_at_a_time(connect, verify, at_once, local_stripe):
    source = connect()
    outcomes = at_once([lambda: verify(source, (1, 2)), lambda: verify(source, (3, 4))])
    spent = [outcome for outcome in outcomes if isinstance(outcome, VerificationAttempt)]
    [at_stripe] = local_stripe.list("source")
    assert VerificationAttempt.objects.count() == len(spent)
    assert at_stripe["code_verification"]["attempts_remaining"] == 3 - len(spent)
