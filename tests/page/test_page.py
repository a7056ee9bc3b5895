"""The site as people and programs see it, over an archive in memory."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest

from fakes.archive import NOW, MemoryArchive, listing
from fakes.site import HOSTILE, a_country, a_face, page
from sarabanwatch.core.judging.census import BUCKETS, bucket_of, parted
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.page.public import Hold
from sarabanwatch.page import GroupLabel, PageEdition, Site, open_data, words
from sarabanwatch.page.site import Document


@pytest.fixture
def site() -> Site:
    return Site(a_country(), a_face())


# --- documents ------------------------------------------------------------------------------------


class Leads(HTMLParser):
    """Gathers where a page leads and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src", "action"}
                       and value]


@pytest.mark.parametrize("live", [True, False])
def test_every_link_between_the_documents_leads_to_one_and_is_relative(*, live: bool) -> None:
    site = Site(a_country(), a_face(live=live))
    paths = set(site.paths())
    for path in (p for p in paths if p.endswith(".html")):
        links = Leads()
        links.feed(page(site, path))
        for link in links.found:
            if re.match(r"https?:|mailto:|#", link):
                continue
            parts = path.split("/")[:-1]
            for step in link.partition("#")[0].split("/"):
                parts = parts[:-1] if step == ".." else [*parts, step]
            assert "/".join(parts) in paths, (path, link)


def test_every_path_has_a_document_and_no_page_is_heavier_than_100_kb(site: Site) -> None:
    for path in site.paths():
        document = site.document(path)
        assert document, path
        assert len(document.body) < 100_000, path


@pytest.mark.parametrize("path", ["agency/none.html", "group/A9.html", "group/A1.2.html",
                                  "../etc/passwd", "agency/1.2.html", "x",
                                  "", "en/en/index.html", "data/x", "qr/none.svg", "qr/1.gif",
                                  "agency/", "index.0.html",
                                  "data.2.html"])
def test_what_is_not_there_is_not_there(site: Site, path: str) -> None:
    assert site.document(path) is None


@pytest.mark.parametrize("group", list(Group))
def test_an_agency_is_told_its_group_and_what_to_do(site: Site, group: Group) -> None:
    thai, english = (
        page(site, f"agency/{group.value.lower()}.html"),
        page(site, f"en/agency/{group.value.lower()}.html"),
    )
    assert 'lang="th"' in thai
    assert 'lang="en"' in english
    assert f"หน่วยงาน {group.value}" in english
    assert (f"ขั้นตอน {group.value}" in thai) == (group.value[0] in "BCDEW")
    assert ("mailto:saraban@office.test?" in thai) == (group.value[0] in "BCDEW")


@pytest.mark.parametrize("group", list(Group))
def test_the_public_can_tap_the_address_of_an_agency_that_is_ready(site: Site,
                                                                   group: Group) -> None:
    told = page(site, f"agency/{group.value.lower()}.html")
    assert ('href="mailto:saraban@one.go.test"' in told) == (group.value[0] == "A")


def test_the_history_tells_letters_and_transitions_newest_first(site: Site) -> None:
    told = page(site, "agency/1.html")
    assert "550 5.1.1" in told
    history = told.partition('class="time"')[2]
    assert history.index("28 กุมภาพันธ์ 2569") < history.index("11 มกราคม 2569")


def trend(site: Site) -> list[str]:
    section = page(site, "index.html").partition('id="trend"')[2].partition("</section>")[0]
    return re.findall(r'<svg class="bar".*?</svg>', section)


def test_the_trend_shows_the_end_of_each_round_and_now() -> None:
    assert len(trend(Site(a_country(), a_face()))) == 3


