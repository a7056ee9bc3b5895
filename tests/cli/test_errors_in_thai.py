"""Every error that a person may meet at the terminal has its words in Thai.

What is raised is read from the code itself: each message as it is written, with a hole for each
value. A clause that no row of the table has would be left in English, and is found here.
"""

import ast
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path

import pytest

import sarabanwatch
from fakes.verbs import Run
from sarabanwatch.cli.errors import ROWS, in_thai, lines, of_others, of_system, remedy
from sarabanwatch.core.errors import LedgerAway

ROOT = Path(sarabanwatch.__file__).parent
CLICKS = {"BadParameter", "UsageError", "ClickException"}
# functions, and tables of a module, whose words become part of an error that is raised elsewhere
TELL = {
    "app/asking.py": {"barred", "_beside", "NO_ADDRESS"},
    "cli/pause.py": {"OTHERWISE"},
    "cli/which.py": {"one"},
    "core/register/dates.py": {"interpreted"},
    "core/register/difference.py": {"excess", "__init__"},
    "core/returns/review.py": {"check_ruling"},
    "core/papers/circular.py": {"lacking"},
    "settings/__init__.py": {"load", "read", "_explained", "_line", "text", "KINDS"},
    "settings/complaints.py": {"*", "SIGNER", "TELEPHONE", "NEEDS"},
    "settings/refusals.py": {"book"},
    "store/epoch.py": {"strange"},
    "cli/demo.py": {"_left"},
    "cli/likely.py": {"meant"},
    "store/server.py": {"_strange"},
    "store/failures.py": {"reported"},
    "store/witness.py": {"lost"},
    "edge/signing.py": {"signer"},
    "edge/web_access.py": {"*"},
    "edge/https.py": {"place"},
    "wiring/edges.py": {"unpublished"},
    "core/sending/weekly.py": {"*"},
    "core/room.py": {"in_words"},
    "core/sending/timekeeping.py": {"doubt", "contradicted", "length"},
}
OTHERS = {**of_system.ROWS, **of_others.ROWS}
OURS = {english: thai for english, thai in ROWS.items() if english not in OTHERS}
HOLE = "\N{BULLET}"
ENGLISH = re.compile(r"(?<![\w.])[A-Za-z][a-z]+,? [a-z]{2,}(?![\w.])")
# names of keys and commands, as they are typed
TYPED = re.compile(r"`[^`]*`|pip install|openssl \w+|sarabanwatch address|system, marks"
                   r"|phrases, statuses|refresh token|rate, began|service account|write-ahead log")
PATTERN = re.compile(r"\.\*|\\[dw]")      # what is searched for, not told
MOST = 60       # readings of one message


@cache
def trees() -> dict[Path, ast.Module]:
    """Return the files of the product, taken apart."""
    return {path: ast.parse(path.read_text(encoding="utf-8"))
            for path in sorted(ROOT.rglob("*.py"))}


@cache
def errors() -> set[str]:
    """Return the names of the errors that end a command."""
    bases = {node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
             for tree in trees().values() for node in tree.body if isinstance(node, ast.ClassDef)}
    found = {"SarabanError"}
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return found | CLICKS


