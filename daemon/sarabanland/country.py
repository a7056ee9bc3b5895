"""Makes the country from a size and a seed.

Every body gets its code, name, address, announcement and true state. The same size and seed give
the same country, to the byte. The true state is drawn first, and the register is written to fit it.
"""

from collections.abc import Iterator
from random import Random

from sarabanland import cells, places, shape
from sarabanland.addresses import Addresses
from sarabanland.body import EXEMPT, RAISED, Announcement, Body

LOCAL_CODE = {          # kind: the first digit of its code
    "องค์การบริหารส่วนจังหวัด": 2, "เทศบาลนคร": 3, "เทศบาลเมือง": 4, "เทศบาลตำบล": 5,
    "องค์การบริหารส่วนตำบล": 6,
    "เมืองพัทยา": 3,
}
RAISED_KIND = "เทศบาลตำบล"
DISTRICTS = 25          # of a province; within one, bodies are numbered from 02

WORKS = (("open", 78), ("greylist", 11), ("tarpit", 5), ("busy", 3), ("dropping", 3))
HUMAN = (("receipt", 7), ("reply", 3))
MACHINE = (("silent", 70), ("vacation", 10), ("ticket", 8), ("mdn", 12))
ANY = (("silent", 60), ("receipt", 20), ("vacation", 7), ("ticket", 6), ("mdn", 7))
NOTHING = (("silent", 1),)
PLAYS = {               # group: doors, desks
    "A1": (WORKS, HUMAN), "A2": (WORKS, MACHINE),
    "B1": (WORKS, ANY), "B2": (WORKS, ANY), "B3": (WORKS, ANY), "C": (WORKS, ANY),
    "E": (WORKS, ANY), "W": (WORKS, ANY),
    "exempt": (WORKS, ANY),
    "D1": ((("nxdomain", 5), ("nullmx", 2), ("mx-nowhere", 2), ("no-host", 2)), NOTHING),
    "D2": ((("unknown", 60), ("late", 25), ("disabled", 15)), NOTHING),
    "D3": ((("over-quota", 30), ("full", 20), ("content", 15), ("size", 10), ("deferring", 15),
            ("refusing", 10)),
           NOTHING),
}
MONTHS = ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม",
          "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม")
SHORT = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.",
         "ธ.ค.")


def settle(agencies: int, seed: int) -> list[Body]:
    """Return the country in the register's order: `agencies` bodies, and the exempt ones."""
    rng = Random(f"country {agencies} {seed}")
    seats = list(_seats(shape.apportion(agencies, shape.KINDS), rng))
    groups = _groups(seats, shape.apportion(agencies, shape.GROUPS), rng)
    listed = set(rng.sample([i for i, group in enumerate(groups) if group in {"A1", "A2"}],
                            shape.blocked(agencies)))
    addresses = Addresses(rng)
    bodies = [_body(seat, group, i in listed, addresses, rng)
              for i, (seat, group) in enumerate(zip(seats, groups, strict=True))]
    courts = shape.beside(agencies, shape.EXEMPT_SHARE)
    return bodies + [_body(_court(i, rng), "exempt", False, addresses, rng) for i in range(courts)]


Seat = tuple[str, str, str, str, str]      # code, name, kind, province, superior


def _seats(counts: dict[str, int], rng: Random) -> Iterator[Seat]:
    central = local = 0
    for kind, count in counts.items():
        for i in range(count):
            if kind in LOCAL_CODE:
                yield _local(kind, i, local, rng)
                local += kind != "องค์การบริหารส่วนจังหวัด"
            else:
                central += 1
                yield _central(kind, i, f"C{central:04d}", rng)


