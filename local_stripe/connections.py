"""Open connections by their client's address, so that a fault can break one in the middle."""

from uvicorn.protocols.http.h11_impl import H11Protocol

Address = tuple[str, int] | None
OPEN: dict[Address, "BreakableProtocol"] = {}


class BreakableProtocol(H11Protocol):
    """uvicorn's HTTP protocol with a register of its connections."""

    def connection_made(self, transport):
        super().connection_made(transport)
        OPEN[self.client] = self

    def connection_lost(self, exc):
        OPEN.pop(self.client, None)
        super().connection_lost(exc)


def reset(client: Address) -> None:
    """Break the connection at once, with a reset."""
    protocol = OPEN[client]
    protocol.cycle.disconnected = True
    protocol.transport.abort()


def close(client: Address) -> None:
    """Close the connection after what has been written, whatever else was announced."""
    protocol = OPEN[client]
    protocol.cycle.disconnected = True
    protocol.transport.close()
