"""A load generator that costs little: raw HTTP/1.1 over a few connections that stay open."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.processes import HOST


@dataclass(frozen=True)
class Burst:
    """How a burst of requests went: requests per second, the 95th percentile in ms, and the answers by status."""

    rate: float
    p95_ms: float
    statuses: Counter

    def require(self, status: int) -> "Burst":
        """Itself, if every answer had this status. Raises AssertionError: a figure of failures is none."""
        assert set(self.statuses) == {status}, f"expected only {status}, got {dict(self.statuses)}"
        return self


def request(method: str, path: str, *, host: str = "localhost", body: bytes = b"", **headers: str) -> bytes:
    """The bytes of one request; names of headers are given with underscores."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def burst(port: int, requests: Sequence[bytes], *, connections: int = 8) -> Burst:
    """Send all requests as fast as the answers come, over this many connections."""
    return asyncio.run(_burst(port, requests, connections))


async def _burst(port: int, requests: Sequence[bytes], connections: int) -> Burst:
    waiting = iter(requests)
    seconds: list[float] = []
    statuses: Counter = Counter()
    started = time.perf_counter()
    await asyncio.gather(*(_connection(port, waiting, seconds, statuses) for _ in range(connections)))
    took = time.perf_counter() - started
    p95 = sorted(seconds)[math.ceil(len(seconds) * 0.95) - 1]
    return Burst(rate=len(requests) / took, p95_ms=p95 * 1000, statuses=statuses)


async def _connection(port: int, waiting: Iterator[bytes], seconds: list[float], statuses: Counter) -> None:
    reader = writer = None
    for message in waiting:
        started = time.perf_counter()
        if writer is None:
            reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(message)
        status, is_open = await _answer(reader)
        seconds.append(time.perf_counter() - started)
        statuses[status] += 1
        if not is_open:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Status, and whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    if headers.get("transfer-encoding") == "chunked":
        while (size := int(await reader.readline(), 16)) or await reader.readline() != b"\r\n":
            await reader.readexactly(size + 2)
    else:
        await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head.split(" ", 2)[1]), headers.get("connection") != "close"
