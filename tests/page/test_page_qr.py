import io

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from sarabanwatch.page import png, svg
from sarabanwatch.page.qr import BORDER, MASK


def drawn(link: str) -> bytes:
    """What the library itself draws, run by run."""
    rows = segno.make_qr(link.encode(), error="m", mode="byte", boost_error=False, mask=MASK).matrix
    strokes = ""
    for y, row in enumerate(rows, start=BORDER):
        starts = [x for x, dark in enumerate(row) if dark and not (x and row[x - 1])]
        ends = [x + 1 for x, dark in enumerate(row) if dark
                and not (x + 1 < len(row) and row[x + 1])]
        strokes += "".join(f"M{start + BORDER} {y}.5h{end - start}"
                           for start, end in zip(starts, ends, strict=True))
    size = len(rows) + 2 * BORDER
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"'
            ' shape-rendering="crispEdges">'
            f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
            f'<path stroke="#000" d="{strokes}"/></svg>\n').encode()


LINKS = st.from_regex(r"\Ahttps://[a-z.]{1,12}/agency/[0-9A-Z]{1,9}\.html\Z")


@settings(max_examples=25)
@given(LINKS | st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_a_code_put_together_bit_by_bit_is_the_one_that_the_library_draws(link: str) -> None:
    assert svg(link) == drawn(link)


@pytest.mark.parametrize("link", ["https://x.test/", "HTTPS://X.TEST", "12345",
                                  "https://เว็บ.test/"])
def test_codes_of_any_kind_of_text_are_drawn_as_dots_too(link: str) -> None:
    assert svg(link) == drawn(link)
    assert io.BytesIO(png(link)).read(8) == b"\x89PNG\r\n\x1a\n"