def test_an_edition_of_the_groups_holds_from_its_day_on_and_the_trend_has_each_bar_by_its_own() -> (
    None
):
    day = [NOW]
    moved = parted({g.value: "mend" if g is Group.A1 else bucket_of(g, BUCKETS) for g in Group})
    labels = a_face().edition(NOW).labels
    face = replace(a_face(), now=lambda: day[0],
                   edition=lambda at: PageEdition(labels, moved if at > NOW else BUCKETS))
    site = Site(a_country(), face)
    assert 'class="verdict ready"' in page(site, "agency/1.html")
    before = trend(site)
    assert not site.refresh()
    day[0] = NOW + timedelta(hours=1)
    assert site.refresh()
    assert 'class="verdict mend"' in page(site, "agency/1.html")
    assert (
        '"bucket": "mend",'
        in page(site, "data/agencies.json").partition('"code": "1",')[2].partition("}")[0]
    )
    assert json.loads(page(site, "data/census.json"))["buckets"]["ready"] == 1      # A2 alone
    after = trend(site)
    assert (len(after), after[:-1]) == (len(before), before[:-1])
    assert after[-1] != before[-1]


def test_long_lists_are_cut_into_pages_that_hold_every_agency_once() -> None:
    many = Site(MemoryArchive([listing(str(n), f"หน่วยงาน {n}") for n in range(400)]), a_face())
    pages = [p for p in many.paths() if p.startswith("group/A2")]
    assert pages == ["group/A2.html", "group/A2.2.html", "group/A2.3.html"]
    assert sorted(int(n) for p in pages
                  for n in re.findall(r"agency/(\d+)\.html", page(many, p))) == list(range(400))


def test_a_country_without_agencies_has_a_page() -> None:
    empty = Site(MemoryArchive([]), a_face())
    assert "0.0" in page(empty, "index.html")
    assert ET.fromstring(page(empty, "changes.atom")) is not None


@pytest.fixture
def held() -> Site:
    """A site of a country in which an incident holds two agencies."""
    country = a_country()
    country.holds = (Hold(3, Kin(Scope.HOST, "mx.<b>.test"), NOW, {"1": Group.D2, "a1": Group.D1}),)
    return Site(country, a_face())


def test_an_agency_that_an_incident_holds_learns_why_its_group_stays(held: Site) -> None:
    told = page(held, "agency/1.html")
    assert "แต่ยังไม่เปลี่ยนกลุ่ม" in told
    assert "ที่ใช้เครื่องแม่ข่ายอีเมลเดียวกัน (mx.&lt;b&gt;.test)" in told
    assert "จะเป็นกลุ่ม D2 (ไทย D2) · เหตุการณ์ร่วมที่ 3" in told
    assert "its group has not changed" in page(held, "en/agency/1.html")
    assert "ยังไม่เปลี่ยนกลุ่ม" not in page(held, "agency/a2.html")


def test_the_country_tells_how_many_are_held_and_by_what(held: Site) -> None:
    assert "คงกลุ่มเดิมไว้" in page(held, "index.html")
    assert "of the same mail host (mx.&lt;b&gt;.test)" in page(held, "en/index.html")
    assert json.loads(page(held, "data/census.json"))["held"] == [
        {"incident": 3, "scope": "mail host", "key": "mx.<b>.test", "since": NOW.isoformat(),
         "agencies": 2}]
    assert {a["code"]: a["held_by"] for a in json.loads(page(held, "data/agencies.json"))
            if a["held_by"]} == {"1": "3", "a1": "3"}


def test_where_nobody_is_held_nothing_is_said_of_it(site: Site) -> None:
    assert "คงกลุ่มเดิมไว้" not in page(site, "index.html")


def test_an_agency_learns_by_which_letter_it_was_found_and_what_would_be_right(site: Site) -> None:
    country = a_country()
    country.instead["d2"] = "saraban_05110101@dla.go.test"
    told = page(Site(country, a_face()), "agency/d2.html")
    assert ('หนังสือทดสอบที่ <bdi class="w">นร ๑๒๐๐/ท๑</bdi> เมื่อวันที่ 1 มีนาคม 2569 '
            "ถึง <bdi>saraban@one.go.test</bdi>") in told
    assert "อีเมลกลางที่น่าจะถูกต้อง</dt><dd><bdi>saraban_05110101@dla.go.test" in told
    assert "อีเมลกลาง: saraban_05110101@dla.go.test" in told
    assert "อีเมลกลาง: saraban@one.go.test" in page(site, "agency/d2.html")
    assert "อีเมลกลาง: saraban@.........." in page(site, "agency/w.html")


