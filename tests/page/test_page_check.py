"""Is this letter genuine? Its number is told with day and addressee, and nothing else with it."""

from urllib.parse import quote

import pytest

from fakes.archive import NOW
from fakes.site import a_country, a_face, visiting
from sarabanwatch.core.page.genuine import OurLetter, names, serial_in
from sarabanwatch.page import Site

LETTER = OurLetter("นร ๑๒๐๐/ท๗", NOW, "กรมหนึ่ง <b>")
OURS = ("นร ๑๒๐๐/ท๗", "นร1200/ท7", " ที่ นร 1200/ท 7 ", "7", "๗")
NOT_OURS = ("นร ๑๒๐๐/ท๘", "นร 1200/ว7", "มท 1200/ท7", "07", "ท7", "x", "7x", "9" * 400,
            "<b>", "๗\u202e7")


@pytest.fixture
def site() -> Site:
    country = a_country()
    country.known = {7: LETTER}
    return Site(country, a_face())


@pytest.mark.parametrize("asked", OURS)
def test_a_number_is_known_in_digits_of_either_kind_and_by_its_serial(asked: str) -> None:
    assert serial_in(asked) == 7
    assert names(asked, LETTER)


@pytest.mark.parametrize("asked", NOT_OURS)
def test_another_number_is_not(asked: str) -> None:
    assert not names(asked, LETTER)


@pytest.mark.parametrize("line", ["GET /n/7", "GET /check.html?number=" + quote(OURS[0]),
                                  "GET /n/" + quote(OURS[0])])
async def test_a_letter_of_ours_is_told_with_its_day_and_addressee(site: Site, line: str) -> None:
    async with visiting(site) as ask_:
        status, _, body = await ask_(line)
    said = body.decode()
    assert status == 200
    assert "เป็นหนังสือของ" in said
    assert "นร ๑๒๐๐/ท๗" in said
    assert "2 มีนาคม 2569" in said
    assert "กรมหนึ่ง &lt;b&gt;" in said


async def test_whatever_is_no_letter_of_ours_gets_the_same_answer(site: Site) -> None:
    async with visiting(site) as ask_:
        told = [await ask_("GET /check.html?number=" + quote(asked)) for asked in NOT_OURS]
        again = await ask_("GET /n/8")
    assert {status for status, _, _ in told} == {404}
    assert len({body for _, _, body in told}) == 1
    assert again[0] == 404
    assert "จึงยังยืนยันไม่ได้ว่าเป็นหนังสือจริง" in told[0][2].decode()


async def test_without_a_number_it_is_asked_for_in_both_languages(site: Site) -> None:
    async with visiting(site) as ask_:
        for line in ("GET /check.html", "GET /check.html?number=%20", "GET /en/check.html?number="):
            status, _, body = await ask_(line)
            assert status == 200
            assert 'name="number"' in body.decode()
        assert "It is a letter of" in (await ask_("GET /en/n/7"))[2].decode()


def test_a_confirmation_is_a_receipt_to_print(site: Site) -> None:
    said = site.confirmation("sw", "done", "๑/2569", 7).body.decode()
    said = said.replace("<span class=w>", "").replace("</span>", "")
    for part in ("หลักฐานการยืนยันการรับหนังสือ", "นร ๑๒๐๐/ท๗", "กรมหนึ่ง", "๑/2569",
                 "2 มีนาคม 2569 เวลา 10.00 น."):
        assert part in said
    # where the letter is shown to nobody, its number is not told either
    assert "นร ๑๒๐๐" not in site.confirmation("sw", "done", "๑/2569", 8).body.decode()
