"""A configuration file, and what is built from it and its ledger alone.

What reaches outside is `wiring.edges`, what the public page is made of `wiring.site`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from string import Template

import msgspec

from sarabanwatch import settings as config
from sarabanwatch.app.editions import Editions
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.address import Rules
from sarabanwatch.core.calendar import BANGKOK, OffDays
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.facts.token import Key, token_maker
from sarabanwatch.core.letters.wording import Form, paper
from sarabanwatch.core.papers.circular import Office
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.register import Register
from sarabanwatch.core.returns.arrival import Ours
from sarabanwatch.core.returns.refusals import Refusals
from sarabanwatch.core.sending import route
from sarabanwatch.core.sending.pace import PaceSection
from sarabanwatch.core.sending.route import Route
from sarabanwatch.edge import offdays, register
from sarabanwatch.edge.clock import FastClock, WallClock
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger, incidents, off_days, places, queries, schema
from sarabanwatch.store.lease import Leader
from sarabanwatch.store.places import Place, Server, opened
from sarabanwatch.store.public import LedgerArchive
from sarabanwatch.store.schema import Behind, TooNew, TooOld
from sarabanwatch.store.writer import unheard


class TokenKeys(Mapping[str, Key]):
    """The keys of tokens, read from their file when they are first needed.

    So a verb that only reads the ledger works without the daemon's secrets.
    """

    def __init__(self, read: Callable[[], Mapping[str, Key]]) -> None:
        self._read = read

    @cached_property
    def _keys(self) -> Mapping[str, Key]:
        return self._read()

    def __getitem__(self, kid: str) -> Key:
        return self._keys[kid]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
# there is no ledger yet, or none that this version may read
LEDGERLESS = (queries.NoLedger, Behind, TooNew, TooOld)


@dataclass(frozen=True)
class Components:
    """A configuration file, and the parts that can be built from it."""

    path: Path
    given: config.Settings | None = None    # instead of what the file says

    @cached_property
    def settings(self) -> config.Settings:
        """What the file says, unless it was given."""
        return self.given or config.load(self.path)

    def file(self, name: str, shipped: str = "") -> Path:
        """Return a file that the configuration names, relative to itself.

        Or the shipped one where it names none.
        """
        return self.path.parent / name if name else config.shipped(shipped)

    def secret(self, name: str, key: str) -> str:
        """Return a secret that a key names."""
        return config.secret(name, self.path.parent, key) if name else ""

    def read_register(self, path: Path, sheet: str = "") -> Register:
        """Read a list of agencies by the headings and bound of [register].

        Raise Unreadable or NoReader, as `edge.register` does.
        """
        c = self.settings.register
        return register.load(path, sheet, msgspec.structs.asdict(c.headings), c.rows_at_most)

    @cached_property
    def clock(self) -> Clock:
        """The clock: the wall's, or an exercise's."""
        c = self.settings.clock
        return WallClock() if c.began is None or c.shows is None else FastClock(c.rate, c.began,
                                                                                c.shows)

    @cached_property
    def addresses(self) -> Rules:
        """The values that addresses are judged by."""
        return config.address_rules(self.file(self.settings.address.rules, "address-rules.toml"))

    @cached_property
    def editions(self) -> tuple[config.Groups, ...]:
        """What the groups are called and what to mend, edition by edition, oldest first."""
        names = self.settings.groups.editions
        return config.editions([self.file(name) for name in names]
                               or [config.shipped("groups.toml")])

    @cached_property
    def in_force(self) -> Editions[config.Groups]:
        """The editions of the groups; one that an incident holds is not in force."""
        try:
            with queries.asking(self.ledger_place) as db:
                held = frozenset(name for name, is_held in incidents.editions(db).items()
                                 if is_held)
        except LEDGERLESS:
            held = frozenset()
        return Editions(self.editions, held)

    def groups_on(self, day: date) -> config.Groups:
        """Return the edition of a day: the last that was in force by then, and is not held."""
        return self.in_force.on(day)

    def groups_at(self, moment: datetime) -> config.Groups:
        """Return the edition of a moment."""
        return self.groups_on(moment.astimezone(BANGKOK).date())

    @property
    def groups(self) -> config.Groups:
        """The edition of today."""
        return self.groups_at(self.clock.now())

    @cached_property
    def off_days(self) -> OffDays:
        """The days on which offices are closed, with those that the ledger has by now."""
        file = self.file(self.settings.campaign.holidays, "holidays/extra.toml")
        days = config.read(file, config.Holidays)
        filed = dict.fromkeys(days.removed, False) | dict.fromkeys(days.added, True)
        try:
            with queries.asking(self.ledger_place) as db:
                return OffDays(offdays.closed, filed, off_days.declared(db))
        except LEDGERLESS:
            return OffDays(offdays.closed, filed)

    @cached_property
    def policy(self) -> Policy:
        """The numbers that judgement turns on."""
        s = self.settings
        return Policy(s.campaign, s.live, self.off_days, s.confirm, s.incident, s.canary,
                      s.catch_all, s.ledger)

    @property
    def pace(self) -> PaceSection:
        """How gently mail hosts are written to."""
        return self.settings.pace

    @cached_property
    def form(self) -> Form:
        """The form that all letters share.

        Raise Misconfigured where its text has a name that no letter fills in.
        """
        s, at = self.settings, self.clock.now()
        texts = (("letter.text", s.letter.text, "letters/probe.txt"),
                 ("catch_all.text", s.catch_all.text, "letters/catch-all.txt"))
        text, catch_all = (Template(config.text(self.file(name, shipped), key))
                           for key, name, shipped in texts)
        form = Form(s.sender, s.letter, s.report, text, catch_all, self.confirm_link,
                    self.check_link, s.relay.sender == "fixed")
        for key, purpose in (("letter.text", Purpose.ROUND), ("catch_all.text", Purpose.CATCH_ALL)):
            try:
                paper(Letter(0, "", "", "", "", at, purpose=purpose), form)
            except (KeyError, ValueError) as error:
                known = "$number, $name, $address, $office, $replaces, $confirm, $check, $link"
                raise config.Misconfigured(
                    f"{self.path}: {key}: {error}: no such name; a letter fills in {known}"
                ) from None
        return form

    @property
    def confirm_link(self) -> str:
        """The address before a letter's token; "" where letters have no link to confirm."""
        return f"{self.page_link}r/" if self.page_link and self.settings.page.confirm else ""

    @property
    def check_link(self) -> str:
        """The address before a letter's serial, to see whether it is ours; "" without a page."""
        return f"{self.page_link}n/" if self.page_link else ""

    @property
    def page_link(self) -> str:
        """Where the page is that the daemon shows to the public; "" where it shows none."""
        p = self.settings.page
        return p.url if p.port else ""

    @cached_property
    def office(self) -> Office:
        """Who issues letters, notices and papers."""
        return Office(self.settings.report, self.settings.page)

    @cached_property
    def garuda(self) -> dict[str, object]:
        """The garuda's octets and their format; {} where its room is left free."""
        name = self.settings.report.garuda
        return config.picture(self.file(name), "report.garuda") if name else {}

    @cached_property
    def rules(self) -> Rulebook:
        """What the steps decide by; the keys are read when they are first needed."""
        s = self.settings
        keys = TokenKeys(lambda: config.keys(self.secret(s.token.key_file, "token.key_file"),
                                             "token.key_file"))
        return Rulebook(
            self.policy, self.addresses, self.form,
            Ours(s.sender.address, s.sender.number), keys, token_maker(keys, self._today),
            self.refusals, s.inbox.authserv_id, self.pace, lambda at: self.groups_at(at).id)

    def _today(self) -> date:
        return self.clock.now().astimezone(BANGKOK).date()

    @cached_property
    def refusals(self) -> Refusals:
        """The refusal tables: a site's own, then the shipped ones."""
        return config.refusals([self.file(name) for name in self.settings.refusals.files])

    @property
    def ledger_file(self) -> Path:
        """The ledger's file."""
        return self.file(self.settings.ledger.file)

    @cached_property
    def ledger_place(self) -> Place:
        """Where the ledger stands: a database on a server if the configuration names one.

        Raise Misconfigured where its driver is not installed, or its password cannot be read.
        """
        section = self.settings.ledger
        if not section.url:
            return self.ledger_file
        if not find_spec("psycopg"):
            raise config.Misconfigured(
                f"{self.path}: ledger.url: the extra `postgres` is not installed; "
                "pip install 'sarabanwatch[postgres]', or leave the key out for a file")
        return Server(section.url, self.secret(section.password_file, "ledger.password_file"))

    def _refuse_left_behind(self, place: Place) -> None:
        """Raise Misconfigured where a ledger would begin on a server while one stands in our file.

        Whom that one wrote to would be written to again.
        """
        if isinstance(place, Path) or not self.ledger_file.exists():
            return
        with places.reading(place) as tx:
            begun = bool(schema.version(tx) and tx.written())
        if not begun:
            raise config.Misconfigured(
                f"{self.path}: ledger.url names a database in which no ledger was written yet, and "
                f"ledger.file, {self.ledger_file}, is one; bring it over with `ledger copy --from "
                f"{self.ledger_file}`, or move the file away")

    def ledger(
        self, place: Place | None = None, *, existing: bool = False,
        busy: Callable[[float], None] = unheard, leader: Leader | None = None,
    ) -> Ledger:
        """Open the ledger, or a copy of it, to write; the caller closes it.

        Raise NoLedger where it must be `existing` and is not. `busy` is called with for how many
        seconds another process has held it, when we wait for that; `leader`: as `places.opened`.
        """
        if existing:
            queries.there(self.ledger_place)
        self._refuse_left_behind(place or self.ledger_place)
        return opened(place or self.ledger_place, busy, self.clock.now(), leader)

    def archive(self) -> LedgerArchive:
        """Open what the public may see of the ledger; the caller closes it.

        Raise NoLedger where there is none.
        """
        return LedgerArchive(self.ledger_place, self.addresses, self.form.numbered,
                             self.settings.page.addresses, self.policy)

    @property
    def signed(self) -> frozenset[Route]:
        """The routes on which we sign letters."""
        dkim = self.settings.dkim
        return frozenset(Route if dkim.sign == "all"
                         else {Route.DIRECT}) if dkim.key_file else frozenset()

    @property
    def signs_canaries(self) -> bool:
        """Whether letters to ourselves bear our own signature."""
        s = self.settings
        return route.chosen(Route(s.route.by_default), self.others,
                            s.sender.address.rpartition("@")[2].lower()) in self.signed

    @property
    def others(self) -> frozenset[str]:
        """Domains and hosts that take the other route than the default.

        Letters to ourselves go by a relay wherever any letter does.
        """
        s = self.settings
        named = frozenset(name.lower() for name in s.route.except_for)
        own = {to.rpartition("@")[2].lower() for to in (s.sender.address, s.canary.must_bounce)
               if to}
        return named - own if s.route.by_default == "relay" else named | own if named else named
