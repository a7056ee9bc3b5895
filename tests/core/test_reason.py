import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import REFUSALS
from sarabanwatch.core.facts.evidence import BLAME, Blame, Reason
from sarabanwatch.core.returns import reason

R = Reason


def why(said: str, code: int = 550, status: str = "", *around: str) -> Reason:
    return reason.of(REFUSALS, code, status, said, *around)[0]


@given(st.integers(0, 999), st.from_regex(r"([245]\.\d{1,3}\.\d{1,3})?", fullmatch=True),
       st.text(max_size=200))
def test_every_refusal_has_a_reason_and_names_its_rule(code: int, status: str, said: str) -> None:
    found, rule = reason.of(REFUSALS, code, status, said)
    assert found in BLAME
    assert rule


OURS = ("sender verify failed", "listed in zen.spamhaus.org", "DMARC policy", "no PTR record")


@given(st.text(max_size=100), st.sampled_from(OURS))
def test_what_is_ours_is_never_laid_on_them(noise: str, ours: str) -> None:
    said = f"550 5.7.1 {ours}; user unknown; mailbox full; {noise}"
    assert BLAME[why(said, 550, "5.7.1")] is not Blame.GOOD


@pytest.mark.parametrize(("said", "status", "wanted"), [
    ("550 5.1.1 <x@y.test>: Recipient address rejected: User unknown in virtual mailbox table",
     "5.1.1", R.NO_MAILBOX),
    (("550-5.1.1 The email account that you tried to reach does not exist. Please try "
      "double-checking"), "5.1.1", R.NO_MAILBOX),
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
     "5.1.10", R.NO_MAILBOX),
    ("550 5.1.0 Address rejected", "5.1.0", R.NO_MAILBOX),
    ("552 5.2.2 Over quota", "5.2.2", R.FULL),
    ("452 4.2.2 The email account that you tried to reach is over quota", "4.2.2", R.FULL),
    ("552 5.3.4 Message size exceeds fixed limit", "5.3.4", R.TOO_LARGE),
    ("554 5.2.1 Account disabled", "5.2.1", R.DISABLED),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
     "5.7.1", R.SENDER),
    ("550 5.7.26 This mail is unauthenticated, which poses a security risk", "5.7.26", R.SENDER),
    ("550 5.7.509 Access denied, sending domain does not pass DMARC verification", "5.7.509",
     R.SENDER),
    ("450 4.7.1 Client host rejected: cannot find your reverse hostname", "4.7.1", R.SENDER),
    ("421 4.7.0 Too many connections, slow down", "4.7.0", R.SENDER),
    ("554 5.7.1 Message rejected as spam by content filter", "5.7.1", R.CONTENT),
    ("554 5.4.14 Hop count exceeded - possible mail loop", "5.4.14", R.LOOP),
    ("450 4.2.0 Recipient address rejected: Greylisted, please try again in 300 seconds", "4.2.0",
     R.TEMPORARY),
    ("connect to mx.x.test[192.0.2.1]:25: Connection timed out", "4.4.1", R.TEMPORARY),
    ("Host or domain name not found. Name service error for name=x.test type=MX: Host not found",
     "5.4.4", R.NO_DOMAIN),
    ("Name service error for name=x.test type=MX: Host not found, try again", "4.4.3", R.TEMPORARY),
    ("Domain x.test does not accept mail (nullMX)", "5.1.0", R.NO_MAIL),
    ("554 5.7.1 <x@y.test>: Relay access denied", "5.7.1", R.UNKNOWN),
    ("553 5.1.8 <a@b.test>... Domain of sender address a@b.test does not exist", "5.1.8", R.SENDER),
    ("The account or domain may not exist, they may be blacklisted", "", R.NO_DOMAIN),
    ("503 Improper sequence of commands", "", R.SENDER),
    ("550 Your server requires confirmation", "", R.UNKNOWN),
    ("554 Denied (in reply to MAIL FROM command)", "", R.SENDER),
    ("550 5.0.0 <x@y.test>: Recipient address rejected: On hold", "5.0.0", R.UNKNOWN),
    ("Unable to deliver message to <x@y.test>. Please check if address is correct.", "",
     R.NO_MAILBOX),
    ("550 Access denied", "", R.SENDER),
    ("ตู้จดหมายของผู้รับเต็ม", "", R.FULL),
    ("ไม่พบโดเมน x.test ในระบบ", "", R.NO_DOMAIN),
    ("บัญชีนี้ถูกระงับการใช้งาน", "", R.DISABLED),
])
def test_what_servers_say(said: str, status: str, wanted: Reason) -> None:
    assert why(said, 0, status) is wanted


