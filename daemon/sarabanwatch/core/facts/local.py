"""The code of a local government, T PP AA NN: its kind, province, district and number, and the address that goes with it.

T is the kind, PP the province, AA the district (01: the province's seat), NN a number in it. Raising a body changes
T and leaves the rest. Knows what a code says, never which bodies there are. Sources: the Department of Local
Administration's list of bodies; the Interior Ministry's province codes.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from sarabanwatch.core.facts import provinces
from sarabanwatch.core.facts.agency import AgencyKind

CODE = re.compile(r"([2-6])(\d\d)\d{4}", re.ASCII)
KINDS = {
    "2": (AgencyKind.PAO,), "3": (AgencyKind.CITY, AgencyKind.PATTAYA), "4": (AgencyKind.TOWN,),
    "5": (AgencyKind.SUBDISTRICT,),
    "6": (AgencyKind.SAO,),
}
PATTAYA = "3200408"   # the one city of its own kind; its code is that of a เทศบาลนคร
PROVINCES = {province.code: province.thai for province in provinces.PROVINCES}


class LocalCode(NamedTuple):
    """A code taken apart: the kinds that its first digit may mean, the province's name, the district as PPAA."""

    kinds: tuple[AgencyKind, ...]
    province: str
    district: str

    @property
    def kind(self) -> AgencyKind:
        """The kind that the first digit means."""
        return self.kinds[0]


@lru_cache(maxsize=1024)
def parse(code: str) -> LocalCode | None:
    """Take a code of seven digits apart; None where it is no local government's."""
    found = CODE.fullmatch(code)
    if found is None or found[2] not in PROVINCES:
        return None
    return LocalCode((AgencyKind.PATTAYA,) if code == PATTAYA else KINDS[found[1]],
                     PROVINCES[found[2]], code[1:5])


def expected_address(code: str, host: str) -> str:
    """Return the address that a local government's code gives on the shared host, saraban_0CODE@host; "" for other codes."""
    return f"saraban_0{code}@{host}" if parse(code) else ""


def raised(former: str, code: str) -> bool:
    """Say whether one code is the other's after raising: the same place, a higher kind (a smaller first digit)."""
    return bool(parse(former) and parse(code)) and former[1:] == code[1:] and former > code
