"""Catalogs of translated sentences, kept with Babel: no GNU gettext needed, which a fresh machine lacks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOMS = ("accounts", "cards", "compliance", "config", "desk", "funding", "stripe_gateway")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_CALL = re.compile(r"(?:n?p?gettext|_)\((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|[ ,\w])*\)")


def extract_template(fileobj, keywords, comment_tags, options) -> Iterator[tuple]:
    """Sentences of one Django template, in the form that Babel asks of an extractor."""
    source = templatize(fileobj.read().decode(), origin=getattr(fileobj, "name", ""))
    for found in _CALL.finditer(source):
        call = ast.parse(found[0], mode="eval").body
        words = tuple(argument.value for argument in call.args if isinstance(argument, ast.Constant))
        line = source.count("\n", 0, found.start()) + 1
        yield line, call.func.id, words if len(words) > 1 else words[0], []


def collect() -> Catalog:
    """Every sentence of the product, from code and templates."""
    catalog = Catalog(project="Issuing Desk", charset="utf-8")
    for room in ROOMS:
        _add(catalog, room, [("**.py", "python")])
    _add(catalog, "templates", [("**.html", extract_template), ("**.txt", extract_template)])
    return catalog


def _add(catalog: Catalog, folder: str, methods: list) -> None:
    root = Path(settings.BASE_DIR) / folder
    found = extract_from_dir(root, method_map=methods, keywords=KEYWORDS)
    for filename, line, message, comments, context in found:
        catalog.add(message, None, [(f"{folder}/{filename}", line)], auto_comments=comments, context=context)


def path_of(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def languages() -> list[str]:
    """Those that need a catalog: all but the one that the sentences are written in."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def read(language: str) -> Catalog:
    """The catalog as it stands; empty when there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Issuing Desk", charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> Catalog:
    """Bring one catalog up to date: new sentences come in untranslated, sentences that are gone go."""
    catalog = read(language)
    catalog.update(collect(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    catalog.header_comment = f"# Sentences of Issuing Desk in {catalog.locale.english_name}."
    catalog.version, catalog.last_translator, catalog.language_team = "1", "Issuing Desk", "Issuing Desk"
    catalog.msgid_bugs_address = ""
    path_of(language).parent.mkdir(parents=True, exist_ok=True)
    with path_of(language).open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, ignore_obsolete=True, no_location=True, omit_header=False)
    return catalog


def untranslated(language: str) -> list[str]:
    """Sentences of the product that this language lacks, or has only as a guess."""
    catalog = read(language)
    lacking = []
    for message in collect():
        known = catalog.get(message.id, message.context)
        translated = known and not known.fuzzy and all(_each(known.string))
        if message.id and not translated:
            lacking.append(message.id[0] if isinstance(message.id, tuple) else message.id)
    return lacking


def _each(string) -> tuple:
    return tuple(string) if isinstance(string, tuple | list) else (string,)
