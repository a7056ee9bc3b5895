"""Who connects to which mail host, and when: the log, limits a minute, and scenarios.

A host is one machine: names that share an address are one host, under the first of these names.
Nothing is known here of mailboxes.
"""

import json
from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sarabanland.clock import Clock
from sarabanland.scenario import QUIET, Scenario
from sarabanland.smtp_server import DROP

HELLO = "220"
MINUTE = timedelta(minutes=1)
CONNECTION, LETTER = "connection", "letter"
TOO_MANY = {    # as Postfix has it
    CONNECTION: "421 4.7.0 {host} Error: too many connections from 127.0.0.1",
    LETTER:     "450 4.7.1 Error: too much mail from 127.0.0.1",
}


class Visits:
    """All connections and letters so far.

    `names` gives the hosts by address. Each is written to the file `record`, if there is one.
    """

    def __init__(self, clock: Clock, names: Mapping[str, str], scenario: Scenario = QUIET,
                 record: Path | None = None) -> None:
        self._clock = clock
        self._names = names
        self._scenario = scenario
        self._record = record.open("wb", buffering=0) if record else None
        self._first: dict[str, datetime] = {}
        self._lately: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def close(self) -> None:
        """Close the record."""
        if self._record:
            self._record.close()

    def connects(self, address: str) -> str:
        """Return how a connection to an address is met: HELLO, another reply, or DROP."""
        host = self._names.get(address, address)
        cut = self._scenario.cuts and self._befallen(host)
        return self._noted(host, CONNECTION, DROP if cut else self._crowded(host, CONNECTION,
                                                          self._scenario.connections) or HELLO)

    def offers(self, address: str, to: str) -> str:
        """Return the reply by which a host refuses any recipient now; "" where it does not."""
        host = self._names.get(address, address)
        says = self._scenario.says if self._befallen(host) else ""
        refusal = says.format(to=to) or self._crowded(host, LETTER, self._scenario.letters)
        return self._noted(host, LETTER, refusal)

    def _befallen(self, host: str) -> bool:
        first = self._first.setdefault(host, self._clock.now())
        return (
            self._scenario.befalls(host) and self._clock.hours_since(first) < self._scenario.hours
        )

    def _crowded(self, host: str, what: str, most: int) -> str:
        """Return the refusal of what exceeds a host's limit for a minute; "" within the limit.

        What is refused is not counted.
        """
        if not (most and self._scenario.befalls(host)):
            return ""
        now, lately = self._clock.now(), self._lately[host, what]
        while lately and now - lately[0] >= MINUTE:
            lately.popleft()
        if len(lately) >= most:
            return TOO_MANY[what].format(host=host)
        lately.append(now)
        return ""

    def _noted(self, host: str, what: str, outcome: str) -> str:
        if self._record:
            line = {"sim": self._clock.now().isoformat(), "host": host, "what": what,
                    "outcome": outcome}
            self._record.write(json.dumps(line).encode() + b"\n")
        return outcome