@pytest.mark.parametrize(("status", "wanted"), [
    ("5.1.1", R.NO_MAILBOX), ("5.1.2", R.NO_DOMAIN), ("5.1.3", R.NO_MAILBOX),
    ("5.1.6", R.NO_MAILBOX), ("5.1.7", R.SENDER),
    ("5.1.8", R.SENDER), ("5.1.9", R.SENDER), ("5.1.10", R.NO_MAIL), ("5.2.1", R.DISABLED),
    ("5.2.2", R.FULL), ("4.2.2", R.FULL),
    ("5.2.3", R.TOO_LARGE), ("5.3.2", R.NO_MAIL), ("5.3.4", R.TOO_LARGE), ("4.4.4", R.UNKNOWN),
    ("5.4.4", R.NO_DOMAIN),
    ("5.4.6", R.LOOP), ("5.4.14", R.LOOP), ("5.4.7", R.TEMPORARY), ("5.5.4", R.SENDER),
    ("5.6.7", R.NO_MAILBOX),
    ("5.6.1", R.CONTENT), ("5.7.17", R.NO_MAILBOX), ("5.7.18", R.NO_DOMAIN),
    ("5.7.23", R.SENDER), ("4.7.1", R.SENDER), ("4.4.1", R.UNKNOWN), ("5.0.0", R.UNKNOWN),
    ("2.0.0", R.UNKNOWN),
])
def test_a_status_alone_decides(status: str, wanted: Reason) -> None:
    assert why("", 0, status) is wanted


@pytest.mark.parametrize(("code", "wanted"), [
    (552, R.FULL), (521, R.NO_MAIL), (556, R.NO_MAIL), (450, R.TEMPORARY), (550, R.UNKNOWN),
    (0, R.UNKNOWN)])
def test_a_code_alone_decides_the_little_it_can(code: int, wanted: Reason) -> None:
    assert why("", code) is wanted


def test_words_tell_more_than_a_status_that_says_something_else() -> None:
    assert why("550 5.7.1 Mailbox is full", 550, "5.7.1") is R.FULL


def test_a_telling_status_tells_more_than_words_from_elsewhere() -> None:
    assert why("", 0, "5.2.2", "if the user is unknown here, no such mailbox does exist") is R.FULL


def test_what_stands_around_is_read_where_nothing_else_tells() -> None:
    assert why("", 550, "5.0.0", "the account has been disabled") is R.DISABLED


def test_a_mere_user_unknown_needs_to_be_upheld() -> None:
    assert why("550 Unknown user", 550, "5.0.0") is R.UNKNOWN
    assert why("550 Unknown user", 550, "5.1.1") is R.NO_MAILBOX
    assert why("550 Unknown user", 550, "5.0.0",
               "said: 550 Unknown user (in reply to RCPT TO command)") is R.NO_MAILBOX
    assert why("550 Unknown user", 550, "5.0.0",
               "said: 550 Unknown user (in reply to end of DATA command)") is R.UNKNOWN


def test_words_that_deny_a_mailbox_and_a_status_that_grants_it_are_no_verdict() -> None:
    assert why("550 5.2.1 x... User unknown", 550, "5.2.1") is R.UNKNOWN
    assert why("550 5.2.1 x... No such mailbox", 550, "5.2.1") is R.UNKNOWN
    assert why("550 5.2.1 x... User unknown", 550, "5.2.1",
               "said so (in reply to RCPT TO command)") is R.NO_MAILBOX
    assert why("550 5.2.1 x... Account disabled", 550, "5.2.1") is R.DISABLED


