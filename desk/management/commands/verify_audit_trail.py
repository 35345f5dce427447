from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from desk import audit


class Command(BaseCommand):
    help = "Walk every hash chain of the audit trail; exit 1 when anything was changed, removed, added or reordered."

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchors",
            type=Path,
            help="File with heads noted earlier, one stream=length:hash per line, such as this command prints "
            "or as the log holds after `audit anchor`. A chain cut or rewritten since then is found by them alone.",
        )

    def handle(self, *, anchors, **options):
        faults = list(audit.verify(_read(anchors) if anchors else []))
        for fault in faults:
            self.stderr.write(f"{fault.stream}/{fault.position}: {fault.what}")
        if faults:
            raise CommandError(f"The audit trail does not hold in {len(faults)} places.")
        for head in audit.heads():
            self.stdout.write(str(head))


def _read(path: Path) -> list[audit.Anchor]:
    lines = (line.rpartition("audit anchor ")[2].strip() for line in path.read_text().splitlines())
    try:
        return [audit.Anchor.parse(line) for line in lines if line]
    except ValueError as error:
        raise CommandError(str(error)) from error
