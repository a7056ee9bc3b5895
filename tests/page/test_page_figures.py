"""One figure is computed once: pages, feed, JSON, CSV and share card agree; times have zones."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from markupsafe import escape
from msgspec import structs

from fakes.archive import BECAUSE, NOW, MemoryArchive, listing
from fakes.site import a_country, a_face, page
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.page import trend
from sarabanwatch.page import Face, Site

ROUND = timedelta(weeks=6)


def turn(number: int, code: str, was: Group | None, now: Group, ago: timedelta) -> Transition:
    return Transition(number, code, was, now, BECAUSE[now], NOW - ago)


@pytest.fixture
def site() -> Site:
    """Three rounds of 40 agencies in two provinces; some were mended, some became worse."""
    groups = [Group.A1] * 21 + [Group.A2] * 5 + [Group.D2] * 11 + [Group.E] * 3
    listings = [listing(f"{n:02d}", f"หน่วยงานที่ {n}", group, province="ลำพูน" if n % 3 else "แพร่",
                        superior="กระทรวงหนึ่ง")
                for n, group in enumerate(groups)]
    first = {f"{n:02d}": Group.D1 if n < 6 else Group.A1 if n in {30, 31} else group
             for n, group in enumerate(groups)}
    turns = [turn(n, code, None, group, 3 * ROUND) for n, (code, group) in enumerate(first.items())]
    turns += [turn(100 + n, f"{n:02d}", first[f"{n:02d}"], groups[n], ROUND / 2)
              for n in (0, 1, 2, 3, 4, 5, 30, 31)]
    return Site(MemoryArchive(listings, turns), a_face())


def faced(**configured: str) -> Face:
    """A face of which some is configured otherwise."""
    face = a_face()
    changed = {"base": face.base} | configured
    return replace(face, section=structs.replace(face.section, **changed))


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,.]*\d|\d", re.sub("<[^>]*>", "", text))


@pytest.mark.parametrize("home", ["", "en/"])
def test_the_headline_the_data_and_the_lists_tell_the_same(site: Site, home: str) -> None:
    census = json.loads(page(site, "data/census.json"))
    first = page(site, f"{home}index.html")
    lead = re.search('<p class="lead">(.*?)</p>', first)
    card = re.search('<meta name="description" content="(.*?)">', first)
    assert lead
    assert card
    assert numbers(lead[1])[:4] == ["26", "40", "65.0", "4"]
    assert numbers(card[1]) == numbers(lead[1])
    assert census["buckets"]["ready"] == 26
    assert census["shares"]["ready"] == 65.0
    trend = first.partition('id="trend"')[2].partition("</section>")[0]
    assert re.findall(r'<td class="n">([\d.]+)</td>', trend)[-3::2] == ["55.0", "65.0"]


def test_what_moved_is_counted_alike_on_pages_in_the_data_and_in_the_feed(site: Site) -> None:
    rows = json.loads(page(site, "data/changes.json"))
    courses = Counter("learnt" if not row["was"] else "mended" if row["now"][0] == "A"
                      else "worsened" for row in rows)
    told = page(site, "changes.html")
    for course, many in courses.items():
        heading = re.search(rf'id="{course}">(.*?)</h2>', told)
        assert heading
        assert numbers(heading[1]) == [str(many)]
        assert page(site, f"changes/{course}.html").count('<th scope="row">') == many
    lead = re.search('<p class="lead">(.*?)</p>', told)
    assert lead
    assert numbers(lead[1])[-3:] == ["6", "2", "0"]
    entries = ET.fromstring(page(site, "changes.atom")).findall("{*}entry")
    assert len(entries) == len(rows) == len(list(csv.DictReader(io.StringIO(
        page(site, "data/changes.csv").removeprefix("\ufeff")))))


@pytest.mark.parametrize("cut", ["province", "ministry", "kind"])
def test_a_share_in_a_table_is_that_of_its_sheet_and_of_the_ranking(site: Site, cut: str) -> None:
    told = page(site, f"{cut}.html")
    for slug, sheet in site.site_index[cut].items():
        row = re.search(rf'<th scope="row"><a href="{cut}/{slug}.html">.*?</tr>', told, re.DOTALL)
        assert row
        assert f'<td class="n">{sheet.census.ready}</td>' in row[0]
        own = page(site, f"{cut}/{slug}.html")
        assert f"({sheet.census.ready} %)" in own
        assert re.findall(r'<td class="n">([\d.]+)</td>', own)[-1] == str(sheet.census.ready)
        for ranking in re.findall(rf'{slug}.html">[^<]*<bdi>[^<]*</bdi></a> <b>([\d.]+)', told):
            assert ranking == str(sheet.census.ready)


def test_the_counts_by_round_are_those_of_the_trend_of_each_sheet(site: Site) -> None:
    rows = json.loads(page(site, "data/rounds.json"))
    census = json.loads(page(site, "data/census.json"))
    country = [row for row in rows if row["cut"] == "country"]
    assert [row["ready_percent"] for row in country] == [55.0, 55.0, 65.0, 65.0]
    assert {row["at"][-6:] for row in rows} == {"+00:00"}
    assert country[-1] == {"at": census["at"], "cut": "country", "name": "ทั้งประเทศ",
                           "total": 40, **census["buckets"], "ready_percent": 65.0}
    for cut in ("province", "ministry", "kind"):
        for slug, sheet in site.site_index[cut].items():
            shares = [str(row["ready_percent"]) for row in rows
                      if (row["cut"], row["name"]) == (cut, sheet.thai)]
            own = page(site, f"{cut}/{slug}.html").partition("rounds")[2].partition("</table>")[0]
            assert re.findall(r'<td class="n">([\d.]+)</td>', own) == shares
    told = page(site, "data/rounds.csv").removeprefix("\ufeff")
    assert [{key: str(value) for key, value in row.items()} for row in rows] == list(
        csv.DictReader(io.StringIO(told)))


def test_the_counts_by_round_go_back_further_than_the_page_shows() -> None:
    codes = [f"{n:02d}" for n in range(12)]
    turns = [turn(n, code, None, Group.A1, (12 - n) * ROUND) for n, code in enumerate(codes)]
    site = Site(MemoryArchive([listing(code, code, Group.A1) for code in codes], turns), a_face())
    rows = json.loads(page(site, "data/rounds.json"))
    country = [row["ready"] for row in rows if row["cut"] == "country"]
    assert country == sorted(country)
    assert len(country) > len(site.moments) == trend.ROUNDS + 1


def test_no_time_is_told_without_its_zone(site: Site) -> None:
    for path in [*site.paths()]:
        if path.endswith(".html"):
            text = re.sub("<[^>]*>", " ", page(site, path).partition("<body>")[2])
            told = re.findall(r"\b\d{1,2}[:.]\d{2}\b(?! %)(.{0,12})", text)
            clocks = [after for after in told if re.match(r" (น\.|Thai time)", after)]
            hours = re.findall(r"(?:เวลา |, )\d{2}[.:]\d{2}", text)
            assert len(clocks) == len(hours), path
            assert "UTC+7" in text, path


def test_csv_has_a_mark_and_lines_as_spreadsheets_want_them(site: Site) -> None:
    document = site.document("data/agencies.csv")
    assert document
    assert document.body.startswith(b"\xef\xbb\xbfcode,")
    assert document.body.endswith(b"\r\n")
    assert document.body.count(b"\r\n") == document.body.count(b"\n") == 41


def test_the_data_describe_themselves_and_no_name_ends_their_element() -> None:
    hostile = ("</script><script>alert(1)</script>", "a & b <c>")
    site = Site(a_country(), faced(owner_th=hostile[0], owner_en=hostile[1]))
    told = page(site, "data.html")
    [text] = re.findall('<script type="application/ld.json">(.*?)</script>', told)
    dataset = json.loads(text)
    assert dataset["creator"]["name"] == hostile[0]
    assert {each["contentUrl"] for each in dataset["distribution"]} == {
        f"https://page.test/{path}" for path in site.paths() if path.startswith("data/")}
    assert told.count("<script") == 1


WHOSE = re.compile(r"(?i)licen|สัญญาอนุญาต|ขออนุญาต|free to use")


@pytest.mark.parametrize(("name", "link"), [
    ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"), ("<b> & Co", ""),
    ("", "https://data.test/licence?v=1&w=2"),
])
def test_the_licence_is_told_as_the_publisher_says_it(name: str, link: str) -> None:
    site, shown = Site(a_country(), faced(licence=name, licence_url=link)), name or link
    for path, word in (("index.html", "สัญญาอนุญาต"), ("data.html", "สัญญาอนุญาต"),
                       ("en/index.html", "Licence"), ("en/data.html", "Licence")):
        told = page(site, path)
        assert word in told
        assert escape(shown) in told
        assert (f'rel="license" href="{escape(link)}"' in told) == bool(link)
    rights = ET.fromstring(page(site, "changes.atom")).findtext("{*}rights")
    assert rights == " ".join(filter(None, (name, link)))
    [text] = re.findall('ld.json">(.*?)</script>', page(site, "data.html"))
    assert json.loads(text)["license"] == (link or name)


def test_of_a_licence_that_the_publisher_did_not_name_nothing_is_said(site: Site) -> None:
    for path in ("index.html", "data.html", "en/data.html", "about.html", "changes.atom"):
        assert not WHOSE.search(page(site, path))
    assert "rights" not in page(site, "changes.atom")


@pytest.mark.parametrize("path", ["index.html", "agency/d2.html", "province.html", "send.html"])
def test_a_shared_link_shows_a_picture_and_a_sentence(site: Site, path: str) -> None:
    site = Site(a_country(), a_face())
    for home, locale in (("", "th_TH"), ("en/", "en_GB")):
        told = page(site, home + path)
        og = dict(re.findall('<meta property="og:([a-z:_]+)" content="(.*?)">', told))
        assert og["locale"] == locale
        assert og["url"] == "https://page.test/" + (home + path).removesuffix("index.html")
        assert og["title"]
        assert og["description"]
        picture = site.document(og["image"].removeprefix("https://page.test/"))
        assert picture
        assert picture.body[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)


def test_where_nobody_knows_the_sites_place_no_link_to_it_is_given() -> None:
    site = Site(a_country(), faced(base=""))
    assert "canonical" not in page(site, "index.html")
    assert "og:" not in page(site, "index.html")
    assert "<script" not in page(site, "data.html")