@pytest.mark.parametrize(("thai", "english"), [
    ("หน่วยงานขอไม่รับหนังสือทดสอบ", "The agency asked for no test letters"),
    ("โดเมนนี้รับทุกชื่อ", "The domain takes any name"),
], ids=["left alone", "takes any name"])
def test_what_is_so_of_few_is_told_to_them_alone(thai: str, english: str) -> None:
    country = a_country()
    country.opt_outs, country.weak = {"a2": True}, frozenset({"a2"})
    site = Site(country, a_face())
    assert thai in page(site, "agency/a2.html")
    assert english in page(site, "en/agency/a2.html")
    assert thai not in page(site, "agency/a1.html")


def test_thai_words_are_marked_as_such_on_english_pages(site: Site) -> None:
    for path in ("en/agency/a2.html", "en/group/A2.html", "en/changes.html",
                 "en/announcements.html"):
        told = page(site, path)
        assert re.findall(r"<bdi lang=th>[^<]*[ก-๙]", told), path
        named = re.sub(r"<(\w+)[^>]* lang=.?th.?[^>]*>.*?</\1>|<title>.*?</title>|<[^>]*>", "",
                       told, flags=re.DOTALL)
        assert re.findall("[ก-๙]+", named) == [], path


def test_the_page_counts_in_arabic_digits_but_for_the_numbers_of_letters() -> None:
    face = a_face()
    labels = face.edition(NOW).labels | {Group.E: GroupLabel("ยังไม่มีประกาศตามมาตรา ๑๐", "none",
                                                             ("ตามมาตรา ๑๐",))}
    site = Site(a_country(), replace(face, edition=lambda _: PageEdition(labels)))
    told = page(site, "agency/e.html") + page(site, "index.html") + page(site, "group/E.html")
    assert re.findall(r"\S*[๐-๙]+\S*", told.replace("ท๑", "ท").replace("๑๒๐๐", "")) == []


# --- figures --------------------------------------------------------------------------------------


def test_the_figures_are_the_same_wherever_they_stand(site: Site) -> None:
    census = json.loads(page(site, "data/census.json"))
    rows = list(csv.DictReader(io.StringIO(page(site, "data/agencies.csv").removeprefix("\ufeff"))))
    under = [row for row in rows if row["group"] != "exempt"]
    assert len(under) == census["total"] == sum(census["buckets"].values())
    assert Counter(row["bucket"] for row in under) == census["buckets"]
    assert Counter(row["group"] for row in under) == {g: n for g, n in census["groups"].items()
                                                      if n}
    for home in ("", "en/"):
        first = page(site, f"{home}index.html")
        told = re.findall(
            r'<li class="(\w+)"><strong>([\d.]+)<small>%</small></strong><b>([\d,]+)</b>', first
        )
        assert {b: (float(s), int(n)) for b, s, n in told} == {
            b: (census["shares"][b], n) for b, n in census["buckets"].items()
        }
        groups = first.partition('id="groups"')[2].partition("</table>")[0]
        assert [int(n) for n in re.findall(r'<td class="n">(\d+)</td>',
                                           groups)] == list(census["groups"].values())
    for cut in ("kind", "province", "ministry"):
        totals = re.findall(r'class="n all">(\d+)<', page(site, f"{cut}.html"))
        assert sum(map(int, totals)) == census["total"], cut
    listed = re.findall(r"<caption>(\d+)",
                        "".join(page(site, f"group/{g}.html") for g, n in census["groups"].items()
                                if n))
    assert sum(map(int, listed)) == census["total"]


def test_the_schema_page_tells_every_field_of_the_data(site: Site) -> None:
    told = page(site, "data.html")
    named = [re.findall(r'<th scope="row"><code>(\w+)</code>', part)
             for part in told.split("<h2 id=")[1:]]
    data = {name: json.loads(page(site, f"data/{name}.json"))
            for name in (*open_data.TABLES, "census")}
    assert named == [*(list(data[name][0]) for name in open_data.TABLES), list(data["census"])]
    heads = [page(site, f"data/{name}.csv").removeprefix("\ufeff").partition("\r\n")[0]
             for name in open_data.TABLES]
    assert heads == [",".join(names) for names in named[:-1]]
    assert {f"data/{name}" for name in open_data.FILES} == set(
        re.findall(r'href="(data/[^"]*)"', told))


