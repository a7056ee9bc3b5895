"""`explain AGENCY`: group -> rule -> evidence -> raw message."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli import domains, looks, options, terminal, which
from sarabanwatch.cli.terminal import line
from sarabanwatch.core.errors import RequestError

if TYPE_CHECKING:
    from sarabanwatch.core.facts.evidence import Evidence
    from sarabanwatch.wiring import Components


@click.command(epilog=options.examples("explain AGENCY", "explain AGENCY --lang en"))
@click.argument("agency")
@click.option("--raw", "digest", default="",
              help="Print the raw message with this digest (or its beginning) instead.")
@options.config
@options.language
@options.as_json
def explain(agency: str, digest: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Say why AGENCY is in its group: the rule, the evidence, down to the raw message.

    AGENCY is its code, or a part of its name. Every mail is named by its digest; --raw prints the
    mail.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import queries

    components = wiring.Components(config)
    with queries.asking(components.ledger_file) as db:
        if digest:
            _print_raw(db, digest)
            return
        dossier = queries.dossier(db, which.one(db, agency).code)
        told = account(components, dossier, lang)
        told |= looks.told(components, db, dossier, components.clock.now())
        told["domain"] = domains.of(db, next(iter(told["address"]["read"]), ""),
                                    components.clock.now())
    if as_json:
        options.say_json(told)
    else:
        click.echo("\n".join(lines(told, lang)))


def _print_raw(db: Any, digest: str) -> None:  # noqa: ANN401 - a ledger connection
    from sarabanwatch.store import queries

    try:
        click.echo(queries.raw_mail(db, digest.lower()), nl=False)
    except KeyError:
        raise click.ClickException(
            f"no message, or several, with a digest beginning {digest!r}"
        ) from None
    except RequestError as gone:
        raise RequestError(f"{digest}: {gone}") from None


def account(components: "Components", dossier: Any, lang: str) -> dict[str, Any]:  # noqa: ANN401 - questions.Dossier, imported when asked for
    """Tell one agency's case as plain values: what `lines` prints and `--json` gives."""
    from sarabanwatch.app.life import weigh
    from sarabanwatch.core import address
    from sarabanwatch.core.judging import group
    from sarabanwatch.core.judging.case import Case
    from sarabanwatch.core.sending import catch_all

    a, words = dossier.agency, components.groups.groups[dossier.group]
    judged = address.judge(a, components.addresses)
    at_present = [(t.serial, t.evidence) for t in dossier.letters if t.present]
    stands = weigh(Case(a, at_present, dossier.group), components.rules,
                   components.clock.now()).standing
    decided = group.decide(a, judged, stands)
    if dossier.fall:    # it stands where it stood: say why it did
        decided = next((rule for rule in group.RULES if rule.because == dossier.because),
                       group.OTHERWISE)
    thai = lang == "th"
    return {
        "code": a.code, "name": a.name, "kind": a.kind, "province": a.province,
        "superior": a.superior,
        "group": dossier.group, "label": words.th if thai else words.en, "since": dossier.since,
        "because": decided.thai if thai else decided.because,
        "mend": _mend(dossier, words.mend_th if thai else words.mend_en, thai=thai),
        "register": {"source": dossier.source, "line": dossier.line},
        "address": {
            "cell": a.cell, "finding": judged.finding, "read": judged.addresses,
            "write_instead": address.suggestion(a, components.addresses, judged) or None,
            "requirements_broken": [{"rule": r.name, "advice": r.thai if thai else r.advice}
                                    for r in judged.broken]},
        "announcement": None if a.announcement is None else {
            "link": a.announcement.link, "given_on": a.announcement.given_on,
            "cell": a.announcement.cell},
        "lines": [{"thing": d.thing, "said": d.said, "since": d.since, "until": d.until}
                  for d in dossier.lines],
        "standing": stands.health,
        "wish": (wish := dossier.wish)
        and {"until": wish.until, "since": wish.at, "by": wish.by, "why": wish.why},
        "weakened": (catch_all.RULE.means_thai if thai else catch_all.RULE.means) if dossier.weak
        else None,
        "falls": _falls(dossier, components, thai=thai),
        "letters": [_letter(t, components, thai=thai) for t in dossier.letters],
        "changes": [{"at": at, "was": was, "now": now, "because": why, "rules": rules}
                    for at, was, now, why, rules in dossier.changes],
    }


