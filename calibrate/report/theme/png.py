"""PNG: checked to the last byte, and stripped of everything but the picture."""

from __future__ import annotations

import struct
import zlib

from calibrate.report.theme.fault import LogoError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Pixels: sharp in print at the size of the title block, and quick to set.
SMALLEST_SIDE, LARGEST_SIDE, MOST_PIXELS = 16, 4_000, 1_000_000
#: Samples of one pixel by kind of colour.
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8), 2: (8,), 3: (1, 2, 4, 8), 4: (8,), 6: (8,)}
_DEEP = 16
#: What is kept, in the order in which it stands.
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
#: Bytes of one clear colour by kind of colour; a palette has one for each of its own.
_CLEAR = {0: 2, 2: 6}
_INDEXED = 3
_ANEW = "save the picture as PNG anew"


def clean_png(content: bytes) -> tuple[bytes, float, float]:
    """Check a PNG and leave out what is no picture: texts, places, times, profiles.

    Returns
    -------
    (PNG, width, height), both in pixels

    Raises
    ------
    LogoError
        If it is damaged, too large, or interlaced.
    """
    if not content.startswith(SIGNATURE):
        raise LogoError("logo_format", "the file is no PNG picture", _ANEW)
    chunks = _read_chunks(content)
    width, height, row = _read_header(chunks)
    _check_colours(chunks)
    _check_rows(b"".join(body for name, body in chunks if name == b"IDAT"), row, height)
    kept = [(name, body) for wanted in _KEPT for name, body in chunks if name == wanted]
    return SIGNATURE + b"".join(_write_chunk(*chunk) for chunk in kept), float(width), float(height)


def _check_colours(chunks: list[tuple[bytes, bytes]]) -> None:
    """A palette where colours are numbered, and as many clear colours as there may be."""
    kind = chunks[0][1][9]
    palettes = [body for name, body in chunks if name == b"PLTE"]
    clear = [body for name, body in chunks if name == b"tRNS"]
    is_right = len(palettes) <= 1 and len(clear) <= 1
    n_colours = len(palettes[0]) // 3 if palettes else 0
    if palettes:
        is_right = is_right and len(palettes[0]) % 3 == 0 and 0 < n_colours <= 256
    if kind == _INDEXED:
        is_right = is_right and bool(palettes) and all(len(body) <= n_colours for body in clear)
    else:
        is_right = is_right and all(len(body) == _CLEAR.get(kind) for body in clear)
    if not is_right:
        raise LogoError("logo_damaged", "the picture's colours are damaged", _ANEW)


def _read_chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = [], len(SIGNATURE)
    while at + 12 <= len(content):
        (size,) = struct.unpack_from(">I", content, at)
        name, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
        check = content[at + 8 + size : at + 12 + size]
        if len(check) < 4 or struct.unpack(">I", check)[0] != zlib.crc32(name + body):
            break
        chunks.append((name, body))
        at += 12 + size
        if name == b"IEND":
            break
    names = [name for name, __ in chunks]
    if not names or names[0] != b"IHDR" or names[-1] != b"IEND" or names.count(b"IHDR") > 1:
        raise LogoError("logo_damaged", "the picture is damaged or cut off", _ANEW)
    return chunks


def _read_header(chunks: list[tuple[bytes, bytes]]) -> tuple[int, int, int]:
    """Width, height and bytes of one row."""
    header = chunks[0][1]
    if len(header) != 13:
        raise LogoError("logo_damaged", "the picture's header is damaged", _ANEW)
    width, height, depth, kind, squeezed, filtered, interlaced = struct.unpack(">IIBBBBB", header)
    if depth == _DEEP:
        fix = "save it with 8 bits a channel"
        raise LogoError("logo_deep", "the picture has 16 bits a channel", fix)
    if depth not in _DEPTHS.get(kind, ()) or squeezed or filtered:
        raise LogoError("logo_damaged", "the picture's header is damaged", _ANEW)
    short, long = sorted((width, height))
    if short < SMALLEST_SIDE or long > LARGEST_SIDE or width * height > MOST_PIXELS:
        what = f"the picture has {width:,} × {height:,} pixels"
        fix = (
            f"use {SMALLEST_SIDE} to {LARGEST_SIDE:,} on each side and at most {MOST_PIXELS:,} in "
            "all; a height of 300 is plenty"
        )
        raise LogoError("logo_pixels", what, fix)
    if interlaced:
        fix = "save it without interlacing (also called progressive)"
        raise LogoError("logo_interlaced", "the picture is interlaced", fix)
    return width, height, 1 + (width * depth * _SAMPLES[kind] + 7) // 8


def _check_rows(squeezed: bytes, row: int, height: int) -> None:
    """Unpack no more than the header promises, and hold it against that."""
    unpacker = zlib.decompressobj()
    try:
        rows = unpacker.decompress(squeezed, row * height + 1)
    except zlib.error:
        rows = b""
    if len(rows) != row * height or any(filtered > 4 for filtered in rows[::row]):
        raise LogoError("logo_damaged", "the picture is damaged or cut off", _ANEW)


def _write_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
