"""An agency mails its new address: a person accepts it, a letter goes there outside the round, and
the agency changes its group.

A census that was frozen before stays as it was, to the byte.
"""

import asyncio
import json
import smtplib
from email.message import EmailMessage
from pathlib import Path

from story.programs import daemon, land, port, verb
from story.witness import Witness

SEED = 9


def post(place: Path, address: str) -> None:
    """Let an agency write to us: its new address, as announced."""
    notice = EmailMessage()
    notice["From"], notice["To"], notice["Subject"] = (
        "clerk@somewhere.go.test",
        "probes@probe.test",
        "แจ้งแก้ไขอีเมลกลาง",
    )
    notice.set_content(f"ขอแจ้งแก้ไขอีเมลกลางของหน่วยงาน เป็น {address} ตามประกาศ ลงวันที่ 5 มกราคม 2569\n")
    with smtplib.SMTP("127.0.0.1", port(place, "relay")) as relay:
        relay.send_message(notice)


async def test_a_notice_accepted_is_tried_at_once_and_a_frozen_census_stays(tmp_path: Path) -> None:
    async with land(tmp_path, 60, SEED):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await witness.over(life)
            await verb(tmp_path, "report", "freeze")
            frozen = await verb(tmp_path, "report", "show", "--json")
            truth = witness.truth()
            code = next(code for code, true in truth.items() if true["group"] == "D2")
            works = next(true["address"] for true in truth.values() if true["group"] == "A1"
                         and "dla." not in true["address"])
            await asyncio.to_thread(post, tmp_path, works)
            mail = (await life.says("received", kind="correction"))["mail"]
            asked = json.loads(await verb(tmp_path, "corrections", "accept", mail, "--agency", code,
                                          "--anyway", "--by", "สมศรี",
                                          "--note", "โทรศัพท์ถามแล้ว", "--json"))
            await life.says("transition", agency=code, now="A1")
            good, bad = (next(c for c, true in truth.items() if true["group"] == group
                              and c != code) for group in ("A1", "D2"))
            # without patience: a letter to it may be under way, whose window a weekend makes long
            traces = [await verb(tmp_path, "probe", agency, "--now", "--trace", "--json",
                                 "--lang", "en",
                                 status=status) for agency, status in ((good, 0), (bad, 1))]
            assert await life.stop() == 0
            assert life.complaints == []
        assert await verb(tmp_path, "report", "show", "--json") == frozen
    proven, refused = ([json.loads(line) for line in trace.splitlines()] for trace in traces)
    judged = [step["verdict"].split()[0] for steps in (proven, refused) for step in steps
              if "verdict" in step]
    assert judged == ["proven", "refuses"], (proven, refused)
    assert [step["tls"].partition(": ")[2] for step in proven
            if "tls" in step] == ["no encryption (relay.tls)"]
    assert any(" taken 250 " in step.get("fact", "") for step in proven)
    assert (asked["code"], asked["cell"]) == (code, works)
    if asked["letter"]:
        assert witness.rows("SELECT purpose, address FROM letter WHERE serial = ?",
                            asked["letter"]) == [("asked", works)]
    else:       # the round's own letter to it was written first, and is under way
        assert ("round", works) in witness.rows(
            "SELECT purpose, address FROM letter WHERE code = ?", code)
    assert witness.twice() == {}
    assert witness.hurried() == []
