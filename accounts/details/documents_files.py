"""Looking at a file before it is passed on: what it really is, whether it is whole, how large its picture is.

What Stripe would refuse anyway is said here at once, in words, and nothing has left this computer.
"""

import hashlib
import struct
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
LARGEST_SIDE = 8000
JPG, PNG, PDF = "jpg", "png", "pdf"
PNG_HEAD, JPG_HEAD, PDF_HEAD = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"%PDF-"
# JPEG markers that carry the size of the picture.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})


class NotADocument(ValueError):
    """The file cannot be passed on; `sentence` says why and what to do."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Looked:
    """What a file turned out to be. `digest` tells two files apart and is kept nowhere."""

    type: str
    digest: str


def look(file: UploadedFile, *, takes_pdf: bool) -> Looked:
    """Judge a file by its bytes, never by its name. Raises NotADocument."""
    if not file.size:
        raise NotADocument(_("This file is empty. Choose it again."))
    if file.size > MOST_BYTES:
        size = f"{file.size / MEGABYTE:.1f}"
        raise NotADocument(_("This file has %(size)s MB. Stripe takes up to 10 MB.") % {"size": size})
    file.seek(0)
    data = file.read()
    file.seek(0)
    kind = _type_of(data)
    if kind == PDF:
        _check_pdf(data, takes_pdf=takes_pdf)
    elif kind in (JPG, PNG):
        _check_picture(_png_sides(data) if kind == PNG else _jpg_sides(data))
    else:
        raise NotADocument(_not_taken(data, takes_pdf=takes_pdf))
    return Looked(kind, hashlib.sha256(data).hexdigest())


def _type_of(data: bytes) -> str:
    heads = {PNG_HEAD: PNG, JPG_HEAD: JPG, PDF_HEAD: PDF}
    return next((kind for head, kind in heads.items() if data.startswith(head)), "")


def _not_taken(data: bytes, *, takes_pdf: bool) -> str:
    if data[4:8] == b"ftyp":
        return _("This is a HEIC picture. Set the camera to “most compatible”, or save the picture as JPG.")
    if takes_pdf:
        return _("This is neither a JPG or PNG picture nor a PDF. Save it as one of them.")
    return _("This is neither a JPG nor a PNG picture. Save it as one of them.")


def _check_pdf(data: bytes, *, takes_pdf: bool) -> None:
    if not takes_pdf:
        raise NotADocument(_("Stripe wants a photo of this document, not a PDF. Take a picture of it."))
    if b"%%EOF" not in data[-2048:]:
        raise NotADocument(_("This PDF is incomplete. Save it again."))
    if b"/Encrypt" in data:
        raise NotADocument(_("This PDF is protected by a password. Save it without one."))


def _check_picture(sides: tuple[int, int] | None) -> None:
    if sides is None or not all(sides):
        raise NotADocument(_("This picture is damaged and cannot be opened. Take it again."))
    if max(sides) > LARGEST_SIDE:
        names = {"width": sides[0], "height": sides[1], "most": LARGEST_SIDE}
        sentence = _("This picture has %(width)s by %(height)s pixels. Stripe takes up to %(most)s on each side.")
        raise NotADocument(sentence % names)


def _png_sides(data: bytes) -> tuple[int, int] | None:
    is_whole = data[12:16] == b"IHDR" and b"IEND" in data[-16:]
    return struct.unpack(">II", data[16:24]) if is_whole else None


def _jpg_sides(data: bytes) -> tuple[int, int] | None:
    """From marker to marker, up to the frame that tells the size."""
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _STANDALONE:
            place += 2
        elif marker in _FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return (width, height) if data[place + 9 :] else None
        else:
            place += 2 + max(int.from_bytes(data[place + 2 : place + 4], "big"), 2)
    return None
