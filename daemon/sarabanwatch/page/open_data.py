"""The open data: the facts of the site as JSON, and as CSV (RFC 4180, UTF-8 with a byte mark).

In CSV, a cell that a spreadsheet would take for a formula gets an apostrophe before it. JSON has
every text as it is.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from markupsafe import Markup

from sarabanwatch.core.judging.census import Buckets
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.core.page import trend
from sarabanwatch.core.page.public import Country, Listing, why
from sarabanwatch.core.page.site_index import NOBODY, site_index, tallied
from sarabanwatch.page.face import Face, PageEdition
from sarabanwatch.page.words import Language, say

FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%", "＝", "＋", "－", "＠")

FILES = ("agencies.csv", "agencies.json", "changes.csv", "changes.json", "census.json",
         "rounds.csv", "rounds.json")
Row = Sequence[str | int | float]


class Field(NamedTuple):
    """One column: its name, and what it holds, in Thai and English."""

    name: str
    thai: str
    english: str


BECAUSE = (
    Field("because_th", "เหตุผล ภาษาไทย", "the reason, in Thai"),
    Field("because_en", "เหตุผล ภาษาอังกฤษ", "the reason, in English"),
)
AGENCIES = (
    Field("code", "รหัสหน่วยงาน (ข้อความ เก็บเลขศูนย์นำหน้า)",
          "code of the agency (text; leading zeros matter)"),
    Field("name", "ชื่อหน่วยงาน", "name"),
    Field("kind", "ประเภทหน่วยงาน", "kind of agency"),
    Field("province", "จังหวัด", "province"),
    Field("superior", "สังกัด", "ministry or other superior"),
    Field("former_code", "รหัสเดิมก่อนยกฐานะ", "former code, before it was raised in status"),
    Field("address", "อีเมลกลางที่แจ้งไว้ ตามที่บันทึก",
          "the declared address, as it stands in the register"),
    Field("group", "กลุ่ม A1 ถึง E, W, unknown (ยังไม่ทราบผล) หรือ exempt (อยู่นอกบังคับ)",
          "group A1 to E, W, unknown or exempt"),
    Field("bucket", "ready พร้อมใช้งาน, mend ต้องแก้ไข, raised ยกฐานะ, unknown ยังไม่ทราบผล, "
                    "ว่าง อยู่นอกบังคับ",
          "ready, mend, raised, unknown; empty for the exempt"),
    *BECAUSE,
    Field("since", "อยู่ในกลุ่มนี้ตั้งแต่ (ISO 8601, UTC)", "in this group since (ISO 8601, UTC)"),
    Field("held_by", "เลขที่เหตุการณ์ร่วมที่คงกลุ่มเดิมไว้ ว่างเมื่อไม่มี",
          "incident that holds it in its last group; empty where none does"),
    Field("announcement", "ลิงก์ประกาศตามมาตรา 10", "link to the announcement under section 10"),
    Field("announced_on", "วันที่ประกาศ (ISO 8601)", "day of the announcement (ISO 8601)"),
)
CHANGES = (
    Field("id", "ลำดับ", "number"),
    Field("at", "เมื่อ (ISO 8601, UTC)", "when (ISO 8601, UTC)"),
    Field("code", "รหัสหน่วยงาน", "code of the agency"),
    Field("was", "กลุ่มเดิม ว่างเมื่อทราบผลครั้งแรก", "former group; empty the first time"),
    Field("now", "กลุ่มใหม่", "new group"),
    *BECAUSE,
)

CENSUS = (
    Field("at", "ข้อมูล ณ (ISO 8601, UTC)", "as of (ISO 8601, UTC)"),
    Field("total", "หน่วยงานทั้งหมด ไม่รวมที่อยู่นอกบังคับ", "all agencies under the Act"),
    Field("buckets", "จำนวนตามกลุ่มใหญ่: ready, mend, raised, unknown",
          "agencies by bucket: ready, mend, raised, unknown"),
    Field("shares", "ร้อยละตามกลุ่มใหญ่ รวมกันได้ 100.0", "per cent by bucket; they sum to 100.0"),
    Field("groups", "จำนวนตามกลุ่ม A1 ถึง E, W และ unknown",
          "agencies by group, A1 to E, W and unknown"),
    Field("exempt", "หน่วยงานที่อยู่นอกบังคับ นับแยกจากทั้งหมด",
          "agencies outside the Act, beside the total"),
    Field("held", "เหตุการณ์ร่วมที่คงกลุ่มเดิมไว้: incident เลขที่, scope และ key สิ่งที่มีร่วมกัน, "
                  "since ตั้งแต่, agencies จำนวนหน่วยงาน",
          "incidents that hold agencies in their last group: incident, "
          "scope and key (what they share), since, agencies (number)"),
)

ROUNDS = (
    Field("at", "เมื่อสิ้นรอบ แถวสุดท้ายของแต่ละรายการคือปัจจุบัน (ISO 8601, UTC)",
          "end of a round; the last row of each name is of now (ISO 8601, UTC)"),
    Field("cut", "country ทั้งประเทศ, province จังหวัด, ministry กระทรวงและสังกัด, kind ประเภทหน่วยงาน",
          "country, province, ministry or kind of agency"),
    Field("name", "ชื่อรายการ ว่างเมื่อไม่ระบุ", "name of it; empty where none is stated"),
    Field("total", "หน่วยงานทั้งหมดในทะเบียนปัจจุบัน ไม่รวมที่อยู่นอกบังคับ",
          "agencies on today's register under the Act"),
    Field("ready", "พร้อมใช้งาน", "ready"),
    Field("mend", "ต้องแก้ไข", "to mend"),
    Field("raised", "ยกฐานะ", "raised in status"),
    Field("unknown", "ยังไม่ทราบผลในขณะนั้น", "not yet known then"),
    Field("ready_percent", "ร้อยละที่พร้อมใช้งาน", "per cent ready"),
)
TABLES = {"agencies": AGENCIES, "changes": CHANGES, "rounds": ROUNDS}


def agencies(country: Country, edition: PageEdition) -> list[Row]:
    """Return a row for every agency, with the columns AGENCIES."""
    counts = {group: bucket for bucket, groups in edition.buckets.items() for group in groups}
    held = {code: str(hold.number) for code, hold in country.held.items()}
    return [_agency(listing, counts.get(listing.group, ""), held.get(listing.code, ""))
            for listing in country.listings]


def changes(country: Country) -> list[Row]:
    """Return a row for every change of group, with the columns CHANGES, newest first."""
    return [_change(transition) for transition in reversed(country.transitions)]


def rounds(country: Country, edition: PageEdition,
           buckets: Callable[[datetime], Buckets]) -> Iterator[Row]:
    """Yield the counts at the end of every round and now, with the columns ROUNDS.

    `buckets` returns the groups' buckets at the end of a round. The whole country stands first,
    then every province, ministry and kind, each with its oldest row first.
    """
    points = trend.moments(country, most=len(country.rounds))
    index = site_index(country.listings, edition.buckets)
    sheets = [("country", "ทั้งประเทศ", country.listings)]
    sheets += [(cut, "" if sheet.thai == NOBODY else sheet.thai, sheet.listings)
               for cut in ("province", "ministry", "kind") for sheet in index[cut].values()]
    for cut, name, listings in sheets:
        for point in points:
            counted, at = point.census(listings, buckets(point.at)), point.at.astimezone(UTC)
            if counted.ready is not None:
                yield (at.isoformat(), cut, name, counted.total, *counted.buckets.values(),
                       counted.ready)


def as_csv(fields: Sequence[Field], rows: Iterable[Row]) -> bytes:
    """Return rows as CSV under their heading."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([field.name for field in fields])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_json(fields: Sequence[Field], rows: Iterable[Row]) -> bytes:
    """Return rows as a JSON list of objects."""
    names = [field.name for field in fields]
    # a row at a time, laid out as `_json` does: that takes a third of the time
    drawn = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False,
                        separators=(",\n  ", ": "))[1:-1] for row in rows]
    text = "\n },\n {\n  ".join(drawn)
    return (f"[\n {{\n  {text}\n }}\n]\n" if drawn else "[]\n").encode("utf-8", "replace")


