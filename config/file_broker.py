"""The broker of files that needs no server, made safe for several processes.

kombu's own shows a message to readers before it is written, and the list of queues likewise: a worker that reads at
that moment meets an empty file and ends. Here both appear whole or not at all.
"""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic_ns

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Keeps every message in a file of its own; the order of names is the order of sending."""

    def _put(self, queue, payload, **kwargs):
        folder = Path(self.data_folder_out)
        name = f"{monotonic_ns():020}_{uuid.uuid4()}"
        # Readers take what ends in the queue's name, so they pass over this one until it is renamed.
        unfinished = folder / f"{name}.unfinished"
        unfinished.write_bytes(str_to_bytes(dumps(payload)))
        os.replace(unfinished, folder / f"{name}.{queue}.msg")

    def get_table(self, exchange):
        with self._table_to_ourselves():
            return super().get_table(exchange)

    def _queue_bind(self, *args, **kwargs):
        with self._table_to_ourselves():
            super()._queue_bind(*args, **kwargs)

    def _delete(self, *args, **kwargs):
        with self._table_to_ourselves():
            super()._delete(*args, **kwargs)

    @contextmanager
    def _table_to_ourselves(self) -> Iterator[None]:
        self.control_folder.mkdir(parents=True, exist_ok=True)
        with (self.control_folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    Channel = Channel
