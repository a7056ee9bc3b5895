"""Tries to send letters, by outcome; and how long it took until something came back.

Each label starts at 0.
"""

from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter, Histogram

from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer
from sarabanwatch.core.sending.route import Route

OUTCOMES = {Event.TAKEN: "taken", Event.LATER: "later", Event.REFUSAL: "refused",
            Event.LOST: "lost"}
PUT_OFF = "put off"
RESPONSES = {MailKind.FAILED: "bounce", MailKind.RECEIPT: "receipt", MailKind.ANSWER: "answer"}
HOUR, DAY = 3600, 86400
WITHIN = (60, 600, HOUR, 4 * HOUR, 8 * HOUR, DAY, 2 * DAY, 4 * DAY, 7 * DAY, 14 * DAY)


class LetterCounters:
    """The counters; catch-all probes are counted apart, for they are meant to be refused."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._letters = Counter("sarabanwatch_letters", "Tries to send a letter, by outcome",
                                ["outcome"], registry=registry)
        self._catch_all = Counter("sarabanwatch_catch_all_probes",
                                  "Tries to send a catch-all probe",
                                  ["outcome"], registry=registry)
        self._responses = Histogram("sarabanwatch_response_seconds",
                                    "From a letter's leaving to what came back for it", ["kind"],
                                    buckets=WITHIN, registry=registry)
        for kind in RESPONSES.values():
            self._responses.labels(kind)
        for counter in (self._letters, self._catch_all):
            for outcome in (*OUTCOMES.values(), PUT_OFF):
                counter.labels(outcome)

    def responded(self, kind: MailKind, after: timedelta) -> None:
        """Something came back for a letter, so long after it had left us."""
        if kind in RESPONSES:
            self._responses.labels(RESPONSES[kind]).observe(max(0, after.total_seconds()))

    def tried(self, event: Event, answer: Answer, *, catch_all: bool) -> str:
        """Count a try, and return the name of its outcome.

        "put off": the agency's own host asked for another try, as greylisting does; that is no
        fault of ours.
        """
        put_off = event is Event.LATER and answer.route is Route.DIRECT and answer.code
        outcome = PUT_OFF if put_off else OUTCOMES[event]
        (self._catch_all if catch_all else self._letters).labels(outcome).inc()
        return outcome
