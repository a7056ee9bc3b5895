"""When an agency was last proved to take letters, and when it is looked at next, for people."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sarabanwatch.store.queries import Dossier
    from sarabanwatch.wiring import Components

WORDS = {"th": ("ยืนยันล่าสุด", "ยังไม่เคยยืนยัน", "ตรวจครั้งต่อไป"),
         "en": ("last proved", "not yet", "looked at next")}
NEXT = {   # core.page.public.When
    "never": ("ไม่มีการตรวจ อยู่นอกบังคับพระราชบัญญัติ", "never: it is outside the Act"),
    "wished": ("ไม่ส่งหนังสือทดสอบ ตามที่หน่วยงานขอ ถึง", "not at all, as the agency asked; until"),
    "once mended": ("เมื่อมีอีเมลที่ส่งหนังสือถึงได้ในทะเบียน",
                    "once the register has an address that a letter can be written to"),
    "waiting": ("ส่งหนังสือแล้ว รอผลถึง", "a letter is under way; its window ends"),
    "queued": ("หนังสือกำลังจะส่ง ภายใน", "a letter is about to be sent, by"),
    "again": ("หนังสือฉบับล่าสุดไม่ถึง ส่งอีกครั้งตั้งแต่",
              "its last letter failed; another is sent from"),
    "this round": ("ภายในรอบนี้ ก่อน", "within this round, before"),
    "next round": ("รอบถัดไป เริ่ม", "in the next round, from"),
}


def told(components: "Components", db: Any, dossier: "Dossier", now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a ledger connection
    """Tell as plain values when an agency was last proved, by which letter, and when it is looked at next.

    It is reckoned as the public page does; here, also of a suspect, which that page keeps to itself.
    """
    from sarabanwatch.core.judging.schedule import next_look
    from sarabanwatch.core.page.public import outlook, proved
    from sarabanwatch.store.looks import failing

    code, wish = dossier.agency.code, dossier.wish
    with closing(components.archive()) as archive:
        known = archive.account(code)
    if known is None:
        raise click.ClickException(f"agency {code} has left the register meanwhile; ask again")
    again = [next_look(each, components.policy) for each in failing(db, code)]
    known, last = replace(known, again=next(iter(again), None)), proved(known)
    found = outlook(known, components.policy.campaign.round_at(now),
                    wish=wish.lasts if wish else False)
    return {"proved": {"at": last.at.isoformat(), "number": last.number} if last else None,
            "next": {"when": found.when, "at": found.at.isoformat() if found.at else None}}


def lines(told: dict[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    """Yield what `told` has as rows for a person: a name, and what is said under it."""
    from sarabanwatch.cli.explain import day

    last, never, ahead = WORDS[lang]
    thai, english = NEXT[told["next"]["when"]]
    yield (
        last, f"{day(told['proved']['at'], lang)} ({told['proved']['number']})" if told["proved"]
        else never,
    )
    yield (
        ahead,
        f"{thai if lang == 'th' else english} {day(told['next']['at'] or '', lang)}".rstrip(),
    )
