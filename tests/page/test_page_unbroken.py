"""Protected words and dates are kept together on the page, and nothing else is touched."""

import pytest

from fakes.site import a_country, a_face
from sarabanwatch.page import Site, words


@pytest.mark.parametrize("text", ["สำนักนายกรัฐมนตรี", "27 กุมภาพันธ์ 2569", "27 February 2026",
                                  "มาตรา 10", "เวลา 16.30 น.", "8,286 หน่วยงาน", "9 แห่ง",
                                  "ร้อยละ 78.9"])
def test_a_protected_word_or_date_is_kept_together(text: str) -> None:
    assert words.whole(f"<p>ก{text}ข</p>") == f"<p>ก<span class=w>{text}</span>ข</p>"


@pytest.mark.parametrize(("kind", "own"), [("องค์การบริหารส่วนตำบล", "ทุ่งไผ่"),
                                           ("เทศบาลเมือง", "หนองคาย")])
def test_a_local_governments_own_name_is_kept_together(kind: str, own: str) -> None:
    assert words.whole(f"<a>{kind}{own}</a>") == f"<a>{kind}<span class=w>{own}</span></a>"


def test_a_name_that_no_phone_could_hold_on_a_line_is_broken() -> None:
    assert words.whole(f"<a>เทศบาลตำบล{'ก' * 19}</a>") == f"<a>เทศบาลตำบล{'ก' * 19}</a>"


@pytest.mark.parametrize("page", ['<a title="นายกรัฐมนตรี">ก</a>', "<title>อีเมล · ก</title>",
                                  '<meta content="27 กุมภาพันธ์ 2569">', "<p>นายก</p>"])
def test_tags_and_titles_are_left_alone(page: str) -> None:
    assert words.whole(page) == page


def test_every_page_is_set_so_and_the_feed_is_not() -> None:
    site = Site(a_country(), a_face())
    for path in ("index.html", "changes.html", "agency/1.html", "changes.atom", "style.css"):
        document = site.document(path)
        assert document
        assert (b"<span class=w>" in document.body) == path.endswith(".html"), path
