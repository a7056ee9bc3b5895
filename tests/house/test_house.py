"""The house keeps its own rules."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(p for p in (ROOT / "daemon").rglob("*.py") if "__pycache__" not in p.parts)


def test_the_source_root_is_no_package():
    assert not (ROOT / "daemon" / "__init__.py").exists()


def test_no_class_name_stands_twice_in_the_product():
    """Who reads a name knows which one is meant."""
    where = defaultdict(list)
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and "sarabanwatch" in path.parts:
                where[node.name].append(f"{path.relative_to(ROOT / 'daemon')}:{node.lineno}")
    assert {name: places for name, places in where.items() if len(places) > 1} == {}


def test_every_folder_at_the_top_tells_what_lives_in_it():
    for name in ("config", "systemd", "tests", "deploy", "daemon"):
        assert (ROOT / name / "README.md").exists(), name


def test_the_pins_have_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    pins = re.findall(r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==", lock, flags=re.MULTILINE | re.IGNORECASE)
    assert len(pins) > 30
    assert len(re.split(r"^(?=[a-z0-9])", lock,
                        flags=re.MULTILINE | re.IGNORECASE)) - 1 == len(pins)
    assert all("--hash=sha256:" in block
               for block in re.split(r"\n(?=[a-z0-9])", lock, flags=re.IGNORECASE))


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["demo"],
              *project["optional-dependencies"]["test"]]
    pinned = {line.partition("==")[0].lower()
              for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line}
    assert {re.split(r"[<>=~ ]", w)[0].lower() for w in wanted} <= pinned


def test_help_comes_without_importing_the_daemon():
    script = """
import sys
sys.argv = ["sarabanwatch", "--help"]
from sarabanwatch.cli import main
try:
    main()
except SystemExit:
    pass
print(sorted(m for m in sys.modules if m in {"apsw", "uvicorn", "msgspec", "apscheduler", "dns"}))
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          check=True).stdout
    assert said.endswith("[]\n")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_the_wheel_carries_command_configuration_and_land(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    carried = ("sarabanwatch.toml", "groups.toml", "address-rules.toml", "letters/probe.txt",
               "holidays/extra.toml", "print/letter.typ")
    assert {f"sarabanwatch/config/{name}" for name in carried} <= names
    assert {"sarabanland/__main__.py", "sarabanwatch/cli/__init__.py",
            "sarabanwatch/store/schema.sql"} <= names
    entry = next(n for n in names if n.endswith("entry_points.txt"))
    assert "sarabanwatch = sarabanwatch.cli:main" in zipfile.ZipFile(wheel).read(entry).decode()


def test_the_wheel_runs_where_it_is_unpacked(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    script = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from sarabanwatch import settings
print(settings.shipped("groups.toml"))
"""
    run = [sys.executable, "-I", "-c", script]
    said = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert said.startswith(str(tmp_path))


def test_what_the_manual_says_is_supported_is_what_the_gate_tries():
    plan = re.search(r"<<'PLAN'\n(.*?)\nPLAN", (ROOT / ".ci" / "run").read_text(), flags=re.DOTALL)
    promise = re.search(r"Runs on Linux: (.*?)\.\s", (ROOT / "README.md").read_text(),
                        flags=re.DOTALL)
    assert plan
    assert promise
    tried = [line.split() for line in plan[1].splitlines()]
    assert set(re.findall(r"3\.1\d", promise[1])) == {python
                                                      for _, python, *_ in tried} - {"python3"}
    suites = set(re.findall(r"\((\w+)\)", promise[1]))
    # the machine that the dispatcher runs on, and the one beside it
    assert suites == {"bookworm", "trixie"}
    assert "trixie" in {where for where, *_ in tried}


def test_no_process_of_ours_takes_code_from_the_current_folder():
    """`python -m` puts the current folder before all others; -I does not."""
    spawned = [(path.name, line.strip()) for path in SOURCES
               for line in path.read_text(encoding="utf-8").splitlines()
               if "sys.executable" in line]
    assert len(spawned) >= 4
    assert [each for each in spawned if '"-I"' not in each[1]] == []


@pytest.mark.parametrize("program", [("-m", "sarabanwatch"), ("-c",
                                                   "from sarabanwatch.cli import main; main()")])
def test_a_verb_runs_nothing_that_lies_in_the_current_folder(program, tmp_path):
    for name in ("pickle", "json", "struct", "pathlib", "typing", "click", "calamine"):
        (tmp_path / f"{name}.py").write_text(f"print('{name} ran'); raise SystemExit(9)\n")
    (tmp_path / "list.csv").write_text(
        "รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล\n1001,กรมหนึ่ง,กรม,saraban@one.go.th\n"
    )
    # a console script's own folder is that of the script
    isolated = ["-P"] if program[0] == "-c" else []
    run = [sys.executable, *isolated, *program, "register", "check", "list.csv"]
    said = subprocess.run(run, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (said.returncode, "ran" in said.stdout + said.stderr) == (0, False), said.stderr


def test_people_are_told_moments_by_bangkoks_clock():
    """A moment that is cut out of a stored one is Greenwich's.

    A verb prints it by `terminal.moment` or `terminal.day`.
    """
    moments = re.compile(r"(_at|\bat|since|until|as_of)['\"]?\]?\)?\[:1[0-9]\]|%H:%M\}Z")
    found = [f"{path.name}: {line.strip()}" for path in SOURCES if path.parent.name == "cli"
             for line in path.read_text(encoding="utf-8").splitlines() if moments.search(line)]
    assert found == []


def test_the_store_imports_a_file_only_when_it_is_named() -> None:
    """A merge once brought the eager imports back, beside the lazy ones."""
    asked = ("import sys, sarabanwatch.store; "
             "print(*(name for name in sys.modules if name.startswith('sarabanwatch.store.')))")
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True,
                           check=True)
    assert found.stdout.split() == ["sarabanwatch.store.tx"]
