"""What must hold at the end of every simulated campaign, and what must never be lost on the way."""

from collections import Counter
from datetime import datetime, timedelta
from email import message_from_bytes
from hashlib import sha256

from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending.pausing import Reach
from sarabanwatch.core.sending.plan import window_end
from sarabanwatch.store import judgements, letters
from sarabanwatch.store.tx import Tx
from simulation.inline_server import Ground
from simulation.people import Broken, People
from simulation.world import OFFICES, World, takes_any

# A ledger that cannot be written, on either engine.
EXPECTED = ("cannot be written", "IOError", "the ledger's server refused", "the program is dead")
IN_HAND = timedelta(minutes=5)     # a letter that was begun before an opt-out comes by then


def nothing_lost(story, disk: Ground, kept: set[str]) -> set[str]:
    """Hold what is on disk against what was there before: facts only ever grow."""
    with disk.looked_at() as db:
        facts = {
            f"{row}" for row in db.execute("SELECT id, serial, kind, seen_at FROM evidence")
        } | {row[0] for row in db.execute("SELECT digest FROM mail")}
    if lost := kept - facts:
        raise Broken(f"facts were lost: {sorted(lost)[:3]}")
    return facts


def check(story, people: People, disk: Ground) -> None:
    """Hold the end against all that was promised."""
    world = people.world
    with disk.looked_at() as db:
        _once_a_window(db, world, people.rulebook.policy)
        _each_in_the_ledger(db, world)
        _all_mail_kept(db, world)
        _ended_and_true(db, people)
        _as_people_were_told(db, people)
    _none_while_paused(people)
    with disk.looked_at() as db:
        _catch_all_probes(db, world, story)
    if unexpected := [line for line in story.failures
                      if not any(word in line for word in EXPECTED)]:
        raise Broken(f"a step failed: {unexpected[0]}")
    if people.failures:
        raise people.failures[0]
    story.note("ends", len(world.arrived), len(world.put), people.asked, people.moved,
               people.spared)


DECIDED = """
    SELECT l.token, min(e.seen_at) FROM letter l JOIN evidence e USING (serial)
    WHERE e.kind IN ('refused', 'bounced') AND l.verdict IN ('refuses', 'impaired', 'unroutable')
    GROUP BY l.token
"""


def _once_a_window(db: Tx, world: World, policy: Policy) -> None:
    """No letter twice, and no two letters to one office within the window of the first.

    A window ends when its letter came back.
    """
    ended = {token: datetime.fromisoformat(at) for token, at in db.execute(DECIDED)}
    marks = Counter(message_from_bytes(out.raw)["Message-ID"] for _, out in world.arrived)
    if twice := [mark for mark, times in marks.items() if times > 1]:
        raise Broken(f"a letter was sent twice: {twice}")
    last: dict[str, datetime] = {}
    for at, out in world.arrived:
        if out.to in world.offices:
            if out.to in last and at < last[out.to]:
                raise Broken(
                    f"two letters to {out.to} in one window, which ends {last[out.to]}: {at}"
                )
            end = window_end(at, policy)
            last[out.to] = min(end, ended.get(out.envid, end))


def _each_in_the_ledger(db: Tx, world: World) -> None:
    """Every letter that came to its dot is known to have left us, or to be in doubt."""
    fate = dict(db.execute("SELECT token, fate FROM letter"))
    for _, out in world.arrived:
        if fate.get(out.envid) not in {"accepted", "doubtful"}:
            raise Broken(f"letter {out.envid} arrived, and the ledger says {fate.get(out.envid)!r}")


def _all_mail_kept(db: Tx, world: World) -> None:
    known = {row[0] for row in db.execute("SELECT digest FROM mail")}
    in_time = world.clock.now() - timedelta(hours=2)
    if lost := [raw for raw, at in zip(world.box, world.put, strict=True) if at < in_time
                and sha256(raw).hexdigest() not in known]:
        raise Broken(f"{len(lost)} mails were never taken in")


def _ended_and_true(db: Tx, people: People) -> None:
    """The round came to its end, and every office without an opt-out is in its true group."""
    round_ = letters.round_of(db, 0, people.rulebook.policy.campaign.letters_at_most)
    if not round_.over:
        raise Broken(f"the round never ended: {round_}; {judgements.counts(db)}")
    found = list(
        db.execute(
            "SELECT a.code, a.address, j.grp FROM agency a LEFT JOIN judgement j USING (code)"
        )
    )
    if strange := {code: to for code, to, _ in found if to != people.address(code)}:
        raise Broken(f"registered with another address than was accepted: {strange}")
    wrong = [each for each in found if each[0] not in people.spared
             and each[2] != OFFICES[people.world.offices[each[1]]][2]]
    if wrong:
        raise Broken(f"judged wrongly: {wrong}")


def _as_people_were_told(db: Tx, people: People) -> None:
    """Every letter that a person was told of is there, and ended; after an opt-out came none."""
    ended = {
        (serial, to)
        for serial, to in db.execute("SELECT serial, address FROM letter WHERE state = 'closed'")
    }
    if lost := people.asked.items() - ended:
        raise Broken(f"letters that were asked for are lost: {lost}")
    for code, since in people.spared.items():
        for at, out in people.world.arrived:
            if at > since + IN_HAND and people.is_of(code, out.to):
                raise Broken(f"a letter to {out.to}, which was left alone since {since}: {at}")


def _none_while_paused(people: People) -> None:
    """No letter left for whom a person had paused; under a pause of all, none at all."""
    for pause, code in people.paused:
        for at, out in people.world.arrived:
            begun = max(pause.at, at - IN_HAND)     # one that was in hand then may still come
            if at - begun < IN_HAND or not (pause.in_force(at) and pause.in_force(begun)):
                continue
            domain = out.to.partition("@")[2]
            # one that is nowhere has no mail host to be paused
            host = f"mx.{domain}" == pause.key and people.world.offices.get(out.to) != "nowhere"
            own = domain == "probe.test"
            if pause.level is Reach.ALL or (not own and (
                    pause.level is Reach.LETTERS or host
                    or (pause.level is Reach.AGENCY and people.is_of(code, out.to)))):
                raise Broken(f"a letter to {out.to}, while {pause.level} {pause.key} was paused: "
                             f"{at}")


def _catch_all_probes(db: Tx, world: World, story) -> None:
    """No domain has more than one letter to nobody, and what they found is true."""
    times = Counter(out.to.partition("@")[2] for _, out in world.arrived
                    if out.to.startswith("no-such-name-"))
    if many := [domain for domain, letters_ in times.items() if letters_ > 1]:
        raise Broken(f"several letters to nobody: {many}")
    found = list(db.execute("SELECT domain, takes FROM catch_all"))
    if wrong := [domain for domain, takes in found if bool(takes) is not takes_any("@" + domain)]:
        raise Broken(f"found wrongly of letters to nobody: {wrong}")
    story.note("catch-all probes", len(times), len(found))
