"""An agency's page tells at a glance what was looked at, and leads on: to its peers, and how."""

import re
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

import pytest

from fakes.archive import MemoryArchive, letter, listing
from fakes.site import a_country, a_face, page
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.returns import correction
from sarabanwatch.core.returns.clues import Ours
from sarabanwatch.page import Site

OURS = Ours("probes@probe.test", "นร 1200/ท")


def of_one(group: Group, *verdicts: Verdict, **fields: str) -> Site:
    archive = MemoryArchive([listing("1", "เทศบาลตำบลหนึ่ง", group, **fields)],
                            letters=tuple(letter(each) for each in verdicts))
    return Site(archive, a_face())


@pytest.mark.parametrize("home", ["", "en/"])
def test_all_that_is_looked_at_is_told_in_words(home: str) -> None:
    told = page(of_one(Group.D2, Verdict.REFUSES), f"{home}agency/1.html")
    rows = re.findall(r'<th scope="row">(.*?)</th><td><span class="badge (\w+)">(.*?)</span>',
                      re.sub("</?span class=w>|</span>(?=[^<]*</th>)", "", told))
    assert [result for _, result, _ in rows] == ["mend", "ready", "mend"]
    assert all(words for _, _, words in rows)


@pytest.mark.parametrize(("group", "verdict", "leads"), [
    (Group.A2, Verdict.ACCEPTS, "right"), (Group.E, Verdict.ACCEPTS, "right"),
    (Group.E, Verdict.REFUSES, "cannot"), (Group.D2, Verdict.REFUSES, "cannot"),
    (Group.W, Verdict.PROVEN, "right"), (Group.UNKNOWN, Verdict.PENDING, "cannot"),
])
def test_a_citizen_is_told_to_write_wherever_letters_arrive_whatever_is_to_mend(
    group: Group, verdict: Verdict, leads: str,
) -> None:
    told = page(of_one(group, verdict), "agency/1.html")
    assert f'href="../send.html#{leads}"' in told
    assert ('href="mailto:saraban@one.go.test"' in told) == (leads == "right")


@pytest.mark.parametrize("home", ["", "en/"])
def test_an_agency_leads_to_its_kind_its_province_and_its_ministry(home: str) -> None:
    site = of_one(Group.A2, superior="กระทรวงหนึ่ง")
    told = page(site, f"{home}agency/1.html")
    for cut in ("kind", "province", "ministry"):
        [link] = re.findall(rf'href="\.\./({cut}/[^"]*)"', told)
        assert site.document(home + link)


def test_a_letters_number_is_never_broken_between_two_lines() -> None:
    told = page(of_one(Group.D2, Verdict.REFUSES), "agency/1.html")
    assert re.findall(r"<bdi([^>]*)>นร", told) == [' class="w"'] * 2


@pytest.mark.parametrize("path", ["index.html", "agency/d2.html", "en/province.html"])
def test_whoever_got_a_letter_finds_on_every_page_where_it_is_checked(path: str) -> None:
    told = page(Site(a_country(), a_face()), path)
    assert re.search(r'href="(\.\./)*check\.html"', told.partition("<footer>")[2])


def test_ministries_are_ranked_on_the_first_page_and_provinces_are_none_of_them() -> None:
    listings = [replace(listing(f"{n}", f"กรม {n}", Group.A2 if n % 3 else Group.D2),
                        superior=f"กระทรวงที่ {n % 2}" if n < 40 else "จังหวัดเชียงใหม่")
                for n in range(60)]
    site = Site(MemoryArchive(listings), a_face())
    ranks = page(site, "index.html").partition('id="ministries"')[2].partition("</section>")[0]
    assert len(re.findall('href="ministry/x', ranks)) == 2
    assert "จังหวัด" not in ranks
    assert "Chiang Mai province" in page(site, "en/ministry.html")


@pytest.mark.parametrize("cut", ["province", "ministry", "kind", "group"])
def test_a_list_of_sheets_leads_to_the_others(cut: str) -> None:
    told = page(Site(a_country(), a_face()), f"{cut}.html").partition("<main")[2]
    others = {"province", "ministry", "kind", "group"} - {cut}
    assert set(re.findall(r'class="w" href="(\w+)\.html"', told)) == others


def test_whoever_fills_in_the_form_of_an_agencys_page_is_read() -> None:
    told = page(of_one(Group.D2, Verdict.REFUSES), "agency/1.html")
    [form] = {unquote(body) for body in re.findall('href="mailto:[^"]*;body=([^"]*)"', told)}
    for field, value in (("อีเมลกลาง: ", "saraban@new.go.th"), ("วันที่ประกาศ: ", "5 มกราคม 2569"),
                         ("info.go.th: ", "https://info.go.th/1")):
        form = re.sub(f"({field}).*", rf"\g<1>{value}", form)
    mail = ("From: saraban@one.go.th\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + form)
    read = correction.read(mail.encode(), OURS)
    assert (read.addresses, read.link, read.given_on) == (
        ("saraban@new.go.th",), "https://info.go.th/1", date(2026, 1, 5))
