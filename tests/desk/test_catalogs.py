from io import BytesIO

import pytest
from django.core.management import call_command, execute_from_command_line
from django.core.management.base import CommandError

from desk import catalogs


def sentences(template):
    return [
        words for _line, _name, words, _comments in catalogs.extract_template(BytesIO(template.encode()), (), (), {})
    ]


def test_sentences_of_templates_are_found_with_their_plurals():
    template = """{% load i18n %}{% translate "One" %}{% translate 'Say "two"' as x %}
    {% blocktranslate with n=name %}Three {{ n }}{% endblocktranslate %}
    {% blocktranslate count n=items|length %}One thing{% plural %}{{ n }} things{% endblocktranslate %}
    {{ _("four")|upper }}"""
    assert sentences(template) == ["One", 'Say "two"', "Three %(n)s", ("One thing", "%(n)s things"), "four"]


def test_sentences_of_code_and_pages_are_collected():
    collected = catalogs.collect()
    assert collected.get("Work queue")
    assert collected.get("Enter an amount above zero.")
    assert collected.get("One thing to fix").id == ("One thing to fix", "%(n)s things to fix")


@pytest.fixture
def elsewhere(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    return tmp_path


def test_new_sentences_come_in_untranslated_and_translations_stay(elsewhere, capsys):
    # As on the command line, where Django's own check runs first: it must not be taken for the command's.
    execute_from_command_line(["manage.py", "messages", "collect"])
    assert "Work queue" in catalogs.untranslated("fr")
    po = catalogs.path_of("fr")
    po.write_text(po.read_text().replace('msgid "Work queue"\nmsgstr ""', 'msgid "Work queue"\nmsgstr "À faire"'))
    call_command("messages", "collect")
    assert "Work queue" not in catalogs.untranslated("fr")
    with pytest.raises(CommandError, match="not translated"):
        call_command("messages", "check")


@pytest.mark.parametrize("language", ["fr", "es"])
def test_translations_keep_the_placeholders(language):
    wrong = {str(message.id): errors for message, errors in catalogs.read(language).check() if errors}
    assert wrong == {}
