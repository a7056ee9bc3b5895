"""A correction of an address, from the mail to the register.

A person decides, by name; lists that are older do not undo it.
"""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.mailroom import CAME, digest, mail, mailroom
from fakes.names import Names, resolving
from fakes.samples import HOUR, RULES, agency, register
from sarabanwatch import store
from sarabanwatch.cli import group
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.agency import Agency, Announcement
from sarabanwatch.store import FileLedger, dossiers, queries, register_table

NEW = "saraban@dept-one.go.th"
NOTICE = mail(
    f"ขอแจ้งแก้ไขอีเมลกลางของหน่วยงาน เป็น {NEW}\r\nตามประกาศ ลงวันที่ 5 มกราคม 2569 https://one.go.th/a.pdf",
    subject="Re: x",
)
STRANGERS = mail("ขอแจ้งแก้ไขอีเมลกลาง เป็น saraban@evil.go.th", to="probes@probe.test",
                 sender="x@evil.test", subject="แจ้ง")
ID, FORGED = (digest(raw)[:12] for raw in (NOTICE, STRANGERS))
TWO = agency("saraban@two.go.th", "1002", name="กรมสอง")


@pytest.fixture(scope="module")
def resolver() -> Iterator[int]:
    """A resolver that lives in a loop of its own, as one that the verbs ask does; return its port.
    """
    stands, over = Future[int](), threading.Event()

    async def live() -> None:
        async with resolving(Names({("dept-one.go.th", "MX"): ["10 mx.house.th."],
                                    ("mx.house.th", "A"): ["192.0.2.1"]})) as names:
            stands.set_result(names.port)
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(live(),))
    thread.start()
    yield stands.result(10)
    over.set()
    thread.join()


@pytest.fixture
def config(tmp_path: Path, resolver: int) -> Path:
    return configured(tmp_path, resolver, NOTICE, STRANGERS)


def configured(place: Path, resolver: int, *raw: bytes) -> Path:
    path = mailroom(place, *raw)
    path.write_text(f'live = true\nletter.unsigned_because = "an exercise"\n{path.read_text()}'
                    f'[dns]\nresolvers = ["127.0.0.1:{resolver}"]\n')
    return path


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(group, ["corrections", *words, "-c", str(config)])


def done(config: Path, *words: str) -> str:
    result = run(config, *words)
    assert result.exit_code == 0, result.output
    return result.output


def waiting(config: Path) -> set[str]:
    return {json.loads(row)["digest"][:12] for row in done(config, "list", "--json").splitlines()}


def stands(config: Path, code: str = "1001") -> Agency:
    with queries.asking(config.parent / "ledger.db") as db:
        found = register_table.find(db, code)
        assert found
        return found


def listed_again(config: Path, cell: str, digest: str, other: Agency = TWO,
                 **fields: object) -> None:
    async def take() -> None:
        with closing(FileLedger(config.parent / "ledger.db")) as ledger:
            await ledger.write(
                store.register_table.replace,
                register(agency(cell, **fields), other, digest=digest), RULES, CAME + HOUR)

    asyncio.run(take())


def test_it_waits_and_is_told_with_what_it_names(config: Path) -> None:
    assert waiting(config) == {ID, FORGED}
    told = json.loads(done(config, "show", ID, "--json"))
    assert [(a["code"], a["why"]) for a in told["agencies"]] == [("1001", "our letter")]
    assert [(a["address"], a["finding"]) for a in told["addresses"]] == [(NEW, "right")]
    assert (told["addresses"][0]["domain"]["mail_host"],
            told["addresses"][0]["domain"]["agencies"]) == ("mx.house.th", 0)
    assert told["announcement"] == {"link": "https://one.go.th/a.pdf", "given_on": "2026-01-05"}
    assert done(config, "show", ID, "--lang", "en").startswith("!! the sender is not proven")
    assert "nothing tells whose it is" in done(config, "show", FORGED, "--lang", "en")
    assert stands(config).cell == "saraban@one.go.th"


