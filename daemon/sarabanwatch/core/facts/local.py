"""The code of a local government, T PP AA NN, and the e-mail address that goes with it.

T is the kind, PP the province, AA the district (01: the province's capital), NN a number in it.
When a body is raised in status, T changes and the rest stays. This module knows what a code says,
and not which bodies exist. Sources: the Department of Local Administration's list of bodies; the
Interior Ministry's province codes.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from sarabanwatch.core.facts import provinces
from sarabanwatch.core.facts.agency import AgencyKind

CODE = re.compile(r"([2-6])(\d\d)\d{4}", re.ASCII)
KINDS = {
    "2": (AgencyKind.PAO,),
    "3": (AgencyKind.CITY, AgencyKind.PATTAYA),
    "4": (AgencyKind.TOWN,),
    "5": (AgencyKind.SUBDISTRICT,),
    "6": (AgencyKind.SAO,),
}
PATTAYA = "3200408"   # the one city of its own kind; its code is that of a เทศบาลนคร
PROVINCES = {province.code: province.thai for province in provinces.PROVINCES}


class LocalCode(NamedTuple):
    """The parts of a code: possible kinds, the province's name, the district (PPAA)."""

    kinds: tuple[AgencyKind, ...]
    province: str
    district: str

    @property
    def kind(self) -> AgencyKind:
        """The kind that the first digit means."""
        return self.kinds[0]


@lru_cache(maxsize=1024)
def parse(code: str) -> LocalCode | None:
    """Return the parts of a code of seven digits; None where it is not a local government's."""
    found = CODE.fullmatch(code)
    if found is None or found[2] not in PROVINCES:
        return None
    kinds = (AgencyKind.PATTAYA,) if code == PATTAYA else KINDS[found[1]]
    return LocalCode(kinds, PROVINCES[found[2]], code[1:5])


def expected_address(code: str, host: str) -> str:
    """Return a local government's address on a shared host, or "" for other codes."""
    return f"saraban_0{code}@{host}" if parse(code) else ""


def raised(former: str, code: str) -> bool:
    """Say whether `code` is `former` raised in status: the same place, a smaller first digit."""
    return bool(parse(former) and parse(code)) and former[1:] == code[1:] and former > code
