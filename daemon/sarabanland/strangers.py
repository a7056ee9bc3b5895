"""Strangers and forgers: mail in the watched inbox that proves nothing, and may change nothing.

Each follows the first letter to some body, which is chosen by the seed, so that it comes in the
middle of the round.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from random import Random

from sarabanland import compose, shape
from sarabanland.body import Body
from sarabanland.bounce import DsnRequest, Outcome, Stamp, notice
from sarabanland.compose import Text
from sarabanland.inbox import HOME, USER
from sarabanland.letter import Letter

BARE = f"{USER}@{HOME}"
BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
SPREAD = (0.5, 10.0)        # simulated hours after the letter that they follow

Sent = tuple[str, str, bytes]                           # recipient, envelope sender, mail
Forge = Callable[[Letter, datetime], Sent]

CHATTER = (
    ("โปรโมชั่นพิเศษ ลดราคาหมึกพิมพ์ 70%", "shop@deals.com.test",
     "สั่งซื้อวันนี้ ส่งฟรีทั่วประเทศ คลิกที่นี่"),
    ("จดหมายข่าวประจำเดือน", "news@letter.or.test",
     "ข่าวสารและกิจกรรมประจำเดือน ยกเลิกการรับข่าวได้ที่ท้ายอีเมล"),
    ("สอบถามการขอข้อมูลข่าวสาร", "citizen@postbox.test",
     "ผมต้องการสอบถามว่าจะยื่นคำขอข้อมูลข่าวสารได้ที่ใด ขอบคุณครับ"),
    ("ขอเชิญอบรมหลักสูตรงานสารบรรณ", "training@academy.co.test",
     "ขอเชิญเข้าร่วมอบรม เลขรับสมัคร 125 ที่นั่ง"),
)


class Strangers:
    """Which mails follow the first letter to which body."""

    def __init__(self, bodies: Iterable[Body], seed: int) -> None:
        rng = Random(f"strangers {seed}")
        everyone = list(bodies)
        each = shape.beside(sum(body.group != "exempt" for body in everyone), shape.FORGED_SHARE)
        sound = [body for body in everyone if body.group in {"A1", "A2"} and body.door == "open"]
        absent = [body for body in everyone if body.group == "D2"]
        self._plans: defaultdict[str, list[tuple[float, Forge]]] = defaultdict(list)
        for forgery in (_made_up, _misdirected(sound), _weak(absent, rng), _chatter):
            for victim in rng.sample(sound, min(each, len(sound))):
                self._plans[victim.code].append((rng.uniform(*SPREAD),
                                                 forgery(Random(f"{seed} {victim.code}"))))

    def roused_by(self, body: Body) -> list[tuple[float, Forge]]:
        """Return (hours until it comes, mail) for each that follows the first letter to a body."""
        return self._plans.get(body.code, [])


def _made_up(rng: Random) -> Forge:
    """A bounce that names the right agency, with a token of the watch's form that is forged."""
    token = "sw" + "".join(rng.choices(BASE32, k=25))
    to = f"{USER}+{token}@{HOME}"
    return lambda letter, now: _bounce(to, letter.recipient, token, letter, now, rng)


def _misdirected(sound: list[Body]) -> Callable[[Random], Forge]:
    """A bounce with one agency's own token that names another agency's mailbox."""
    def forgery(rng: Random) -> Forge:
        some = [body.address for body in rng.sample(sound, 2)]
        return lambda letter, now: _bounce(
            letter.sender, next(other for other in some if other != letter.recipient),
            _token(letter), letter, now, rng)
    return forgery


def _weak(absent: list[Body], chance: Random) -> Callable[[Random], Forge]:
    """A receipt in the name of an agency without a mailbox, about no letter."""
    def forgery(rng: Random) -> Forge:
        body = chance.choice(absent)
        fields = [("From", compose.named(body.name, body.address)), ("To", BARE),
                  ("Subject", compose.encoded("แจ้งเลขรับ")),
                  ("Message-ID", f"<{rng.randrange(16**12):x}@forged.test>")]
        mail = Text(f"ได้รับหนังสือแล้ว เลขรับ {rng.randrange(1000)}")
        return lambda _, now: (BARE, body.address,
                               compose.single([*fields, ("Date", compose.dated(now))], mail))
    return forgery


def _chatter(rng: Random) -> Forge:
    """Advertising, a newsletter, a citizen's question."""
    subject, sender, words = rng.choice(CHATTER)
    fields = [("From", sender), ("To", BARE), ("Subject", compose.encoded(subject)),
              ("Message-ID", f"<{rng.randrange(16**12):x}@{sender.partition('@')[2]}>")]
    return lambda _, now: (BARE, sender,
                           compose.single([*fields, ("Date", compose.dated(now))], Text(words)))


def _bounce(to: str, about: str, token: str, letter: Letter, now: datetime, rng: Random) -> Sent:
    fake = letter._replace(sender=to, recipient=about)
    outcome = Outcome("5.1.1", f"smtp; 550 5.1.1 <{about}>: no such user", "mx.forged.test")
    mail = notice(Stamp("mx.forged.test", f"{rng.randrange(16**10):010X}", now), "failed", fake,
                  outcome, DsnRequest(envid=token))
    return to, "", mail


def _token(letter: Letter) -> str:
    return letter.sender.partition("+")[2].partition("@")[0]
