"""What the pages ask of the ledger (the Archive port): read-only, and nothing that is secret."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby
from typing import Any, TypeVar

from sarabanwatch.core import address, domain
from sarabanwatch.core.facts.evidence import Evidence, in_force
from sarabanwatch.core.judging import verdict
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.judging.schedule import next_look
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.core.page.genuine import OurLetter
from sarabanwatch.core.page.public import (
    Account,
    Country,
    Hold,
    Listing,
    Posted,
    Shown,
    shown,
    slug,
    unconfirmed,
)
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending.probe import State
from sarabanwatch.store import opt_outs, pauses, rounds
from sarabanwatch.store.asker import Asker
from sarabanwatch.store.catch_all_probes import standing_weakly
from sarabanwatch.store.confirming import failing
from sarabanwatch.store.incidents import pending
from sarabanwatch.store.judgements import changes
from sarabanwatch.store.letters import seen
from sarabanwatch.store.places import Place
from sarabanwatch.store.register_table import find
from sarabanwatch.store.rows import ask, ask_one, moment
from sarabanwatch.store.tx import Tx

T = TypeVar("T")
LISTINGS = """
    SELECT a.code, a.name, a.kind, a.province, a.superior, a.former, a.cell,
           coalesce(j.grp, 'unknown'), coalesce(j.because, 'not yet proven either way'), j.since,
           a.link, a.given_on
    FROM agency a LEFT JOIN judgement j USING (code) WHERE a.listed ORDER BY a.code
"""
LAST = """
    SELECT max(at) FROM (
        SELECT max(at) AS at FROM import
        UNION ALL SELECT (SELECT at FROM transition ORDER BY id DESC LIMIT 1)
        UNION ALL SELECT (SELECT seen_at FROM evidence ORDER BY id DESC LIMIT 1)) moments
"""
POSTED = """
    SELECT serial, address, drafted_at, state, window_end FROM letter
    WHERE code = ? AND state <> 'drafted' ORDER BY serial
"""
HELD = """
    SELECT i.id, i.scope, i.key, i.opened_at, f.code, f.grp
    FROM downgrade f JOIN incident i ON i.id = f.incident JOIN agency a USING (code)
    WHERE a.listed AND f.confirmed ORDER BY i.id, f.code
"""
ADVICE = {rule.finding: rule for rule in domain.RULES}


class LedgerArchive:
    """One ledger, read by one thread at a time; it must be closed. It asks as Asker does."""

    def __init__(
        self, place: Place, rules: address.Rules, numbered: Callable[[int], str], how: Shown,
        policy: Policy,
    ) -> None:
        self._asker = Asker(place)
        self._rules, self._numbered, self._how, self._policy = rules, numbered, how, policy
        self._version = -1

    def close(self) -> None:
        """Close the ledger."""
        self._asker.close()

    def changed(self) -> bool:
        """Say whether anything was written since this was last asked."""
        version = self._asker.ask(lambda tx: tx.written())
        before, self._version = self._version, version
        return version != before

    def country(self) -> Country:
        """Return every listed agency and every transition, as of one moment."""
        return self._at_one_moment(self._country)

    def account(self, code: str) -> Account | None:
        """Return one listed agency's account, or None."""
        return self._at_one_moment(lambda tx: self._account(tx, code))

    def letter(self, serial: int) -> OurLetter | None:
        """Return a letter that its agency's account shows, or None."""
        return self._at_one_moment(lambda tx: self._letter(tx, serial))

    def _at_one_moment(self, question: Callable[[Tx], T]) -> T:
        def asked(tx: Tx) -> T:
            with tx.at_one_moment():
                return question(tx)

        return self._asker.ask(asked)

    def _country(self, tx: Tx) -> Country:
        timetable = self._policy.campaign.timetable
        last = ask_one(tx, LAST)
        listings = tuple(_listing(row, self._how) for row in ask(tx, LISTINGS))
        transitions = tuple(changes(tx, "JOIN agency USING (code) WHERE listed ORDER BY id"))
        few = (
            tuple(_holds(tx)),
            dict(_opt_outs(tx)),
            frozenset(standing_weakly(tx)),
            tuple(rounds.spans(tx, timetable, timetable.first)),
            tuple((pause, pauses.codes(tx, pause)) for pause in pauses.standing(tx)),
        )
        return Country(listings, transitions, moment(last[0]) if last and last[0] else None, *few)

    def _letter(self, tx: Tx, serial: int) -> OurLetter | None:
        row = ask_one(tx, "SELECT code, name FROM letter WHERE serial = ?", (serial,))
        code, name = row or ("", "")
        account, number = self._account(tx, code) if code else None, self._numbered(serial)
        return next((OurLetter(number, posted.at, one_line(name))
                     for posted in (account.letters if account else ())
                     if posted.number == number), None)

    def _account(self, tx: Tx, code: str) -> Account | None:
        agency = find(tx, code)
        if agency is None:
            return None
        judged = address.judge(agency, self._rules)
        letters = tuple(self._posted(tx, row, judged.writable)
                        for row in list(ask(tx, POSTED, (agency.code,))))
        downgrade = pending(tx, agency.code)
        # a suspicion is not published, even where an incident holds it
        suspected = bool(downgrade and not downgrade.confirmed)
        again = [] if suspected else [next_look(each, self._policy)
                                      for each in failing(tx, agency.code)]
        found = ask(tx, "SELECT finding FROM finding WHERE domain = ?",
                    (judged.writable.rpartition("@")[2],))
        held = {name for name, in found}
        return Account(agency, unconfirmed(letters) if suspected else letters, judged.broken,
                       bool(judged.writable),
                       tuple(rule for finding, rule in ADVICE.items() if finding.value in held),
                       tuple(changes(tx, "WHERE code = ? ORDER BY id", (agency.code,))),
                       shown(address.suggestion(agency, self._rules, judged), self._how),
                       next(iter(again), None))

    def _posted(self, tx: Tx, row: tuple[Any, ...], present: str) -> Posted:
        serial, to, drafted_at, state, window_end = row
        facts = seen(tx, serial)
        return Posted(self._numbered(serial), shown(to, self._how), moment(drafted_at),
                      State(state),
                      moment(window_end) if window_end else None, verdict.rule_for(facts),
                      tuple(_codes(facts)), to == present)


def _opt_outs(db: Tx) -> Iterator[tuple[str, date | bool]]:
    yield from ((each.code, each.lasts) for each in opt_outs.listed(db))


def _listing(row: tuple[Any, ...], how: Shown) -> Listing:
    code, name, kind, province, superior, former, cell, group, because, since, link, given_on = row
    return Listing(code, slug(code), one_line(name), kind, one_line(province), one_line(superior),
                   one_line(former),
                   shown(cell, how), Group(group), because, moment(since) if since else None,
                   one_line(link), date.fromisoformat(given_on) if given_on else None)


def _holds(db: Tx) -> Iterator[Hold]:
    for (number, scope, key, since), rows in groupby(ask(db, HELD), key=lambda row: row[:4]):
        yield Hold(number, Kin(Scope(scope), one_line(key)), moment(since),
                   {code: Group(grp) for *_, code, grp in rows})


def _codes(facts: list[Evidence]) -> Iterator[str]:
    """Yield the reply codes of what was refused or came back, each once.

    The words that came with them are left out, because they may name other people.
    """
    failed = [fact for fact in in_force(facts) if fact.kind in verdict.FAILURES]
    yield from dict.fromkeys(filter(None, (f"{fact.code or ''} {fact.status}".strip()
                                           for fact in failed)))
