"""How a returned mail is recognised where nothing in it was written for machines.

The tables hold senders, subjects and words in the languages of mail systems. A mail from a mail
system's address needs one more sign. A mail from any other address needs both subject and words,
and must not be a reply, because people quote bounces.
"""

import re

from sarabanwatch.core.facts.words import phrases
from sarabanwatch.core.returns.mime import Headers, Mail

DAEMONS = phrases("""
    mailer-daemon | mailerdaemon | mail-daemon | mailer daemon | mdaemon | postmaster
    mail delivery | mail system | mail deliver system | delivery subsystem | mail administrator
    system administrator | mta@ | maildaemon""")
SUBJECTS = phrases("""
    การแจ้งสถานะการส่ง | undeliver | delivery fail | delivery status | delivery has failed
    delivery error | delivery problem | delivery report | delivery notification
    delivery notice | delivery warning | failed delivery | failure delivery | failure notice
    fail to deliver | failed to deliver | could not be delivered | couldn't be delivered
    cannot be delivered | can't be delivered | not delivered | unable to deliver | undelivered
    nondeliverable | non-deliver | nondelivery | returned mail | returned to sender
    returning to sender | returning message | returned message | mail fail | mail error
    message fail | message error | message delivery | mail delivery | mail system error
    error sending | bounce notification | bounced mail | returned email | loop alert
    loop back warning | unix from loop | unknown user | user unknown | rejected
    warning: message | message status | service notice | unzustellbar | nicht zustellbar
    nicht zugestellt | zustellung | non remis | échec de la remise | non distribu | devolvid
    no se puede entregar | no entregado | error de entrega | não entregue | nao entregue
    falha na entrega | mancata consegna | impossibile recapitare | messaggio non | onbestelbaar
    niet bezorgd | kan niet | не доставлен | недоставлен | nie dostarcz | niedostarcz | nedoruč
    kézbesít | 配信不能 | 配信できません | 配信エラー | 配送エラー | 送信できません | 送信エラー
    メールエラー | エラーメール | エラー通知 | 退信 | 投递失败 | 無法傳遞 | 전송 실패 | 반송
    ไม่สามารถส่ง | ไม่สามารถนำส่ง | ส่งไม่สำเร็จ | ส่งไม่ถึง | นำส่งไม่ | ตีกลับ | การส่งล้มเหลว | ส่งล้มเหลว
    ไม่สามารถจัดส่ง | ส่งคืน | ส่งไม่ได้ | ส่ง * ไม่สำเร็จ | ส่ง * ไม่ถึง | ส่ง * ไม่ได้ | ส่ง * ล้มเหลว | ไม่ถึงผู้รับ
    ไม่ถึงปลายทาง | ผลการนำส่ง | ผลการจัดส่ง | สถานะการนำส่ง | สถานะการจัดส่ง""")
SPOKEN = phrases("""
    ไม่ได้นำส่ง | ไม่ได้จัดส่ง | ไม่ได้รับการนำส่ง | ไม่ถูกนำส่ง | การส่งไม่สมบูรณ์ | ไม่พบที่อยู่ | ส่งข้อความไม่ได้
    could not be delivered | couldn't be delivered | cannot be delivered | can't be delivered
    could not deliver | unable to deliver | not able to deliver | wasn't able to deliver
    unable to be delivered | trouble delivering | not been delivered | not delivered
    not yet been delivered | undeliverable | undelivered | delivery fail | delivery has failed
    delivery to the following | failed permanently | did not reach | has been rejected
    was rejected | rejected and | permanent fatal | fatal error | permanent error
    delivery error | delivery failure | failed recipients | failed addresses
    non-delivery report | error * deliver | user unknown | unknown user | mailbox is full
    delivery attempts | fatal delivery errors | returned to sender | failure notice
    invalid final delivery | has been postponed | could not be sent | failed to deliver
    no valid recipients | problem delivering | your mail * has been returned
    duplicated message-id | transcript of session | <<< 5 | >>> 5 | status notification
    rejected recipient | nicht zugestellt | konnte nicht | unzustellbar | n'a pas pu | n'a pu
    impossible de | no pudo ser | no se pudo | no se ha podido | no ha podido | não pôde
    nao pode | não foi possível | non è stato | impossibile | niet worden | невозможно доставить
    не может быть доставлено | не доставлен | не удалось | nie mógł | nie można | 送信に失敗
    送信できません | 配信できません | 配送できません | お届けできません | 届けられません
    送れません | 配信不能 | 无法发送 | 无法送达 | 无法投递 | 無法 | 退回 | 전송하지 | 전송 실패
    ไม่สามารถส่ง | ไม่สามารถนำส่ง | ไม่สามารถจัดส่ง | ส่งไม่สำเร็จ | ส่งไม่ถึง | นำส่งไม่ได้ | ส่งล้มเหลว
    การส่งล้มเหลว | ไม่ได้รับการส่ง | ถูกตีกลับ | ถูกส่งคืน | นำส่งไม่สำเร็จ | ไม่ถึงผู้รับ | ไม่ถึงปลายทาง | จัดส่งไม่
    นำส่งไม่ถึง | ไม่อาจนำส่ง | ไม่อาจส่ง | ไม่สามารถถึงผู้รับ | ไม่สามารถส่งถึง | ส่งอีเมลไม่ | ส่งเมลไม่ | ส่งเมล์ไม่
    ส่งข้อความไม่""")
