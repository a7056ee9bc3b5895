"""Reads all kept mail again under today's rules, and adds a reading where it differs.

It goes through the ledger page by page. A page is written whole or not at all, and a page that was
written reads the same again, so a replay that died is simply run again. What a person has ruled
stays. A mail that exceeded a limit stays in quarantine unless it is asked for, and a mail that
cannot be read today leaves what was known of it: neither a slow machine nor a limit of time may
take a fact back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sarabanwatch import store
from sarabanwatch.app import reading
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.calendar import short_moment
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.returns.kept import RawMail, StoredMail
from sarabanwatch.core.returns.review import MailVerdict, verdict_by_rules
from sarabanwatch.ports import Clock, Reader
from sarabanwatch.store import Ledger

PAGE = 100             # mails in one transaction ...
OCTETS = 8 << 20       # ... and fewer once they have so many octets together
# How the rule begins of a mail that exceeded a limit, and did not merely meet a fault of ours.
LIMIT = "limit: "


@dataclass(frozen=True, slots=True)
class Rereading:
    """One mail that now reads otherwise, by its digest."""

    mail: str
    was: MailVerdict
    now: MailVerdict


async def replay(
    *, ledger: Ledger, reader: Reader, clock: Clock, rules: Rulebook,
    tell: Callable[[int, Sequence[Rereading]], None], quarantined: bool = False,
) -> None:
    """Read every kept mail again.

    After each page `tell` is called with how many mails it had, and those that read otherwise.
    """
    after, cause = "", Kin(Scope.REPLAY, short_moment(clock.now(), "en"))
    while page := await ledger.read(store.rulings.page, after, PAGE, OCTETS):
        mails = [mail for mail in page if _open(mail.word, quarantined=quarantined)]
        again = await _again(mails, ledger, reader, rules)
        changed = [Rereading(mail.digest, mail.word, now)
                   for mail, now in zip(mails, again, strict=True)
                   if now.kind is not MailKind.UNREAD and now != mail.word]
        if changed:
            await ledger.write(store.rulings.lay, {reread.mail: reread.now for reread in changed},
                               clock.now(), cause)
        tell(len(page), changed)
        after = page[-1].digest


def _open(verdict: MailVerdict, *, quarantined: bool) -> bool:
    """Say whether our rules may say anything new of a mail."""
    passed_a_limit = verdict.kind is MailKind.UNREAD and verdict.rule.startswith(LIMIT)
    return not verdict.by and (quarantined or not passed_a_limit)


async def _again(mails: Sequence[StoredMail], ledger: Ledger, reader: Reader,
                 rules: Rulebook) -> list[MailVerdict]:
    signed = {mail.raw: mail.signed for mail in mails}

    async def verified(raw: bytes) -> tuple[str, ...]:
        """Return whose signature held when the mail came: keys vanish from the DNS later."""
        return signed[raw]

    again = await reading.read([RawMail(mail.raw, mail.arrived_at) for mail in mails], ledger,
                               reader, rules.marks, verified)
    return [verdict_by_rules(mail.reading) for mail in again]
