"""How many agencies would change group, how and why, before anything is imported."""

import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sarabanwatch import settings
from sarabanwatch.app import life
from sarabanwatch.wiring import Components

HEAD = "รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล,ลิงก์ประกาศ,อีเมลตามประกาศ"
Run = Callable[..., tuple[int, str, str]]
SHIPPED = settings.shipped("groups.toml").read_text(encoding="utf-8")


def listed(config: Path, prefixed: int = 0) -> Path:
    """Write a list of forty agencies; the first ones have a word before their address."""
    file = config.parent / "list.csv"
    rows = [
        f"{n},กรมที่ {n},กรม,{'E-mail : ' if n < 1001 + prefixed else ''}saraban@a{n}.go.th,https://a{n}.test,saraban@a{n}.go.th"
        for n in range(1001, 1041)
    ]
    file.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    return file


def judge(config: Path) -> None:
    """Judge as the daemon would."""
    async def step() -> None:
        with closing(components.ledger()) as ledger:
            await life.judge(ledger=ledger, clock=components.clock, rules=components.rules)

    components = Components(config)
    asyncio.run(step())


@pytest.fixture
def judged(run: Run, config: Path) -> Path:
    """A configuration whose ledger has the forty, all judged."""
    assert run("register", "import", listed(config), "-c", config)[0] == 0
    judge(config)
    return config


def test_what_a_list_would_make_of_agencies_is_told_before_it_is_taken(run: Run,
                                                                       judged: Path) -> None:
    told: Any = json.loads(run("register", "import", listed(judged, 22), "--json", "-c", judged)[1])
    assert not told["applied"]
    (way,) = told["moves"]
    assert (way["now"], way["agencies"], way["why"]) == ("B3", 22,
                                                         "the cell begins with `E-mail :`")
    assert way["codes"] == [f"{n}" for n in range(1001, 1023)]
    code, out, _ = run("register", "import", listed(judged, 22), "-c", judged)
    assert code == 1
    assert "22 จะเป็น B3" in out
    assert "· become B3 (from" in out
    assert "): the cell begins with `E-mail :`" in out


def test_nothing_of_a_preview_stays(run: Run, judged: Path) -> None:
    before = run("agencies", "--json", "-c", judged)[1], run("register", "history", "--json", "-c",
                                                             judged)[1]
    run("register", "import", listed(judged, 22), "--json", "-c", judged)
    run("register", "check", judged.parent / "list.csv", "-c", judged)
    assert (run("agencies", "--json", "-c", judged)[1],
            run("register", "history", "--json", "-c", judged)[1]) == before


def test_check_tells_it_where_there_is_a_ledger_and_reads_alone_where_there_is_none(
    run: Run, judged: Path
) -> None:
    file = listed(judged, 12)
    assert json.loads(run("register", "check", file, "--json", "-c",
                          judged)[1])["moves"][0]["agencies"] == 12
    assert "moves" not in json.loads(run("register", "check", file, "--json")[1])
    assert "12 become B3" in run("register", "check", file, "--lang", "en", "-c", judged)[1]


def test_an_undo_is_foreseen_too(run: Run, judged: Path) -> None:
    run("register", "import", listed(judged, 3), "--yes", "-c", judged)
    judge(judged)
    told = json.loads(run("register", "undo", "--json", "-c", judged)[1])
    assert [(way["was"], way["now"], way["agencies"])
            for way in told["moves"]] == [("B3", "unknown", 3)]


def test_a_first_list_moves_nobody(run: Run, config: Path) -> None:
    told = json.loads(run("register", "import", listed(config, 22), "--json", "-c", config)[1])
    assert (told["moves"], told["to_mend"], told["held"], told["applied"]) == ([], 0, False, True)


def test_an_edition_of_the_groups_tells_which_way_and_why(run: Run, judged: Path) -> None:
    file = judged.parent / "next.toml"
    file.write_text(
        SHIPPED.replace('id = "2568-12"', 'id = "2569-10"')
        .replace("2025-12-23", "2026-10-01")
        .replace('[groups.unknown]\nbucket = "unknown"', '[groups.unknown]\nbucket = "mend"'),
        encoding="utf-8",
    )
    told = json.loads(run("groups", "check", file, "--json", "-c", judged)[1])
    assert (told["to_mend"], told["held"]) == (40, True)
    out = run("groups", "check", file, "-c", judged)[1]
    assert "40 unknown: unknown -> mend" in out
    assert "stays in force until `incidents release`" in out
