"""PostgreSQL as Django speaks to it, but without a statement per request that asks whether it is still there."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with a cheaper look at a connection that has been idle."""

    def is_usable(self):
        """Whether the connection still stands.

        A server that ends, or ends us, closes the connection or says so first: either way something can be read from
        one that is idle. Only after an error the server itself is asked.
        """
        if self.errors_occurred or self.connection is None:
            return super().is_usable()
        if self.connection.closed:
            return False
        idle = select.poll()
        idle.register(self.connection.fileno(), select.POLLIN)
        return not idle.poll(0)