def _mend(dossier: Any, of_group: str, *, thai: bool) -> str:  # noqa: ANN401 - queries.Dossier
    """Return what is to be mended: what the reason of the last letter's failure asks for of its own, then the group's steps."""
    from sarabanwatch.core.judging import advice, verdict

    last = max((t for t in dossier.letters if t.present), key=lambda t: t.serial, default=None)
    own = (
        advice.of(verdict.judge(last.evidence).thai) if last and dossier.group.startswith("D")
        else None
    )
    return " ".join(filter(None, ("" if own is None else own.thai if thai else own.english,
                                  of_group)))


def _falls(dossier: Any, components: "Components", *, thai: bool) -> dict[str, Any] | None:  # noqa: ANN401 - questions.Dossier
    """Tell the fall of an agency that has not turned it: to what, why not yet."""
    from sarabanwatch.core.judging import group

    fall, by = dossier.fall, dossier.held_by
    if fall is None:
        return None
    settles = datetime.fromisoformat(fall.fell_at) + components.policy.incident.settles
    because = next(rule.thai if thai else rule.because for rule in group.RULES
                   if rule.group == fall.group)
    return {"to": fall.group, "because": because, "since": fall.fell_at,
            "confirmed": fall.confirmed,
            "turns_at": None if by or not fall.confirmed
            else settles.isoformat(timespec="milliseconds"),
            "incident": by and {"id": by.id, "scope": by.scope, "key": by.key,
                                "agencies": by.agencies}}


def _letter(told: Any, components: "Components", *, thai: bool) -> dict[str, Any]:  # noqa: ANN401 - questions.Went
    from sarabanwatch.core.judging import verdict
    from sarabanwatch.core.returns.authenticity import decides
    from sarabanwatch.core.returns.review import in_force

    rule, force = verdict.judge(told.evidence), in_force(told.evidence)
    return {
        "number": components.rules.form.numbered(told.serial), "address": told.address,
        "state": told.state,
        "drafted_at": told.drafted_at.isoformat(), "replaces": told.replaces,
        "window_end": told.window_end.isoformat() if told.window_end else None,
        "verdict": rule.verdict, "because": rule.thai if thai else rule.because,
        "evidence": [_evidence(e, in_force=e in force, counts=e in force and decides(e))
                     for e in told.evidence],
        "returns": _returns(told.said, told.serial),
    }


def _evidence(e: "Evidence", *, in_force: bool, counts: bool) -> dict[str, Any]:
    """Tell a fact; `in_force`: no later word was said on its mail; `counts`: it may decide."""
    from sarabanwatch.core.returns.authenticity import strength

    return {
        "kind": e.kind, "at": e.seen_at.isoformat(), "code": e.code, "status": e.status,
        "said": e.said, "reason": e.reason,
        "blame": e.blame, "rule": e.rule, "reporter": e.reporter, "receipt": e.receipt,
        "how": e.how, "sure": e.sure,
        "mail": e.mail, "authentic": e.authentic, "strength": strength(e) if e.mail else None,
        "in_force": in_force,
        "counts": counts}


def _returns(said: list[Any], serial: int) -> list[dict[str, Any]]:
    """Tell each mail that came back for a letter: the last word on it, and every ruling."""
    told = []
    for mail, each in groupby(said, key=lambda one: one.mail):
        words = list(each)
        last = words[-1].word
        told.append({
            "mail": mail, "at": words[0].at, "kind": last.kind, "reason": last.reason,
            "rule": last.rule, "refused": last.refused,
            "waits": last.waits, "elsewhere": last.serial != serial,
            "rulings": [{"by": w.word.by, "at": w.at, "kind": w.word.kind, "reason": w.word.reason,
                         "note": w.word.note}
                        for w in words if w.word.by]})
    return told


