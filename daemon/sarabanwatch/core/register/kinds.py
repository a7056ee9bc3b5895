"""The kinds of agency as lists call them -> AgencyKind. Spaces, dots and dashes are ignored."""

import difflib

from sarabanwatch.core.facts.agency import AgencyKind, Status
from sarabanwatch.core.facts.local import LocalCode
from sarabanwatch.core.register.cells import NOTHING
from sarabanwatch.core.register.records import Note, Unreadable, quoted

LABELS: dict[AgencyKind, tuple[str, ...]] = {
    AgencyKind.MINISTRY:            ("ministry",),
    AgencyKind.DEPARTMENT:          ("department",),
    AgencyKind.PROVINCE:            ("province",),
    AgencyKind.BANGKOK:             ("กทม.", "bangkok", "bma"),
    AgencyKind.STATE_ENTERPRISE:    ("state enterprise",),
    AgencyKind.PUBLIC_ORGANISATION: ("public organisation", "public organization"),
    AgencyKind.UNIVERSITY:          ("มหาวิทยาลัย", "university"),
    AgencyKind.PAO:                 ("อบจ.", "pao", "provincial administrative organisation"),
    AgencyKind.CITY:                ("ทน.", "city municipality", "municipality city"),
    AgencyKind.TOWN:                ("ทม.", "town municipality", "municipality town"),
    AgencyKind.SUBDISTRICT:         ("ทต.", "subdistrict municipality", "municipality subdistrict",
                                     "municipality tambon"),
    AgencyKind.SAO:                 ("อบต.", "sao", "tao",
                                     "subdistrict administrative organisation"),
    AgencyKind.PATTAYA:             ("รูปแบบพิเศษ", "องค์กรปกครองส่วนท้องถิ่นรูปแบบพิเศษ", "pattaya"),
    AgencyKind.OTHER:               ("อื่น ๆ", "other"),
}
STATUSES = {
    Status.NORMAL: ("ปกติ", "normal"),
    Status.RAISED: ("raised", "ได้รับการยกฐานะ"),
    Status.EXEMPT: ("exempt", "ได้รับยกเว้น"),
}
LONGEST = 80   # a longer text is no label
PARTING = str.maketrans("", "", " ._-")


def bare(label: str) -> str:
    """Return a label in small letters, without spaces, dots, dashes and underscores."""
    return label[:LONGEST].translate(PARTING).lower()


_KINDS = {bare(label): kind for kind, others in LABELS.items() for label in (kind.value, *others)}
_STATUSES = {bare(label): status for status, others in STATUSES.items()
             for label in (status.value, *others)}


def kind_named(label: str) -> AgencyKind | None:
    """Return the kind that a tidy label means, or None."""
    return _KINDS.get(bare(label))


def kind(label: str, code: LocalCode | None) -> tuple[AgencyKind, tuple[Note, ...]]:
    """Return the kind that a tidy label means, or that of the code where the label is empty.

    Raise Unreadable for an unknown label.
    """
    found = kind_named(label)
    if found is not None:
        return found, ()
    if code is not None and label in NOTHING:
        return code.kind, (Note("kind", f"read from the code: {code.kind}",
                                f"อ่านจากรหัส: {code.kind}"),)
    near = [_KINDS[match] for match in difflib.get_close_matches(bare(label), _KINDS, n=1)]
    hint = f"; did you mean {near[0]}?" if near else ""
    raise Unreadable(
        f"unknown kind {quoted(label)}{hint}", f"use one of {', '.join(AgencyKind)}",
        f"ไม่รู้จักประเภท {quoted(label)} ให้ใช้ {near[0] if near else ' / '.join(AgencyKind)}", "kind",
    )


def status(label: str) -> Status:
    """Return the status that a tidy label means; raise Unreadable."""
    if label in NOTHING:
        return Status.NORMAL
    try:
        return _STATUSES[bare(label)]
    except KeyError:
        raise Unreadable(
            f"unknown status {quoted(label)}",
            f"leave it empty, or use {Status.RAISED} or {Status.EXEMPT}",
            f"ไม่รู้จักสถานะ {quoted(label)} ให้เว้นว่าง หรือใช้ {Status.RAISED} หรือ {Status.EXEMPT}",
            "status",
        ) from None