@pytest.mark.parametrize(("sender", "body", "why"), [
    ("saraban@three.go.th", "แจ้งแก้ไขอีเมล เป็น saraban@new.go.th", "sender's address"),
    ("clerk@three.go.th", "แจ้งแก้ไขอีเมล เป็น saraban@new.go.th", "sender's domain"),
    # a pattern is no domain
    ("clerk@_hree.go.th", "แจ้งแก้ไขอีเมล เป็น saraban@new.go.th", None),
    ("clerk@mail.test", "กรมที่สามของกระทรวง แจ้งแก้ไขอีเมล เป็น saraban@new.go.th", "name"),
    ("clerk@mail.test", "แจ้งแก้ไขอีเมล เป็น saraban@new.go.th", None),
])
def test_whose_it_may_be_is_known_by(tmp_path: Path, resolver: int, sender: str, body: str,
                                     why: str | None) -> None:
    raw = mail(body, to="probes@probe.test", sender=sender, subject="แจ้ง")
    path = configured(tmp_path, resolver, raw)
    listed_again(path, "saraban@one.go.th", "d2",
                 agency("saraban@three.go.th", "1003", name="กรมที่สามของกระทรวง"))
    told = json.loads(done(path, "show", digest(raw)[:12], "--json"))
    assert [(a["code"], a["why"]) for a in told["agencies"]] == ([("1003", why)] if why else [])


def test_a_domain_of_many_owners_tells_nobody(tmp_path: Path, resolver: int) -> None:
    raw = mail("แจ้งแก้ไขอีเมล เป็น saraban@new.go.th", to="probes@probe.test",
               sender="clerk@three.go.th", subject="แจ้ง")
    path = configured(tmp_path, resolver, raw)
    listed_again(path, "saraban_1@three.go.th", "d2", agency("saraban_3@three.go.th", "1003"))
    assert json.loads(done(path, "show", digest(raw)[:12], "--json"))["agencies"] == []


def test_accepted_it_stands_with_its_announcement_and_a_letter_waits_to_go(config: Path) -> None:
    said = done(config, "accept", ID, "--by", "Somsri", "--note", "called them", "--lang", "en")
    assert f"accepted: กรมหนึ่ง (1001) {NEW}, import 2; written down: letter" in said
    # consequences first
    assert said.index("would change group") < said.index("accepted: ")
    now = stands(config)
    assert now.announcement is not None
    assert (now.cell, now.announcement.cell, str(now.announcement.given_on)) == (NEW, NEW,
                                                                                 "2026-01-05")
    with queries.asking(config.parent / "ledger.db") as db:
        assert list(
            db.execute("SELECT address, state FROM letter WHERE code = '1001' ORDER BY serial")
        ) == [("saraban@one.go.th", "accepted"), (NEW, "drafted")]
    assert waiting(config) == {FORGED}
    assert NEW in done(config, "list", "--decided")
    again = run(config, "accept", ID, "--by", "Somchai", "--note", "x")
    assert (again.exit_code, "Somsri has decided on it" in again.output) == (1, True)


def test_a_list_that_lags_behind_does_not_undo_it_and_one_that_knows_better_does(
    config: Path,
) -> None:
    done(config, "accept", ID, "--by", "Somsri", "--note", "called them")
    listed_again(config, "saraban@one.go.th", "d3")
    assert stands(config).cell == NEW
    with queries.asking(config.parent / "ledger.db") as db:
        assert (
            "the list still has 'saraban@one.go.th'; the correction of"
            in dossiers.dossier(db, "1001").notes[0].english
        )
    listed_again(config, "saraban@third.go.th", "d4")
    assert stands(config).cell == "saraban@third.go.th"
    listed_again(config, "saraban@one.go.th", "d5")
    assert stands(config).cell == "saraban@one.go.th"


def test_a_list_that_lags_behind_may_bring_the_new_announcement(config: Path) -> None:
    done(config, "accept", ID, "--by", "Somsri", "--note", "called them")
    listed_again(config, "saraban@one.go.th", "d3",
                 announcement=Announcement("https://one.go.th/b.pdf", date(2026, 2, 2), NEW))
    now = stands(config)
    assert now.announcement is not None
    assert (now.cell, now.announcement.link) == (NEW, "https://one.go.th/b.pdf")


def test_an_announcement_that_still_gives_the_old_address_is_told(config: Path) -> None:
    said = done(config, "accept", FORGED, "--agency", "1002", "--address", NEW, "--anyway",
                "--note", "n", "--by", "Somsri", "--lang", "en")
    assert "gives another address, hence group C" in said


