from django.core.management.base import BaseCommand, CommandError

from desk import catalogs


class Command(BaseCommand):
    help = "Catalogs of translated sentences: collect new ones, or check that none is missing."
    # It reads source files alone, so an installation without keys can run it.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("act", choices=["collect", "check"])

    def handle(self, *, act, **options):
        {"collect": self.collect_new, "check": self.check_none_is_missing}[act]()

    def collect_new(self):
        for language in catalogs.languages():
            catalog = catalogs.update(language)
            self.stdout.write(f"{language}: {len(catalog)} sentences, {len(catalogs.untranslated(language))} to do")

    def check_none_is_missing(self):
        lacking = {language: catalogs.untranslated(language) for language in catalogs.languages()}
        for language, sentences in lacking.items():
            for sentence in sentences:
                self.stderr.write(f"{language}: {sentence}")
        if any(lacking.values()):
            raise CommandError("Some sentences are not translated.")
