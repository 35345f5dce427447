"""An uploaded file is never on a disk, not even while its request lasts."""

import tempfile

import pytest
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

MEGABYTE = 1_048_576


def arriving(*sizes):
    files = {f"file{number}": SimpleUploadedFile("x.png", b"x" * size) for number, size in enumerate(sizes)}
    return RequestFactory().post("/", files)


def test_a_large_picture_is_on_no_disk_while_it_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    uploaded = arriving(6 * MEGABYTE).FILES["file0"]
    assert len(uploaded.read()) == uploaded.size == 6 * MEGABYTE
    assert list(tmp_path.iterdir()) == []


def test_of_a_file_that_is_too_large_only_its_size_is_known(settings):
    settings.UPLOAD_KEPT_BYTES = 1000
    large, small = arriving(3 * MEGABYTE, 900).FILES.values()
    assert (large.size, len(large.read())) == (3 * MEGABYTE, 1000)
    assert (small.size, len(small.read())) == (900, 900)


def test_nobody_fills_the_memory_with_many_files():
    with pytest.raises(TooManyFilesSent):
        _files = arriving(1, 1, 1, 1, 1).FILES
