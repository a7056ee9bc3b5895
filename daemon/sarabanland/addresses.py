"""Gives every body an address that behaves as its true state asks, and remembers used domains.

Most local governments share one mail host and are named there by their code; the others have a
domain of their own.
"""

from random import Random

from sarabanland import places

DLA, MOI = "dla.go.test", "moi.go.test"
FREE = ("freemail.test", "postbox.test")
TAKEN = frozenset({DLA, MOI, *FREE, "example.go.test", "info.go.test", "mail.go.test"})
ON_DLA = 0.9                                    # of the local governments that may be there
# a code's mailbox is always saraban_...; the shared host never vanishes
OWN_DOMAIN_ONLY = frozenset({"B1", "D1"})
# manners of a whole host, not of a mailbox on the shared one
OWN_DOORS = frozenset({"blocked", "refusing"})
HOST_WIDE = frozenset({"tarpit", "busy", "dropping"})
SUFFIX = {"สถาบันอุดมศึกษา": "ac.test", "องค์การมหาชน": "or.test", "รัฐวิสาหกิจ": "co.test",
          "กระทรวง": "go.test"}
LATIN = {name: latin for _, name, latin in places.PROVINCES}
WRONG_LOCAL = ("sarabun", "office", "aw0200", "center", "admin", "info", "srb")
RIGHT_LOCAL = ("saraban",) * 7 + ("saraban.kong", "saraban-klang", "saraban_center", "Saraban")


class Addresses:
    """The addresses given out so far, while a country is made."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken = set(TAKEN)

    def of(self, seat: tuple[str, str, str, str, str], group: str, door: str) -> tuple[str, str]:
        """Return a body's own address, and the door (`body.Body`) that it really has there."""
        code, _, kind, province, _ = seat
        if group == "B2":
            return self._foreign(code), door
        own = group in OWN_DOMAIN_ONLY or door in OWN_DOORS
        if code.isdecimal() and not own and (group == "W" or self._rng.random() < ON_DLA):
            raised = group == "W" and self._rng.random() < 0.5
            return (
                f"saraban_0{6 if raised else code[0]}{code[1:]}@{DLA}",
                "open" if door in HOST_WIDE else door,
            )
        if kind == "จังหวัด" and not own:
            return (
                f"{self._once(f'saraban_{LATIN[province]}', code)}@{MOI}",
                "open" if door in HOST_WIDE else door,
            )
        local = self._rng.choice(WRONG_LOCAL if group == "B1" else RIGHT_LOCAL)
        return f"{local}@{self._domain(code, kind)}", door

    def _foreign(self, code: str) -> str:
        if self._rng.random() < 0.75:
            return f"saraban.{code.lower()}@{self._rng.choice(FREE)}"
        return f"saraban@{self._once(self._word(), code)}.com.test"

    def _domain(self, code: str, kind: str) -> str:
        name = self._word() if code.isdecimal() else "".join(self._rng.choices("bcdfghkmnprstw",
                                                                               k=4))
        return f"{self._once(name, code)}.{SUFFIX.get(kind, 'go.test')}"

    def _word(self) -> str:
        return self._rng.choice(places.GROUND)[1] + self._rng.choice(places.ENDINGS)[1]

    def _once(self, name: str, code: str) -> str:
        """Return a name, with the code appended where another body has that name already."""
        mine = f"{name}-{code.lower()}" if name in self._taken else name
        self._taken.add(mine)
        return mine
