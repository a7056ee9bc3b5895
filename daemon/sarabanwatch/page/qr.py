"""QR codes (ISO/IEC 18004) of links, as SVG and PNG: dark on white, with the quiet zone.

An export draws 8,000 codes, and a library takes milliseconds for each. Reed-Solomon check words are
linear, and so is masking. Of links of one length, each octet therefore turns over the same modules
whatever the others are. What an octet turns over is found out once; all codes are put together of
that by exclusive or.
"""

import io
import re
from functools import cache

import segno

BORDER = 4     # modules of quiet zone
SCALE = 8      # pixels a module of a PNG
# one for all: weighing the eight patterns takes ten times as long, and every reader takes any
MASK = 0
DARK = re.compile(b"\x01+")


def svg(link: str) -> bytes:
    """Return the code of a link as a drawing (SVG)."""
    side, modules = _modules(link.encode())
    size = side + 2 * BORDER
    dots = modules.to_bytes(side * side)
    drawn = "".join(_row(dots[y * side:(y + 1) * side], y + BORDER) for y in range(side))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"'
            ' shape-rendering="crispEdges">'
            f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
            f'<path stroke="#000" d="{drawn}"/></svg>\n').encode()


def png(link: str) -> bytes:
    """Return the code of a link as a picture (PNG)."""
    out = io.BytesIO()
    _code(link.encode()).save(out, kind="png", border=BORDER, scale=SCALE, dark="#000",
                              light="#fff")
    return out.getvalue()


def _modules(link: bytes) -> tuple[int, int]:
    """Return a code's side, and its modules as an octet each, from the top left."""
    side, drawn = _drawn(bytes(len(link)))
    for place, octet in enumerate(link):
        drawn ^= _turned(len(link), place, octet)
    return side, drawn


@cache
def _turned(length: int, place: int, octet: int) -> int:
    """Return the modules that one octet turns over, in links of a length in octets."""
    alone = octet.to_bytes(place + 1).ljust(length, b"\0")
    return _drawn(alone)[1] ^ _drawn(bytes(length))[1]


@cache
def _drawn(link: bytes) -> tuple[int, int]:
    rows = _code(link).matrix
    return len(rows), int.from_bytes(b"".join(rows))


def _row(row: bytes, y: int) -> str:
    """Return the strokes of one row, a run of dark modules each."""
    return "".join([_stroke(y, *run.span()) for run in DARK.finditer(row)])


@cache     # a few thousand of them make up all codes
def _stroke(y: int, start: int, end: int) -> str:
    return f"M{start + BORDER} {y}.5h{end - start}"


def _code(link: bytes) -> segno.QRCode:
    return segno.make_qr(link, error="m", mode="byte", boost_error=False, mask=MASK)
