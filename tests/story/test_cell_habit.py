"""A list whose writer put `E-mail :` before 25 addresses: the mass move is held, and said wherever
figures are shown."""

import csv
import json
from pathlib import Path
from typing import Any

from story.programs import Daemon, configure, daemon, land, verb
from story.witness import Witness

AGENCIES, SEED, MANY = 60, 9, 25
READY = {"A1", "A2"}
HELD = 'sarabanwatch_incidents{scope="list"}'


def habit(witness: Witness) -> set[str]:
    """Let the list have the habit in the cells of MANY ready agencies; return their codes."""
    path = witness.place / "register.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file)
    ready = sorted(code for code, group in witness.found().items() if group in READY)[:MANY]
    code, cell = heading.index("รหัสหน่วยงาน"), heading.index("อีเมล")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([heading, *(
            [*row[:cell], f"E-mail : {row[cell]}", *row[cell + 1:]] if row[code] in ready else row
            for row in rows)])
    return set(ready)


def by_a_list(census: dict[str, Any]) -> int:
    """Count those whom a list holds."""
    return sum(each["agencies"] for each in census.get("held", ()) if each["scope"] == "list")


async def census(place: Path) -> int:
    """Return how many the census says are held by a list."""
    return by_a_list(json.loads(await verb(place, "census", "--json")))


async def page(place: Path) -> int:
    """Return how many the page says are held by a list."""
    await verb(place, "page", "export", str(place / "site"))
    return by_a_list(json.loads((place / "site" / "data" / "census.json").read_text()))


async def held(life: Daemon, place: Path, times: int) -> int:
    """Wait until this list's move is held, and is said so; return its incident's number."""
    await life.says("incident", times, open=True, scope="list")
    await life.shows(f"{HELD} 1.0")
    assert await census(place) == MANY
    (number,) = (each["id"] for each in map(json.loads, (await verb(place, "incidents", "list",
                                                                    "--json")).splitlines())
                 if each["scope"] == "list" and not each["closed_at"])
    return int(number)


async def test_a_habit_of_a_list_is_held_until_the_next_list_mends_it_or_a_person_releases_it(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, AGENCIES, SEED):
        # a list that changes so many cells is else not believed at all
        configure(tmp_path, "register", change_at_most=1)
        witness = Witness(tmp_path)
        list_ = tmp_path / "register.csv"
        async with daemon(tmp_path) as life:
            await witness.over(life)
            right, before = list_.read_bytes(), witness.found()
            habit(witness)
            await held(life, tmp_path, 1)
            assert await page(tmp_path) == MANY
            assert witness.found() == before

            list_.write_bytes(right)
            await life.says("incident", open=False, scope="list")
            await life.shows(f"{HELD} 0.0")
            assert (witness.found(), await census(tmp_path)) == (before, 0)

            moved = habit(witness)
            number = await held(life, tmp_path, 2)
            assert witness.found() == before
            await verb(tmp_path, "incidents", "release", str(number), "--by", "สมชาย", "--note",
                       "ทะเบียนถูกต้อง")
            await life.shows(f"{HELD} 0.0")
            assert witness.found() == {code: "B3" if code in moved else group
                                       for code, group in before.items()}
            assert await life.stop() == 0
        assert life.complaints == []