ANSWERS = phrases("""
    out of office | out of the office | automatic reply | auto reply | autoreply | auto-reply
    auto response | autoresponse | vacation | automatische antwort | réponse automatique
    respuesta automática | ตอบกลับอัตโนมัติ | ตอบรับอัตโนมัติ""")
STILL = phrases("""
    not yet been delivered | not yet delivered | will continue to try | will continue to be
    attempts will continue | will continue for | will be retried | will keep trying
    still being retried | still trying | will try again | will retry | advisory-only
    has been postponed | has been delayed | is delayed | warning message only | a warning only
    do not need to resend | do not need to re-send | only a temporary failure report
    no need to resend | not need to be resent | has been temporarily | keep trying
    weiterhin versuch | nouvelle tentative | réessa | seguirá intentando | продолж | 再送を試み
    ยังไม่สามารถส่ง | จะพยายามส่ง | พยายามส่งต่อ | พยายามส่งอีก | ล่าช้า | ยังไม่ได้ถูกส่ง | จะลองส่ง
    จะลองนำส่ง | จะลองใหม่ | ระบบจะลอง | จะส่งใหม่ | จะนำส่งใหม่ | จะทำการส่ง | จะดำเนินการส่ง
    กำลังพยายาม | อยู่ระหว่างพยายาม | ยังอยู่ในคิว | อยู่ในคิว | ยังไม่เสร็จสมบูรณ์ | ยังไม่สำเร็จ | ไม่ต้องส่งซ้ำ
    ไม่จำเป็นต้องส่ง | not yet delivered | still in the queue | still queued | remains in the queue
    remain in queue | will be attempted | keep on trying | continue trying | delivery will be""")
DELAYED = phrases("""
    delayed | delivery delay | (delay) | still being | delivery warning | will be retried
    verzöger | retard | 遅延 | ล่าช้า | หน่วงเวลา | (รอส่ง) | ยังไม่สำเร็จ | could not send * for past
    could not send * in the last | warning--could not | not delivered yet | not yet delivered""")
PERSONAL = re.compile(r"^(?:re|aw|sv|antw|ตอบ|ตอบกลับ)\s*(?:\[\d+\])?:", re.IGNORECASE)
FORWARD = re.compile(r"^(?:fwd?|wg|tr|ส่งต่อ)\s*:", re.IGNORECASE)
QUOTED = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
COPIED = re.compile(r"(?:^(?:from|date|to|subject|return-path|message-id|cc|sent): .*\n)+",
                    re.IGNORECASE | re.MULTILINE)
LOOKED_AT = 6_000


def is_returned(mail: Mail) -> bool:
    """Say whether a mail looks as if a mail system returned, or still keeps, a mail of ours."""
    subject = mail.headers.get("subject").lower()
    if ANSWERS.within(subject):
        return False
    if mail.headers.get("x-failed-recipients") or mail.report == "delivery-status":
        return True
    by_subject = SUBJECTS.within(subject) or DELAYED.within(subject)
    if not by_subject and not is_daemon(mail.headers):
        return False
    words = mail.words[:LOOKED_AT].lower()
    if is_daemon(mail.headers):
        return (by_subject and not PERSONAL.match(subject)) or SPOKEN.within(words)
    return not PERSONAL.match(subject) and SPOKEN.within(words)


def is_daemon(headers: Headers) -> bool:
    """Say whether the author is a mail system and not a person."""
    author = headers.get("from", "sender").lower()
    return DAEMONS.within(author) or "<>" in author or headers.get("return-path").strip() == "<>"


def is_delayed(subject: str, words: str) -> bool:
    """Say whether a notice says that the delivery is still being tried."""
    return STILL.within(words[:LOOKED_AT].lower()) or DELAYED.within(subject.lower())


def unquoted(mail: Mail) -> str:
    """Return the mail's text; of a forwarded bounce without quotation marks and copied headers."""
    if not FORWARD.match(mail.headers.get("subject")):
        return mail.words
    words = QUOTED.sub("", mail.words)
    copied = COPIED.search(words)
    return words[copied.end():] if copied else words
