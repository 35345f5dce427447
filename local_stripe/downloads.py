"""What a handler returns when the answer is a file and not JSON."""

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Download:
    data: bytes
    content_type: str
    filename: str

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": self.content_type,
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(self.filename, safe='')}",
            "X-Content-Type-Options": "nosniff",
        }
