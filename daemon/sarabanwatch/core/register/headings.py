"""Which column of a register means what, told by its heading, Thai or English, however it is dressed."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from sarabanwatch.core.register.records import Unreadable

HEADINGS: dict[str, tuple[str, ...]] = {   # the first is the proper name, which exports bear
    "code":      ("รหัสหน่วยงาน", "รหัส", "รหัส อปท.", "รหัสองค์กรปกครองส่วนท้องถิ่น", "code", "agency code", "code7"),
    "name":      ("ชื่อหน่วยงาน", "หน่วยงาน", "ชื่อ อปท.", "ชื่อหน่วยงานของรัฐ", "ชื่อ", "name", "agency", "agency name", "name_th"),
    "kind":      ("ประเภท", "ประเภทหน่วยงาน", "ประเภท อปท.", "kind", "type", "type_th"),
    "province":  ("จังหวัด", "ชื่อจังหวัด", "province", "รหัสจังหวัด", "province code"),
    "district":  ("อำเภอ", "ชื่ออำเภอ", "อำเภอ/เขต", "district", "district_th"),
    "superior":  ("สังกัด", "หน่วยงานต้นสังกัด", "กระทรวง", "superior", "ministry"),
    "cell":      ("อีเมล", "อีเมล์", "อีเมลล์", "e-mail", "ไปรษณีย์อิเล็กทรอนิกส์", "ที่อยู่ไปรษณีย์อิเล็กทรอนิกส์", "อีเมลกลาง",
                  "อีเมลสารบรรณ", "อีเมลสารบรรณกลาง", "e-mail กลาง", "e-mail address", "mail"),
    "link":      ("ลิงก์ประกาศ", "ลิงค์ประกาศ", "ลิงก์", "ลิงค์", "announcement", "announcement link", "link", "url"),
    "given_on":  ("วันที่ประกาศ", "ลงวันที่", "ประกาศวันที่", "วันที่", "announced on", "announcement date", "date"),
    "announced": ("อีเมลตามประกาศ", "e-mail ตามประกาศ", "announced e-mail"),
    "status":    ("สถานะ", "status"),
    "former":    ("รหัสเดิม", "รหัสหน่วยงานเดิม", "former code"),
}
REQUIRED = ("code", "name", "kind")
Aliases = Mapping[str, Sequence[str]]


def columns(heading: Sequence[str], more: Aliases | None = None) -> dict[str, int]:
    """Return field -> column of a heading line; raise Unreadable naming what is missing."""
    where = found(heading, more)
    missing = [HEADINGS[field][0] for field in REQUIRED if field not in where]
    if missing:
        raise Unreadable(f"no column {', '.join(missing)} in the heading", "name the columns as in README, Install",
                         f"ไม่พบหัวคอลัมน์ {', '.join(missing)}")
    return where


def found(heading: Sequence[str], more: Aliases | None = None) -> dict[str, int]:
    """Return field -> column of what a line names, as a heading.

    `more` are names of one's own, which outrank the usual ones. Of two columns of a name the first is meant.
    """
    places: dict[str, int] = {}
    for dressed in (bare, _without_brackets):   # a heading's own words outrank what is left without its brackets
        for i, cell in enumerate(heading):
            places.setdefault(dressed(cell), i)
    where: dict[str, int] = {}
    for field, usual in HEADINGS.items():
        names = map(bare, (*(more or {}).get(field, ()), *usual))
        place = next((places[name] for name in names if name in places), None)
        if place is not None:
            where[field] = place
    return where


def doubled(heading: Sequence[str], where: Mapping[str, int]) -> list[str]:
    """Return the headings of fields which stand over more than one column."""
    names = [bare(cell) for cell in heading]
    return [heading[i].strip() for i in where.values() if names.count(names[i]) > 1]


def bare(heading: str) -> str:
    """Return a heading's letters and digits alone: `E-mail :` and `e_mail` are one."""
    if len(heading) > 200:   # a sentence is no heading
        return heading
    composed = unicodedata.normalize("NFKC", heading)
    return "".join(c for c in composed if c.isalnum() or unicodedata.category(c) == "Mn").lower()


def _without_brackets(heading: str) -> str:
    return bare(re.sub(r"\([^)]*\)|\[[^\]]*\]|\n.*", "", heading[:200]))
