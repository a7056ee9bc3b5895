"""Tries to send letters, counted by what came of them; each outcome starts at 0."""

from prometheus_client import CollectorRegistry, Counter

from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer
from sarabanwatch.core.sending.route import Route

OUTCOMES = {Event.TAKEN: "taken", Event.LATER: "later", Event.REFUSAL: "refused",
            Event.LOST: "lost"}
PUT_OFF = "put off"


class LetterCounters:
    """The counters; catch-all probes are counted apart, for they are meant to be refused."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._letters = Counter("sarabanwatch_letters", "Tries to send a letter, by outcome",
                                ["outcome"], registry=registry)
        self._catch_all = Counter("sarabanwatch_catch_all_probes",
                                  "Tries to send a letter to nobody",
                                  ["outcome"], registry=registry)
        for counter in (self._letters, self._catch_all):
            for outcome in (*OUTCOMES.values(), PUT_OFF):
                counter.labels(outcome)

    def tried(self, event: Event, answer: Answer, *, catch_all: bool) -> str:
        """Count a try, and return the name of what came of it.

        Put off: the agency's own host asked for another try, as greylisting does; no fault of ours.
        """
        put_off = event is Event.LATER and answer.route is Route.DIRECT and answer.code
        outcome = PUT_OFF if put_off else OUTCOMES[event]
        (self._catch_all if catch_all else self._letters).labels(outcome).inc()
        return outcome
