"""An import that is killed, wherever that is, leaves the old register or the new one."""

import asyncio
import signal
import sys
from contextlib import closing
from pathlib import Path

from fakes.samples import MONDAY, RULES
from sarabanwatch.core.agency import Agency
from sarabanwatch.edge.ledger import SqliteLedger, history, questions
from sarabanwatch.edge.register import load

HEAD = "รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล,ลิงก์ประกาศ,อีเมลตามประกาศ"
AGENCIES, MOMENTS = 2000, 14
# Takes the second list in a process of its own: READY before it begins, DONE when it is on disk.
PROGRAM = """
import asyncio, sys
from pathlib import Path
from fakes.samples import MONDAY, RULES
from sarabanwatch.edge.ledger import SqliteLedger
from sarabanwatch.edge.register import load
ledger, read = SqliteLedger(Path(sys.argv[1]), RULES), load(Path(sys.argv[2]))
print("READY", flush=True)
asyncio.run(ledger.roll.replace(read, MONDAY))
print("DONE", flush=True)
ledger.close()
"""


def listed(path: Path, word: str) -> Path:
    """Write a list in which everything differs from the other one's."""
    rows = (f"{n},{word} {n},กรม,saraban@{word}{n}.go.th,https://{word}.test,saraban@{word}{n}.go.th" for n in range(AGENCIES))
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


def stands(file: Path) -> list[Agency]:
    with questions.asking(file) as db:
        return [e.agency for e in history.stood(db, history.last(db)).entries]


async def killed_after(file: Path, new: Path, seconds: float) -> tuple[bool, float]:
    """Import in another process, and kill it so long after it began; say whether it had ended, and how long it took."""
    loop = asyncio.get_running_loop()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(file), str(new), stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path)})
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


async def test_a_killed_import_leaves_the_old_register_or_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    old, new = listed(tmp_path / "old.csv", "old"), listed(tmp_path / "new.csv", "new")
    with closing(SqliteLedger(file, RULES)) as ledger:
        await ledger.roll.replace(load(old), MONDAY)
    before, pristine = stands(file), file.read_bytes()
    trial = tmp_path / "trial.db"
    trial.write_bytes(pristine)
    done, whole = await killed_after(trial, new, 60)
    after = stands(trial)
    assert done
    assert before != after
    met = set()
    for moment in range(MOMENTS):
        here = tmp_path / f"{moment}.db"
        here.write_bytes(pristine)
        done, _ = await killed_after(here, new, whole * moment / MOMENTS)
        found = stands(here)
        assert found in (before, after)
        assert found == after or not done       # what was said to be done is done
        met.add(found == after)
        with questions.asking(here) as db:
            assert db.pragma("integrity_check") == "ok"
            assert len(list(history.imports(db))) == 1 + (found == after)
    assert False in met