WORDS = {
    "th": {"group": "กลุ่ม", "because": "เพราะ", "mend": "สิ่งที่ต้องแก้ไข", "weak": "ข้อสังเกต",
           "wish": "ไม่ส่งหนังสือทดสอบ ตามที่หน่วยงานขอ", "instead": "ให้เขียนว่า",
           "cell": "อีเมลที่แจ้ง", "letter": "หนังสือที่", "raw": "ข้อความดิบ",
           "none": "ยังไม่เคยส่งหนังสือ", "receipt": "เลขรับ", "register": "ทะเบียน",
           "line": "บรรทัด",
           "return": "จดหมายที่กลับมา", "refused": "ไม่เชื่อ", "waits": "รอคนอ่าน",
           "elsewhere": "มิใช่ของหนังสือฉบับนี้แล้ว", "ruled": "วินิจฉัยโดย",
           "aside": "มีคำวินิจฉัยหลังจากนี้", "falls": "ผลล่าสุด", "held": "คงกลุ่มเดิมไว้",
           "suspected": "ยังไม่ยืนยัน รอหนังสือยืนยันผล",
           "turns": "จะเปลี่ยนกลุ่มเมื่อ",
           "agency": "ชื่อเดิม", "address": "อีเมลเดิม", "announcement": "ประกาศเดิม",
           "since": "ตั้งแต่", "until": "ถึง"},
    "en": {"group": "group", "because": "because", "mend": "to mend", "weak": "but",
           "wish": "no test letter is sent, as the agency asked", "instead": "write instead",
           "cell": "declared", "letter": "letter", "raw": "raw message",
           "none": "no letter was sent yet", "receipt": "receipt number", "register": "register",
           "line": "line",
           "return": "return", "refused": "not believed", "waits": "waits for a person",
           "elsewhere": "no longer held to be about this", "ruled": "ruled by",
           "aside": "set aside: a later word was said",
           "falls": "lately found", "held": "held",
           "suspected": "suspected: confirming letters follow", "turns": "turns at",
           "agency": "was called", "address": "had declared", "announcement": "had announced",
           "since": "since", "until": "until"},
}
FINDINGS = {"right": "ถูกต้อง", "odd": "อ่านได้ แต่ต้องจัดให้เรียบร้อย", "wrong": "ไม่เป็นไปตามระเบียบ",
            "unreadable": "อ่านไม่ได้"}
STATEMENTS = ("receipt", "answered", "automatic")   # facts for which it matters who wrote them


def lines(told: dict[str, Any], lang: str) -> list[str]:
    """Return an account as lines for a person."""
    w = WORDS[lang]
    first, *rest = address(told["address"], lang)
    out = [f"{told['name']} ({told['code']})  {w['group']} {told['group']}: {told['label']}",
           f"  {w['because']}: {told['because']}"]
    if told["falls"]:
        out.append(f"  {w['falls']} {fall(told['falls'], lang)}")
    if told["wish"]:
        until = f" {w['until']} {told['wish']['until']}" if told["wish"]["until"] else ""
        by = f"{line(told['wish']['by'])} {terminal.day(told['wish']['since'])}: {line(told['wish']['why'])}"
        out.append(f"  {w['wish']}{until} ({by})")
    if told["weakened"]:
        out.append(f"  {w['weak']}: {told['weakened']}")
    if told["mend"]:
        out.append(f"  {w['mend']}: {told['mend']}")
    out.append(
        f"  {w['cell']}: {first} ({w['register']} {told['register']['source']}, {w['line']} {told['register']['line']})"
    )
    out += [f"    {each}" for each in rest]
    out += [
        f"  {w[d['thing']]}: {line(d['said'])} {w['since']} {terminal.day(d['since'])} {w['until']} {terminal.day(d['until'])}"
        for d in told["lines"] if d["until"]
    ]
    if told.get("domain"):
        out += [f"  {text}" for text in domains.lines(told["domain"], lang)]
    if told.get("next"):
        out += [f"  {name}: {said}" for name, said in looks.lines(told, lang)]
    if not told["letters"]:
        out.append(f"  {w['none']}")
    for letter in told["letters"]:
        out.append(
            f"  {w['letter']} {letter['number']} -> {letter['address']}: {verdict(letter, lang)}"
        )
        out += facts(letter["evidence"], lang)
        out += [text for mail in letter["returns"] for text in _return(mail, lang)]
    return out


def verdict(letter: dict[str, Any], lang: str) -> str:
    """Return what became of a letter as people are told it: `refuses (the mailbox does not exist)`."""
    from sarabanwatch.cli.thai import said
    from sarabanwatch.core.judging.verdict import Verdict

    return f"{said(letter['verdict'], Verdict, lang)} ({letter['because']})"


def facts(evidence: Sequence[dict[str, Any]], lang: str) -> Iterator[str]:
    """Yield facts as lines; what was said over and over, as a host says that puts a letter off, on one."""
    w = WORDS[lang]
    for _, alike in groupby(evidence, key=lambda e: (e["kind"], e["code"], e["said"], e["mail"])):
        first, *more = alike
        yield _fact(first, lang) + (
            f" × {len(more) + 1} {w['until']} {terminal.moment(more[-1]['at'])}" if more else ""
        )


