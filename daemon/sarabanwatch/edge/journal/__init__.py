"""One event, one log line, one counter: the Journal of `app` on structlog and prometheus-client.

One line an event stands on stderr, with the daemon's own time in `at` (`log` says in which form).
No address is ever a metric's label. Every label set starts at 0, so that `increase()` sees the
first event.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, disable_created_metrics

from sarabanwatch import __version__
from sarabanwatch.core.errors import Barred, DataError
from sarabanwatch.core.facts import foreign
from sarabanwatch.core.judging.census import BUCKETS, Buckets, Census
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.incident import Kin
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.sending.canary import CanaryKind
from sarabanwatch.core.sending.ended import EndedLetter
from sarabanwatch.core.sending.forecast import Forecast
from sarabanwatch.core.sending.halt import Halt
from sarabanwatch.core.sending.plan import Round
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer
from sarabanwatch.core.sending.route import Route
from sarabanwatch.core.sending.throttle import RELAY
from sarabanwatch.edge.journal import log
from sarabanwatch.edge.journal.agencies import AgencyMetrics
from sarabanwatch.edge.journal.census import CensusGauges
from sarabanwatch.edge.journal.configuration import Configuration
from sarabanwatch.edge.journal.doubts import Doubts
from sarabanwatch.edge.journal.health import HealthGauges
from sarabanwatch.edge.journal.labels import STEPS, WHERES, direction, disbelief
from sarabanwatch.edge.journal.leading import LeadMetrics
from sarabanwatch.edge.journal.letters import LetterCounters
from sarabanwatch.edge.journal.mailbox import MailboxMetrics
from sarabanwatch.edge.journal.pace import PaceGauges
from sarabanwatch.edge.journal.path import PathGauges
from sarabanwatch.edge.journal.pauses import PauseMetrics
from sarabanwatch.edge.journal.rounds import RoundMetrics
from sarabanwatch.edge.journal.rules import RuleMetrics, RulesInForce
from sarabanwatch.ports import Clock

# the series *_created of each counter: nobody asks for them
disable_created_metrics()  # type: ignore[no-untyped-call]


class MetricJournal:
    """Writes the log and counts; its `registry` is what the metrics endpoint shows."""

    def __init__(self, clock: Clock, groups: Callable[[], Buckets] = lambda: BUCKETS,
                 waits: Callable[[str, str], None] = lambda _what, _why: None,
                 rules: Callable[[], RulesInForce] = RulesInForce) -> None:
        self._clock, self._groups = clock, groups     # in which bucket each group counts, today
        self._waits = waits     # called with what we wait for, and why; "" when no longer
        self.read_at: datetime | None = None    # when the inbox was last read to its end
        self._log = log.logger(sys.stderr)
        self.registry = registry = CollectorRegistry()
        self._health = HealthGauges(clock, registry, STEPS)
        self._census = CensusGauges(registry)
        self.who = AgencyMetrics(clock, registry, groups)
        RuleMetrics(registry, rules)
        self._pace = PaceGauges(registry)
        self._rows = Gauge("sarabanwatch_register_rows", "Rows of the last import", ["state"],
                           registry=registry)
        self._doubted = Gauge("sarabanwatch_register_refused",
                              "1 while a list of agencies is offered and not taken",
                              registry=registry)
        self._path = PathGauges(registry)
        # events that only move gauges: each promise stands with the gauges
        self.relay, self.held_up = self._health.relay, self._health.held_up
        self.backed_up, self.broken_down = self._health.backed_up, self.who.seen
        self.found = self._census.found
        self.paused = PauseMetrics(registry, self._tell, clock).report
        self.mailbox = MailboxMetrics(registry, self._tell, partial(self._waits, "inbox"))
        self.configuration = Configuration(registry, self._tell, self._waits)
        self.rounds = RoundMetrics(registry, self._tell, clock)
        self._letters = LetterCounters(registry)
        self._arrivals = Counter("sarabanwatch_arrivals", "Mails taken in, by kind", ["kind"],
                                 registry=registry)
        self._refused = Counter("sarabanwatch_refused_tokens",
                                "Tokens in mail that were not believed", ["why"], registry=registry)
        self.doubts = self._doubts = Doubts(registry, self._tell)
        self.ledger_busy = self._doubts.busy
        self.lead = LeadMetrics(registry, self._tell)
        self._audited: object = None
        self.last_report = 0
        self._errors = Counter(
            "sarabanwatch_errors", "Errors that were caught, after which the work went on",
            ["where"], registry=registry)
        Gauge("sarabanwatch_build_info", "Version", ["version"],
              registry=registry).labels(__version__).set(1)
        self._start_at_zero()

    def _start_at_zero(self) -> None:
        for family, labels in (
            (self._rows, ("good", "bad")),
            (self._arrivals, MailKind),
            (self._refused, ("forged", "expired", "mismatch", "unknown")), (self._errors, WHERES),
        ):
            for label in labels:
                family.labels(label)

    def _tell(self, event: str, **facts: object) -> None:
        at = self._clock.now().isoformat(timespec="milliseconds")
        level = (
            self._log.error if "barred" in facts else self._log.warning if "error" in facts
            else self._log.info
        )
        level(event, at=at, **facts)

    def started(self, half_sent: int) -> None:
        """The daemon began; so many letters were found half-sent and are in doubt."""
        self._tell("started", version=__version__, half_sent=half_sent)

    def listening(self, host: str, port: int, *, tls: bool = False) -> None:
        """The metrics can be scraped there."""
        self._tell("listening", metrics=f"http{'s' * tls}://{host}:{port}/metrics")

    def imported(self, good: int, bad: int) -> None:
        """A register was imported, with so many good and bad rows."""
        self._rows.labels("good").set(good)
        self._rows.labels("bad").set(bad)
        self._tell("register", good=good, bad=bad)

    def not_imported(self, error: BaseException | None) -> None:
        """A list of agencies is offered and not taken, for a reason.

        None: no such list is offered any more.
        """
        self._doubted.set(error is not None)
        if error is None:
            self._health.source_read()
        self._waits("register", str(error or ""))
        if error:
            self._tell("register refused", error=str(error))

    def drafted(self, letters: int, round_: str) -> None:
        """Letters were written down."""
        self._tell("drafted", letters=letters, round=round_)

    def confirming(self, letters: int) -> None:
        """Letters that confirm a failure were written down."""
        self._tell("confirming", letters=letters)

    def suspected(self, agencies: int, conclude_by: datetime | None) -> None:
        """So many agencies failed, unconfirmed; the first ought to be told or cleared by then."""
        self._census.suspects.set(agencies)
        self._health.fall_due(conclude_by)

    def sent(self, serial: int, event: Event, answer: Answer, *, agency: str,
             catch_all: bool = False) -> None:
        """One try to send a letter ended.

        Catch-all probes are counted apart, for they are meant to be refused.
        """
        came = self._letters.tried(event, answer, catch_all=catch_all)
        self.stepped("send")
        if answer.route is Route.RELAY and answer.code:
            self._waits("relay", "")
        if answer.route is Route.RELAY and event is Event.TAKEN:
            self._health.relay_accepted()
        if answer.route is Route.RELAY and answer.tls and answer.tls.ends:
            self._path.certificate_ends(answer.by, answer.tls.ends)
        self._tell("sent", serial=serial, outcome=came, agency=agency,
                   stage=answer.stage, code=answer.code, reply=answer.text, by=answer.by)

    def received(self, received: ReceivedMail, *, new: bool, agency: str,
                 left: datetime | None = None) -> None:
        """One mail was taken in, or was known already; the letter that it answers left us then."""
        if not new:
            return
        self._arrivals.labels(received.arrival.kind).inc()
        if left:
            self._letters.responded(received.arrival.kind, received.arrived_at - left)
        if received.refused:
            self._refused.labels(disbelief(received.refused)).inc()
        self._tell("received", kind=received.arrival.kind, serial=received.serial,
                   mail=received.digest[:16],
                   evidence=received.evidence.kind if received.evidence else None,
                   refused=received.refused or None, agency=agency)

    def looked(self) -> None:
        """The inbox was read to its end."""
        self.read_at = self._clock.now()
        self._health.read()
        self.mailbox.read()
        self.stepped("receive")

    def signs_canaries(self, *, we: bool) -> None:
        """We sign letters to ourselves, or leave that to a relay."""
        self._path.to_sign.set(we)

    def path(
        self, *, whole: bool, away: Mapping[CanaryKind, timedelta],
        back: Mapping[CanaryKind, datetime], within: timedelta, signed: bool,
    ) -> None:
        """Letters to ourselves show whether our own path works; a change is logged.

        `away`: how long the last letter of each kind has been out; `back`: when the last one of
        each kind came back; `within`: the time in which one must come home; `signed`: whether the
        last one home was signed by our domain.
        """
        self._health.canaries(back, within)
        if self._path.seen(whole=whole, away=away, signed=signed):
            self._tell("our path", whole=whole)

    def signs_until(self, until: datetime) -> None:
        """The last token key ends then."""
        self.configuration.signs_until(until, self._clock.now())

    def closed(self, letters: Sequence[EndedLetter]) -> None:
        """The windows of these letters ended; each is logged in one line with all that matters."""
        for letter in letters:
            self._tell("closed", **letter._asdict())

    def changed_group(self, change: Transition) -> None:
        """An agency changed its group."""
        how = direction(change, self._groups())
        self._tell("transition", id=change.id, agency=change.code, was=change.was, now=change.now,
                   direction=how, because=change.because)

    def published(self, counts: Mapping[Group, int], number: int, round_: Round,
                  elapsed: float) -> None:
        """The agencies by group, and how far the round is, `elapsed` from 0 to 1."""
        self._census.published(Census(counts, self._groups()), number, round_, elapsed)

    def held(self, incidents: Mapping[int, Kin], agencies: int) -> None:
        """Which incidents are open, and how many agencies they hold.

        An incident that is new or gone is logged.
        """
        for opened, number, kin in self._census.held(incidents, agencies):
            self._tell("incident", id=number, scope=kin.scope, key=kin.key, open=opened,
                       held=agencies)

    def planned(self, foretold: Forecast) -> None:
        """The forecast for the rest of the round."""
        self._pace.spare.set(foretold.spare.total_seconds())
        self._pace.late.set(foretold.late)

    def paced(self, waiting: Mapping[str, int], open_hosts: Sequence[str], slowed: Sequence[str],
              *, breaker_open: bool) -> None:
        """Count what letters wait for; log which mail hosts block or slow us where that changed."""
        if self._pace.paced(waiting, open_hosts, slowed, breaker_open=breaker_open):
            self._tell("mail hosts", open=list(open_hosts), slowed=list(slowed),
                       all_wait=breaker_open or RELAY in open_hosts)

    def reported(self, number: int, buckets: Mapping[str, int]) -> None:
        """The last released report, of that snapshot, has so many agencies in each bucket."""
        self.last_report = number
        self._census.reported(buckets)

    def report_due(self, cut_off: datetime | None, frozen: datetime | None,
                   released: datetime | None, *, left_over: int) -> None:
        """When the last round ended and its report was frozen and released; None: not yet.

        The round did not reach `left_over` agencies.
        """
        self._census.left_over.set(left_over)
        self._health.report_due(cut_off, frozen, released)

    def awaited(self, waiting: Mapping[MailKind, tuple[int, datetime]]) -> None:
        """So many mails of these kinds wait for a person, the oldest since then."""
        self._pace.awaited(waiting, self._clock.now())

    def weakened(self, agencies: int) -> None:
        """How many agencies are ready by silence at a domain that takes any name."""
        self._census.weak.set(agencies)

    def surveyed(self, domains: int, doubted: int) -> None:
        """So many domains were looked up; of `doubted` two resolvers did not agree."""
        self._tell("surveyed", domains=domains, doubted=doubted)

    def audited(self, acts: int, head: str, broken: str) -> None:
        """So many acts of people, and the last's digest, logged daily; or where they break."""
        if broken:
            self.failed("audit", DataError(f"the chain of acts is broken at {broken}"))
        if self._audited != (head_today := (self._clock.now().date(), head)):
            self._audited = head_today
            self._tell("acts", count=acts, head=head)

    def forgotten(self, rows: Mapping[str, int]) -> None:
        """What was kept long enough was let go: so many rows of each kind (core.retention)."""
        self._tell("forgotten", **rows)

    def stepped(self, step: str) -> None:
        """A step ran, whether or not there was anything to do."""
        self._health.stepped(step)

    def relay_lost(self, error: BaseException) -> None:
        """A relay cannot be used now; letters wait, or go by another one."""
        self._waits("relay", str(error) or type(error).__name__)
        self.failed("send", error)

    def failed(self, where: str, error: BaseException) -> None:
        """An error was caught, and the daemon goes on; a person should look at it."""
        self._errors.labels(where).inc()
        # only a person can mend that
        barred = {"barred": True} if isinstance(error, Barred) else {}
        self._tell("failed", where=where, error=foreign.clean(f"{type(error).__name__}: {error}"),
                   **barred)

    def set_aside(self, what: str, error: BaseException | str) -> None:
        """A mail or letter that our own code failed at was set aside, so that others go on.

        A person should look at it.
        """
        self._doubts.set_aside(what, error)

    def ledger_checked(self, *, whole: bool) -> None:
        """The ledger was looked through for damage, and none was found, as far as time allowed."""
        self._tell("ledger checked", whole=whole)

    def ledger_migrated(self, was: int, now: int, copy: str) -> None:
        """The ledger of an older version was brought up to date; `copy` is it as it was."""
        self._tell("ledger migrated", was=was, now=now, copy=copy)

    def halted(self, standing: Sequence[Halt]) -> None:
        """Which halts of sending are in force."""
        self._doubts.halted(standing)
        self._waits("halt", "; ".join(halt.detail for halt in standing))

    def stopped(self) -> None:
        """The daemon ended, after the letters in hand."""
        self._tell("stopped")
