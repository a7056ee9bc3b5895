"""Does a row agree with its own code? A local government's code also tells kind and province."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sarabanwatch.core.facts.agency import Agency, AgencyKind, Status
from sarabanwatch.core.facts.local import LocalCode, parse, raised
from sarabanwatch.core.register.records import Note, quoted


class AgreementRule(NamedTuple):
    """A field, when it differs from the code, and what to say of agency `a` and its code `c`."""

    field: str
    differs: Callable[[Agency, LocalCode], bool]
    english: str
    thai: str


SAO = "6"       # the first digit of an อบต.'s code


def _of_another_kind(a: Agency, c: LocalCode) -> bool:
    return a.kind.local and a.kind not in c.kinds


def _not_its_former(a: Agency) -> bool:
    return bool(a.former) and not raised(a.former, a.code)


def _without_former(a: Agency) -> bool:
    return a.status is Status.RAISED and not a.former and a.kind is not AgencyKind.SAO


RULES = (
    AgreementRule("kind", lambda a, c: _of_another_kind(a, c) and a.code[0] != SAO,
                  "{a.kind}, but the code is that of {c.kind}",
                  "เป็น{a.kind} แต่รหัสเป็นของ{c.kind}"),
    AgreementRule("kind", lambda a, c: _of_another_kind(a, c) and a.code[0] == SAO,
                  "{a.kind}, but the code is that of {c.kind}; raised, and its code not yet?",
                  "เป็น{a.kind} แต่รหัสเป็นของ{c.kind} ยกฐานะแล้วแต่ยังใช้รหัสเดิมหรือไม่"),
    AgreementRule("province", lambda a, c: a.kind.local and a.province not in ("", c.province),
                  "{a.province}, but the code is one of {c.province}",
                  "ระบุ {a.province} แต่รหัสอยู่ในจังหวัด{c.province}"),
    AgreementRule("former", lambda a, _: a.kind.local and _not_its_former(a),
                  "{a.former} is not the code that this body had before it was raised",
                  "{a.former} ไม่ใช่รหัสเดิมก่อนยกฐานะของหน่วยงานนี้"),
    AgreementRule("former", lambda a, _: a.kind.local and _without_former(a),
                  "raised, but the former code is not given",
                  "ยกฐานะแล้ว แต่ไม่ได้ระบุรหัสเดิม"),
)
NO_CODE = Note(
    "code", "no local government's code (seven digits: kind, province, district, number)",
    "ไม่ใช่รหัส อปท. (๗ หลัก: ประเภท จังหวัด อำเภอ ลำดับ)",
)


def with_code(agency: Agency) -> tuple[Note, ...]:
    """Return notes on what differs between an agency and its own code."""
    code = parse(agency.code)
    if code is None:
        return (NO_CODE,) if agency.kind.local else ()
    return tuple(Note(rule.field, rule.english.format(a=agency, c=code),
                      rule.thai.format(a=agency, c=code))
                 for rule in RULES if rule.differs(agency, code))


def districts(named: Iterable[tuple[int, str, str]]) -> dict[int, Note]:
    """Return notes on districts, by line, given (line, agency's code, district) of each row.

    A row gets one where most other rows of the same district's code name the district differently.
    """
    rows = [(line, code.district, _bare(district)) for line, number, district in named
            if district and (code := parse(number)) is not None]
    names: dict[str, Counter[str]] = {}
    for _, place, district in rows:
        names.setdefault(place, Counter())[district] += 1
    usual = {place: counted.most_common(1)[0] for place, counted in names.items()}
    return {line: _of_district(district, place, usual[place][0])
            for line, place, district in rows
            if district != usual[place][0] and 2 * usual[place][1] > names[place].total()}


def _of_district(district: str, place: str, usual: str) -> Note:
    return Note("district", f"{quoted(district)}, but other rows of {place} say {usual}",
                f"ระบุ {quoted(district)} แต่แถวอื่นของรหัสอำเภอ {place} ระบุ {usual}")


def _bare(district: str) -> str:
    return district.removeprefix("อำเภอ").removeprefix("อ.").strip()
