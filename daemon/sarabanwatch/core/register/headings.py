"""Which column of a register means what, by its heading in Thai or English."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

from sarabanwatch.core.register.records import FileRow, Unreadable

HEADINGS: dict[str, tuple[str, ...]] = {   # the first is the proper name, which exports bear
    "code":      ("รหัสหน่วยงาน", "รหัส", "รหัส อปท.", "รหัสองค์กรปกครองส่วนท้องถิ่น", "รหัสส่วนราชการ",
                  "code", "agency code", "code7"),
    "name":      ("ชื่อหน่วยงาน", "หน่วยงาน", "ชื่อ อปท.", "ชื่อหน่วยงานของรัฐ", "ชื่อส่วนราชการ",
                  "ส่วนราชการ", "หน่วยงานของรัฐ", "ชื่อองค์กรปกครองส่วนท้องถิ่น", "ชื่อ",
                  "name", "agency", "agency name", "name_th"),
    "kind":      ("ประเภท", "ประเภทหน่วยงาน", "ประเภท อปท.", "ประเภทส่วนราชการ",
                  "ประเภทหน่วยงานของรัฐ", "kind", "type", "type_th"),
    "province":  ("จังหวัด", "ชื่อจังหวัด", "province", "รหัสจังหวัด", "province code"),
    "district":  ("อำเภอ", "ชื่ออำเภอ", "อำเภอ/เขต", "district", "district_th"),
    "superior":  ("สังกัด", "หน่วยงานต้นสังกัด", "กระทรวง", "superior", "ministry"),
    "cell":      ("อีเมล", "อีเมล์", "อีเมลล์", "e-mail", "ไปรษณีย์อิเล็กทรอนิกส์",
                  "ที่อยู่ไปรษณีย์อิเล็กทรอนิกส์", "อีเมลกลาง", "อีเมลสารบรรณ", "อีเมลสารบรรณกลาง",
                  "e-mail กลาง", "e-mail address", "mail", "ที่อยู่ไปรษณีย์อิเล็กทรอนิกส์กลาง",
                  "ไปรษณีย์อิเล็กทรอนิกส์กลาง", "ที่อยู่อีเมล", "ที่อยู่อีเมลกลาง",
                  "ที่อยู่ไปรษณีย์อิเล็กทรอนิกส์ (e-mail)", "อีเมลกลางสารบรรณ", "อีเมลของหน่วยงาน",
                  "อีเมลหน่วยงาน", "อีเมลตามทะเบียน", "ที่อยู่อีเมลสารบรรณกลาง", "e-mail สารบรรณ",
                  "e-mail สารบรรณกลาง"),
    "link":      ("ลิงก์ประกาศ", "ลิงค์ประกาศ", "ลิงก์", "ลิงค์",
                  "announcement", "announcement link", "link", "url"),
    "given_on":  ("วันที่ประกาศ", "ลงวันที่", "ประกาศวันที่", "ประกาศลงวันที่", "วันที่ออกประกาศ",
                  "วันที่", "announced on", "announcement date", "date"),
    "announced": ("อีเมลตามประกาศ", "e-mail ตามประกาศ", "ที่อยู่อีเมลตามประกาศ",
                  "ที่อยู่ไปรษณีย์อิเล็กทรอนิกส์ตามประกาศ", "announced e-mail"),
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
        raise Unreadable(f"no column {', '.join(missing)} in the heading",
                         "name the columns as deploy/manual/lists.md has them",
                         f"ไม่พบหัวคอลัมน์ {', '.join(missing)}")
    return where


def found(heading: Sequence[str], more: Aliases | None = None,
          unseen: Collection[int] = ()) -> dict[str, int]:
    """Return field -> column for a line that is read as a heading.

    `more`: further names by field, which outrank the usual ones. Of two columns with one name the
    first that is not hidden is meant; `unseen` are the hidden ones.
    """
    return _placed([heading], more, unseen)


def of_two(
    upper: FileRow, lower: FileRow, more: Aliases | None, unseen: Collection[int],
) -> tuple[dict[str, int], tuple[str, ...]]:
    """Return field -> column for a heading of two lines, and the name of each column.

    ประกาศ over ลิงก์ is ลิงก์ประกาศ. A cell that stands over several columns (merged, or written once
    and then left empty) counts for each column that has something below it.
    """
    above, below = list[str](), [cell.strip() for cell in lower.cells]
    for i in range(max(len(upper.cells), len(below))):
        own = upper.cells[i].strip() if i < len(upper.cells) else ""
        spans = not own and i < len(below) and below[i] != "" and i > 0
        above.append(above[i - 1] if spans else own)
    below += [""] * (len(above) - len(below))
    pairs = [(up, low) if up != low else (up, "") for up, low in zip(above, below, strict=True)]
    readings = ([low + up for up, low in pairs], [up + low for up, low in pairs], below, above)
    return _placed(readings, more, unseen), tuple(f"{up} {low}".strip() for up, low in pairs)


def _placed(readings: Sequence[Sequence[str]], more: Aliases | None,
            unseen: Collection[int]) -> dict[str, int]:
    """Return field -> column by the names in `readings`; an earlier one outranks a later one."""
    places: dict[str, int] = {}
    for heading in readings:
        # a heading's own words outrank what is left without its brackets
        for dressed in (bare, _without_brackets):
            for i in sorted(range(len(heading)), key=lambda i: i in unseen):
                places.setdefault(dressed(heading[i]), i)
    where: dict[str, int] = {}
    for field, usual in HEADINGS.items():
        names = map(bare, (*(more or {}).get(field, ()), *usual))
        place = next((places[name] for name in names if name in places), None)
        if place is not None:
            where[field] = place
    return where


def doubled(heading: Sequence[str], where: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the headings that stand over more than one column, and the column that is read."""
    names = [bare(cell) for cell in heading]
    return [(heading[i].strip(), i) for i in where.values() if names.count(names[i]) > 1]


def bare(heading: str) -> str:
    """Return only a heading's letters and digits: `E-mail :` and `e_mail` are the same."""
    if len(heading) > 200:   # a sentence is no heading
        return heading
    composed = unicodedata.normalize("NFKC", heading)
    return "".join(c for c in composed if c.isalnum() or unicodedata.category(c) == "Mn").lower()


def _without_brackets(heading: str) -> str:
    return bare(re.sub(r"\([^)]*\)|\[[^\]]*\]|\n.*", "", heading[:200]))
