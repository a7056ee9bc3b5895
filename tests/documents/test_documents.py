"""What the documents name is there: verbs, options, keys, files, targets; and a document's marks
are known ones.
"""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from documents.reading import LINK, MARKS, ROOT, SHELLS, documents, fences, named, told, unknown
from sarabanwatch.settings import Settings, shipped

ALL = documents()
NAMES = [str(path.relative_to(ROOT)) for path in ALL]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LONGEST_README = 90
MADE = {"register.csv", "truth.json", "letters.jsonl", "arrivals.jsonl", "sarabanwatch.toml",
        "address-rules.toml", "token.keys"}      # what the land makes where it is told to
every = pytest.mark.parametrize("path", ALL, ids=NAMES)


@every
def test_every_command_names_a_verb_and_options_that_there_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = [line for fence in fences(text) if fence.language in SHELLS for line in fence.commands]
    invocations = [*told(text), *(each for line in lines for each in named(line))]
    assert [(each, what) for each in invocations if (what := unknown(each))] == []


@every
def test_every_mark_of_a_fence_is_a_known_one(path: Path) -> None:
    marks = {mark for fence in fences(path.read_text(encoding="utf-8")) if fence.language in SHELLS
             for mark in fence.marks}
    assert marks <= set(MARKS)


@every
def test_a_fence_without_a_mark_has_no_command_but_ours(path: Path) -> None:
    """It is run; what changes the machine, speaks to servers or belongs to others is marked, and is
    not.
    """
    found = [line for fence in fences(path.read_text(encoding="utf-8")) if fence.language in SHELLS
             and not fence.marks for line in fence.commands]
    assert [line for line in found if not line.startswith("sarabanwatch ")] == []


@every
def test_every_link_and_picture_leads_somewhere(path: Path) -> None:
    links = [target for target, _ in LINK.findall(path.read_text(encoding="utf-8")) if target
             and "://" not in target]
    assert [target for target in links if not (path.parent / target).exists()] == []


@every
def test_every_file_of_ours_that_is_named_is_there(path: Path) -> None:
    named = re.findall(
        r"`((?:\.\./)*[\w.*-]+(?:/[\w.*-]+)+\.(?:py|toml|md|txt|typ|yml|sh|service))`",
        path.read_text(encoding="utf-8"),
    )
    places = (ROOT, path.parent, ROOT / "daemon", ROOT / "daemon/sarabanwatch", ROOT / "config",
              ROOT / "tests")
    assert [name for name in named if not any(list(place.glob(name)) for place in places)] == []


@every
def test_every_link_to_a_heading_finds_it(path: Path) -> None:
    for target, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        page = path.parent / target if target else path
        if anchor and page.suffix == ".md":
            assert anchor in anchors(page.read_text(encoding="utf-8")), f"{target}#{anchor}"


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\u0e00-\u0e7f -]", "", heading.lower()).replace(" ", "-")
            for heading in headings}


@every
def test_every_target_of_make_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    asked = re.findall(r"(?:^|[`$] ?)make ([a-z]+)\b", text, re.MULTILINE)
    assert [target for target in asked
            if not re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)] == []


@every
def test_every_key_in_a_piece_of_configuration_is_one(path: Path) -> None:
    for fence in fences(path.read_text(encoding="utf-8")):
        if fence.language == "toml":
            sample = tomllib.loads(shipped("sarabanwatch.toml").read_text(encoding="utf-8"))
            msgspec.convert(over(sample, tomllib.loads("\n".join(fence.lines))), Settings)


def over(whole: dict[str, Any], piece: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration with a piece laid over it."""
    return whole | {key: over(whole[key], value) if isinstance(value, dict)
                    and isinstance(whole.get(key), dict) else value for key, value in piece.items()}


@pytest.mark.parametrize("name", ["config", "daemon", "daemon/sarabanland", "deploy", "tests"])
def test_the_tables_of_a_folders_readme_name_what_is_there_and_leave_no_folder_out(
    name: str,
) -> None:
    folder = ROOT / name
    cells = re.findall(r"^\| ([^|]*`[^|]*) \|", (folder / "README.md").read_text(encoding="utf-8"),
                       re.MULTILINE)
    told = {piece.rstrip("/") for cell in cells
            for piece in re.findall(r"`([\w./-]+[/.][\w./-]*)`", cell)}
    assert {piece for piece in told - MADE if not (folder / piece).exists()} == set()
    listed = subprocess.run(["git", "ls-files", name], cwd=ROOT, capture_output=True, text=True,
                            check=True).stdout.split()
    parts = [Path(each).relative_to(name).parts for each in listed]
    assert {part[0] for part in parts if len(part) > 1} <= {piece.partition("/")[0]
                                                            for piece in told}


@pytest.mark.parametrize("name", ["README.md", "README.th.md"])
def test_the_first_page_fits_on_two_screens(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= LONGEST_README


def test_every_page_of_the_manual_is_linked_to_from_the_first_page() -> None:
    linked = {
        target for target, _ in LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    }
    assert {f"deploy/manual/{page.name}"
            for page in (ROOT / "deploy/manual").glob("*.md")} <= linked
