"""An import that is killed, wherever that is, leaves the old register or the new one."""

import asyncio
import pickle
import signal
import sys
from contextlib import closing
from pathlib import Path

import pytest

from fakes.mailroom import CONFIG as MAILROOM
from fakes.samples import MONDAY, RULES
from sarabanwatch import store
from sarabanwatch.core.register import Register
from sarabanwatch.edge.register import load
from sarabanwatch.store import FileLedger, history, queries

HEAD = "รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล,ลิงก์ประกาศ,อีเมลตามประกาศ"
AGENCIES = 1000
CONFIG = MAILROOM + '[ledger]\nfile = "trial.db"\n'
# Each takes the second list in a process of its own: it prints READY before it begins, and DONE
# when the list is on disk.
BOOK = """
import asyncio, pickle, sys
from pathlib import Path
from fakes.samples import MONDAY, RULES
from sarabanwatch import store
from sarabanwatch.store import FileLedger
ledger = FileLedger(Path(sys.argv[1]))
read = pickle.loads(Path(sys.argv[2]).with_suffix(".read").read_bytes())
print("READY", flush=True)
asyncio.run(ledger.write(store.register_table.replace, read, RULES, MONDAY))
print("DONE", flush=True)
ledger.close()
"""
VERB = """
import sys
from pathlib import Path
from sarabanwatch.cli import main
file, new = sys.argv[1:]
sys.argv = ["sarabanwatch", "register", "import", new, "--yes", "--json",
            "-c", str(Path(file).with_suffix(".toml"))]
print("READY", flush=True)
sys.stdout = sys.stderr
main()
print("DONE", file=sys.__stdout__, flush=True)
"""


def listed(path: Path, word: str) -> Path:
    """Write a list in which everything differs from the other one's."""
    rows = (
        f"{n}.0,{word} {n},กรม,saraban@{word}{n}.go.th,https://{word}.test,saraban@{word}{n}.go.th"
        for n in range(AGENCIES)
    )
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


def stands(file: Path) -> Register:
    """Return the register whole, with what had to be interpreted to read it."""
    with queries.asking(file) as db:
        return history.stood(db, history.last(db))


async def killed_after(program: str, file: Path, new: Path, seconds: float) -> tuple[bool, float]:
    """Import in another process and kill it so long after it began; say whether it had ended, and
    how long it took."""
    loop = asyncio.get_running_loop()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(file), str(new), stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, env={"PYTHONPATH": ":".join(sys.path)})
    assert process.stdout
    assert await process.stdout.readline() == b"READY\n"
    began = loop.time()
    end = asyncio.create_task(process.stdout.readline())
    await asyncio.wait({end}, timeout=seconds)
    took = loop.time() - began
    if process.returncode is None:
        process.send_signal(signal.SIGKILL)
    said = await end
    await process.wait()
    return said == b"DONE\n", took


@pytest.mark.parametrize(("program", "moments"), [(BOOK, 9), (VERB, 3)])
async def test_a_killed_import_leaves_the_old_register_or_the_new_one(tmp_path: Path, program: str,
                                                                      moments: int) -> None:
    file = tmp_path / "ledger.db"
    old, new = listed(tmp_path / "old.csv", "old"), listed(tmp_path / "new.csv", "new")
    new.with_suffix(".read").write_bytes(pickle.dumps(load(new)))
    with closing(FileLedger(file)) as ledger:
        await ledger.write(store.register_table.replace, load(old), RULES, MONDAY)
    before, pristine = stands(file), file.read_bytes()
    trial = tmp_path / "trial.db"
    trial.write_bytes(pristine)
    (tmp_path / "trial.toml").write_text(CONFIG)
    done, whole = await killed_after(program, trial, new, 60)
    after = stands(trial)
    assert done
    assert before != after
    assert all(entry.notes for entry in (*before.entries, *after.entries))
    met = set()
    for moment in range(moments):
        here = tmp_path / f"{moment}.db"
        here.write_bytes(pristine)
        here.with_suffix(".toml").write_text(CONFIG.replace("trial", here.stem))
        done, _ = await killed_after(program, here, new, whole * (1 + moment) / (1 + moments))
        found = stands(here)
        assert found in (before, after)
        assert found == after or not done       # what was said to be done is done
        met.add(found == after)
        with queries.asking(here) as db:
            assert db.pragma("integrity_check") == "ok"
            assert len(list(history.imports(db))) == 1 + (found == after)
    assert False in met