def test_a_status_of_the_sender_outranks_words_that_deny_an_address() -> None:
    assert why("550 5.1.7 invalid address in MAIL", 550, "5.1.7") is R.SENDER
    assert why("550 5.7.54 user unknown", 550, "5.7.54",
               "(in reply to RCPT TO command)") is R.SENDER
    assert why("no mailbox here by that name. (#5.7.17)", 550, "5.7.17") is R.NO_MAILBOX
    assert why("550 5.7.1 no such mailbox", 550, "5.7.1") is R.NO_MAILBOX
    assert why("525 5.7.13 Disabled recipient address", 525, "5.7.13") is R.DISABLED


@pytest.mark.parametrize("said", [
    "Your account has been suspended", "This account is disabled for sending",
    "Callout failed: account does not exist",
    "Host not found for your HELO", "Your account has exceeded its daily quota",
    "sender over quota: message quota reached",
    "Invalid user: SMTP AUTH first", "tenant exceeded its daily limit"])
def test_what_is_said_of_our_own_account_is_not_laid_on_them(said: str) -> None:
    assert why(said) is R.SENDER


def test_a_diagnosis_that_quotes_no_server_and_has_no_status_is_no_verdict() -> None:
    assert why("The account does not exist", 0, "5.0.0") is R.UNKNOWN
    assert why("550 The account does not exist", 550, "5.0.0") is R.NO_MAILBOX
    assert why("", 0, "5.0.0", "x@y.test: Unrouteable address") is R.NO_MAILBOX


def test_a_reporter_who_says_that_the_address_was_refused_is_believed_unless_it_may_be_policy(
) -> None:
    summary = "Reason: Remote SMTP server has rejected address"
    assert why("550 User unknown", 550, "5.0.0", summary) is R.NO_MAILBOX
    assert why("550 5.7.1 User unknown", 550, "5.7.1", summary) is R.UNKNOWN


def test_user_unknown_in_answer_to_our_mail_from_speaks_of_us() -> None:
    assert why("550 User unknown", 550, "5.0.0", "(in reply to MAIL FROM command)") is R.SENDER


def test_a_domain_not_found_for_now_may_be_found_tomorrow() -> None:
    assert why("I couldn't find any host by that name. (#4.1.2)", 0, "4.1.2") is R.TEMPORARY
    assert why("I couldn't find any host named y.test. (#5.1.2)", 0, "5.1.2") is R.NO_DOMAIN


@pytest.mark.parametrize(("said", "wanted"), [
    ("Absender wurde abgelehnt", R.SENDER), ("Expéditeur refusé", R.SENDER),
    ("remitente rechazado", R.SENDER),
    ("отправитель отклонен", R.SENDER), ("发件人被拒绝", R.SENDER),
    ("Ihre IP steht auf einer Blacklist", R.SENDER),
    ("IP en liste noire", R.SENDER), ("您的服务器在黑名单中", R.SENDER),
    ("Zu viele Verbindungen", R.SENDER),
    ("Das Postfach ist überfüllt", R.FULL), ("La boîte de réception est saturée", R.FULL),
    ("Quota dépassé", R.FULL),
    ("caixa de correio cheia", R.FULL), ("La casella è piena", R.FULL), ("收件箱已满", R.FULL),
    ("Le message est trop volumineux", R.TOO_LARGE),
    ("El mensaje es demasiado grande", R.TOO_LARGE),
    ("Сообщение слишком большое", R.TOO_LARGE), ("邮件太大", R.TOO_LARGE),
    ("邮件含有病毒", R.CONTENT), ("unerwünschte Werbung", R.CONTENT),
    ("письмо содержит вирус", R.CONTENT),
    ("Cuenta suspendida", R.DISABLED), ("Conta suspensa", R.DISABLED),
    ("Почтовый ящик отключен", R.DISABLED),
    ("该帐号已冻结", R.DISABLED), ("Bitte später erneut versuchen", R.TEMPORARY),
    ("稍后再试", R.TEMPORARY),
    ("Diese Adresse ist nicht bekannt", R.NO_MAILBOX), ("utente non trovato", R.NO_MAILBOX),
    ("查無此人", R.NO_MAILBOX),
    ("该域名不存在", R.NO_DOMAIN), ("домен получателя не существует", R.NO_DOMAIN),
])
def test_what_servers_say_in_their_own_tongues(said: str, wanted: Reason) -> None:
    assert why(said) is wanted


