"""A connection that the server has closed is not used again, and finding that out costs no statement."""

import socket
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from config.postgresql.base import DatabaseWrapper


@pytest.fixture
def server():
    """The server's end of a connection, and a wrapper around ours."""
    theirs, ours = socket.socketpair()
    wrapper = DatabaseWrapper({"TIME_ZONE": None}, "default")
    wrapper.connection = SimpleNamespace(closed=False, fileno=ours.fileno)
    yield SimpleNamespace(socket=theirs, wrapper=wrapper)
    wrapper.connection = None
    theirs.close()
    ours.close()


def test_an_idle_connection_is_used_again(server):
    assert server.wrapper.is_usable()


def test_a_connection_that_the_server_closed_is_not(server):
    server.socket.close()
    assert not server.wrapper.is_usable()


def test_nor_one_on_which_the_server_says_goodbye(server):
    server.socket.send(b"terminating connection due to administrator command")
    assert not server.wrapper.is_usable()


def test_nor_one_that_we_closed(server):
    server.wrapper.connection.closed = True
    assert not server.wrapper.is_usable()


def test_after_an_error_the_server_is_asked(server):
    cursor = MagicMock()
    server.wrapper.connection.cursor = cursor
    server.wrapper.errors_occurred = True
    assert server.wrapper.is_usable()
    cursor().__enter__().execute.assert_called_once_with("SELECT 1")
