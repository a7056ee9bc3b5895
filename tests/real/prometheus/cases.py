"""Every alert at its limit, beyond it, before a gap of twenty minutes and a restart, and mended.

One table: for each alert the series that it reads, when all is well, just short of the limit, and
beyond it. Five daemons live the same hours beside one another (label `instance`, or `code`
of an agency, whose alert is the same whichever daemon tells of it):

- `well`: all is well all the time;
- `limit`: from the break on it stands just below what the alert is for;
- `beyond`: from the break until it is mended beyond it, then well again;
- `gap`: the same, and nothing is scraped for twenty minutes, or for one step, in between;
- `restart`: the same, and the daemon begins anew in between: one scrape is missed, counters are 0.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

DAY = 86400


class Times(NamedTuple):
    """When what happens, in steps of so many seconds; it ends one step before `ends`."""

    step: int
    breaks: int
    away: int
    back: int
    mends: int
    ends: int


MINUTES = Times(120, 15, 60, 70, 120, 200)     # a cause is held for two hours and a half
HOURS = Times(3600, 60, 64, 65, 68, 120)        # what compares with a day, or lasts one
DAYS = Times(3600, 60, 120, 121, 125, 160)      # what looks back over two days, or lasts four
FLAPS = Times(120, 15, 60, 70, 120, 345)        # what looks back over six hours
WEEKS = Times(3600, 200, 210, 211, 220, 260)    # moments of days ago: all begins at 1970
SLOW = {"SetAside": HOURS, "SuspectsRising": HOURS, "AgencyMended": HOURS,
        "ObjectiveBurns": FLAPS,
        "NothingComesBack": DAYS, "AgencyRegressed": DAYS,
        "BackupStale": WEEKS, "PauseForgotten": WEEKS, "SourceUnread": WEEKS, "ReportDue": WEEKS,
        "ReportOverdue": WEEKS, "MailWaitsForPerson": WEEKS}
INSTANCES = ("well", "limit", "beyond", "gap", "restart")


class Moment(NamedTuple):
    """A moment that stands: so many seconds before the break."""

    before: int


class Flaps(NamedTuple):
    """Of so many steps the first few stand at one value, the others at another."""

    bad: float
    steps: int
    good: float
    of: int


FELL = ('sarabanwatch_agency_out_of_reach{{code="{}",name="n",ministry="m",province="p",'
        'mail_host="h",group="D2",reason="r",reason_th="ร"}}')
LETTERS = "sarabanwatch_campaign_letters"
TRIED = "sarabanwatch_letters_total"
OPEN = 'sarabanwatch_incident{{id="1",scope="{0}",name="n",reason="r",reason_th="ร"}}'


class Series(NamedTuple):
    """A series by its state: a number, a Moment, Flaps, or (start, how much each step adds).

    None: it is not there. With `age` a number says how many seconds ago it was, at each step.
    """

    name: str
    well: Any
    limit: Any
    beyond: Any
    age: bool = False


def flag(name: str, well: int = 0) -> list[Series]:
    """A gauge of 0 and 1, which has no limit but the state itself."""
    return [Series(name, well, well, 1 - well)]


def ago(name: str, limit: float, well: float = 60) -> list[Series]:
    """A moment that must not be longer ago than so many seconds."""
    return [Series(name, well, limit - 60, limit + 1200, age=True)]


CASES: dict[str, list[Series]] = {
    "DaemonDown": [Series("up", 1, 1, 0)],
    "RestartsOften": [Series("process_start_time_seconds", (0, 0), (0, 0), (0, 60))],
    "RelayDown": flag("sarabanwatch_relay_up", 1),
    "MailboxDown": flag("sarabanwatch_mailbox_up", 1),
    "MailboxRefusesUs": flag("sarabanwatch_mailbox_barred"),
    "MailNotGiven": [Series("sarabanwatch_mails_lacking", 0, 0, 1)],
    "MailGone": [Series('sarabanwatch_mails_not_given_total{why="gone"}', (0, 0), (0, 0), (0, 1))],
    "OwnPathBroken": flag("sarabanwatch_path_whole", 1),
    "CanaryOverdue": ago("sarabanwatch_canary_due_timestamp_seconds", 0, well=-DAY),
    "CanaryUnsigned": [*flag("sarabanwatch_canary_signed", 1),
                       Series('sarabanwatch_canary_back_timestamp_seconds{kind="home"}', 1, 1, 1),
                       Series("sarabanwatch_canary_to_sign", 1, 1, 1)],
    "MailboxStale": ago("sarabanwatch_mailbox_read_timestamp_seconds", 900),
    "NothingComesBack": [
        Series(TRIED + '{outcome="taken"}', (0, 3), (0, 2), (0, 3)),
        Series('sarabanwatch_arrivals_total{kind="receipt"}', (0, 1), (0, 0), (0, 0))],
    "StepStalled": ago('sarabanwatch_step_timestamp_seconds{step="judge"}', 3600),
    "ErrorsOften": [Series('sarabanwatch_errors_total{where="job"}', (0, 0), (0, 0.6), (0, 1))],
    "ConfigurationRefused": flag("sarabanwatch_configuration_refused"),
    "TimetableRefused": flag("sarabanwatch_timetable_refused"),
    "LedgerRestored": flag('sarabanwatch_halted{why="restored"}'),
    "ClockWrong": flag('sarabanwatch_halted{why="clock"}'),
    "DiskNearlyFull": flag('sarabanwatch_halted{why="room"}'),
    "SetAside": [Series('sarabanwatch_set_aside_total{what="mail"}', (0, 0), (0, 0), (0, 0.1))],
    "LedgerBusy": [Series("sarabanwatch_ledger_busy_seconds", 0, 30, 31)],
    "BackupStale": ago("sarabanwatch_backup_timestamp_seconds", 3 * DAY),
    "DiskFilling": [Series("sarabanwatch_disk_full_timestamp_seconds", -90 * DAY, -15 * DAY,
                           -13 * DAY, age=True)],
    "LettersNotConserved": [Series(LETTERS + '{state="planned"}', 100, 100, 100),
                            Series(LETTERS + '{state="sent"}', 100, 100, 99)],
    "LettersInDoubt": [Series(LETTERS + '{state="planned"}', 2000, 2000, 2000),
                       Series(LETTERS + '{state="doubtful"}', 0, 20, 21)],
    "PostBlocked": [Series(TRIED + '{outcome="taken"}', (0, 2), (0, 2), (0, 1)),
                    Series(TRIED + '{outcome="refused"}', (0, 0), (0, 1), (0, 2))],
    "LettersStuck": ago("sarabanwatch_letters_held_up_timestamp_seconds", 3600),
    "RelayCertificateEnds": [Series("sarabanwatch_relay_certificate_end_seconds", -90 * DAY,
                                    -22 * DAY, -20 * DAY, age=True)],
    "QuotaNear": [Series("sarabanwatch_mailbox_full_ratio", 0.1, 0.8, 0.81)],
    "PublicPageDown": [Series("probe_success", 1, 1, 0)],
    "CertificateEnds": [Series("sarabanwatch_inbox_certificate_end_seconds", -90 * DAY, -22 * DAY,
                               -20 * DAY, age=True)],
    "ResolverAway": [
        Series('sarabanwatch_domain_findings{finding="not-known"}', 0, 50, 51),
        Series('sarabanwatch_bucket_agencies{bucket="ready"}', 1000, 1000, 1000)],
    # four minutes in twenty: each time too short for MailboxStale
    "ObjectiveBurns": [Series("sarabanwatch_mailbox_read_timestamp_seconds", 60, 840,
                              Flaps(1000, 2, 60, 10), age=True)],
    "FallUntold": ago("sarabanwatch_fall_due_timestamp_seconds", 0, well=-DAY),
    "KeyEnds": [Series("sarabanwatch_token_key_end_seconds", -90 * DAY, -31 * DAY, -29 * DAY,
                       age=True)],
    "MailHostRefusesUs": [Series('sarabanwatch_mail_hosts{state="open"}', 0, 0, 1)],
    "PostRefused": flag("sarabanwatch_breaker_open"),
    "CampaignTooSlow": [Series(LETTERS + '{state="planned"}', 2000, 2000, 2000),
                        Series("sarabanwatch_plan_late_letters", 0, 20, 21)],
    "PauseForgotten": ago("sarabanwatch_pause_without_end_timestamp_seconds", 7 * DAY),
    "MailWaitsForPerson": [Series('sarabanwatch_mail_waits_seconds{what="other"}', 0, 3 * DAY,
                                  3 * DAY + 1)],
    "CampaignBehind": [Series("sarabanwatch_campaign_elapsed_ratio", 0.5, 0.5, 0.5),
                       Series("sarabanwatch_campaign_done_ratio", 0.5, 0.31, 0.29),
                       Series(LETTERS + '{state="planned"}', 100, 100, 100)],
    "CutOffUnfinished": [
        Series("sarabanwatch_round_left_over", 0, 2, 3),
        Series('sarabanwatch_bucket_agencies{bucket="ready"}', 100, 100, 100),
        Series('sarabanwatch_report_timestamp_seconds{step="due"}', 60, 60, 60, age=True)],
    "ReportDue": [*ago('sarabanwatch_report_timestamp_seconds{step="due"}', DAY),
                  Series('sarabanwatch_report_timestamp_seconds{step="frozen"}', 0, 0, 0)],
    "ReportOverdue": [*ago('sarabanwatch_report_timestamp_seconds{step="due"}', 7 * DAY),
                      Series('sarabanwatch_report_timestamp_seconds{step="released"}', 0, 0, 0)],
    "AgencyRegressed": [Series("up", 1, 1, 1),
                        Series(FELL.format("fallen"), None, Moment(12 * DAY), Moment(60))],
    "AgencyMended": [
        Series(FELL.format("mended"), 1, 1, 1),
        Series('sarabanwatch_agency_mended_timestamp_seconds{code="mended"}', None,
               Moment(2 * DAY), Moment(60))],
    "SuspectsRising": [Series("sarabanwatch_suspects", 5, 20, 21)],
    "IncidentOpen": [Series(OPEN.format("mail host"), None, None, 164)],
    "MassMoveHeld": [Series(OPEN.format("list"), None, None, 900)],
    "CensusNotConserved": [Series('sarabanwatch_agencies{group="A1"}', 7, 7, 8),
                           Series('sarabanwatch_bucket_agencies{bucket="ready"}', 7, 7, 7)],
    "RegisterRefused": flag("sarabanwatch_register_refused"),
    "SourceUnread": ago("sarabanwatch_register_source_timestamp_seconds", 3 * DAY),
    "RegisterRowsBad": [Series('sarabanwatch_register_rows{state="bad"}', 0, 0, 1)],
    "TokensRefused": [Series('sarabanwatch_refused_tokens_total{why="forged"}', (0, 0), (0, 0.2),
                             (0, 0.6))],
    "UnknownMarks": [Series('sarabanwatch_refused_tokens_total{why="unknown"}', (0, 0), (0, 0),
                            (0, 0.1))],
}


def values(series: Series, instance: str, times: Times) -> Iterator[str]:
    """Yield a series' value at each step, as promtool reads it; `_` where nothing is scraped."""
    state = instance if instance in {"well", "limit"} else "beyond"
    grown = 0.0
    for at in range(times.ends):
        broken = times.breaks <= at < (times.mends if state == "beyond" else times.ends)
        stands = getattr(series, state if broken else "well")
        away = ((instance == "gap" and times.away <= at < times.back)
                or (instance == "restart" and at == times.away))
        if isinstance(stands, Flaps):
            stands = stands.bad if at % stands.of < stands.steps else stands.good
        if isinstance(stands, Moment):
            stands = times.breaks * times.step - stands.before
        elif isinstance(stands, tuple):
            anew = instance == "restart" and at == times.away and series.name.startswith("saraban")
            grown = 0.0 if anew else grown + stands[1]
            stands = stands[0] + grown
        elif series.age and stands is not None:
            stands = at * times.step - stands
        yield "_" if stands is None or (away and series.name != "up") else f"{stands:.10g}"


