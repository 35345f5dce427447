"""Says which e-mails the portal has just written to its mail directory, so that a newcomer can follow their links."""

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

# Django's file backend ends every message with a line of 79 hyphens.
SEPARATOR = re.compile(rb"^-{79}\r?\n", re.MULTILINE)


class Mailbox:
    """E-mails that appear below `directory` after this object is made."""

    def __init__(self, directory: Path):
        self.directory = directory
        self._read = {path: path.stat().st_size for path in directory.glob("*.log")}

    def new_lines(self) -> Iterator[str]:
        """One line per e-mail that is new since the last call."""
        for path in sorted(self.directory.glob("*.log")):
            content = path.read_bytes()[self._read.get(path, 0) :]
            *finished, _rest = SEPARATOR.split(content)
            self._read[path] = self._read.get(path, 0) + _length_through_last_separator(content)
            for raw in finished:
                yield describe(email.message_from_bytes(raw, policy=email.policy.default))


def _length_through_last_separator(content: bytes) -> int:
    return max((match.end() for match in SEPARATOR.finditer(content)), default=0)


def describe(message: EmailMessage) -> str:
    """To whom, about what, and the first link in it."""
    body = message.get_body(preferencelist=("plain",))
    link = re.search(r"https?://\S+", body.get_content() if body else "")
    line = f"E-mail to {message['To']}: {message['Subject']}"
    return f"{line}\n  {link.group()}" if link else line
