"""Our own path: relay, inbox, canaries, keys and certificates. What was proved, and when."""

from boards.kit import BAD, GOOD, HOLDS, WARN, WORKS, board, lines, number, since, state, until

CERTIFICATES = ((None, BAD), (14 * 86400, WARN), (21 * 86400, GOOD))
READ = "sarabanwatch_mailbox_read_timestamp_seconds"

BOARD = board(
    "sarabanwatch-path", "สารบรรณวอตช์: เส้นทางส่งและรับของเรา · Path and inbox",
    "พิสูจน์ระบบรับส่งครั้งล่าสุดเมื่อใด · When our own path was last proved",
    state("เครื่องส่งต่อ · Relay", "พร้อมรับหนังสือหรือไม่ · Whether a relay is ready for a letter",
          ("sarabanwatch_relay_up", ""), WORKS, steps=((None, BAD), (1, GOOD)),
          runbook="RelayDown"),
    state("กล่องเข้า · Inbox", "เชื่อมต่ออยู่หรือไม่ · Whether a session with the inbox stands",
          ("sarabanwatch_mailbox_up", ""), WORKS, steps=((None, BAD), (1, GOOD)),
          runbook="MailboxDown"),
    number("อ่านกล่องเข้าล่าสุด · Inbox read", "นานเท่าใดแล้ว · How long ago it was read to its end",
           (since(READ), ""), unit="s", steps=((None, GOOD), (600, WARN), (900, BAD)),
           runbook="MailboxStale"),
    state("เส้นทางครบ · Path whole",
          "หนังสือถึงตนเองกลับมาหรือไม่ · Whether letters to ourselves come back",
          ("sarabanwatch_path_whole", ""), HOLDS, steps=((None, BAD), (1, GOOD)),
          runbook="OwnPathBroken"),
    number("กุญแจลงนามเหลือ · Key lasts",
           "อีกนานเท่าใดกุญแจดอกสุดท้ายจะหมดอายุ · Until the last token key ends",
           (until("sarabanwatch_token_key_end_seconds"), ""), unit="s",
           steps=((None, BAD), (14 * 86400, WARN), (30 * 86400, GOOD)),
           none="ยังไม่ทราบ · not known yet", runbook="KeyEnds"),
    number("ใบรับรองเหลือ · TLS lasts",
           "อีกนานเท่าใดใบรับรองของเครื่องส่งต่อและกล่องเข้าจะหมดอายุ · "
           "Until the certificates of relay and inbox end",
           (until("sarabanwatch_relay_certificate_end_seconds"), "relay"),
           (until("sarabanwatch_inbox_certificate_end_seconds"), "inbox"),
           unit="s", steps=CERTIFICATES, none="ยังไม่พบ · none was seen",
           runbook="RelayCertificateEnds"),
    lines("พิสูจน์ล่าสุดเมื่อใด · How long ago it was proved",
          "นานเท่าใดแล้วนับจากครั้งที่สำเร็จ ไม่มีเส้นเมื่อยังไม่เคย หนังสือถึงตนเองที่เลยกำหนดติดลบ · "
          "Since the last success, no line where there was none; a canary that is overdue: below 0",
          (since("sarabanwatch_relay_accepted_timestamp_seconds"), "relay took a letter"),
          (since("sarabanwatch_canary_back_timestamp_seconds"), "canary {{kind}}"),
          (since("sarabanwatch_letters_held_up_timestamp_seconds"), "letters held up"),
          (until("sarabanwatch_canary_due_timestamp_seconds"), "until a canary is due"),
          unit="s", least=None, runbook="CanaryOverdue"),
    lines("หนังสือถึงตนเอง · Canaries", "ใช้เวลานานเท่าใดจึงกลับมา · How long they were away",
          ("sarabanwatch_canary_seconds > 0", "{{kind}}"), unit="s"),
    lines("อ่านกล่องเข้า · Inbox", "นานเท่าใดแล้วจากครั้งที่อ่านครบ · Since it was last read to its end",
          (since(READ), "since read"), ("sarabanwatch_mailbox_barred", "barred"), unit="s"),
    lines("จดหมายที่ยังไม่ได้รับมา · Mails not given",
          "มีในกล่องแต่เครื่องแม่ข่ายไม่ส่งให้ · Named by the inbox and not given",
          ("sarabanwatch_mails_lacking", "lacking"),
          ("increase(sarabanwatch_mails_not_given_total[1h])", "{{why}}")),
    lines("ลายเซ็น DKIM · DKIM signature",
          "หนังสือถึงตนเองมีลายเซ็นที่ตรวจได้ · The last canary home was validly signed",
          ("sarabanwatch_canary_signed", "signed"), ("sarabanwatch_canary_to_sign", "we sign")),
    lines("รหัสที่ไม่รับต่อชั่วโมง · Marks refused an hour",
          "รหัสอ้างอิงที่ไม่เชื่อ ตามเหตุผล · Marks that were not believed, by why",
          ("increase(sarabanwatch_refused_tokens_total[1h])", "{{why}}")))
