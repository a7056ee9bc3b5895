"""QR codes (ISO/IEC 18004) of links, as SVG and PNG: dark on white with the quiet zone, on any ground."""

import io
import re

import segno

BORDER = 4     # modules of quiet zone
SCALE = 8      # pixels a module of a PNG
MASK = 0       # one for all: weighing the eight patterns takes ten times as long, and every reader takes any
DARK = re.compile(b"\x01+")


def svg(link: str) -> bytes:
    """Return a link as a picture of any size."""
    rows = _code(link).matrix
    size = len(rows) + 2 * BORDER
    drawn = "".join(_row(row, y) for y, row in enumerate(rows, start=BORDER))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
            f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path stroke="#000" d="{drawn}"/></svg>\n').encode()


def png(link: str) -> bytes:
    """Return a link as a picture of dots."""
    out = io.BytesIO()
    _code(link).save(out, kind="png", border=BORDER, scale=SCALE, dark="#000", light="#fff")
    return out.getvalue()


def _row(row: bytearray, y: int) -> str:
    """Return the strokes of one row, a run of dark modules each."""
    return "".join(f"M{run.start() + BORDER} {y}.5h{run.end() - run.start()}" for run in DARK.finditer(row))


def _code(link: str) -> segno.QRCode:
    return segno.make_qr(link, error="m", boost_error=False, mask=MASK)
