"""Whom a letter to an agency addresses (เรียน): its head, by the agency's name and kind.

A name says more than a kind, and a longer beginning of it more than a shorter one. Titles are
those that each kind of body has by its law: local governments by the acts that set them up,
provinces and departments by the Act on the Organisation of State Administration. What neither name
nor kind tells is `หัวหน้าหน่วยงาน`, which is wrong nowhere. A title that a body's own law gives it
otherwise is a row of the configuration (`[letter.heads]`).
"""

from collections.abc import Mapping

from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.core.facts.provinces import PROVINCES

ANY_HEAD = "หัวหน้าหน่วยงาน "
OFFICE_OF_PM = "ปลัดสำนักนายกรัฐมนตรี"

# a whole name -> its head
WHOLE: dict[str, str] = {
    "กรุงเทพมหานคร":               "ผู้ว่าราชการกรุงเทพมหานคร",
    "สำนักปลัดกรุงเทพมหานคร":        "ปลัดกรุงเทพมหานคร",
    "เมืองพัทยา":                   "นายกเมืองพัทยา",
    "สำนักนายกรัฐมนตรี":              OFFICE_OF_PM,
    "สำนักงานปลัดสำนักนายกรัฐมนตรี":    OFFICE_OF_PM,
    "สำนักเลขาธิการคณะรัฐมนตรี":      "เลขาธิการคณะรัฐมนตรี",
    "สำนักเลขาธิการนายกรัฐมนตรี":     "เลขาธิการนายกรัฐมนตรี",
    "สำนักงาน ก.พ.ร.":              "เลขาธิการ ก.พ.ร.",
    "สำนักงาน ก.พ.":                "เลขาธิการ ก.พ.",
    "สำนักงานตำรวจแห่งชาติ":          "ผู้บัญชาการตำรวจแห่งชาติ",
    "ศูนย์อำนวยการบริหารจังหวัดชายแดนภาคใต้": "เลขาธิการศูนย์อำนวยการบริหารจังหวัดชายแดนภาคใต้",
    "สถาบันบัณฑิตพัฒนบริหารศาสตร์":     "อธิการบดีสถาบันบัณฑิตพัฒนบริหารศาสตร์",
    "จุฬาลงกรณ์มหาวิทยาลัย":          "อธิการบดีจุฬาลงกรณ์มหาวิทยาลัย",
    "การท่าเรือแห่งประเทศไทย":        "ผู้อำนวยการการท่าเรือแห่งประเทศไทย",
    "ธนาคารออมสิน":                 "ผู้อำนวยการธนาคารออมสิน",
    **{f"จังหวัด{each.thai}": f"ผู้ว่าราชการจังหวัด{each.thai}" for each in PROVINCES},
}

