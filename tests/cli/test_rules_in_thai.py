"""Every rule that reads mail or a refusal has its Thai: the names are read out of the code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from sarabanwatch import settings
from sarabanwatch.cli.rules import ENDS, ROWS, VALUED, rule_in
from sarabanwatch.core import returns
from sarabanwatch.core.facts import token
from sarabanwatch.core.returns import bounce, replies
from sarabanwatch.core.sending import reply
from sarabanwatch.store.rulings import CONTRADICTION

THAI = re.compile("[ก-๛]")
NO_RULE = ("phrases", "re.compile", "ClickException")     # what is searched for, no name
NO_NAMES = ("SmtpStage", "Stage", "NO_ROUTE", "check_ruling",     # nor what is about no mail
            "mint", "token_maker", "REMEDY")
FILES = ("arrival", "attribution", "doubts", "mime", "reason", "refusals", "replies", "review",
         "testimony")


def literals(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of a file that read as a sentence; `{}` for each value within."""
    apart: set[ast.AST] = set()
    for node in ast.walk(tree):
        if ((isinstance(node, ast.Call) and ast.unparse(node.func) in NO_RULE)
                or getattr(node, "name", "") in NO_NAMES
                or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in NO_NAMES)):
            apart.update(ast.walk(node))
        elif isinstance(node, ast.Expr):        # a docstring
            apart.add(node.value)
        elif isinstance(node, ast.JoinedStr) and node not in apart:
            apart.update(ast.walk(node))
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}"
                          for part in node.values)
    yield from (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
                and isinstance(node.value, str) and node not in apart)


@cache
def parts() -> frozenset[str]:
    """Return the parts of which the names of rules are made, as they stand in the code."""
    files = [Path(module.__file__ or "") for module in (
        token, reply, *(import_module(f"{returns.__name__}.{name}") for name in FILES))]
    told = [text for path in files
            for text in literals(ast.parse(path.read_text(encoding="utf-8")))
            if re.fullmatch(r"[a-z][^|\n]* [^|\n]+", text) or text == "forged"]
    tables = settings.refusals().tables
    return frozenset(part for text in (
        *told, *(row.rule for row in replies.ROWS), *(name for name, _ in bounce.READERS),
        *(row.name for table in tables for row in table.rows), CONTRADICTION,
        *(f"{table.system or 'words'}: " for table in tables))
        for part in ENDS.split(text)[::2] if part not in {"", "{}"})


def test_every_part_of_a_rule_s_name_has_its_thai() -> None:
    left = {part for part in parts() if not THAI.search(rule_in("th", part))}
    assert left <= {"Barracuda", "Cisco", "FortiMail", "Google", "Microsoft", "Mimecast",
                    "Proofpoint", "Yahoo"}


def test_every_row_is_part_of_a_name() -> None:
    assert not {row for row in ROWS if row not in parts()}


@pytest.mark.parametrize(("name", "thai"), [
    ("bounce: dsn; words: mailbox full", "การตีกลับ: รายงาน DSN, ถ้อยคำ: กล่องจดหมายเต็ม"),
    ("for now, by its class (Google: rate)", "ชั่วคราวตามชั้นของรหัส (Google: ส่งถี่เกินไป)"),
    ("status 5.1.1", "รหัสสถานะ 5.1.1"),
    ("key 'a' expired on 2027-01-01", "กุญแจ 'a' หมดอายุเมื่อ 2027-01-01"),
    ("as สมชาย ใจดี ruled on c0880ec00636", "ตามที่ สมชาย ใจดี วินิจฉัยจดหมาย c0880ec00636"),
    ("words: a row of this site's own", "ถ้อยคำ: a row of this site's own"),
])
def test_a_name_is_told_part_by_part(name: str, thai: str) -> None:
    assert (rule_in("th", name), rule_in("en", name)) == (thai, name)


def test_a_value_is_told_as_it_stands() -> None:
    assert len(VALUED) == len({pattern.pattern for pattern, _ in VALUED}) > 0