def census(country: Country, edition: PageEdition) -> bytes:
    """Return the counts as JSON, with the keys CENSUS. The total leaves out the exempt."""
    counted = tallied(country.listings, edition.buckets)
    return _json({
        "at": country.at.isoformat() if country.at else None, "total": counted.total,
        "buckets": counted.buckets, "shares": counted.shares,
        "groups": {g.value: counted.of(g) for g in Group if g is not Group.EXEMPT},
        "exempt": counted.of(Group.EXEMPT),
        "held": [{"incident": h.number, "scope": h.kin.scope, "key": h.kin.key,
                  "since": h.since.isoformat(), "agencies": h.many}
                 for h in country.holds]})


def dataset(face: Face, lang: Language, at: datetime | None) -> Markup:
    """Return what search engines are told of the data (schema.org/Dataset), as JSON in a page."""
    speak = say(lang)
    made = {
        "@context": "https://schema.org", "@type": "Dataset", "inLanguage": lang,
        "name": speak("สถานะอีเมลสารบรรณของหน่วยงานของรัฐ", "Saraban e-mail of Thai state agencies"),
        "description": speak(
            "ผลการตรวจสอบอีเมลกลางที่หน่วยงานของรัฐประกาศตามมาตรา 10 แห่งพระราชบัญญัติการปฏิบัติราชการ"
            "ทางอิเล็กทรอนิกส์ พ.ศ. 2565 รายหน่วยงาน พร้อมเหตุผลและการเปลี่ยนแปลง",
            "What was found of the e-mail addresses that Thai state agencies announce under "
            "section 10 of the Electronic Performance of Administration Act B.E. 2565: by agency, "
            "with reasons and changes"),
        "url": face.at("data.html", lang), "isAccessibleForFree": True,
        "license": face.section.licence_url or face.section.licence or None,
        "dateModified": at.isoformat() if at else None, "spatialCoverage": "Thailand",
        "creator": {"@type": "GovernmentOrganization", "email": face.section.tell,
                    "name": speak(face.section.owner_th, face.section.owner_en)},
        "variableMeasured": [field.name for field in AGENCIES],
        "distribution": [{"@type": "DataDownload", "contentUrl": f"{face.base}data/{name}",
                          "encodingFormat": "text/csv" if name.endswith("csv")
                          else "application/json"} for name in FILES]}
    text = json.dumps({key: value for key, value in made.items() if value is not None},
                      ensure_ascii=False)
    # no name may end the element that it stands in (a Markup is not escaped)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704 - as above


def _agency(a: Listing, bucket: str, held: str) -> tuple[str, ...]:
    return (one_line(a.code), a.name, a.kind, a.province, a.superior, a.former, a.address,
            a.group.value, bucket,
            *why(a.because), a.since.isoformat() if a.since else "", held, a.link,
            a.given_on.isoformat() if a.given_on else "")


def _change(transition: Transition) -> tuple[str, ...]:
    was = transition.was.value if transition.was else ""
    return (str(transition.id), transition.at.isoformat(), one_line(transition.code), was,
            transition.now.value, *why(transition.because))


def _cell(value: str | float) -> str | float:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"
