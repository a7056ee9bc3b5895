"""A letter that a person asks for: to one agency, at once and outside the rounds.

`ask` only writes the letter down. The daemon sends it before all others that wait, as soon as the
pace and our own path allow. While another letter to the same address is under way none is written,
because no address gets two letters in one window.
"""

from sarabanwatch import store
from sarabanwatch.app import pausing
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core import address
from sarabanwatch.core.calendar import short_moment
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.agency import Status
from sarabanwatch.core.facts.token import REMEDY
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending import plan
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger

NO_ADDRESS = (
    "no address can be read out of what it declared; `agency show` says what to write instead"
)


def barred(to: str, policy: Policy, *, exempt: bool, opted_out: bool) -> str:
    """Return why an agency may get no letter, whoever asks for it; "" where it may."""
    for holds, why in (
        (exempt, "it is outside the Act"),
        (opted_out, "it asked to be left alone; `opt-outs end` lets letters go to it again"),
        (not to, NO_ADDRESS),
        (bool(to) and not plan.permitted(to, policy), "live = false: nothing goes to real domains"),
    ):
        if holds:
            return why
    return ""


async def ask(code: str, mail_host: str | None, *, ledger: Ledger, clock: Clock,
              rules: Rulebook) -> int:
    """Write down a letter to an agency and return its serial.

    `mail_host` is the host that its domain's mail goes to, None where that is not known. Raise
    RequestError where the agency may get no letter, or where one to its address is under way.
    """
    agency, now = await ledger.read(store.register_table.find, code), clock.now()
    for halt in await ledger.read(store.halts.standing):
        raise RequestError(f"nothing leaves us now: {halt.detail}; see `halts list`")
    if not rules.signs(now):
        raise RequestError(
            f"nothing can be signed: every key of token.key_file has ended; {REMEDY}"
        )
    if agency is None:
        raise RequestError(f"no agency {code} stands in the register")
    to = address.judge(agency, rules.addresses).writable
    opted_out = await ledger.read(store.opt_outs.stands, code)
    if why := barred(to, rules.policy, exempt=agency.status is Status.EXEMPT, opted_out=opted_out):
        raise RequestError(f"{code}: {why}")
    host = rules.pace.host_of(to, mail_host)
    await pausing.refuse(code, host, ledger, clock)
    draft = Draft(code, to, now + rules.policy.send_for, None, host)
    round_ = await ledger.read(store.rounds.current, rules.policy.campaign.timetable, now)
    serial = await ledger.write(store.letters.ask_for, round_.id, draft, rules.mint, now)
    if serial is None:
        raise RequestError(f"{code}: {await _beside(to, ledger)}, and nobody gets two in one "
                           f"window; `explain {code}` shows it")
    return serial


async def _beside(to: str, ledger: Ledger) -> str:
    """Return in words which letter to an address is under way, and until when."""
    found = await ledger.read(store.queries.under_way, to)
    if found is None:       # it has ended since
        return "a letter to it was under way"
    serial, ends = found
    until = f"its window runs until {short_moment(ends, 'en')}" if ends else (
        "it waits to be sent")
    return f"letter {serial} to it is under way ({until})"
