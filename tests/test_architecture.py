"""The arrows between the rooms, read from the syntax trees of every module: who may know whom."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("config", "desk", "stripe_gateway", "accounts", "funding", "cards", "compliance", "local_stripe")
MAY_IMPORT = {
    "config": set(ROOMS) - {"local_stripe"},
    "desk": set(),
    "stripe_gateway": {"desk", "stripe"},
    "accounts": {"desk", "stripe_gateway"},
    "funding": {"desk", "stripe_gateway", "accounts"},
    "cards": {"desk", "stripe_gateway", "accounts"},
    "compliance": {"desk", "stripe_gateway", "accounts", "funding", "cards"},
    "local_stripe": {"stripe"},
}
# Modules that are no nouns: what faces a person, a queue or the framework.
FACES = ("views", "forms", "urls", "tasks", "apps", "middleware", "context", "checks", "templatetags", "management")
NETWORK = {"requests", "httpx", "urllib3", "http.client", "urllib.request", "socket", "stripe"}
# desk.access, health and the sign-in modules are faces too, by another name.
DESK_FACES = ("access", "audit_views", "errors", "health", "preferences", "sign_in_urls", "sign_in_views", "team_views")


def modules(room):
    return [path for path in sorted((ROOT / room).rglob("*.py")) if "__pycache__" not in path.parts]


def imports(path):
    """(line, dotted name) of everything that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def label(path, line):
    return f"{path.relative_to(ROOT)}:{line}"


def is_face(path):
    relative = path.relative_to(ROOT)
    room, words = relative.parts[0], [*relative.parts[1:-1], relative.stem]
    if any(word in FACES or word.endswith(("_views", "_forms", "_urls")) for word in words):
        return True
    return room == "desk" and relative.stem in DESK_FACES


def wrong_arrows(room):
    for path in modules(room):
        for line, name in imports(path):
            target = name.split(".")[0]
            known = target in ROOMS or target == "stripe"
            if known and target != room and target not in MAY_IMPORT[room]:
                yield f"{label(path, line)} imports {target}"


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_rooms_below_them(room):
    assert sorted(set(wrong_arrows(room))) == []


def test_a_wrong_arrow_would_be_found(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)
    (tmp_path / "funding").mkdir()
    (tmp_path / "funding" / "top_ups.py").write_text("def send():\n    from cards.models import Card\n")
    assert list(wrong_arrows("funding")) == ["funding/top_ups.py:2 imports cards"] * 2


def test_only_one_module_of_the_portal_imports_the_stripe_package():
    portal = [room for room in ROOMS if room != "local_stripe"]
    users = {
        path.relative_to(ROOT).parts[0]
        for room in portal
        for path in modules(room)
        for _line, name in imports(path)
        if name.split(".")[0] == "stripe"
    }
    assert users <= {"stripe_gateway"}


def test_the_stripe_package_is_loaded_only_when_a_call_is_made():
    """A web worker that only serves pages must not pay for it."""
    script = (
        "import sys, django; django.setup(); from django.urls import get_resolver; "
        "list(get_resolver().reverse_dict); sys.exit('stripe' in sys.modules)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, timeout=120).returncode == 0


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in ("config", "local_stripe")])
def test_models_know_no_noun_modules_and_no_network(room):
    wrong = []
    for path in modules(room):
        if path.stem != "models":
            continue
        for line, name in imports(path):
            target, _, rest = name.partition(".")
            inside = rest.split(".")[0]
            noun = target in ROOMS and inside not in ("", "models", "fields") and inside[0].islower()
            if noun or name in NETWORK:
                wrong.append(f"{label(path, line)} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("room", ["desk", "stripe_gateway", "accounts", "funding", "cards", "compliance"])
def test_noun_modules_know_no_views_forms_or_urls(room):
    wrong = []
    for path in modules(room):
        if is_face(path) or path.stem in ("models", "__init__") or "migrations" in path.parts:
            continue
        for line, name in imports(path):
            parts = name.split(".")
            if parts[0] in ROOMS and any(
                part in ("views", "forms", "urls") or part.endswith(("_views", "_forms")) for part in parts
            ):
                wrong.append(f"{label(path, line)} imports {name}")
    assert wrong == []


def swallows_in_silence(handler, lines):
    """Catches everything, without raising it again, or without logging it whole and saying why."""
    catches_all = handler.type is None or getattr(handler.type, "id", "") in ("Exception", "BaseException")
    raised = any(isinstance(node, ast.Raise) for node in ast.walk(handler))
    logged = any(getattr(node, "attr", "") == "exception" for node in ast.walk(handler))
    explained = "#" in lines[handler.lineno - 1]
    return catches_all and not raised and not (logged and explained)


def test_nobody_swallows_every_exception_in_silence():
    wrong = [
        label(path, node.lineno)
        for room in ("stripe_gateway", "accounts", "funding", "desk")
        for path in modules(room)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and swallows_in_silence(node, path.read_text().splitlines())
    ]
    assert wrong == []


def test_templates_carry_no_inline_styles_or_handlers():
    """The content security policy would drop them in the browser, where no test looks."""
    forbidden = (" style=", " onclick=", " onchange=", " onsubmit=", "javascript:", "hx-on", "<style")
    wrong = [
        f"{path.relative_to(ROOT)} has {word.strip()}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for word in forbidden
        if word in path.read_text() and "email" not in path.parts
    ]
    assert wrong == []
