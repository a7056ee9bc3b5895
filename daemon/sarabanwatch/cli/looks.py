"""When an agency was last proved to take letters, and when it is looked at next."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from sarabanwatch.cli.terminal import day
from sarabanwatch.cli.words import LANGUAGES, words
from sarabanwatch.core.judging.schedule import next_look
from sarabanwatch.core.page.public import Rest, outlook, proved, rest
from sarabanwatch.store import pauses, rounds
from sarabanwatch.store.confirming import failing
from sarabanwatch.store.dossiers import Dossier
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

NEXT = {   # core.page.public.When -> Thai, English
    "never": ("ไม่มีการตรวจ อยู่นอกบังคับพระราชบัญญัติ", "never: it is outside the Act"),
    "paused": ("พักการส่งหนังสือทดสอบไว้ ถึง", "testing is paused, until"),
    "opted out": ("ไม่ส่งหนังสือทดสอบ ตามที่หน่วยงานขอ ถึง", "not at all, as the agency asked; until"),
    "once mended": ("เมื่อมีอีเมลที่ส่งหนังสือถึงได้ในทะเบียน",
                    "once the register has an address that a letter can be written to"),
    "waiting": ("ส่งหนังสือแล้ว รอผลถึง", "a letter is under way; its window ends"),
    "queued": ("หนังสือกำลังจะส่ง ภายใน", "a letter is about to be sent, by"),
    "again": ("หนังสือฉบับล่าสุดไม่ถึง ส่งอีกครั้งตั้งแต่",
              "its last letter failed; another is sent from"),
    "this round": ("ภายในรอบนี้ ก่อน", "within this round, before"),
    "next round": ("รอบถัดไป เริ่ม", "in the next round, from"),
}


def collect(components: Components, db: Tx, dossier: Dossier, now: datetime) -> dict[str, Any]:
    """Return when an agency was last proved, by which letter, and when it is looked at next.

    It is worked out as on the public page, but also for an agency whose last letter failed and is
    not confirmed yet; the page keeps that to itself.
    """
    code, opt_out = dossier.agency.code, dossier.opt_out
    with closing(components.archive()) as archive:
        known = archive.account(code)
    if known is None:
        raise click.ClickException(f"agency {code} has left the register meanwhile; ask again")
    again = [next_look(each, components.policy) for each in failing(db, code)]
    known, last = replace(known, again=next(iter(again), None)), proved(known)
    found = outlook(known, rounds.current(db, components.policy.campaign.timetable, now), now,
                    opt_out=opt_out.lasts if opt_out else False, paused=_paused(db, code, now))
    return {"proved": {"at": last.at.isoformat(), "number": last.number} if last else None,
            "next": {"when": found.when, "at": found.at.isoformat() if found.at else None}}


def _paused(db: Tx, code: str, now: datetime) -> Rest | None:
    """Return the pause that is in force for an agency, or None."""
    found = [(pause, pauses.codes(db, pause)) for pause in pauses.in_force(db, now)]
    return rest(found, now, code)


def render_text(found: dict[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    """Yield what `collect` found as rows for a person: a name, and what is said under it."""
    w, last, ahead = words("looks", lang), found["proved"], found["next"]
    yield w["proved"], f"{day(last['at'])} ({last['number']})" if last else w["never"]
    when = NEXT[ahead["when"]][LANGUAGES.index(lang)]
    yield w["next"], f"{when} {day(ahead['at'])}".rstrip()
