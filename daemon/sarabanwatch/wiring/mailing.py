"""Sends the notices of a released snapshot by mail.

It is the only place from which papers are sent.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import closing
from functools import partial

from sarabanwatch.app import halts, notices
from sarabanwatch.app.notices import Addressed, NoticeRun
from sarabanwatch.core.errors import Barred, RequestError, UnavailableError
from sarabanwatch.core.papers.notice import Going, by_mail
from sarabanwatch.edge.smtp import RelayLine, Relays
from sarabanwatch.papers import print as printing
from sarabanwatch.store import domains, queries
from sarabanwatch.wiring.edges import Edges
from sarabanwatch.wiring.lines import line_maker
from sarabanwatch.wiring.papers import Papers


def addressed(papers: Papers, only: Collection[str] = ()) -> list[Addressed]:
    """Return the notices that can go by mail, of these agencies or all.

    Raise RequestError where nobody has released them, ConfigError where number, signer or office
    are lacking, UnavailableError where no PDF can be made.
    """
    if papers.issue.stamp:
        number = papers.kept.id
        raise RequestError(
            f"snapshot {number} is a draft, and its notices go when it is final: "
            f"`report release {number} --by NAME`"
        )
    papers.in_form()
    if not printing.installed():
        raise UnavailableError("a notice goes with its PDF: pip install 'sarabanwatch[reports]'")
    components, now = papers.components, papers.components.clock.now()
    rows = [row for row in papers.snapshot.to_mend if by_mail(row)
            and (not only or row.code in only)]
    with queries.asking(components.ledger_place) as db:
        known = domains.mail_hosts(db)
    hosts = [components.pace.host_of(row.address, known.get(row.address.rpartition("@")[2]))
             for row in rows]
    return [Addressed(Going(row.code, row.address, row.group, host), partial(papers.mail, row, now))
            for row, host in zip(rows, hosts, strict=True)]


async def send(papers: Papers, ready: list[Addressed], by: str) -> AsyncIterator[tuple[str, str]]:
    """Send notices by the route and at the pace of letters; each is written down.

    Yield each agency's code with the outcome.
    """
    components = papers.components
    edges = Edges(components)
    await knock_at_relays(edges)
    line = line_maker(edges, Relays(edges.relays))()
    try:
        with closing(components.ledger(existing=True)) as ledger:
            await halts.refuse(ledger)
            run = NoticeRun(papers.kept.id, by, components.settings.sender.address, line,
                             components.refusals)
            async for code, became in notices.send(
                    ready, run, ledger=ledger, clock=components.clock, policy=components.policy,
                    pace=components.pace):
                yield code, became
    finally:
        await line.close()


async def knock_at_relays(edges: Edges) -> None:
    """Check that a relay would take a letter, where letters go by relays.

    Raise Barred or UnavailableError.
    """
    if edges.components.settings.route.by_default != "relay":
        return
    line = RelayLine(Relays(edges.relays))
    try:
        await line.prove()
    except Barred:
        raise
    except Exception as error:
        where = f"relay {', '.join(relay.place for relay in edges.relays)}"
        raise UnavailableError(
            f"{where} does not answer ({error}); see relay.host and relay.port"
        ) from error
    finally:
        await line.close()
