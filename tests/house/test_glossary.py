"""One word for one thing: words that were given up don't come back, as names or in our Thai.

A name is taken apart where an underscore or a capital stands in it: `told_at`, `ToldOnce` and
`told` are all the word told. Sentences may use the words as English does.
"""

import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "daemon"
LENT = {"start_mark", "problem_mark",       # a library's names: PyYAML's
        "under_way"}                        # plain English
PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
SAY = {     # the word that was given up, and what to say instead
    "atlas": "mx_lookup, site_index",
    "borne": "claimed_letter, letter_of",
    "deaf": "left_alone, all_paused",
    "deed": "step, handler",
    "deeds": "steps",
    "ear": "socket",
    "ears": "sockets",
    "errand": "canary kind",
    "errands": "canary kinds",
    "feeler": "half-open probe",
    "feelers": "half-open probes",
    "felt": "half-open probe, refused_at",
    "flew": "shows_since",
    "flown": "canaries",
    "gate": "dispatcher",
    "glad": "success",
    "ill": "breaker_open",
    "keeper": "lock",
    "mark": "token, etag, stamp, marker",
    "pen": "writer",
    "plant": "components",
    "remark": "host response",
    "roll": "register table",
    "said": "text, reply, verdict, detail",
    "seals": "signature verifier",
    "shut": "open, of a breaker",
    "strays": "catch-all probes",
    "told": "reported, listed, report, facts",
    "tone": "response kind",
    "took": "accepted, seconds",
    "unfall": "withdraw a pending downgrade",
    "way": "route, connection, method",
    "ways": "routes, moves",
    "wish": "opt_out",
    "wishes": "opt_outs",
    "witnesses": "resolvers",
}
# Thai that an office would not write, and what it writes. What others say is read in their words.
THAI = {
    "สมุดบันทึก": "ฐานข้อมูล",
    "การเงียบ": "การไม่ตอบ",
    "ความเงียบ": "การไม่ตอบ",
    "ตู้จดหมาย": "กล่องจดหมาย",
    "เซิร์ฟเวอร์": "เครื่องแม่ข่าย",
    "เครื่องรับอีเมล": "เครื่องแม่ข่ายอีเมล",
    "เครื่องตอบชื่อ": "เครื่องแม่ข่ายชื่อโดเมน",
    "ตรึงข้อมูล": "ตัดข้อมูล",
    "รอคนอ่าน": "รอเจ้าหน้าที่อ่าน",
    "ระบบเรา": "ระบบ",
    "ลายนิ้วมือ": "รหัสตรวจสอบ",
    "แปลว่า": "หมายความว่า, แสดงว่า",
    "ค่าตั้ง": "การตั้งค่า, ไฟล์ตั้งค่า",
}
THEIRS = ("config/refusals/", "daemon/sarabanwatch/core/returns/", "deploy/pictures/")
OURS = ("config", "daemon/sarabanwatch", "deploy", "README.th.md")


@cache
def texts() -> dict[str, str]:
    """Return every text that we write ourselves, by its path."""
    roots = [ROOT.parent / each for each in OURS]
    files = [file for root in roots for file in (root.rglob("*") if root.is_dir() else [root])
             if file.suffix in {".py", ".html", ".md", ".toml", ".txt", ".typ", ".yml", ".json"}]
    named = {str(file.relative_to(ROOT.parent)): file for file in files}
    return {name: file.read_text(encoding="utf-8") for name, file in named.items()
            if not name.startswith(THEIRS)}


@pytest.mark.parametrize("word", THAI)
def test_thai_that_was_given_up_is_said_nowhere(word: str) -> None:
    assert [name for name, text in texts().items() if word in text] == [], f"say {THAI[word]}"


@cache
def words() -> dict[str, list[str]]:
    """Return every word in the names of the code, a module's too, with where it stands."""
    found: dict[str, list[str]] = {}
    for path in sorted(ROOT.rglob("*.py")):
        where, code = str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        named = {(token.string, f"{where}:{token.start[0]}")
                 for token in tokenize.generate_tokens(io.StringIO(code).readline)
                 if token.type == tokenize.NAME}
        for name, at in sorted(named | {(path.stem, where)}):
            if name in LENT:
                continue
            for word in map(str.lower, PIECE.findall(name)):
                found.setdefault(word, []).append(f"{at}: {name}")
    return found


@pytest.mark.parametrize("word", SAY)
def test_a_word_that_was_given_up_names_nothing(word: str) -> None:
    assert words().get(word, []) == [], f"say {SAY[word]}"
