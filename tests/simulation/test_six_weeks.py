"""A good campaign of six weeks tells nobody anything; and were it not good, somebody were told."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from simulation.fates import Plan
from simulation.scraped import EVERY, Seen, WatchedYear, watch

RULES = Path(__file__).parents[2] / "deploy/prometheus/rules.yml"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TWO_ROUNDS = Plan(seed=1, agencies=40, rounds=2, weeks=2)
SIX_WEEKS = Plan(seed=1, agencies=40, rounds=1, weeks=6)

pytestmark = [pytest.mark.soak, pytest.mark.skipif(not shutil.which("promtool"),
                                                   reason="promtool is not installed")]


def fired(seen: Seen, place: Path) -> set[str]:
    """Return which alerts fired at any time, but for the one that always does."""
    asked = place / "asked.yml"
    last = (seen.looks - 1) * int(EVERY / timedelta(minutes=1))
    asked.write_text(yaml.safe_dump({
        "rule_files": [str(RULES)], "evaluation_interval": "10m",
        "tests": [{"interval": "10m", "input_series": list(seen.series()), "promql_expr_test": [{
            "expr": 'count by (alertname) (count_over_time(ALERTS{alertstate="firing",'
                    'alertname!="AlertingAlive"}[60d]))',
            "eval_time": f"{last}m", "exp_samples": []}]}]}))
    said = subprocess.run(["promtool", "test", "rules", asked], capture_output=True, text=True,
                          check=False)
    names = set(re.findall(r'{alertname="(\w+)"}', said.stdout + said.stderr))
    assert said.returncode == bool(names), said.stdout + said.stderr
    return names


def restarts(year: WatchedYear) -> None:
    """Let the daemon be restarted in the second week, as for a new version, and in the fifth."""
    for days in (8.1, 30.4):
        year.country.after(days * 24, year.stop, 60.0)


def test_six_good_weeks_with_a_holiday_and_two_restarts_tell_nobody_anything(
    tmp_path: Path,
) -> None:
    def happens(year: WatchedYear) -> None:
        restarts(year)
        year.country.after(100, year.office.closed.add, (year.clock.now() + 9 * DAY).date())

    seen = watch(SIX_WEEKS, 43.5 * DAY, happens)
    assert len(seen.values) > 250       # of what an idle daemon gives as well
    assert fired(seen, tmp_path) == set()


def test_three_agencies_that_break_are_told_by_name_within_three_working_days_and_nothing_else(
    tmp_path: Path,
) -> None:
    """They were reached in the first round; a day before the second their mailboxes go."""
    gone: list[str] = []

    def breaks(year: WatchedYear) -> None:
        country = year.country
        gone.extend([code for code, to in country.registered.items()
                     if country.offices[to] == "clerk"][:3])
        for code in gone:
            country.becomes(code, "nobody")

    seen = watch(TWO_ROUNDS, 20 * DAY, lambda year: year.country.after(13 * 24, breaks, year))
    fell = [series for series in seen.values if series.startswith("sarabanwatch_agency_out_of")]
    assert {re.search(r'code="(\d+)"', series)[1] for series in fell} == set(gone)
    assert all('reason="' in series and 'reason=""' not in series for series in fell)
    # FallUntold is not among them: each was told within three working days of its first bounce.
    # Two weeks are too short for the letters that confirm others: CampaignTooSlow says so.
    assert fired(seen, tmp_path) - {"CampaignTooSlow"} == {"AgencyRegressed"}


def test_an_inbox_that_is_away_for_two_hours_of_three_days_is_told(tmp_path: Path) -> None:
    """What is shown above can be broken."""
    seen = watch(SIX_WEEKS, 3 * DAY, lambda year: year.country.after(
        30, year.country.take_away, "inbox_up", 2))
    assert "MailboxStale" in fired(seen, tmp_path)