def address(judged: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield the cell with what it was found to be, what it breaks, what to write instead."""
    yield f"{judged['cell']!r} ({FINDINGS[judged['finding']] if lang == 'th' else judged['finding']})"
    yield from (f"- {broken['rule']}: {broken['advice']}"
                for broken in judged["requirements_broken"])
    if judged["write_instead"]:
        yield f"= {WORDS[lang]['instead']}: {judged['write_instead']}"


def day(at: str, lang: str) -> str:
    """Return the day in Bangkok of a moment, or a date, as people write it; "" for none."""
    from sarabanwatch.core.calendar import BANGKOK, thai_date

    if not at:
        return ""
    moment = datetime.fromisoformat(at)
    on = (moment.astimezone(BANGKOK) if moment.tzinfo else moment).date()
    return thai_date(on) if lang == "th" else on.isoformat()


def fall(falls: dict[str, Any], lang: str) -> str:
    """Return a fall as a line: `D2 (...); held: incident 3, mail host mx1.dla.go.test, 512 agencies`.

    One that is not confirmed is suspected, and says so; a held one says who holds it, a confirmed one when it turns.
    """
    from sarabanwatch.cli.incidents import WORDS as TERMS

    w, terms, by = WORDS[lang], TERMS[lang], falls["incident"]
    loose = (
        f"{w['turns']} {terminal.moment(falls['turns_at'])}" if falls["turns_at"]
        else w["suspected"]
    )
    until = (
        loose if by is None else (
            f"{w['held']}: {terms['incident']} {by['id']}, {terms[by['scope']]} {line(by['key'])}".rstrip()
            + f", {by['agencies']:,} {terms['agencies']}"
        )
    )
    return f"{falls['to']} ({falls['because']}, {terminal.moment(falls['since'])}); {until}"


def _return(mail: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield what is said of a mail as lines: what it is, why it is not believed or waits, and who ruled what."""
    from sarabanwatch.cli.thai import said
    from sarabanwatch.core.facts.evidence import Reason
    from sarabanwatch.core.returns.arrival import MailKind

    w, kind = WORDS[lang], said(mail["kind"], MailKind, lang)
    told = [w["return"], mail["mail"][:16], kind,
            f"({said(mail['reason'], Reason, lang)})" if mail["reason"] else "",
            f"[{mail['rule']}]",
            f"{w['refused']}: {mail['refused']}" if mail["refused"] else "",
            f"{w['waits']}: {mail['waits']}" if mail["waits"] else "",
            w["elsewhere"] if mail["elsewhere"] else ""]
    yield "    " + line(" ".join(filter(None, told)))
    for each in mail["rulings"]:
        reason = f" ({said(each['reason'], Reason, lang)})" if each["reason"] else ""
        ruled = f"{w['ruled']} {each['by']}: {said(each['kind'], MailKind, lang)}{reason}"
        yield "      " + line(f"{terminal.moment(each['at'])} {ruled} {each['note']}")


def _fact(e: dict[str, Any], lang: str) -> str:
    from sarabanwatch.cli.thai import said
    from sarabanwatch.core.facts.evidence import Blame, Certainty, FactKind, MatchedBy, Reason
    from sarabanwatch.core.returns.authenticity import Strength

    w = WORDS[lang]
    words = [
        terminal.moment(e["at"]), said(e["kind"], FactKind, lang), str(e["code"] or ""),
        e["status"],
        f"{w['receipt']} {e['receipt']}" if e["receipt"] else "",
        f"“{line(e['said'][:120])}”" if e["said"] else "",
        f"= {said(e['reason'], Reason, lang)} ({said(e['blame'], Blame, lang)})" if e["reason"]
        else "",
        f"[{e['rule']}]" if e["rule"] else "",
        f"<- {said(e['how'], MatchedBy, lang)}, {said(e['sure'], Certainty, lang)}; "
        f"{w['raw']} {e['mail'][:16]}" if e["mail"] else "",
        f"; {said(e['strength'], Strength, lang)}" if e["mail"] and e["kind"] in STATEMENTS else "",
        f"({e['authentic']})" if e["authentic"] else "",
        "" if e["in_force"] else f"({w['aside']})",
    ]
    return "    " + line(" ".join(filter(None, words)))
