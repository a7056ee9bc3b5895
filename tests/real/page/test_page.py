"""What people see: by mouse, keyboard and screen reader, small, enlarged, dark and on paper."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from real.page.conftest import MARK, Visit, special
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.letters.unbroken import PATTERN
from sarabanwatch.core.page.public import Listing

pytestmark = pytest.mark.real
KINDS_OF_PAGE = ("index.html", "search.html", "search.html?q=หนอง", "search.html?q=ฬฬฬ",
                 "province.html", "province/50.html",
                 "group/E.html", "changes.html", "changes/mended.html", "ministry.html",
                 "send.html", "check.html", "check.html?number=1", "announcements.html",
                 "data.html", "about.html", "deep/nowhere.html")
CONFIRM = (f"r/{MARK}", "r/" + MARK.replace("c", "d"))
SPECIAL = ("held by an incident", "left alone", "takes any name")
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# what stands on two lines of all that may not
BROKEN = """pattern => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode())
    for (const match of walker.currentNode.data.matchAll(new RegExp(pattern, "g"))) {
      const range = document.createRange();
      range.setStart(walker.currentNode, match.index);
      range.setEnd(walker.currentNode, match.index + match[0].length);
      if (new Set([...range.getClientRects()].map(r => Math.round(r.top))).size > 1)
        found.push(match[0]);
    }
  return found;
}"""
# as enlarged, in CSS pixels
SMALL = {"320 px": {"width": 320, "height": 640}, "200 %": {"width": 640, "height": 400}}
MARKS = str.maketrans("", "", "\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e47")
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def faults(visit: Visit) -> list[str]:
    """What axe-core finds that hinders people, by rule and place."""
    found = Axe().run(visit.page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


def of_group(agencies: list[Listing], group: Group) -> Listing:
    found = next((a for a in agencies if a.group is group), None)
    if found is None:
        pytest.skip(f"nobody is {group} in this land")
    return found


def sideways(visit: Visit) -> dict[str, object]:
    """How far a page must be scrolled sideways on a small screen, and enlarged.

    With it the protected words and dates that are broken there; {} is right.
    """
    found: dict[str, object] = {}
    for how, size in SMALL.items():
        visit.page.set_viewport_size(size)
        found[how] = visit.page.evaluate(OVERFLOW) or visit.page.evaluate(BROKEN, PATTERN)
    return {how: over for how, over in found.items() if over}


def hindrances(visit: Visit, path: str, english: str) -> list[object]:
    """What hinders people on a page by day, and on its English twin in the dark.

    Small and enlarged too. Who has looked at the page before is there already.
    """
    if visit.page.url != visit.base + path:
        visit.go(path)
    found = [*faults(visit), *sideways(visit).items()]
    visit.page.emulate_media(color_scheme="dark")
    page = visit.go(english)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 22, 31)"
    return [*found, *faults(visit), *sideways(visit).items()]


@pytest.mark.parametrize("path", KINDS_OF_PAGE)
def test_nothing_hinders_people_on_any_kind_of_page(look: Visit, path: str) -> None:
    assert hindrances(look, path, f"en/{path}") == []


@pytest.mark.parametrize("path", CONFIRM, ids=["ours", "not ours"])
def test_nothing_hinders_people_behind_a_letters_link(look: Visit, path: str) -> None:
    assert hindrances(look, path, path) == []     # it speaks both languages


@pytest.mark.parametrize("group", list(Group))
def test_an_agency_of_each_group_learns_what_to_do(look: Visit, agencies: list[Listing],
                                                   group: Group) -> None:
    listing = of_group(agencies, group)
    page = look.go(f"agency/{listing.slug}.html")
    assert page.inner_text("h1") == listing.name
    assert page.is_visible("#do")
    assert (page.locator(".steps li").count() > 0) == (group.value[0] in "BCDEW")
    assert hindrances(look, f"agency/{listing.slug}.html", f"en/agency/{listing.slug}.html") == []


@pytest.mark.parametrize("so", SPECIAL)
def test_an_agency_of_which_more_is_to_be_told_learns_it(look: Visit, agencies: list[Listing],
                                                         so: str) -> None:
    slug = special(agencies)[so].slug
    page = look.go(f"agency/{slug}.html")
    told = {"held by an incident": "แต่ยังไม่เปลี่ยนกลุ่ม", "left alone": "ขอไม่รับหนังสือทดสอบ",
            "takes any name": "โดเมนนี้รับทุกชื่อ"}
    assert [other for other, words in told.items() if words in page.inner_text("main")] == [so]
    assert hindrances(look, f"agency/{slug}.html", f"en/agency/{slug}.html") == []


def test_the_longest_address_is_broken_into_lines(look: Visit, agencies: list[Listing]) -> None:
    look.go(f"agency/{max(agencies, key=lambda a: len(a.address)).slug}.html")
    assert sideways(look) == {}


@pytest.mark.parametrize("said", [
    lambda a: a.name.translate(MARKS).replace(" ", ""), lambda a: a.code.translate(THAI),
    lambda a: a.address,
], ids=["name without tone marks", "code in Thai digits", "address"])
def test_an_agency_is_found(visit: Visit, agencies: list[Listing],
                            said: Callable[[Listing], str]) -> None:
    wanted = next(a for a in agencies if a.group is Group.D2
                  and sum(b.name == a.name for b in agencies) == 1)
    page = visit.go("index.html")
    page.fill("#q", said(wanted))
    with page.expect_navigation():
        page.press("#q", "Enter")
    if page.locator("table.list").count():
        with page.expect_navigation():
            page.click(f'a[href$="agency/{wanted.slug}.html"]')
    assert page.inner_text("h1") == wanted.name


def test_it_is_used_by_keyboard_alone(visit: Visit, agencies: list[Listing]) -> None:
    page = visit.go("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.type(of_group(agencies, Group.E).code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.inner_text("h1") == of_group(agencies, Group.E).name


def test_it_can_be_printed(visit: Visit, agencies: list[Listing]) -> None:
    page = visit.go(f"agency/{of_group(agencies, Group.D2).slug}.html")
    page.emulate_media(media="print")
    assert not page.is_visible("nav")
    assert page.is_visible(".steps")
    assert faults(visit) == []
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
@pytest.mark.parametrize("path", ["index.html", "ministry.html", "province.html", "data.html"])
def test_no_sheet_is_printed_for_the_foot_of_a_page_alone(
    visit: Visit, path: str, tmp_path: Path,
) -> None:
    page = visit.go(path)
    page.emulate_media(media="print")
    foot = page.inner_text("body > footer").split()
    page.pdf(format="A4", path=tmp_path / "x.pdf")
    text = subprocess.run(["pdftotext", tmp_path / "x.pdf", "-"], capture_output=True, text=True,
                          check=True).stdout
    last = text.split("\f")[-2].split()
    assert len(last) > len(foot) + 5, last


@pytest.mark.parametrize("path", ["index.html", "group/A2.html", "province.html"])
def test_a_page_weighs_less_than_100_kb(visit: Visit, path: str) -> None:
    page = visit.go(path)
    took = page.evaluate("performance.getEntriesByType('navigation')[0].duration")
    print(f"{path}: {visit.weight / 1000:.1f} kB in {len(visit.asked)} requests, {took:.0f} ms")
    assert visit.weight < 100_000


@pytest.mark.parametrize("visit", [{"viewport": {"width": 390, "height": 844}, "has_touch": True}],
                         indirect=True, ids=["phone"])
def test_from_the_qr_code_to_what_must_my_agency_do_in_two_taps(visit: Visit,
                                                                agencies: list[Listing],
                                                                tmp_path: Path) -> None:
    wanted = of_group(agencies, Group.D2)
    page = visit.go("")
    page.screenshot(path=tmp_path / "0.png")
    page.fill("#q", wanted.name)
    with page.expect_navigation():
        page.tap("button")
    page.screenshot(path=tmp_path / "1.png")
    if page.locator("table.list").count():
        with page.expect_navigation():
            page.tap(f'a[href$="agency/{wanted.slug}.html"]')
    page.screenshot(path=tmp_path / "2.png")
    assert page.locator("#do").bounding_box()["y"] < 844     # at once in sight


def test_a_receipt_is_confirmed_by_the_button(visit: Visit) -> None:
    page = visit.go(f"r/{MARK}")
    page.fill("#receipt", "12/2569")
    with page.expect_navigation():
        page.click("button")
    assert page.is_visible("text=บันทึกการยืนยันแล้ว")
    assert faults(visit) == []