@pytest.mark.parametrize(("said", "wanted"), [
    ("ชื่อผู้รับไม่ถูกต้อง", R.NO_MAILBOX), ("ผู้รับไม่มีอยู่ในโดเมนนี้", R.NO_MAILBOX),
    ("ไม่มีอีเมลแอดเดรสนี้", R.NO_MAILBOX),
    ("ไม่พบเมลบ็อกซ์ปลายทาง", R.NO_MAILBOX), ("ไม่รู้จักโดเมนปลายทาง", R.NO_DOMAIN),
    ("โดเมนนี้ไม่ให้บริการรับอีเมล", R.NO_MAIL),
    ("บัญชีอีเมลหมดอายุ", R.DISABLED), ("บัญชีนี้ถูกล็อก", R.DISABLED),
    ("กล่องจดหมายปลายทางมีข้อมูลเกินขีดจำกัด", R.FULL),
    ("เกิดการส่งต่อวนกลับ", R.LOOP), ("เซิร์ฟเวอร์ปลายทางไม่ว่าง", R.TEMPORARY),
    ("ไม่สามารถนำส่งได้ภายใน 5 วัน", R.TEMPORARY),
    ("ไม่สามารถติดต่อเครื่องแม่ข่ายปลายทาง", R.TEMPORARY), ("จะพยายามส่งใหม่", R.TEMPORARY),
    ("จดหมายหมดอายุ", R.TEMPORARY),
    ("โดเมนผู้ส่งไม่ผ่านการยืนยันตัวตน", R.SENDER), ("ไม่รับอีเมลจากโดเมนของผู้ส่ง", R.SENDER),
    ("ไม่อนุญาตให้รับอีเมลจากต่างประเทศ", R.SENDER),
    ("ระบบไม่พบรายชื่อที่ท่านส่งถึง", R.NO_MAILBOX), ("ไม่มีชื่อบัญชีดังกล่าว", R.NO_MAILBOX),
    ("ผู้ใช้รายนี้ไม่มีในระบบ", R.NO_MAILBOX),
    ("บัญชีผู้รับถูกลบแล้ว", R.NO_MAILBOX), ("ไม่พบอีเมลปลายทาง", R.NO_MAILBOX),
    ("ไม่มี mailbox นี้", R.NO_MAILBOX),
    ("ผู้รับได้ยกเลิกการใช้อีเมลนี้", R.DISABLED), ("mailbox ของผู้รับเต็ม", R.FULL),
    ("ใช้เกินที่กำหนดไว้สำหรับกล่องจดหมาย", R.FULL),
    ("มีขนาดใหญ่กว่าที่อนุญาต", R.TOO_LARGE), ("ไม่อนุญาตให้ส่งไฟล์ประเภทนี้", R.CONTENT),
    ("ตรวจพบลิงก์อันตราย", R.CONTENT),
    ("ไอพีของท่านถูกบล็อก", R.SENDER), ("ติดแบล็กลิสต์", R.SENDER), ("ผู้ส่งถูกกัน", R.SENDER),
    ("ท่านไม่มีสิทธิ์ส่งถึงกลุ่มนี้", R.SENDER),
    ("ที่อยู่ผู้ส่งไม่ถูกต้อง", R.SENDER), ("อีเมลผู้ส่งไม่มีอยู่จริง", R.SENDER),
    ("ระบบจะลองส่งอีกครั้ง", R.TEMPORARY),
    ("เครือข่ายมีปัญหา", R.TEMPORARY), ("กำลังพยายามส่ง", R.TEMPORARY), ("ส่งล่าช้า", R.TEMPORARY),
    ("กรุณาลองอีกครั้ง", R.TEMPORARY),
    ("ไม่พบเซิร์ฟเวอร์ของโดเมนปลายทาง", R.NO_DOMAIN), ("โดเมนปลายทางไม่มีเครื่องรับอีเมล", R.NO_MAIL),
    ("ผู้ส่งไม่ได้รับอนุญาต", R.SENDER), ("ส่งอีเมลจำนวนมากเกินไป", R.SENDER), ("ส่งบ่อยเกินไป", R.SENDER),
])
def test_what_thai_servers_say(said: str, wanted: Reason) -> None:
    assert why(said) is wanted


