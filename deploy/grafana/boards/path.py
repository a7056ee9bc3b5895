"""Our own path: relay, inbox, canaries, keys and certificates. What was proved, and when."""

from boards.kit import BAD, GOOD, WARN, board, lines, number

AGE = "(time() - {0}) * ({0} > bool 0)"
UNTIL_DUE = ("(sarabanwatch_canary_due_timestamp_seconds - time()) "
             "* (sarabanwatch_canary_due_timestamp_seconds > bool 0)")
READ = "sarabanwatch_mailbox_read_timestamp_seconds"

BOARD = board(
    "sarabanwatch-path", "สารบรรณวอตช์: เส้นทางส่งและรับของเรา · Path and inbox",
    "เส้นทางของเราเองพิสูจน์แล้วล่าสุดเมื่อใด · When our own path was last proved",
    number("เครื่องส่งต่อ · Relay", "1 เมื่อพร้อมรับหนังสือ · 1 while a relay is ready for a letter",
           ("sarabanwatch_relay_up", ""), steps=((None, BAD), (1, GOOD))),
    number("กล่องเข้า · Inbox", "1 เมื่อเชื่อมต่ออยู่ · 1 while a session with the inbox stands",
           ("sarabanwatch_mailbox_up", ""), steps=((None, BAD), (1, GOOD))),
    number("อ่านกล่องเข้าล่าสุด · Inbox read", "นานเท่าใดแล้ว · How long ago it was read to its end",
           (f"time() - {READ}", ""), unit="s", steps=((None, GOOD), (600, WARN), (900, BAD))),
    number("เส้นทางครบ · Path whole",
           "1 เมื่อหนังสือถึงตัวเองกลับมา · 1 while letters to ourselves come back",
           ("sarabanwatch_path_whole", ""), steps=((None, BAD), (1, GOOD))),
    number("กุญแจลงนามเหลือ · Days of the key",
           "วันก่อนกุญแจดอกสุดท้ายหมดอายุ · Days until the last token key ends",
           ("(sarabanwatch_token_key_end_seconds > 0) / 86400 - time() / 86400", ""),
           steps=((None, BAD), (14, WARN), (30, GOOD)), none="ยังไม่ทราบ · not known yet"),
    number("ใบรับรองเหลือ · Days of the certificate",
           "วันก่อนใบรับรองของเครื่องส่งต่อหมดอายุ · Days until a relay's certificate ends",
           ("(sarabanwatch_relay_certificate_end_seconds > 0) / 86400 - time() / 86400", ""),
           steps=((None, BAD), (14, WARN), (21, GOOD)), none="ยังไม่พบ · none was seen"),
    lines("พิสูจน์ล่าสุดเมื่อใด · How long ago it was proved",
          "นานเท่าใดแล้วนับจากครั้งที่สำเร็จ · Since the last success; 0 where there was none",
          (AGE.format("sarabanwatch_relay_accepted_timestamp_seconds"), "relay took a letter"),
          (AGE.format("sarabanwatch_canary_back_timestamp_seconds"), "canary {{kind}}"),
          (AGE.format("sarabanwatch_letters_held_up_timestamp_seconds"), "letters held up"),
          (UNTIL_DUE, "until a canary is due"),
          unit="s"),
    lines("หนังสือถึงตัวเอง · Canaries", "ใช้เวลานานเท่าใดจึงกลับมา · How long they were away",
          ("sarabanwatch_canary_seconds", "{{kind}}"), unit="s"),
    lines("อ่านกล่องเข้า · Inbox", "นานเท่าใดแล้วจากครั้งที่อ่านครบ · Since it was last read to its end",
          (f"time() - {READ}", "since read"), ("sarabanwatch_mailbox_barred", "barred"), unit="s"),
    lines("จดหมายที่ยังไม่ได้รับมา · Mails not given",
          "มีในกล่องแต่เครื่องแม่ข่ายไม่ส่งให้ · Named by the inbox and not given",
          ("sarabanwatch_mails_lacking", "lacking"),
          ("increase(sarabanwatch_mails_not_given_total[1h])", "{{why}}")),
    lines("ลายเซ็น DKIM · DKIM signature",
          "หนังสือถึงตัวเองมีลายเซ็นที่ตรวจได้ · The last canary home was validly signed",
          ("sarabanwatch_canary_signed", "signed"), ("sarabanwatch_canary_to_sign", "we sign")),
    lines("รหัสที่ไม่รับ · Marks refused",
          "รหัสอ้างอิงที่ไม่เชื่อ ตามเหตุผล · Marks that were not believed, by why",
          ("increase(sarabanwatch_refused_tokens_total[1h])", "{{why}}")))
