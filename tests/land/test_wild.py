"""Mail that is no answer: the watch never takes it for one, though no rule knows it."""

from datetime import UTC, datetime
from random import Random

import pytest

from fakes.samples import REFUSALS
from sarabanland import country, wild
from sarabanland.answers import Occasion
from sarabanland.letter import Letter
from sarabanwatch.core import weight
from sarabanwatch.core.returns.arrival import Ours
from sarabanwatch.core.weight import ReadingTables, Weight

MARK = "swa" + "a" * 8 + "b" * 16
HOME = f"probes+{MARK}@probe.test"
WHEN = datetime(2026, 1, 12, 3, 0, tzinfo=UTC)
BODY = next(body for body in country.settle(60, 7) if body.group == "A1" and body.door == "open")
FIELDS = {"message-id": f"<{MARK}@probe.test>", "subject": "test letter", "reply-to": HOME}
OCCASION = Occasion(BODY, Letter(HOME, BODY.address, b"", FIELDS), WHEN)


@pytest.mark.parametrize("dialect", wild.DIALECTS, ids=lambda dialect: dialect.__name__)
@pytest.mark.parametrize("seed", range(3))
def test_no_dialect_proves_or_condemns_anything(dialect: wild.Dialect, seed: int) -> None:
    _, raw = dialect(OCCASION, Random(seed))
    told = weight.mail(raw, BODY.address, Ours("probes@probe.test", "นร 1200/ท"), WHEN,
                       ReadingTables(REFUSALS, frozenset()))
    assert told.weight in (Weight.NONE, Weight.WAIT), told


def test_the_dialects_come_to_the_answering_address_each_with_its_envelope_sender() -> None:
    for dialect in wild.DIALECTS:
        sender, raw = dialect(OCCASION, Random(1))
        assert f"To: {HOME}".encode() in raw
        assert sender == "" or "@" in sender