def labelled(name: str, instance: str) -> str:
    """Return the series' name with the labels that a scrape adds."""
    name = re.sub('code="[^"]*"', f'code="{instance}"', name)
    family, _, labels = name.rstrip("}").partition("{")
    job = "sarabanwatch-page" if family.startswith("probe_") else "sarabanwatch"
    return f'{family}{{job="{job}",instance="{instance}"{"," if labels else ""}{labels}}}'


def firing(times: Times) -> dict[int, set[str]]:
    """Return which daemons' alert fires at which steps."""
    ill = {"beyond", "gap", "restart"}
    return {times.breaks - 1: set(), times.away - 1: ill, times.back: ill, times.back + 1: ill,
            times.mends - 1: ill, times.ends - 1: set()}


def promised(times: Times) -> dict[str, Any]:
    """Return what promtool is to try: all alerts of one timeline in one case."""
    tried = [alert for alert in CASES if SLOW.get(alert, MINUTES) is times]
    return {
        "interval": f"{times.step}s",
        "input_series": [
            {"series": labelled(series.name, f"{alert}.{instance}"),
             "values": " ".join(values(series, instance, times))}
            for alert in tried for instance in INSTANCES for series in CASES[alert]],
        "promql_expr_test": [
            {"expr": f'count by ({by}) (ALERTS{{alertname="{alert}",alertstate="firing",'
                     f'{by}=~"{alert}.+"}})',
             "eval_time": f"{at * times.step}s",
             "exp_samples": [{"labels": f'{{{by}="{alert}.{one}"}}', "value": 1}
                             for one in sorted(ill)]}
            for alert in tried for by in ["code" if alert.startswith("Agency") else "instance"]
            for at, ill in firing(times).items()]}
