"""What a file is, judged by its bytes and never by its name: its type, whether it is whole, how large it is drawn."""

import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import PurePath

from local_stripe import requirement_codes

PNG, JPG, GIF, PDF = "png", "jpg", "gif", "pdf"
MIME = {PNG: "image/png", JPG: "image/jpeg", GIF: "image/gif", PDF: "application/pdf"}
LARGEST_SIDE = 8000  # pixels
FAILED = "verification_document_failed_test_mode"
# Names of Stripe's own test images, and what they lead to; None passes.
TEST_IMAGES = {"success": None, "failed": FAILED, "failure": FAILED}
CODE_IN_TEXT = re.compile(rb"verification_[a-z_]{4,80}")
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG markers that carry the size


@dataclass(frozen=True)
class Content:
    """`sides` is (width, height) of a picture, None for a PDF."""

    type: str
    sides: tuple[int, int] | None


class Unreadable(Exception):
    """The file is none of the known types, or is damaged; the message says which."""


def read(data: bytes) -> Content:
    """Raises Unreadable."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Content(PNG, _png_sides(data))
    if data.startswith(b"\xff\xd8\xff"):
        return Content(JPG, _jpg_sides(data))
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) > 13:
        return Content(GIF, struct.unpack("<HH", data[6:10]))
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    raise Unreadable("The file is not an image or a PDF that Stripe can read.")


def outcome(filename: str, data: bytes) -> str | None:
    """The error code that checking this test document ends with, None when it passes.

    The name of the file decides (`failed.png`, `verification_document_expired.jpg`), or else a code written inside it:
    in a text chunk of a PNG, in the EXIF data of a JPEG, in the text of a PDF.
    """
    stem = PurePath(filename).stem.strip().lower()
    if stem in TEST_IMAGES:
        return TEST_IMAGES[stem]
    if stem in requirement_codes.OF_DOCUMENTS:
        return stem
    named = (found.decode() for found in CODE_IN_TEXT.findall(data))
    return next((code for code in named if code in requirement_codes.OF_DOCUMENTS), None)


def _png_sides(data: bytes) -> tuple[int, int]:
    """Every chunk must carry its right checksum, up to the last one."""
    place, sides = 8, None
    while place + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        end = place + 8 + length
        if end + 4 > len(data) or zlib.crc32(data[place + 4 : end]) != struct.unpack(">I", data[end : end + 4])[0]:
            break
        if kind == b"IHDR" and length >= 8:
            sides = struct.unpack(">II", data[place + 8 : place + 16])
        if kind == b"IEND" and sides:
            return sides
        place = end + 4
    raise Unreadable("The PNG image is damaged or incomplete.")


def _jpg_sides(data: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF and b"\xff\xd9" in data[-64:]:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + max(length, 2)
    raise Unreadable("The JPEG image is damaged or incomplete.")


def _pdf(data: bytes) -> Content:
    if b"%%EOF" not in data[-1024:]:
        raise Unreadable("The PDF is damaged or incomplete.")
    if b"/Encrypt" in data:
        raise Unreadable("The PDF is protected by a password.")
    return Content(PDF, None)
