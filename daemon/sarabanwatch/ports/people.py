"""What is kept of people's decisions on agencies: their wishes, incidents that a person may release, notices that one sends."""

from typing import NamedTuple


class Going(NamedTuple):
    """A notice about to leave us: whose, where to, the group that it speaks of, the mail host that it burdens."""

    code: str
    address: str
    was: str
    host: str
