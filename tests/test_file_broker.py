"""The broker of files: a reader meets whole messages or none, whenever it looks."""

from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

from config import file_broker
from config.celery import app

QUEUE = "celery"


def channel(transport, folder):
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
    }
    return Connection("filesystem://", transport=transport, transport_options=options).channel()


def met_by_a_reader_while_written(monkeypatch, module, transport, folder):
    """What a reader gets at the moment at which the writer turns the message into text."""
    writer, reader, met = channel(transport, folder), channel(transport, folder), []

    def dumps(payload, **kwargs):
        try:
            met.append(reader._get(QUEUE))
        except (Empty, ValueError) as nothing:
            met.append(type(nothing))
        return filesystem_dumps(payload, **kwargs)

    filesystem_dumps = module.dumps
    monkeypatch.setattr(module, "dumps", dumps)
    writer._put(QUEUE, {"body": "é"})
    return met[0], reader


def test_a_message_that_is_being_written_is_not_there_yet(monkeypatch, tmp_path):
    met, reader = met_by_a_reader_while_written(monkeypatch, file_broker, file_broker.Transport, tmp_path)
    assert met is Empty
    assert reader._get(QUEUE) == {"body": "é"}
    with pytest.raises(Empty):
        reader._get(QUEUE)


def test_without_that_a_reader_would_meet_an_empty_file(monkeypatch, tmp_path):
    met, _reader = met_by_a_reader_while_written(monkeypatch, filesystem, filesystem.Transport, tmp_path)
    assert issubclass(met, ValueError)


def test_messages_come_out_in_the_order_in_which_they_went_in(tmp_path):
    ours = channel(file_broker.Transport, tmp_path)
    for number in range(3):
        ours._put(QUEUE, {"number": number})
        ours._put("another", {"number": 100})
    assert [ours._get(QUEUE)["number"] for _ in range(3)] == [0, 1, 2]


def test_the_app_uses_it_where_no_server_is_named():
    with app.connection_for_write() as connection:
        if connection.transport_cls != "redis":
            assert isinstance(connection.transport, file_broker.Transport)
