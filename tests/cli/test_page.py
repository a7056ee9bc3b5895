"""The page's verbs, and what the daemon's ledger shows through them."""

import json
from pathlib import Path

import pytest

from fakes.verbs import REGISTER, Run
from sarabanwatch.wiring import Components


def test_the_site_is_written_once_and_again_only_where_it_differs(run: Run, imported: Path,
                                                                  tmp_path: Path) -> None:
    site = tmp_path / "site"
    code, out, err = run("page", "export", site, "--json", "-c", imported)
    first = json.loads(out)
    assert (code, err) == (0, "")
    assert first["kept"] == first["removed"] == 0
    assert "กรมหนึ่ง" in (site / "agency/1001.html").read_text(encoding="utf-8")
    old = (site / "agency/1001.html").stat().st_ino
    (site / "style.css").write_text("")                      # as a power cut may leave it
    (site / "agency/gone.html").write_text("")
    second = json.loads(run("page", "export", site, "--json", "-c", imported)[1])
    assert second == second | {"written": 1, "kept": first["written"] - 1, "removed": 1}
    assert (site / "agency/1001.html").stat().st_ino == old
    assert (site / "style.css").stat().st_size > 0
    assert not list(tmp_path.glob(".site*"))


def test_a_folder_with_other_things_in_it_is_left_alone(run: Run, imported: Path,
                                                        tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "www/mine.txt").write_text("mine")
    code, _, err = run("page", "export", tmp_path / "www", "-c", imported)
    assert code == 73
    assert "is not empty and no site of ours" in err
    assert [p.name for p in (tmp_path / "www").iterdir()] == ["mine.txt"]


def test_where_a_licence_stands_is_a_web_address(run: Run, config: Path) -> None:
    with config.open("a", encoding="utf-8") as more:
        more.write('[page]\nlicence_url = "CC BY 4.0"\n')
    code, _, err = run("check-config", "-c", config)
    assert code == 78
    assert "page.licence_url: ต้องเป็นที่อยู่เว็บ เช่น https://creativecommons.org" in err


def test_without_a_ledger_there_is_no_page(run: Run, config: Path, tmp_path: Path) -> None:
    assert run("page", "export", tmp_path / "site", "-c", config)[0] == 69
    assert run("page", "serve", "-c", config)[0] == 69


@pytest.mark.parametrize(("name", "begins"), [("x.svg", b"<svg"), ("x.png", b"\x89PNG")])
def test_a_qr_code_leads_to_an_agency(run: Run, imported: Path, tmp_path: Path, name: str,
                                      begins: bytes) -> None:
    # page.base is empty
    assert run("page", "qr", "1001", "--out", tmp_path / name, "-c", imported)[0] == 1
    with imported.open("a") as more:
        more.write('[page]\nbase = "https://page.test/x"\n')
    code, out, _ = run("page", "qr", "1001", "--out", tmp_path / name, "--json", "-c", imported)
    assert (code, json.loads(out)["link"]) == (0, "https://page.test/x/agency/1001.html")
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_qr_code_of_another_kind_is_refused(run: Run, imported: Path, tmp_path: Path) -> None:
    with imported.open("a") as more:
        more.write('[page]\nbase = "https://page.test"\n')
    assert run("page", "qr", "--out", tmp_path / "x.gif", "-c", imported)[0] == 2


def test_what_the_ledger_holds_is_shown_and_what_it_learns_is_noticed(run: Run,
                                                                      imported: Path) -> None:
    components = Components(imported)
    archive = components.archive()
    assert archive.changed()
    assert not archive.changed()
    country = archive.country()
    assert [a.code for a in country.listings] == ["1001", "1002"]
    account = archive.account("1002")
    assert account
    assert account.letters == account.transitions == ()
    assert archive.account("none") is None
    register = imported.parent / "register.csv"
    register.write_text(REGISTER.replace("กรมสอง", "กรมที่สอง"), encoding="utf-8")
    taken, _, refused = run("register", "import", register, "--yes", "--json", "-c", imported)
    assert (taken, refused) == (0, "")
    assert archive.changed()
    assert archive.country().listings[1].name == "กรมที่สอง"
    archive.close()
