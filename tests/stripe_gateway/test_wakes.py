"""Messages only wake workers up: few are sent, and a broker that is away never fails or delays anybody twice."""

from datetime import timedelta

import pytest
from celery import current_app
from kombu.exceptions import OperationalError

from stripe_gateway import wakes

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """What was handed to the broker: (task, arguments, seconds of delay)."""
    messages = []
    monkeypatch.setattr(wakes, "_waker", wakes._Waker())
    monkeypatch.setattr(
        current_app, "send_task", lambda task, args, countdown: messages.append((task, args, countdown))
    )
    return messages


@pytest.fixture
def broken_broker(monkeypatch):
    """How often a broker that is away was tried."""
    tries = []

    def refuse(*args, **kwargs):
        tries.append(args)
        raise OperationalError("connection refused")

    monkeypatch.setattr(wakes, "_waker", wakes._Waker())
    monkeypatch.setattr(current_app, "send_task", refuse)
    return tries


def test_many_events_make_one_message_now_and_one_later(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(100):
            wakes.soon("drain")
    assert [task for task, _args, _delay in sent] == ["drain", "drain"]
    assert sent[0][2] is None
    assert 0 < sent[1][2] <= wakes.SPACING_SECONDS


def test_nothing_is_sent_for_what_was_not_committed(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks():
        wakes.soon("drain")
    assert sent == []


def test_an_operation_is_tried_again_after_its_backoff(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        wakes.later("perform", timedelta(seconds=4), "an id")
    assert sent == [("perform", ("an id",), 4.0)]


def test_a_broker_that_is_away_is_left_alone_for_a_while(broken_broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            wakes.later("perform", timedelta(seconds=1), "an id")
    assert len(broken_broker) == 1


def test_an_event_is_kept_although_the_broker_is_away(stripe_sends, broken_broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert stripe_sends.deliver(stripe_sends.event()).status_code == 200
    assert len(broken_broker) == 1
