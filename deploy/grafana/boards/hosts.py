"""Mail hosts and domains: who refuses us, who asked for patience, what the DNS shows."""

from boards.kit import BAD, GOOD, HOLDS, NAMED, WARN, bars, board, lines, number, rows, state

HOSTS = 'sarabanwatch_agencies_by{by="mail host", bucket!=""}'      # but for those outside the Act

BOARD = board(
    "sarabanwatch-hosts", "สารบรรณวอตช์: เครื่องแม่ข่ายอีเมล · Mail hosts",
    "เครื่องแม่ข่ายอีเมลใดปฏิเสธเราหรือขอให้รอ และโดเมนเป็นอย่างไร · "
    "Who refuses us or asked for patience, and how domains stand",
    number("ปฏิเสธเรา · Refuse us",
           "เครื่องที่ปฏิเสธเราในฐานะผู้ส่ง · Mail hosts whose circuit breaker is open",
           ('sarabanwatch_mail_hosts{state="open"}', ""), width=6, steps=((None, GOOD), (1, WARN))),
    number("ขอให้รอ · Slowed", "เครื่องที่ขอให้ส่งช้าลง · Mail hosts that asked for patience",
           ('sarabanwatch_mail_hosts{state="slowed"}', ""), width=6),
    state("หยุดส่งทั้งหมด · All wait",
          "หยุดเพราะสาเหตุอยู่ที่ผู้ส่งหรือไม่ · Whether so many refuse us that all letters wait",
          ("sarabanwatch_breaker_open", ""), HOLDS, width=6, steps=((None, GOOD), (1, BAD))),
    number("พร้อมแต่ยังไม่มีคำตอบ · Weakly ready",
           "พร้อมโดยไม่มีคำตอบ ในโดเมนที่รับทุกชื่อ · Ready by silence at a domain that takes any name",
           ("sarabanwatch_agencies_weakened", ""), width=6),
    lines("เครื่องที่ปฏิเสธหรือขอให้รอ · Hosts that refuse or slow us",
          "จำนวนเครื่องตามสถานะ · How many, by state",
          ("sarabanwatch_mail_hosts", "{{state}}"), ("sarabanwatch_breaker_open", "all wait"),
          runbook="MailHostRefusesUs"),
    rows("เครื่องใด · Which hosts", "เครื่องที่ปฏิเสธเราหรือขอให้รอขณะนี้ · Those that block or slow us now",
         "sarabanwatch_mail_host_held",
         {"mail_host": "เครื่องแม่ข่ายอีเมล · Mail host", "state": "สถานะ · State"}, width=12,
         height=8),
    bars("เครื่องแม่ข่ายอีเมลที่ใช้มากที่สุด · The largest mail hosts",
         "หน่วยงานที่ใช้ ตามประเภท · Agencies that use them, by bucket",
         (f"topk(24, sum by (name, bucket) ({NAMED.format(HOSTS)}))", "{{name}}: {{bucket}}"),
         height=16),
    bars("โดเมน · What the DNS shows of the domains",
         "สิ่งที่พบในโดเมนของหน่วยงาน · Findings, by how many domains",
         ("sarabanwatch_domain_findings", "{{finding}}"), height=16))
