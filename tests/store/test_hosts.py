"""What was seen of mail hosts' encryption, in the ledger."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.samples import HOUR, MONDAY
from sarabanwatch import store
from sarabanwatch.core.sending.tls import Seen
from sarabanwatch.store import FileLedger, Ledger, hosts, queries
from sarabanwatch.store.hosts import HostEncryption
from sarabanwatch.store.tx import stamp

SEEN = Seen("mx.one.test", "TLSv1.3", "AES", "", named=True, ends=MONDAY + timedelta(days=9))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(FileLedger(tmp_path / "ledger.db")) as opened:
        yield opened


def known(tmp_path: Path, *names: str) -> list[HostEncryption]:
    with queries.asking(tmp_path / "ledger.db") as db:
        return hosts.shown(db, names)


@pytest.mark.parametrize("seen", [
    SEEN, Seen("mx.one.test"), replace(SEEN, untrusted="self-signed", named=False, judged=False,
                                       demand="DANE", failed="no")])
async def test_what_was_seen_is_kept_as_it_was(seen: Seen, ledger: Ledger, tmp_path: Path) -> None:
    await ledger.write(store.hosts.note, seen, MONDAY)
    assert known(tmp_path, "mx.one.test",
                 "mx.two.test") == [HostEncryption(seen, stamp(MONDAY), stamp(MONDAY))]


async def test_the_last_look_counts_and_since_when_it_looks_so_is_kept(ledger: Ledger,
                                                                       tmp_path: Path) -> None:
    for hours, seen in enumerate((SEEN, SEEN, replace(SEEN, ends=None), replace(SEEN, ends=None),
                                  SEEN)):
        await ledger.write(store.hosts.note, seen, MONDAY + hours * HOUR)
        since = {0: 0, 1: 0, 2: 2, 3: 2, 4: 4}[hours]
        assert known(tmp_path, "mx.one.test") == [HostEncryption(seen, stamp(MONDAY + since * HOUR),
                                                                 stamp(MONDAY + hours * HOUR))]
