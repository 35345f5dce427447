"""What other rooms hand to the screens that everybody shares."""

import importlib
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class WorkItem:
    """Something that needs a person now. `tone` is ok, info, warn or bad; `url` leads to where it is done."""

    tone: str
    title: str
    detail: str
    url: str
    action_label: str
    due_at: datetime | None = None
    account_name: str = ""


@dataclass(frozen=True)
class SearchHit:
    """Something that a search found. `kind` names what it is, in words."""

    title: str
    detail: str
    url: str
    kind: str


def tables() -> ModuleType:
    """The tables of dotted paths that name who feeds the shared screens."""
    return importlib.import_module(settings.DESK_TABLES)


def items(user, now: datetime) -> list[WorkItem]:
    """Everything that needs this person, late and overdue first, as each room orders its own."""
    found = [item for path in tables().WORK_QUEUE for item in import_string(path)(user, now)]
    urgency = {"bad": 0, "warn": 1, "info": 2, "ok": 3}
    return sorted(found, key=lambda item: (urgency.get(item.tone, 2), item.due_at is None, item.due_at or now))


def search(user, text: str) -> list[SearchHit]:
    """What every room finds for this person."""
    return [hit for path in tables().SEARCH for hit in import_string(path)(user, text)]