class Words:
    """Reads a message out of the code: every form that it may take, with a hole for each value."""

    def __init__(self, module: str, tree: ast.AST, of: ast.AST) -> None:
        self._module = module
        self._known: dict[str, list[ast.expr]] = {}
        for node in [*ast.iter_child_nodes(tree), *ast.walk(of)]:
            if isinstance(node, ast.Assign):
                for name, value in self._pairs(node):
                    self._known.setdefault(name, []).append(value)

    @staticmethod
    def _pairs(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            yield from ((part.id, each) for part, each
                        in zip(target.elts, value.elts, strict=False) if isinstance(part, ast.Name))

    def of(self, node: ast.AST) -> list[str]:
        """Return the forms of an expression; [HOLE] where it is any value."""
        found = getattr(self, f"_{type(node).__name__.lower()}", lambda _: [HOLE])(node)
        return list(dict.fromkeys(found))[:MOST]

    def _constant(self, node: ast.Constant) -> list[str]:
        return [node.value] if isinstance(node.value, str) else [HOLE]

    def _joinedstr(self, node: ast.JoinedStr) -> list[str]:
        return self._all(node.values)

    def _formattedvalue(self, node: ast.FormattedValue) -> list[str]:
        return [f"'{HOLE}'"] if node.conversion == ord("r") else self.of(node.value)

    def _binop(self, node: ast.BinOp) -> list[str]:
        return self._all([node.left, node.right]) if isinstance(node.op, ast.Add) else [HOLE]

    def _ifexp(self, node: ast.IfExp) -> list[str]:
        return [*self.of(node.body), *self.of(node.orelse)]

    def _boolop(self, node: ast.BoolOp) -> list[str]:
        return [form for each in node.values for form in self.of(each)]

    def _call(self, node: ast.Call) -> list[str]:
        f = node.func
        if isinstance(f, ast.Attribute) and f.attr == "join" and isinstance(f.value, ast.Constant):
            parts = getattr(node.args[0], "elts", [])
            return [str(f.value.value).join(each) for each in product(*map(self.of, parts))
                    ] if parts else [HOLE]
        if isinstance(f, ast.Attribute) and f.attr in {"rstrip", "strip"}:
            return self.of(f.value)
        return [HOLE]

    def _name(self, node: ast.Name) -> list[str]:
        if node.id in self._known:
            held = self._known.pop(node.id)     # a name that stands for itself is a hole
            found = [form for value in held for form in self.of(value)]
            self._known[node.id] = held
            return found
        value = getattr(import_module(self._module), node.id, None)
        return [value] if isinstance(value, str) else [HOLE]

    def _all(self, nodes: list[ast.expr]) -> list[str]:
        return ["".join(parts) for parts, _ in
                zip(product(*map(self.of, nodes)), range(MOST), strict=False)]


def messages(path: Path, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield every message of a file, with where it stands."""
    where = path.relative_to(ROOT).as_posix()
    module = ".".join(("sarabanwatch", *path.relative_to(ROOT).with_suffix("").parts)
                      ).removesuffix(".__init__")
    tells = TELL.get(where, set())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = [call for call in ast.walk(node)
                     if isinstance(call, ast.Call) and _lacks_thai(call)]
            found = [part for call in calls for part in call.args[:2]]
        else:
            found = []
        if tells.intersection(_names(node)):
            found += _texts(node)
        words = Words(module, tree, node) if found else None
        yield from ((f"{where}:{part.lineno}", form) for part in found if words
                    for form in words.of(part))


def _names(node: ast.AST) -> list[str]:
    """Return the name of a function ("*": any), or those of a table."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [node.name, "*"]
    return [getattr(each, "id", "") for each in getattr(node, "targets", [])]


def _lacks_thai(call: ast.Call) -> bool:
    """Say whether a call makes an error that does not carry its Thai itself."""
    f = call.func
    name = f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "")
    if ast.unparse(f) == "self.fail":       # of click's types
        return True
    if name == "Unreadable":
        return len(call.args) == 2      # the problem and its remedy; a third is both in Thai
    return name in errors() and len(call.args) > 0 and (name in CLICKS or len(call.args) == 1)


def _texts(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the texts of a function or a table that hold a space, whole; but for a docstring."""
    inner = {part for each in ast.walk(node) if isinstance(each, ast.JoinedStr)
             for part in ast.walk(each) if part is not each}
    inner |= {each.value for each in ast.walk(node) if isinstance(each, ast.Expr)
              and isinstance(each.value, ast.Constant)}
    for each in ast.walk(node):
        if each not in inner and (isinstance(each, ast.JoinedStr) or (
                isinstance(each, ast.Constant) and " " in str(each.value)
                and not PATTERN.search(str(each.value)))):
            yield each


@cache
def raised() -> dict[str, str]:
    """Return every message that may be raised, with where it stands."""
    return {form: where for path, tree in trees().items()
            for where, form in messages(path, tree)}


def in_english(text: str) -> list[str]:
    """Return the English that is left in a text, but for what is to be typed."""
    return ENGLISH.findall(TYPED.sub("", text))


def test_every_message_has_its_words_in_thai() -> None:
    left = {f"{where}: {in_thai(form)}" for form, where in raised().items()
            if in_english(in_thai(form))}
    assert not left, "\n".join(sorted(left))


def test_every_remedy_has_its_words_in_thai_where_it_is_told_alone() -> None:
    left = {f"{where}: {in_thai(remedy(form))}" for form, where in raised().items()
            if in_english(in_thai(remedy(form)))}
    assert not left, "\n".join(sorted(left))


def test_every_row_is_said_and_says_it_in_thai() -> None:
    told = "\n".join(raised())
    for english, thai in OURS.items():
        pattern = "(?:.*?)".join(map(re.escape, english.split("{}")))
        assert re.search(pattern, told), f"nobody says {english!r}"
        assert thai.startswith("`") or re.search("[ก-๛]", thai), thai


def test_a_row_has_the_same_values_in_both_languages() -> None:
    for english, thai in ROWS.items():
        values = [f"<{n}>" for n in range(english.count("{}"))]
        if not english.startswith("[Errno") and english not in of_others.ROWS:
            assert all(value in thai.format(*values) for value in values), english


@pytest.mark.parametrize(("english", "thai"), [
    ("no agency 9999 stands in the register", "ไม่มีหน่วยงานรหัส 9999 ในทะเบียน"),
    ("/etc/x.toml: relay.tsl: no such key; did you mean 'tls'?",
     "/etc/x.toml: relay.tsl: ไม่มีชื่อค่านี้ หมายถึง 'tls' หรือไม่"),
    ("/l.db cannot be written (No space left on device); make room there, or name another folder",
     "เขียน /l.db ไม่ได้ (เนื้อที่ดิสก์เต็ม) ให้เพิ่มเนื้อที่ หรือระบุโฟลเดอร์อื่น"),
    ("words that nobody wrote; of another", "words that nobody wrote; of another"),
])
def test_a_message_is_told_clause_by_clause(english: str, thai: str) -> None:
    assert in_thai(english) == thai


@pytest.mark.parametrize("said", ["x: " * 300, "x: " * 3000, ": \n" * 3000, "is empty; " * 90])
def test_whatever_a_server_says_the_error_that_repeats_it_is_told(said: str) -> None:
    assert "".join(lines(f"{said}nobody's words", "th")).endswith("nobody's words")


SERVER = 'connection failed: connection to server at "127.0.0.1", port 5432 failed: '
UNTRUSTED = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {} (_ssl.c:1000)"
AWAY = ("the ledger's server does not answer, or does not let us in ({}); see that it runs, and "
        "that ledger.url and ledger.password_file are right")


@pytest.mark.parametrize(("said", "thai"), [
    (f"{SERVER}Connection refused {of_others.REFUSED}", "พอร์ต 5432: ไม่รับการเชื่อมต่อ)"),
    (SERVER + 'FATAL: password authentication failed for user "saraban"',
     'FATAL: รหัสผ่านของผู้ใช้ "saraban" ไม่ถูกต้อง)'),
    (SERVER + 'FATAL: database "x" does not exist', 'ไม่มีฐานข้อมูล "x")'),
    (SERVER + "FATAL: the moon is in the wrong house", "FATAL: “the moon is in the wrong house”)"),
    (UNTRUSTED.format("self-signed certificate"),
     "(ใบรับรองของเครื่องปลายทางเชื่อถือไม่ได้: เป็นใบรับรองที่ลงนามเอง)"),
    (UNTRUSTED.format("Hostname mismatch, certificate is not valid for 'mail.x'."),
     "ใบรับรองไม่ใช่ของชื่อ 'mail.x')"),
    ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1000)",
     "(TLS: พอร์ตนี้ไม่ใช้ TLS)"),
    ("[Errno 111] Connect call failed ('127.0.0.1', 5432)", "(ต่อไม่ติด)"),
    ("[Errno -2] Name or service not known", "(ไม่มีชื่อเครื่องนี้)"),
])
def test_what_other_programs_say_is_in_thai_or_in_quotation_marks(said: str, thai: str) -> None:
    assert thai in in_thai(AWAY.format(said))


def test_what_a_server_that_is_away_makes_its_library_say_has_its_words() -> None:
    server = pytest.importorskip("sarabanwatch.store.server", exc_type=ImportError)
    with socket.socket() as nobody:     # bound, and nobody listens: no other program comes between
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://nobody@127.0.0.1:{nobody.getsockname()[1]}/x"
        with pytest.raises(LedgerAway) as away, server.session(url):
            pass
    told = in_thai(str(away.value))
    assert "ไม่รับการเชื่อมต่อ" in told
    assert not in_english(told)


def test_what_the_engine_of_a_file_says_has_its_words(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x")) as db:
        db.execute("CREATE TABLE t (x)")
    for place, text in ((f"file:{tmp_path}/none/x", "PRAGMA user_version"),
                        (f"file:{tmp_path}/x?mode=ro", "INSERT INTO t VALUES (1)")):
        with (pytest.raises(sqlite3.Error) as failed,
              closing(sqlite3.connect(place, uri=True)) as db):
            db.execute(text)
        assert not in_english(in_thai(str(failed.value)))


@pytest.mark.parametrize(("english", "thai"), [
    ("snapshot 1 was released by root at 2026-02-27 05:44 +07",
     "ข้อมูลที่ 1 ออกแล้วโดย root เมื่อ 27 ก.พ. 2569 05.44 น. (ไทย)"),
    ("snapshot 1 was released by root at 2026-02-27", "ข้อมูลที่ 1 ออกแล้วโดย root เมื่อ 27 ก.พ. 2569"),
    ("snapshot 1 was released by root at 2026-02-99", "ข้อมูลที่ 1 ออกแล้วโดย root เมื่อ 2026-02-99"),
])
def test_a_moment_is_told_as_it_is_told_in_thai(english: str, thai: str) -> None:
    assert in_thai(english) == thai


def test_an_error_is_told_in_thai_above_english_or_in_english_alone(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    thai = "ไม่พบหน่วยงานที่มีรหัสหรือชื่อ 'x' ดูรายชื่อทั้งหมดด้วย `agencies`"
    english = "no agency has the code 'x' or that in its name; `agencies` lists all"
    assert run("register", "import", config.parent / "register.csv", "-c", config)[0] == 0
    for asked, told in (([], f"{thai}\n  {english}"), (["--lang", "th"], f"{thai}\n  {english}"),
                        (["--lang", "en"], english)):
        assert run("agency", "show", "x", *asked, "-c", config) == (
            1, "", f"sarabanwatch: {told}\n")
    monkeypatch.setattr("sarabanwatch.cli._priority", lambda: "<3>")
    assert run("agency", "show", "x", "-c", config)[2] == f"<3>sarabanwatch: {english}\n"
