"""Which forms a page fills, and which words in its address it reads: found by looking on while it answers."""

import uuid
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from django import forms
from django.db import transaction
from django.http import QueryDict

# Where people may lead, whatever the field is called.
TYPED = {
    "amount": "50.00",
    "line": "10.00",
    "first": "0.32",
    "second": "0.45",
    "token": "btok_1Isolated",
    "accepted_at": "2026-11-01T10:00",
}
BY_FIELD = (
    (forms.EmailField, lambda field: "somebody@new.test"),
    (forms.UUIDField, lambda field: str(uuid.uuid4())),
    (forms.BooleanField, lambda field: "on"),
    (forms.IntegerField, lambda field: "1"),
    (forms.ChoiceField, lambda field: _first_choice(field.choices)),
    (forms.CharField, lambda field: "four plain words here"),
)


@contextmanager
def forms_made():
    """Collects every form that is made meanwhile."""
    made, original = [], forms.BaseForm.__init__

    def watched(form, *args, **kwargs):
        made.append(form)
        original(form, *args, **kwargs)

    with patch.object(forms.BaseForm, "__init__", watched):
        yield made


@contextmanager
def words_read():
    """Collects every name that is looked up in a query (or a body) meanwhile."""
    read: set[str] = set()
    with ExitStack() as stack:
        for name in ("__getitem__", "getlist", "__contains__"):
            original = getattr(QueryDict, name)

            def watched(query, key, *args, _original=original):
                if isinstance(key, str):
                    read.add(key)
                return _original(query, key, *args)

            stack.enter_context(patch.object(QueryDict, name, watched))
        yield read


def form_of(client, path: str):
    """The form that a post to this path fills, made by posting nothing to it; None when there is none."""
    point, cookies = transaction.savepoint(), client.cookies.copy()
    with forms_made() as made:
        client.post(path, {"no_such_field": "x"})
    client.cookies = cookies
    transaction.savepoint_rollback(point)
    return made[0] if made else None


def plausible(form, **known: str) -> dict[str, str]:
    """A filling that the form would take."""
    if form is None:
        return dict(known)
    return {form.add_prefix(name): _value(form, name, field, known) for name, field in form.fields.items()}


def _value(form, name: str, field, known: dict[str, str]) -> str:
    if name in known or name in TYPED:
        return known.get(name) or TYPED[name]
    if name in form.initial and not isinstance(field, forms.ChoiceField):
        return str(form.initial[name])
    return next((make(field) for kind, make in BY_FIELD if isinstance(field, kind)), "word")


def _first_choice(choices) -> str:
    for value, label in choices:
        if isinstance(label, list | tuple):
            return _first_choice(label)
        if value:
            return str(value)
    return ""


def product_forms() -> set[type]:
    """Every class of form of the product that is not only there to be built upon."""
    known, waiting = set(), [forms.BaseForm]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if not kind.__module__.startswith(("django", "allauth", "tests")):
                known.add(kind)
    return {kind for kind in known if not kind.__subclasses__() or kind.base_fields and _is_used(kind)}


def _is_used(kind: type) -> bool:
    return kind.__name__ == "ReasonForm"
