"""Small files that are really what they say, made of nothing but the standard library."""

import struct
import zlib


def png(text: str = "", side: int = 4) -> bytes:
    """A square colour PNG, with a comment inside when `text` is given."""
    rows = zlib.compress((b"\0" + b"\x80\x10\x10" * side) * side) if side < 100 else b""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    comment = _chunk(b"tEXt", b"Comment\0" + text.encode()) if text else b""
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + comment + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpg() -> bytes:
    """The headers of a 16 by 16 JPEG and its end; enough to know one by."""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, 16, 16, 3) + b"\x01\x11\x00\x02\x11\x00\x03\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + frame + b"\xff\xd9"


def pdf(text: str = "") -> bytes:
    return f"%PDF-1.4\n% {text}\ntrailer <<>>\n%%EOF\n".encode()
