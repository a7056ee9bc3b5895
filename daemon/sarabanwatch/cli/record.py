"""One agency's record as plain values: why it is in its group, down to each mail's digest.

`explain` prints all of it; `agency show`, `probe` and `demo` take parts.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from typing import Any

from sarabanwatch.app.life import weigh
from sarabanwatch.core.address import judge, suggestion
from sarabanwatch.core.address.judging import JudgedCell
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import Evidence, in_force
from sarabanwatch.core.judging import advice, group, verdict
from sarabanwatch.core.judging.case import Case
from sarabanwatch.core.returns.authenticity import decides, strength
from sarabanwatch.core.sending import catch_all
from sarabanwatch.store.dossiers import Dossier, SentLetter
from sarabanwatch.store.rulings import DatedWord
from sarabanwatch.wiring import Components


def collect(components: Components, dossier: Dossier, lang: str) -> dict[str, Any]:
    """Return an agency's record; sentences in it are in `lang`, moments are ISO 8601."""
    thai = lang == "th"
    agency, words = dossier.agency, components.groups.groups[dossier.group]
    judged = judge(agency, components.addresses)
    present = [(sent.serial, sent.evidence) for sent in dossier.letters if sent.present]
    standing = weigh(Case(agency, present, dossier.group), components.rules,
                     components.clock.now()).standing
    decided = _deciding(dossier, group.decide(agency, judged, standing))
    return {
        "code": agency.code, "name": agency.name, "kind": agency.kind,
        "province": agency.province, "superior": agency.superior,
        "group": dossier.group, "label": words.th if thai else words.en, "since": dossier.since,
        "because": decided.thai if thai else decided.because,
        "mend": mend(dossier, words.mend_th if thai else words.mend_en, thai=thai),
        "register": {"source": dossier.source, "line": dossier.line},
        "address": _address(agency, components, judged, thai=thai),
        "announcement": _announcement(agency),
        "lines": [asdict(each) for each in dossier.lines],
        "standing": standing.health,
        "opt_out": _opt_out(dossier),
        "weakened": _weakened(dossier, thai=thai),
        "downgrade": _downgrade(dossier, components, thai=thai),
        "letters": [_letter(sent, components, thai=thai) for sent in dossier.letters],
        "changes": [{"at": at, "was": was, "now": now, "because": why, "rules": rules}
                    for at, was, now, why, rules in dossier.changes],
    }


def _deciding(dossier: Dossier, now: group.GroupRule) -> group.GroupRule:
    """Return the rule of an agency's group; with a downgrade pending, that of its last group."""
    if not dossier.downgrade:
        return now
    return next((rule for rule in group.RULES if rule.because == dossier.because), group.OTHERWISE)


def _address(agency: Agency, components: Components, judged: JudgedCell, *,
             thai: bool) -> dict[str, Any]:
    return {
        "cell": agency.cell, "finding": judged.finding, "read": judged.addresses,
        "write_instead": suggestion(agency, components.addresses, judged) or None,
        "requirements_broken": [{"rule": rule.name, "advice": rule.thai if thai else rule.advice}
                                for rule in judged.broken],
    }


def _announcement(agency: Agency) -> dict[str, Any] | None:
    given = agency.announcement
    if given is None:
        return None
    return {"link": given.link, "given_on": given.given_on, "cell": given.cell}


def _opt_out(dossier: Dossier) -> dict[str, Any] | None:
    opt_out = dossier.opt_out
    if opt_out is None:
        return None
    return {"until": opt_out.until, "since": opt_out.at, "by": opt_out.by, "why": opt_out.why}


def _weakened(dossier: Dossier, *, thai: bool) -> str | None:
    """Return why silence says little of this agency; None where it says as much as ever."""
    if not dossier.weak:
        return None
    return catch_all.RULE.means_thai if thai else catch_all.RULE.means


def mend(dossier: Dossier, of_group: str, *, thai: bool) -> str:
    """Return what is to be mended: what the last failure asks for, then the steps of the group."""
    last = max((sent for sent in dossier.letters if sent.present),
               key=lambda sent: sent.serial, default=None)
    failed = last is not None and dossier.group.startswith("D")
    own = advice.of(verdict.rule_for(last.evidence).thai) if last and failed else None
    return " ".join(filter(None, (own and (own.thai if thai else own.english), of_group)))


def _downgrade(dossier: Dossier, components: Components, *, thai: bool) -> dict[str, Any] | None:
    """Return the pending downgrade of an agency: to which group, why, and when it takes effect."""
    pending, by = dossier.downgrade, dossier.held_by
    if pending is None:
        return None
    settles = datetime.fromisoformat(pending.found_at) + components.policy.incident.settles
    waits = by or not pending.confirmed
    because = next(rule.thai if thai else rule.because for rule in group.RULES
                   if rule.group == pending.group)
    return {
        "to": pending.group, "because": because, "since": pending.found_at,
        "confirmed": pending.confirmed,
        "takes_effect_at": None if waits else settles.isoformat(timespec="milliseconds"),
        "incident": by and {"id": by.id, "scope": by.scope, "key": by.key,
                            "agencies": by.agencies},
    }


def _letter(sent: SentLetter, components: Components, *, thai: bool) -> dict[str, Any]:
    rule, force = verdict.rule_for(sent.evidence), in_force(sent.evidence)
    return {
        "number": components.rules.form.numbered(sent.serial), "address": sent.address,
        "state": sent.state,
        "drafted_at": sent.drafted_at.isoformat(), "replaces": sent.replaces,
        "window_end": sent.window_end.isoformat() if sent.window_end else None,
        "verdict": rule.verdict, "because": rule.thai if thai else rule.because,
        "evidence": [_fact(fact, in_force=fact in force) for fact in sent.evidence],
        "returns": list(_returns(sent.readings, sent.serial)),
    }


def _fact(fact: Evidence, *, in_force: bool) -> dict[str, Any]:
    """Return a fact; `in_force`: its mail was not ruled on later; `counts`: it may decide."""
    return {
        "kind": fact.kind, "at": fact.seen_at.isoformat(), "code": fact.code,
        "status": fact.status, "text": fact.text, "reason": fact.reason, "blame": fact.blame,
        "rule": fact.rule, "reporter": fact.reporter, "receipt": fact.receipt,
        "matched_by": fact.matched_by, "certainty": fact.certainty, "mail": fact.mail,
        "authentic": fact.authentic,
        "strength": strength(fact) if fact.mail else None,
        "in_force": in_force, "counts": in_force and decides(fact),
    }


def _returns(words: Iterable[DatedWord], serial: int) -> Iterable[dict[str, Any]]:
    """Yield each mail that came back for a letter: how it is read now, and every ruling on it."""
    for mail, each in groupby(words, key=lambda dated: dated.mail):
        readings = list(each)
        last = readings[-1].word
        yield {
            "mail": mail, "at": readings[0].at, "kind": last.kind, "reason": last.reason,
            "rule": last.rule, "refused": last.refused, "waits": last.waits,
            "elsewhere": last.serial != serial,
            "rulings": [{"by": dated.word.by, "at": dated.at, "kind": dated.word.kind,
                         "reason": dated.word.reason, "note": dated.word.note}
                        for dated in readings if dated.word.by],
        }