def _local(kind: str, i: int, local: int, rng: Random) -> Seat:
    """A local government.

    `T PP AA NN`, where PP AA NN is no other's (a provincial one has PP 01 01 to itself).
    """
    own = kind == "องค์การบริหารส่วนจังหวัด"
    round_, at = divmod(i if own else local, len(places.PROVINCES) - 1)
    number, province, _ = places.PROVINCES[at + 1]
    district, order = (1 + round_, 1) if own else (1 + round_ % DISTRICTS, 2 + round_ // DISTRICTS)
    name = province if own else rng.choice(places.GROUND)[0] + rng.choice(places.ENDINGS)[0]
    code = f"{LOCAL_CODE[kind]}{number}{district:02d}{order:02d}"
    return code, kind if kind == "เมืองพัทยา" else kind + name, kind, province, f"จังหวัด{province}"


def _central(kind: str, i: int, code: str, rng: Random) -> Seat:
    province = places.PROVINCES[1 + i % 76][1] if kind == "จังหวัด" else "กรุงเทพมหานคร"
    round_ = "" if i < 76 else f" {i // 76 + 1}"
    names = {
        "กระทรวง": places.MINISTRIES[i % len(places.MINISTRIES)],
        "จังหวัด": f"จังหวัด{province}{round_}",
        "กรุงเทพมหานคร": "กรุงเทพมหานคร",
        "สถาบันอุดมศึกษา": f"มหาวิทยาลัย{rng.choice(places.GROUND)[0]}{rng.choice(places.ENDINGS)[0]}",
        "รัฐวิสาหกิจ": f"การ{rng.choice(places.TASK)}{rng.choice(places.FIELD)}แห่งประเทศไทย",
        "องค์การมหาชน": f"สถาบัน{rng.choice(places.TASK)}{rng.choice(places.FIELD)} (องค์การมหาชน)",
        "กรม": f"กรม{rng.choice(places.TASK)}{rng.choice(places.FIELD)}",
    }
    name = names.get(kind, f"สำนักงาน{rng.choice(places.TASK)}{rng.choice(places.FIELD)}")
    superior = "" if kind in {"กระทรวง", "กรุงเทพมหานคร"} else rng.choice(places.MINISTRIES)
    return code, name, kind, province, "กระทรวงมหาดไทย" if kind == "จังหวัด" else superior


def _court(i: int, rng: Random) -> Seat:
    province = rng.choice(places.PROVINCES)[1]
    return f"X{i + 1:04d}", f"ศาลจังหวัด{province} แผนก {i + 1}", "หน่วยงานอื่นของรัฐ", province, ""


def _groups(seats: list[Seat], counts: dict[str, int], rng: Random) -> list[str]:
    """Return a group for every seat; only municipalities of the raised kind are in W."""
    towns = [i for i, seat in enumerate(seats) if seat[2] == RAISED_KIND]
    raised = set(rng.sample(towns, counts["W"]))
    others = [group for group, count in counts.items() if group != "W" for _ in range(count)]
    rng.shuffle(others)
    return ["W" if i in raised else others.pop() for i in range(len(seats))]


def _body(seat: Seat, group: str, listed: bool, addresses: Addresses,  # noqa: FBT001 - a column of the truth
          rng: Random) -> Body:
    code, name, kind, province, superior = seat
    door, desk = (_draw(table, rng) for table in PLAYS[group])
    former = f"6{code[1:]}" if group == "W" else ""
    address, door = addresses.of(seat, group, "blocked" if listed else door)
    cell = cells.odd(address, code, rng) if group == "B3" else address
    status = {"W": RAISED, "exempt": EXEMPT}.get(group, "")
    return Body(code, name, kind, province, superior, status, former, cell,
                _announcement(group, code, cell, rng), group, address, door, desk)


def _announcement(group: str, code: str, cell: str, rng: Random) -> Announcement | None:
    if group == "E" or (group in {"W", "exempt"} and rng.random() < 0.5):
        return None
    parts = rng.choice(("both",) * 8 + ("link", "date"))
    link = "" if parts == "date" else f"https://info.go.test/announcements/{code}"
    return Announcement(link, "" if parts == "link" else _date(rng),
                        _announced_cell(group, cell, rng))


def _announced_cell(group: str, cell: str, rng: Random) -> str:
    if group == "C":
        return rng.choice(("", f"contact.{rng.randrange(1000)}@postbox.test",
                           "info@" + cell.partition("@")[2]))
    return cell.upper() if group != "B3" and rng.random() < 0.03 else cell


def _date(rng: Random) -> str:
    year, month, day = rng.choice((2566, 2567, 2568)), rng.randrange(12), rng.randrange(1, 29)
    return rng.choice((
        f"{day} {MONTHS[month]} {year}",
        f"{day:02d}/{month + 1:02d}/{year}",
        f"{year - 543}-{month + 1:02d}-{day:02d}",
        f"{day} {SHORT[month]} {year}".translate(cells.THAI_DIGITS),
    ))


def _draw(table: tuple[tuple[str, int], ...], rng: Random) -> str:
    return rng.choices([name for name, _ in table], [weight for _, weight in table])[0]
