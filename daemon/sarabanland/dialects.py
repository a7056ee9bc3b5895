"""How mail hosts refuse in the wild: in their own words, and in octets that are not UTF-8.

A share of the bodies whose letters fail stands behind such a host; in what group a body is does not
change by it, for its door fails as truly as the one that it had. Written as such systems and people
write, not after the watch's tables. Octets that are no UTF-8 are lone surrogates here (PEP 383).
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from zlib import crc32

from sarabanland.body import Body


def thai(words: str) -> str:
    """Return a reply as a host says it that knows one octet a letter."""
    return words.encode("tis-620").decode("utf-8", "surrogateescape")


SAYS: dict[str, Sequence[str]] = {       # door: what it may say to a recipient, for ever
    "insiders": (
        ("550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; "
         "Delivery restriction check failed because the sender was not authenticated when "
         "sending to this group"),
        ("550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to send to "
         "the recipient because the sender isn't on the recipient's list of senders to accept "
         "mail from"),
        "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required [Stage: CreateMessage]",
        thai("550 5.7.1 <{to}>: ตู้จดหมายนี้รับเฉพาะหนังสือจากภายในกระทรวง ไม่รับอีเมลจากภายนอก"),
    ),
    "unknown-thai": (
        thai("550 5.1.1 <{to}>: ไม่พบผู้ใช้รายนี้ในระบบ"),
        thai("550 ไม่มีตู้จดหมายชื่อนี้ กรุณาตรวจสอบที่อยู่ผู้รับอีกครั้ง"),
        thai("550 5.1.1 ไม่มีบัญชีผู้ใช้ {to}"),
    ),
    "full-thai": (
        thai("552 5.2.2 <{to}>: กล่องจดหมายเต็ม ไม่สามารถรับจดหมายเพิ่มได้"),
        thai("552 พื้นที่เก็บจดหมายของผู้รับเต็ม"),
    ),
}
# doors that a recipient meets: what stands for them in the wild
STANDS_FOR = {
    "unknown": ("unknown-thai",), "disabled": ("unknown-thai",),
    "full": ("insiders", "full-thai"), "over-quota": ("insiders", "full-thai"),
    "deferring": ("insiders",),
    "content": ("insiders",), "size": ("insiders",),
}


def says(door: str, to: str) -> str | None:
    """Return what a host of this kind says to a recipient, each always the same.

    None where it is of no such kind.
    """
    return (
        SAYS[door][crc32(to.lower().encode()) % len(SAYS[door])].format(to=to) if door in SAYS
        else None
    )


def spoken(bodies: Sequence[Body], share: float, seed: int) -> list[Body]:
    """Return the country with a share of its failing bodies behind such hosts.

    Of each group at least one, if any of it fails so.
    """
    rng, chosen = Random(f"dialects {seed}"), dict[str, str]()
    for group in ("D2", "D3"):
        some = [body for body in bodies if body.group == group and body.door in STANDS_FOR]
        count = max(1, round(share * len(some))) if share and some else 0
        for number, body in enumerate(rng.sample(some, count)):
            kinds = STANDS_FOR[body.door]
            chosen[body.code] = kinds[number % len(kinds)]
    return [replace(body, door=chosen.get(body.code, body.door)) for body in bodies]