# the beginning of a name -> what stands there instead
BEGINNING: dict[str, str] = {
    "องค์การบริหารส่วนจังหวัด":         "นายกองค์การบริหารส่วนจังหวัด",
    "องค์การบริหารส่วนตำบล":          "นายกองค์การบริหารส่วนตำบล",
    "เทศบาลนคร":                   "นายกเทศมนตรีนคร",
    "เทศบาลเมือง":                  "นายกเทศมนตรีเมือง",
    "เทศบาลตำบล":                  "นายกเทศมนตรีตำบล",
    "อบจ.":                        "นายกองค์การบริหารส่วนจังหวัด",
    "อบต.":                        "นายกองค์การบริหารส่วนตำบล",
    "ทน.":                         "นายกเทศมนตรีนคร",
    "ทม.":                         "นายกเทศมนตรีเมือง",
    "ทต.":                         "นายกเทศมนตรีตำบล",
    "สำนักงานปลัดกระทรวง":           "ปลัดกระทรวง",
    "กระทรวง":                     "ปลัดกระทรวง",
    "กรม":                         "อธิบดีกรม",
    "สำนักงานคณะกรรมการนโยบายรัฐวิสาหกิจ": "ผู้อำนวยการสำนักงานคณะกรรมการนโยบายรัฐวิสาหกิจ",
    "สำนักงานคณะกรรมการ":            "เลขาธิการคณะกรรมการ",
    "สำนักงานสภา":                  "เลขาธิการสภา",
    "สำนักงบประมาณ":                "ผู้อำนวยการสำนักงบประมาณ",
    "สำนักข่าวกรองแห่งชาติ":           "ผู้อำนวยการสำนักข่าวกรองแห่งชาติ",
    "สำนักงานพระพุทธศาสนาแห่งชาติ":     "ผู้อำนวยการสำนักงานพระพุทธศาสนาแห่งชาติ",
    "สำนักงานสถิติแห่งชาติ":            "ผู้อำนวยการสำนักงานสถิติแห่งชาติ",
    "สำนักงานเศรษฐกิจการคลัง":        "ผู้อำนวยการสำนักงานเศรษฐกิจการคลัง",
    "สำนักงานบริหารหนี้สาธารณะ":       "ผู้อำนวยการสำนักงานบริหารหนี้สาธารณะ",
    "สำนักงานนโยบายและยุทธศาสตร์การค้า": "ผู้อำนวยการสำนักงานนโยบายและยุทธศาสตร์การค้า",
    "สำนักงานการวิจัยแห่งชาติ":         "ผู้อำนวยการสำนักงานการวิจัยแห่งชาติ",
    "สำนักงานการบินพลเรือน":          "ผู้อำนวยการสำนักงานการบินพลเรือน",
    "สำนักงานเศรษฐกิจการเกษตร":      "เลขาธิการสำนักงานเศรษฐกิจการเกษตร",
    "สำนักงานการปฏิรูปที่ดิน":          "เลขาธิการสำนักงานการปฏิรูปที่ดิน",
    "สำนักงานมาตรฐาน":              "เลขาธิการสำนักงานมาตรฐาน",
    "สำนักงานประกันสังคม":            "เลขาธิการสำนักงานประกันสังคม",
    "มหาวิทยาลัย":                  "อธิการบดีมหาวิทยาลัย",
    "สถาบันเทคโนโลยีพระจอมเกล้า":      "อธิการบดีสถาบันเทคโนโลยีพระจอมเกล้า",
    "โรงพยาบาล":                   "ผู้อำนวยการโรงพยาบาล",
    "โรงเรียน":                     "ผู้อำนวยการโรงเรียน",
    "วิทยาลัยเทคนิค":                "ผู้อำนวยการวิทยาลัยเทคนิค",
    "วิทยาลัยอาชีวศึกษา":             "ผู้อำนวยการวิทยาลัยอาชีวศึกษา",
    "วิทยาลัยพยาบาล":               "ผู้อำนวยการวิทยาลัยพยาบาล",
    "ที่ว่าการอำเภอ":                 "นายอำเภอ",
}

# a kind -> what stands before a name that says no more
BY_KIND: dict[str, str] = {
    AgencyKind.PAO:                 "นายกองค์การบริหารส่วนจังหวัด",
    AgencyKind.CITY:                "นายกเทศมนตรีนคร",
    AgencyKind.TOWN:                "นายกเทศมนตรีเมือง",
    AgencyKind.SUBDISTRICT:         "นายกเทศมนตรีตำบล",
    AgencyKind.SAO:                 "นายกองค์การบริหารส่วนตำบล",
    AgencyKind.PUBLIC_ORGANISATION: "ผู้อำนวยการ",
}

# a kind and the beginning of a name -> what stands before the name
BY_BOTH: tuple[tuple[str, str, str], ...] = (
    (AgencyKind.STATE_ENTERPRISE, "การ", "ผู้ว่าการ"),
    (AgencyKind.STATE_ENTERPRISE, "องค์การ", "ผู้อำนวยการ"),
    (AgencyKind.UNIVERSITY, "สถาบัน", "อธิการบดี"),
)
MILITARY = "ทหาร"       # กรมแพทย์ทหารบก has a เจ้ากรม, จังหวัดทหารบก a commander


def addressee(name: str, kind: str = "", heads: Mapping[str, str] | None = None) -> str:
    """Return whom a letter to an agency addresses: its head's title and what that is head of.

    `heads` is what the configuration says besides, as the beginning of a name -> what stands there
    instead; it counts first.
    """
    return (_replaced(name, heads or {}) or WHOLE.get(name) or _by_name(name)
            or _by_kind(name, kind) or f"{ANY_HEAD}{name}")


def _by_name(name: str) -> str:
    return "" if MILITARY in name else _replaced(name.replace(". ", "."), BEGINNING)


def _by_kind(name: str, kind: str) -> str:
    if kind == AgencyKind.PROVINCE:
        return WHOLE.get(f"จังหวัด{name}", "")
    if kind == AgencyKind.PATTAYA:
        return WHOLE["เมืองพัทยา"]
    both = (title for of, begins, title in BY_BOTH if of == kind and name.startswith(begins))
    title = next(both, BY_KIND.get(kind, ""))
    return f"{title}{name}" if title else ""


def _replaced(name: str, beginnings: Mapping[str, str]) -> str:
    """Return a name with its longest beginning that has a row replaced; "" where none has."""
    longest = max(filter(name.startswith, beginnings), key=len, default="")
    return f"{beginnings[longest]}{name[len(longest):]}" if longest else ""