@pytest.mark.parametrize(("said", "wanted"), [
    ("550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550", R.NO_MAILBOX),
    ("550 the delivery module reports no such user", R.NO_MAILBOX),
    ("450 down for scheduled maintenance, try later", R.TEMPORARY),
    ("550 Domain expired. Please contact your hosting provider", R.DISABLED),
    ("550 Banned sender. To request removal forward this message", R.SENDER),
    ("501 Connection rejected by policy", R.SENDER),
    ("550 Messages from [192.0.2.9] weren't sent.", R.SENDER),
    ("554 listed in the DUL list", R.SENDER),
    ("550-Verification failed for x. The account or domain may not exist", R.SENDER),
    ("because the domain y.test couldn't be found. Check for typos and try again", R.NO_DOMAIN),
    ("554 MX list for y.test. points back to mx.y.test", R.LOOP),
    ("450 mailbox unavailable (busy)", R.TEMPORARY),
    ("450 ปิดปรับปรุงระบบ", R.TEMPORARY),
    ("551 User not local; please try <forward-path>", R.NO_MAILBOX),
    ("550 Mailbox <x@y.test> is unknown here", R.NO_MAILBOX),
    ("553 Requested action not taken: mailbox name not allowed", R.NO_MAILBOX),
])
def test_a_word_that_stands_in_another_misleads_nobody(said: str, wanted: Reason) -> None:
    code = int((re.match(r"\d{3}", said) or [0])[0])
    assert why(said, code, "", "in reply to rcpt to") is wanted


def test_what_was_said_to_our_mail_from_speaks_of_us() -> None:
    assert why("553 x.test does not exist", 553, "5.1.0",
               "after MAIL FROM:<a@b.test>: 553 x.test does not exist") is R.SENDER


def test_an_address_may_be_called_anything() -> None:
    assert why("550 5.1.1 <spam@mailbox-full.test>... User unknown", 550, "5.1.1") is R.NO_MAILBOX
    assert why("550 5.2.2 <userunknown@x.test>... Over quota", 550, "5.2.2") is R.FULL


# --- two bounds that no word passes ---


DENIALS = ("user unknown", "no such mailbox", "domain does not exist", "account disabled",
           "takes no mail",
           "ไม่พบผู้ใช้", "The email account that you tried to reach does not exist. gsmtp")
ASKED = ("in reply to ehlo", "sent initial greeting", "in reply to mail from")


@given(st.sampled_from(DENIALS), st.integers(400, 499),
       st.sampled_from(["", "4.1.1", "5.1.1", "5.2.1"]))
def test_a_reply_of_class_4_kills_nobody(said: str, code: int, status: str) -> None:
    assert BLAME[why(said, code, status, "in reply to rcpt to")] is not Blame.GOOD


@given(st.sampled_from(DENIALS), st.from_regex(r"4\.[0-7]\.[0-9]{1,2}", fullmatch=True))
def test_a_status_of_class_4_kills_nobody(said: str, status: str) -> None:
    assert BLAME[why(said, 0, status, "in reply to rcpt to")] is not Blame.GOOD