def test_undone_it_is_gone(config: Path) -> None:
    done(config, "accept", ID, "--by", "Somsri", "--note", "called them")
    ahead = CliRunner().invoke(group, ["register", "undo", "--json", "-c", str(config)])
    assert [change["now"] for change in json.loads(ahead.stdout)["changes"]
            if change["change"] == "changed address"] == ["saraban@one.go.th"]
    undone = CliRunner().invoke(group, ["register", "undo", "--yes", "-c", str(config)])
    assert (undone.exit_code, stands(config).cell) == (0, "saraban@one.go.th")
    listed_again(config, "saraban@one.go.th", "d3")
    assert stands(config).cell == "saraban@one.go.th"


@pytest.mark.parametrize(("words", "why", "code"), [
    ((ID,), "the sender is not proven", 2),
    ((ID, "--note", "n", "--address", "someone@gmail.com"), "or say --anyway", 1),
    ((FORGED, "--note", "n"), "name one with --agency", 1),
    ((FORGED, "--note", "n", "--agency", "1002"), "does not exist", 1),
    # what a person names is looked up too
    ((ID, "--note", "n", "--address", "saraban@nowhere.go.th"), "does not exist", 1),
    (("ffff", "--note", "n"), "no mail has a digest", 1),
])
def test_what_a_person_should_think_of_again_is_refused(config: Path, words: tuple[str, ...],
                                                        why: str, code: int) -> None:
    found = run(config, "accept", *words, "--by", "Somsri")
    assert (found.exit_code, why in found.output, stands(config).cell) == (code, True,
                                                                           "saraban@one.go.th")
    assert waiting(config) == {ID, FORGED}


def test_a_person_may_name_the_agency_and_insist(config: Path) -> None:
    done(config, "accept", FORGED, "--agency", "1002", "--address", "office@gmail.com", "--anyway",
         "--note", "n", "--by", "Somsri")
    assert stands(config, "1002").cell == "office@gmail.com"


def test_rejected_it_changes_nothing_and_its_answer_says_why(config: Path) -> None:
    done(config, "reject", ID, "--by", "Somsri", "--note", "ยังไม่มีประกาศ")
    assert (waiting(config), stands(config).cell) == ({FORGED}, "saraban@one.go.th")
    draft = config.parent / "answer.eml"
    done(config, "show", ID, "--answer", str(draft))
    from email import message_from_bytes, policy

    answer = message_from_bytes(draft.read_bytes(), policy=policy.default)
    assert (answer["To"], answer["X-Unsent"]) == ("saraban@one.go.th", "1")
    assert answer.get_content().startswith("เรียน  อธิบดีกรมหนึ่ง\n\nตามที่ กรมหนึ่ง ได้แจ้ง")
    assert "เนื่องจากยังไม่มีประกาศ" in answer.get_content()
    assert NEW in answer.get_content()
    assert NEW in done(config, "list", "--decided")
    for again in ("reject", "accept"):
        found = run(config, again, ID, "--by", "x", "--note", "y")
        assert (found.exit_code, "Somsri has decided on it" in found.output) == (1, True)
    assert stands(config).cell == "saraban@one.go.th"


def test_two_people_who_decide_at_once_decide_once(config: Path) -> None:
    done(config, "reject", ID, "--by", "Somsri", "--note", "ยังไม่มีประกาศ")

    async def again() -> None:
        with closing(FileLedger(config.parent / "ledger.db")) as ledger:
            await ledger.write(store.corrections.reject,
                               store.corrections.Correction(digest(NOTICE), "1001", NEW),
                               "สมชาย", "n", CAME)

    with pytest.raises(RequestError, match="Somsri decided on it meanwhile"):
        asyncio.run(again())


def test_what_was_rejected_stands_against_no_list(config: Path) -> None:
    done(config, "reject", ID, "--by", "Somsri", "--note", "ยังไม่มีประกาศ")
    for import_, cell in (("d3", NEW), ("d4", ""), ("d5", "saraban@one.go.th")):
        listed_again(config, cell, import_)
        assert stands(config).cell == cell
