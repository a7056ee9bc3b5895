"""Refusals in the wild change no truth; the watch reads them rightly or not at all."""

from collections import Counter
from dataclasses import replace

import pytest

from fakes.samples import REFUSALS
from sarabanland import country, dialects
from sarabanland.bounce import DsnRequest, Outcome, Stamp, notice
from sarabanland.clock import SHOWS
from sarabanland.letter import Letter
from sarabanland.smtp_client import Pool
from sarabanland.smtp_server import Envelope, Recipient, listen
from sarabanwatch.core import weight
from sarabanwatch.core.facts.evidence import BLAME, Blame, Reason
from sarabanwatch.core.sending.reply import Answer, Stage
from sarabanwatch.core.weight import Weighed, Weight
from sarabanwatch.edge.smtp.wire import parsed

TO = "saraban@one.go.test"
TRULY = {"insiders": Weight.NOW, "full-thai": Weight.NOW, "unknown-thai": Weight.GOOD}
WORDS = [(door, words) for door, said in dialects.SAYS.items() for words in said]
COUNTRY = country.settle(300, 7)


def read(words: str) -> Weighed:
    """Return how the watch weighs a host's words, which it hears as octets."""
    code, status, said = parsed(int(words[:3]), words[4:].format(to=TO))
    return weight.answer(Answer(Stage.RCPT, code, status, said), SHOWS, REFUSALS)


@pytest.mark.parametrize(("door", "words"), WORDS)
def test_the_watch_reads_what_such_a_host_says_as_it_is_meant_or_not_at_all(door: str,
                                                                            words: str) -> None:
    found = read(words)
    assert found.weight in (TRULY[door], Weight.UNKNOWN, Weight.WAIT), found


def test_whoever_takes_no_mail_from_outside_is_told_apart_in_most_words() -> None:
    assert Counter(read(words).reason
                   for words in dialects.SAYS["insiders"])[Reason.RESTRICTED] >= 3
    assert BLAME[Reason.RESTRICTED] is Blame.NOW


def test_in_a_tame_land_no_host_speaks_so() -> None:
    assert dialects.spoken(COUNTRY, 0, 7) == COUNTRY


def test_the_truth_of_nobody_changes_and_some_of_each_failing_group_stand_behind_such_hosts() -> (
    None
):
    spoken = dialects.spoken(COUNTRY, 0.3, 7)
    assert [replace(body, door="") for body in spoken] == [replace(body, door="")
                                                           for body in COUNTRY]
    behind = Counter(body.group for body in spoken if body.door in dialects.SAYS)
    assert behind.keys() == {"D2", "D3"}
    assert any(body.door == "insiders" for body in spoken)
    assert behind["D2"] <= 0.5 * sum(body.group == "D2" for body in COUNTRY)
    assert spoken == dialects.spoken(COUNTRY, 0.3, 7) != dialects.spoken(COUNTRY, 0.3, 8)


def test_every_such_door_is_met_in_a_whole_country_and_stands_for_one_that_fails_alike() -> None:
    whole = dialects.spoken(country.settle(8286, 7), 0.3, 7)
    groups = {door: {body.group for body in whole if body.door == door} for door in dialects.SAYS}
    assert groups == {"insiders": {"D3"}, "full-thai": {"D3"}, "unknown-thai": {"D2"}}


def test_each_host_says_always_the_same_and_all_words_are_said() -> None:
    everyone = [f"saraban@office{n}.go.test" for n in range(200)]
    for door, words in dialects.SAYS.items():
        assert {dialects.says(door, to) for to in everyone} == {
            said.format(to=to) for to in everyone for said in words
            if said.format(to=to) == dialects.says(door, to)}
        assert len({str(dialects.says(door, to)).replace(to, "{to}")
                    for to in everyone}) == len(words)
    assert dialects.says("open", TO) is None


class Thai:
    """A host that refuses in TIS-620."""

    name = "mx.land.test"
    features = ()

    def greets(self, _at: str) -> str:
        return "220"

    async def recipient(self, _envelope: Envelope, _recipient: Recipient) -> str:
        return dialects.thai("550 5.1.1 ไม่พบผู้ใช้")

    async def take(self, _envelope: Envelope) -> str:
        raise AssertionError


async def test_octets_that_are_no_utf_8_go_over_the_wire_and_into_the_report() -> None:
    server = await listen(Thai(), "127.0.0.1", 0)
    pool = Pool(server.sockets[0].getsockname()[1], "relay.test")
    reply = await pool.send("127.0.0.1", "a@relay.test", TO, b"x\r\n")
    pool.close()
    server.close()
    await server.wait_closed()
    assert reply == (550, dialects.thai("5.1.1 ไม่พบผู้ใช้"))
    outcome = Outcome("5.1.1", f"smtp; {reply.code} {reply.text}", "mx.land.test")
    raw = notice(Stamp("relay.test", "1", SHOWS), "failed",
                 Letter("a@relay.test", TO, b"x\r\n", {}), outcome, DsnRequest())
    assert raw.count("ไม่พบผู้ใช้".encode("tis-620")) == 2
