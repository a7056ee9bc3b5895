"""What the writer of a mail wrote themselves: above a quotation, below it, or between its lines.

Our letter asks for a receipt number and is often quoted whole, so nothing in a quotation is
believed. Where the quoted lines begin with `>`, the text below the last of them is the writer's own
again. Without `>` the end of a quotation cannot be recognised, and all that follows is taken as
quoted.
"""

import re

from sarabanwatch.core.returns.mime import Mail

QUOTE = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:original message|forwarded message|ข้อความต้นฉบับ|ข้อความเดิม|ข้อความที่ส่งต่อ)"
    r"|_{10,}[ \t]*$"
    r"|on [^\n]{5,200}(?:\n[^\n]{0,120})?wrote:[ \t]*$"
    r"|(?:เมื่อ|ในวัน|วัน|ที่)[^\n]{5,200}(?:\n[^\n]{0,120})?(?:เขียนว่า|เขียน)[ \t]{0,3}:?[ \t]*$"
    r"|(?:from|จาก|von|de)[ \t]?:[^\n]{1,300}\n"
    r"[ \t]*(?:sent|ส่ง|ส่งเมื่อ|วันที่|date|to|ถึง|เรียน)[ \t]?:)",
    re.IGNORECASE | re.MULTILINE)
QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
OWN_WORDS = 6_000     # characters of the writer's own words that are read


def own_words(mail: Mail) -> str:
    """Return what the writer wrote, without quotations."""
    words = mail.words
    quote = QUOTE.search(words)
    if quote is None:
        return QUOTED_LINE.sub("", words[:OWN_WORDS])
    above, below = words[:quote.start()], _below(words, quote.end())
    return QUOTED_LINE.sub("", f"{above[:OWN_WORDS]}\n{below}" if below else above[:OWN_WORDS])


def _below(words: str, start: int) -> str:
    """Return the text below the last line that begins with `>`."""
    last = words.rfind("\n>", start)
    end = words.find("\n", last + 1) if last >= 0 else -1
    return words[end + 1:end + OWN_WORDS] if end >= 0 else ""
