"""What a handler or a timed job is told about the moment and the place it runs in."""

from dataclasses import dataclass, field
from typing import Any

from local_stripe import versions
from local_stripe.store import Store


@dataclass
class Context:
    """`now` is virtual Unix seconds; `scope` is "platform" or the connected account acted for."""

    db: Store
    now: int
    scope: str
    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass
class Call(Context):
    """One API request, decoded and checked."""

    method: str = "GET"
    url: str = "/"
    path: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    version: str = versions.DEFAULT
    key_kind: str = "secret"
    client_ip: str = "127.0.0.1"
    public_url: str = ""
    platform_id: str = ""

    @property
    def dialect(self) -> versions.Version:
        return versions.parse(self.version)
