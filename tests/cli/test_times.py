"""A moment is shown by Bangkok's clock with its zone, in the reader's era, and is read so too."""

import re
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

import sarabanwatch
from sarabanwatch.cli import terminal
from sarabanwatch.cli.options import Moment
from sarabanwatch.core.calendar import BANGKOK

LATE = datetime(2026, 2, 25, 18, 5, 9, tzinfo=UTC)      # already the 26th in Bangkok
SHOWN = {"th": "26 ก.พ. 2569 01.05 น. (ไทย)", "en": "2026-02-26 01:05 +07"}


@pytest.mark.parametrize("lang", SHOWN)
def test_a_moment_is_shown_in_the_verbs_language_with_its_zone(lang: str) -> None:
    with click.Context(click.Command("x")) as ctx:
        ctx.meta["lang"] = lang
        assert terminal.moment(LATE) == terminal.moment(LATE.isoformat()) == SHOWN[lang]
        assert SHOWN[lang].startswith(terminal.day(LATE))
        ctx.meta["as_json"] = True
        assert terminal.moment(LATE) == SHOWN["en"]


@pytest.mark.parametrize("typed", [
    *SHOWN.values(), "๒๖ กุมภาพันธ์ ๒๕๖๙ เวลา ๐๑.๐๕ น.", "26/2/2569 1:05", "2026-02-26T01:05",
    "2026-02-25T18:05:00Z", "2026-02-26T01:05:00.000+07:00",
])
def test_what_is_shown_can_be_typed_again_in_either_era(typed: str) -> None:
    read = Moment().convert(typed, None, None)
    assert read == LATE.replace(second=0)
    assert read.astimezone(BANGKOK).hour == 1


@pytest.mark.parametrize("typed", ["26 ก.พ. 2569 25.05 น.", "26 ก.พ. 2569 soon", "09.45 น."])
def test_a_time_that_is_none_is_refused_with_how_to_write_one(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="is no day: write"):
        Moment().convert(typed, None, None)


def test_no_verb_writes_a_time_of_day_but_by_the_one_form() -> None:
    """Every other form would lack the zone: each is written by `core.calendar.short_time`."""
    package = Path(sarabanwatch.__file__).parent
    own = [f"{file.relative_to(package)}: {found}" for room in ("cli", "app", "wiring")
           for file in (package / room).rglob("*.py")
           for found in re.findall(r"%[HMR]\b.*", file.read_text(encoding="utf-8"))]
    assert own == []
