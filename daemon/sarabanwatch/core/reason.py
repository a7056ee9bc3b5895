"""A refusal -> the reason for it: what the server said, then its enhanced status, then its code.

Words come first because they tell most: of permanent codes more than a third are the sender's fault, and a third of all
bounces carry no useful status. Rows are tried from the top; what is ours (`Reason.SENDER`) stands above what is theirs,
since servers wrap both in "user unknown". A phrase is looked for in small letters, with addresses and names of hosts
taken out; `*` stands for a few words in between. Whose fault a reason is, is said in `core.evidence`.
"""

import re
from collections.abc import Iterable

from sarabanwatch.core.evidence import Reason
from sarabanwatch.core.words import Phrase, found

R = Reason

WORDS: tuple[tuple[str, Reason, str], ...] = (
    ("our address is refused", R.SENDER, """
        sender address rejected | sender rejected | sender verify failed | sender domain * | domain of sender
        unable to verify sender | could not verify sender | invalid sender | bad sender | unroutable sender
        sender address does not exist"""),
    ("authentication", R.SENDER, """
        dmarc | dkim | spf | sender policy framework | sender id | not authenticated | unauthenticated
        authentication required | authentication check"""),
    ("blocklist", R.SENDER, """
        blacklist | black list | blocklist | block list | blocked | rbl | dnsbl | spamhaus | spamcop | barracuda
        sorbs | reputation | banned | dynamic ip | dialup | your ip | listed in"""),
    ("reverse DNS", R.SENDER, """
        reverse dns | ptr record | reverse lookup | rdns | cannot find your hostname | cannot resolve your hostname
        client host rejected | helo command rejected | ehlo command rejected"""),
    ("rate", R.SENDER, """
        rate limit | too many connections | too many messages | too many recipients | too many errors | throttl
        too fast | connection limit | concurrent"""),
    ("mailbox full", R.FULL, """
        mailbox * full | mailfolder is full | inbox is full | over quota | overquota | quota exceeded | exceed * quota
        quota * exceed | out of quota | not enough storage | exceed * storage | storage * exceed | quota full
        quota violation | disk quota | over the maximum allowed * quota
        ตู้จดหมาย * เต็ม | กล่องจดหมาย * เต็ม | กล่องขาเข้า * เต็ม | เมลบ็อกซ์ * เต็ม | พื้นที่ * เต็ม | เกินโควตา | เกินโควต้า"""),
    ("message too large", R.TOO_LARGE, """
        message too large | message too big | message size exceed | exceed * message size | message * too large
        size limit | maximum * size | message * too big | exceed * size | too large | มีขนาดใหญ่เกิน | ขนาด * เกิน"""),
    ("content", R.CONTENT, """
        spam | virus | malware | content reject | message content | content filter | junk | unsolicited | bulk mail
        attachment | prohibited | phish | สแปม | ไวรัส | เนื้อหา * ไม่เหมาะสม"""),
    ("relaying denied", R.UNKNOWN, """
        relaying denied | relay denied | relay access denied
        relay not permitted | unable to relay | not permit * relay
        relaying not allowed | relaying prohibited | not a gateway | we do not relay | relaying | relay"""),
    ("mailbox disabled", R.DISABLED, """
        disabled | inactive | suspended | deactivated | account * locked | not active | expired account | frozen
        ถูกระงับ | ปิดใช้งาน | ปิดการใช้งาน | เลิกใช้"""),
    ("mail loop", R.LOOP, "loop | too many hops | hop count exceeded | loops back"),
    ("no such mailbox", R.NO_MAILBOX, """
        user unknown | unknown user | no such user | user not found | does not exist | doesn't exist | no such mailbox
        mailbox not found | mailbox unavailable | unknown recipient | recipient unknown | no mailbox | not our customer
        invalid recipient | recipient not found | recipientnotfound | no such recipient
        unknown address | no such address
        unknown local part | address unknown | bad address | invalid mailbox | invalid address
        user doesn't | doesn't have
        unknown mailbox | no such account | unrouteable address | not a known user | not a valid mailbox
        not found | account that you tried to reach | recipient address rejected | unknown account
        ไม่พบผู้รับ | ไม่มีผู้ใช้ | ไม่มีตู้จดหมาย | ไม่พบตู้จดหมาย | ไม่พบกล่องจดหมาย | ไม่พบที่อยู่ | ไม่มีที่อยู่อีเมล | ไม่พบบัญชี | ไม่มีบัญชี"""),
    ("no such domain", R.NO_DOMAIN, """
        host unknown | unknown host | host not found | domain not found | name or service not known | no such domain
        domain * does not exist | type=mx: host | type=a: host | nxdomain | unknown domain | ไม่พบโดเมน | ไม่มีโดเมน"""),
    ("takes no mail", R.NO_MAIL, """
        does not accept mail | nullmx | null mx | no mx | no valid mx | no mail hosts | host does not accept"""),
    ("temporary", R.TEMPORARY, """
        greylist | graylist | try again later | temporarily | expired | timed out | timeout | connection refused
        no route to host | unreachable | delivery time | gave up | giving up | lost connection | not responding"""),
)
STATUSES: tuple[tuple[str, Reason], ...] = (
    ("5.1.1", R.NO_MAILBOX), ("5.1.2", R.NO_DOMAIN), ("5.1.3", R.NO_MAILBOX), ("5.1.6", R.NO_MAILBOX),
    ("5.1.7", R.SENDER), ("5.1.8", R.SENDER), ("5.1.9", R.SENDER), ("5.1.10", R.NO_MAIL), ("5.2.1", R.DISABLED),
    ("5.2.2", R.FULL), ("4.2.2", R.FULL), ("5.2.3", R.TOO_LARGE), ("5.3.4", R.TOO_LARGE), ("5.4.4", R.NO_DOMAIN),
    ("5.4.6", R.LOOP), ("5.6", R.CONTENT), ("5.7", R.SENDER), ("4.7", R.SENDER), ("4", R.TEMPORARY),
)
CODES: dict[int, Reason] = {552: R.FULL, 521: R.NO_MAIL, 556: R.NO_MAIL}

NOISE = re.compile(r"[^\s<>]{1,120}@[^\s<>]{1,120}|\bhost \S{1,200} said:?")
PHRASES = tuple((name, reason, tuple(Phrase.several(text))) for name, reason, text in WORDS)


def of(code: int, status: str, said: str) -> tuple[Reason, str]:
    """Return the reason and the name of the row that decided.

    `code` is the SMTP reply (RFC 5321) or 0, `status` the enhanced status (RFC 3463) or "", `said` the server's words.
    """
    by_words = _first(PHRASES, NOISE.sub(" ", said.lower()))
    if by_words is not None:
        return by_words
    for prefix, reason in STATUSES:
        if status == prefix or status.startswith(prefix + "."):
            return reason, f"status {prefix}"
    return CODES.get(code, R.TEMPORARY if code // 100 == 4 else R.UNKNOWN), f"code {code}" if code else "nothing told"


def _first(rows: Iterable[tuple[str, Reason, tuple[Phrase, ...]]], text: str) -> tuple[Reason, str] | None:
    return next(((reason, f"words: {name}") for name, reason, phrases in rows if found(phrases, text)), None)
