"""All mail hosts of the land: the recipient's door decides what a host replies.

Doors that show in DNS alone (no domain, no host) are never connected to. Of each door it is
remembered when it was first tried.
"""

from dataclasses import replace
from datetime import datetime

from sarabanland import dialects, nobody
from sarabanland.body import Body
from sarabanland.clerks import Clerks
from sarabanland.clock import Clock
from sarabanland.letter import Letter, fields
from sarabanland.scenario import QUIET, Scenario
from sarabanland.smtp_server import DROP, Envelope, Recipient
from sarabanland.visits import Visits

TAKEN = "250 2.0.0 Ok: queued"
WELCOME = "250 2.1.5 Ok"
AT_RCPT = {                 # doors that answer so to a recipient, for ever
    "unknown": "550 5.1.1 <{to}>: Recipient address rejected: "
               "User unknown in virtual mailbox table",
    "disabled": "550 5.2.1 <{to}>: The email account that you tried to reach is disabled",
    "full": "552 5.2.2 <{to}>: Mailbox full, quota exceeded",
    "over-quota": "452 4.2.2 <{to}>: The email account that you tried to reach is over quota, "
                  "try again later",
    "deferring": "451 4.3.0 <{to}>: Temporary lookup failure",
}
AT_DATA = {                 # doors that answer so to a letter, for ever
    "content": "550 5.7.1 message content rejected: attachments of this type are not accepted here",
    "size": "552 5.3.4 Message size exceeds fixed limit of this mailbox",
}
# doors that answer so for some hours after the first try: (hours, reply)
AT_FIRST = {
    "greylist": (0.5, ("450 4.7.1 <{to}>: Recipient address rejected: "
                       "Greylisted, please try again later")),
    "busy": (0.5, "421 4.3.2 Service busy, come back later"),
    "blocked": (20.0, ("554 5.7.1 Service unavailable; client host [127.0.0.1] "
                       "blocked using rbl.test; see https://rbl.test/why")),
}
TARPIT = 0.05               # hours that a slow host takes to answer RCPT


class MailHosts:
    """Replies for all mail hosts (`smtp_server.Desk`)."""

    name = "mx.land.test"
    features: tuple[str, ...] = ("ENHANCEDSTATUSCODES",)

    def __init__(
        self, bodies: list[Body], clerks: Clerks, clock: Clock, visits: Visits | None = None,
        scenario: Scenario = QUIET,
    ) -> None:
        self._bodies = {body.address.lower(): body for body in bodies}
        self._any = self._takers(bodies)
        self._clerks = clerks
        self._clock = clock
        self._visits = visits or Visits(clock, {})
        self._first: dict[str, datetime] = {}
        self._gone = scenario.gone
        self._vanishing = frozenset(sorted(
            body.address.lower() for body in bodies if body.group in {"A1", "A2"}
            and body.door == "open")[:scenario.vanishes])

    def greets(self, at: str) -> str:
        """Return the greeting of the host at this address."""
        return self._visits.connects(at)

    async def recipient(self, envelope: Envelope, recipient: Recipient) -> str:
        """Answer one RCPT as the host does, or else the recipient's door."""
        if refusal := self._visits.offers(envelope.at, recipient.address):
            return refusal
        to = recipient.address.lower()
        body = self._bodies.get(to) or self._any.get(nobody.domain_of(to))
        door = "unknown" if body is None or self._is_gone(to) else body.door
        if door == "tarpit":
            await self._clock.sleep(TARPIT)
        if door in AT_FIRST and self._hours_known(recipient.address) < AT_FIRST[door][0]:
            return AT_FIRST[door][1].format(to=recipient.address)
        return dialects.says(door, recipient.address) or AT_RCPT.get(door, WELCOME).format(
            to=recipient.address
        )

    async def take(self, envelope: Envelope) -> str:
        """Answer a letter after its final dot; what is taken goes to the clerk's desk."""
        address = envelope.recipients[0].address
        body = self._bodies.get(address.lower()) or self._any[nobody.domain_of(address)]
        if body.door in AT_DATA:
            return AT_DATA[body.door]
        if body.door == "dropping" and self._hours_known(address) < AT_FIRST["busy"][0]:
            return DROP
        self._clerks.receive(body, Letter(envelope.sender, address, envelope.letter,
                                          fields(envelope.letter)))
        return TAKEN

    @staticmethod
    def _takers(bodies: list[Body]) -> dict[str, Body]:
        """Return who takes a letter to any other name, by domain: silently, or until later."""
        found = nobody.manners(bodies)
        some = {nobody.domain_of(body.address): body for body in bodies}
        doors = {nobody.TAKES: "open", nobody.RETURNS: "late"}
        return {domain: replace(some[domain], code=f"*@{domain}", desk="silent", door=doors[manner])
                for domain, manner in found.items() if manner in doors}

    def _is_gone(self, to: str) -> bool:
        begins, ends = self._gone
        return to in self._vanishing and begins <= self._hours_known(to) < ends

    def _hours_known(self, who: str) -> float:
        """Return the simulated hours since the first try, which may be this one."""
        return self._clock.hours_since(self._first.setdefault(who.lower(), self._clock.now()))
