"""The oddities of address cells as officials type them; none is one clean address of its agency."""

from collections.abc import Callable
from random import Random

THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")

ODD: tuple[Callable[[str], str], ...] = (
    lambda a: f"{a}, office@{_domain(a)}",
    lambda a: f"{a} / saraban2@{_domain(a)}",
    lambda a: f"{a}<br>center@{_domain(a)}",
    lambda a: f"{a}\ninfo@{_domain(a)}",
    lambda a: f"อีเมล์ : {a}",
    lambda a: f"Email : {a}",
    lambda a: f"mailto:{a}",
    lambda a: f"{a} (งานธุรการ)",
    lambda a: f"{a} [ใช้แทนที่อยู่เดิม]",
    lambda a: f"{_local(a).translate(THAI_DIGITS)}_๑@{_domain(a)}",
    lambda a: a.removesuffix(".test") + ".tst",
    lambda a: a.replace("@", "@@"),
    lambda a: a.replace("@", ""),
    lambda a: a.replace("@", " @ "),
    lambda a: a[: a.index("@") + 4],
    lambda _: "saraban@example.go.test",
    lambda _: "๐ ๒๑๒๓ ๔๕๖๗",
    lambda _: "0 2123 4567",
)


def odd(address: str, code: str, rng: Random) -> str:
    """Return a cell that a person meant as `address`.

    A local code (seven digits) may come out as a neighbour's.
    """
    if code.isdecimal() and address.endswith("@dla.go.test") and rng.random() < 0.1:
        return f"saraban_0{int(code) ^ 1:07d}@dla.go.test"
    return rng.choice(ODD)(address)


def _local(address: str) -> str:
    return address.partition("@")[0]


def _domain(address: str) -> str:
    return address.partition("@")[2]