def test_the_feed_is_one_and_its_entries_keep_their_names(site: Site) -> None:
    def entries(of: Site) -> list[str]:
        return [entry.findtext("{*}id") or ""
                for entry in ET.fromstring(page(of, "changes.atom")).iterfind("{*}entry")]

    feed = ET.fromstring(page(site, "changes.atom"))
    assert entries(site) == ["https://page.test/changes/2", "https://page.test/changes/1"]
    assert entries(Site(a_country(), a_face(live=False))) == entries(site)
    assert feed.findtext("{*}id") == next(link.get("href") for link in feed.iterfind("{*}link")
                                          if link.get("rel") == "self")
    last = max(transition.at for transition in site.country.transitions)
    assert feed.findtext("{*}updated") == last.isoformat()
    for each in (feed, *feed.iterfind("{*}entry")):  # RFC 4287, sections 4.1.1 and 4.1.2
        assert {tag for tag in ("id", "title", "updated") if each.findtext(f"{{*}}{tag}")} == {
            "id", "title", "updated",
        }
        assert datetime.fromisoformat(each.findtext("{*}updated") or "").tzinfo
    assert feed.findtext("{*}author/{*}name")


# --- hostile names --------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(len(HOSTILE)), ids=list(HOSTILE))
def test_a_hostile_name_is_text_on_its_page(site: Site, n: int) -> None:
    told = page(site, f"agency/h{n}.html")
    for tag in ("<script", "<b>กรม", 'onmouseover="', "49", "\u202e", "\u2066", "\x00",
                'href="javascript'):
        assert tag not in told


def test_hostile_names_are_text_in_the_data(site: Site) -> None:
    rows = list(csv.reader(io.StringIO(page(site, "data/agencies.csv").removeprefix("\ufeff"))))
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    told = json.loads(page(site, "data/agencies.json"))
    assert HOSTILE["formula"] in {agency["name"] for agency in told}
    assert len(told) == len(rows) - 1 == len(site.country.listings)
    assert list(told[0]) == rows[0]


@pytest.mark.parametrize("begins", [*"=+-@|%＝＋－＠", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_may_take_for_a_formula_stands_behind_an_apostrophe(
    begins: str,
) -> None:
    raw = open_data.as_csv(open_data.CHANGES[:1], [[f"{begins}1+1"], ["1+1"]])
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows == [["id"], [f"'{begins}1+1"], ["1+1"]]


def test_hostile_names_are_text_in_the_feed() -> None:
    country = a_country()
    country.transitions = [Transition(n, f"h{n}", None, Group.D1, "<x>", NOW)
                     for n in range(len(HOSTILE))]
    feed = ET.fromstring(page(Site(country, a_face()), "changes.atom"))
    titles = [title.text or "" for title in feed.iterfind(".//{*}entry/{*}title")]
    assert any(title.startswith(HOSTILE["markup"]) for title in titles)
    assert len(titles) == len(HOSTILE)


# --- small rules ----------------------------------------------------------------------------------


def test_an_agency_that_only_looks_alike_is_shown_and_not_led_to(site: Site) -> None:
    found = site.index.find("เทศบาลตำบลหนองไฝ่")
    assert (found.all, found.alike) == (1, True)
    assert isinstance(site.search("เทศบาลตำบลหนองไฝ่", "th"), Document)
    assert site.search("เทศบาลตำบลหนองไผ่", "th") == "agency/1.html"


@pytest.mark.parametrize(("link", "safe"), [
    ("https://one.go.th/a.pdf", True), ("http://one.go.th/", True), ("ftp://one.go.th/a", False),
    ("javascript:alert(1)", False), ("//one.go.th/a", False), ("https:", False), ("[", False)])
def test_only_links_to_the_web_are_followed(link: str, safe: bool) -> None:  # noqa: FBT001 - as above
    assert words.safe_link(link) == (link if safe else "")