@pytest.mark.parametrize("status", ["5.7.0", "5.7.1"])
def test_a_status_of_any_policy_leaves_even_weak_words_the_say(status: str) -> None:
    said = "Please check if address is correct"
    assert reason.of(REFUSALS, 550, status, said)[0] is Reason.NO_MAILBOX


@given(st.sampled_from(DENIALS), st.sampled_from(["", "5.1.1", "5.2.1", "5.2.2"]),
       st.sampled_from(ASKED))
def test_nothing_said_before_the_recipient_was_named_is_of_the_mailbox(
    said: str, status: str, asked: str,
) -> None:
    assert BLAME[why(said, 550, status, asked)] in (Blame.OURS, Blame.UNKNOWN)


@pytest.mark.parametrize(("code", "status", "said", "wanted"), [
    (550, "5.7.133", "RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
     R.RESTRICTED),
    (550, "5.7.124", "RESOLVER.RST.AuthRequired; authentication required", R.RESTRICTED),
    (550, "5.7.1", "This mailbox takes mail from inside the organisation only", R.RESTRICTED),
    (550, "5.7.1", "ไม่รับอีเมลจากภายนอกองค์กร", R.RESTRICTED),
    (550, "5.7.501", "Access denied, spam abuse detected [x.prod.outlook.com]", R.SENDER),
    (550, "5.2.1", "receiving mail at a rate that prevents more. https://support.google.com/mail",
     R.TEMPORARY),
    (550, "5.2.1", "The email account that you tried to reach is disabled. gsmtp", R.DISABLED),
    (550, "5.4.312", "Message expired, DNS query failed", R.TEMPORARY),
    (550, "", "Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550", R.NO_MAILBOX),
])
def test_who_speaks_tells_more_than_a_phrase(code: int, status: str, said: str,
                                             wanted: Reason) -> None:
    assert why(said, code, status, "in reply to rcpt to") is wanted


@pytest.mark.parametrize("said", ["Unknown originator address",
                                  "No MX record found for domain of originator",
                                  "ไม่พบชื่อผู้ส่งในรายชื่อ", "no such user for this sender"])
def test_words_that_speak_of_a_sender_and_of_no_recipient_kill_nobody(said: str) -> None:
    assert BLAME[why(said, 550, "", "in reply to rcpt to")] is not Blame.GOOD


def test_a_class_alone_tells_nothing_and_a_reply_or_words_of_it_are_for_now() -> None:
    assert why("", 0, "4.4.7") is R.UNKNOWN
    assert why("", 450, "4.4.7") is R.TEMPORARY
    assert why("could not be delivered in time", 0, "4.4.7") is R.TEMPORARY


@pytest.mark.parametrize(
    "said",
    [
        ("To best protect our users from spam, the message has been blocked: very low reputation "
         "of the sending IP")
    ],
)
def test_users_of_theirs_who_are_protected_have_not_chosen_anything(said: str) -> None:
    assert why(said, 550, "5.7.1", "in reply to rcpt to") is R.SENDER


@pytest.mark.parametrize(("said", "wanted"), [
    ("เรียนผู้ส่ง อีเมลของท่านส่งไม่สำเร็จ ไม่พบบัญชีผู้ใช้ saraban", R.NO_MAILBOX),
    ("ตู้ไปรษณีย์ถูกลบออกจากระบบแล้ว", R.NO_MAILBOX), ("ไม่รู้จักที่อยู่", R.NO_MAILBOX)])
def test_a_notice_that_greets_its_sender_still_speaks_of_the_mailbox(said: str,
                                                                     wanted: Reason) -> None:
    assert why(said, 0) is wanted


def test_a_refusal_without_words_and_codes_has_no_reason_and_says_so() -> None:
    assert reason.of(REFUSALS, 0, "", "") == (R.UNKNOWN, "nothing told")
