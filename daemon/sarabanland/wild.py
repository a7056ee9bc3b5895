"""What else comes to a letter's reply address in the wild: mail that proves nothing of anybody.

Each is written as such systems and people write, and not after the watch's tables. What share of
letters brings one is set by whoever runs the land. Until a person has read such a mail, the agency
is not yet known.
"""

from collections.abc import Callable
from random import Random

from sarabanland import compose
from sarabanland.answers import Occasion
from sarabanland.compose import Fields, Text

Mail = tuple[str, bytes]        # envelope sender, mail
Dialect = Callable[[Occasion, Random], Mail]


def held(occasion: Occasion, rng: Random) -> Mail:
    """A gateway holds the letter back for its administrator."""
    words = ("เรียนผู้ส่ง\n\nข้อความของท่านถูกพักไว้โดยระบบคัดกรองอีเมลของหน่วยงาน และยังไม่ได้ส่งต่อให้ผู้รับ "
             "เจ้าหน้าที่ผู้ดูแลระบบจะพิจารณาปลดออกจากที่กักกันภายหลัง")
    return "", _written(occasion, rng, "postmaster", "แจ้งการพักอีเมล", [], words)


def sent_round(occasion: Occasion, rng: Random) -> Mail:
    """The address is a group's: the letter is sent round to its members, and to us among them."""
    home, subject = _home(occasion), occasion.letter.fields.get("subject", "")
    marks = [("List-Id", f"<saraban.{home}>"), ("X-Original-From", occasion.letter.answer_to)]
    mail = _written(occasion, rng, "saraban", f"[สารบรรณ] {subject}", marks,
                    "ส่งสำเนาให้สมาชิกกลุ่มเพื่อทราบ")
    return f"saraban-bounces@{home}", mail


def newsletter(occasion: Occasion, rng: Random) -> Mail:
    """They send their newsletter to the address that wrote to them."""
    home = _home(occasion)
    marks = [("List-Unsubscribe", f"<mailto:leave@{home}>"), ("Precedence", "bulk")]
    words = "กิจกรรมเด่นประจำสัปดาห์ งานประเพณีลอยกระทง และการประกวดนางนพมาศ ติดตามได้ที่เว็บไซต์"
    return f"news-{rng.randrange(999)}@{home}", _written(occasion, rng, "news",
                                                         "รายสัปดาห์ ฉบับที่ ๑๒", marks, words)


def survey(occasion: Occasion, rng: Random) -> Mail:
    """A form to fill in, with no mark that a machine sent it."""
    words = "เพื่อพัฒนาคุณภาพ ขอความอนุเคราะห์ท่านให้คะแนนการบริการของเราที่ https://forms.test/q"
    mail = _written(occasion, rng, "noreply", "ขอความร่วมมือให้คะแนน", [], words)
    return f"noreply@{_home(occasion)}", mail


def wrong_firm(occasion: Occasion, rng: Random) -> Mail:
    """A firm that the letter was forwarded to says that it is none of theirs."""
    words = "ทางเราเป็นบริษัทรับเหมาค่ะ น่าจะส่งมาผิดที่ อีเมลนี้ไม่เกี่ยวกับทางราชการนะคะ"
    fields = _fields(occasion, rng, "office@builder.co.test", f"Re: {occasion.letter.subject}")
    about = occasion.letter.fields.get("message-id", "")
    return "office@builder.co.test", compose.single([*fields, ("In-Reply-To", about)], Text(words))


DIALECTS: tuple[Dialect, ...] = (held, sent_round, newsletter, survey, wrong_firm)


def _home(occasion: Occasion) -> str:
    return occasion.letter.recipient.rpartition("@")[2]


def _written(occasion: Occasion, rng: Random, who: str, subject: str, marks: Fields,
             words: str) -> bytes:
    return compose.single([*_fields(occasion, rng, f"{who}@{_home(occasion)}", subject), *marks],
                          Text(words))


def _fields(occasion: Occasion, rng: Random, sender: str, subject: str) -> Fields:
    return [("From", sender), ("To", occasion.letter.answer_to),
            ("Subject", compose.encoded(subject)), ("Date", compose.dated(occasion.when)),
            ("Message-ID", f"<{rng.randrange(16**16):016x}@wild.test>")]
