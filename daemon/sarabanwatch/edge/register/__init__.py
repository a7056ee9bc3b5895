"""Register files -> a register: CSV, XLSX, XLS, ODS, whatever their name says.

Knows files and processes. A file is read in a child process with bounds of memory and time, so that nothing in it can hurt
the daemon; what a row means is the business of `core.register`.
"""

import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from sarabanwatch.core.register import Register, Unreadable
from sarabanwatch.edge.register.child import Asked, Refused

PATIENCE = 600.0   # wall seconds; the child's own bound, of processor time, comes long before on all but a stopped machine


def load(path: Path, sheet: str = "", headings: Mapping[str, Sequence[str]] | None = None) -> Register:
    """Read a register file; raise Unreadable (naming file, place, remedy) where it cannot be read at all.

    `sheet` names one of a workbook's; otherwise the first with the needed headings is read. `headings` are further names
    of columns, by field.
    """
    asked = Asked(str(path), sheet, {field: tuple(names) for field, names in (headings or {}).items()})
    try:
        done = subprocess.run([sys.executable, "-m", __name__], input=pickle.dumps(asked), capture_output=True,  # noqa: S603 - ourselves
                              check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise _unreadable(path, "is not read in ten minutes", "ask for the list as a plain CSV file") from None
    answer = pickle.loads(done.stdout) if done.returncode == 0 else None  # noqa: S301 - our own child wrote it
    if isinstance(answer, Register):
        return answer
    if isinstance(answer, Refused):
        raise Unreadable(f"{path}{answer.problem}", answer.remedy, answer.thai)
    raise _unreadable(path, "takes more memory or time to read than a register may", "ask for the list as a plain CSV file")


def _unreadable(path: Path, problem: str, remedy: str) -> Unreadable:
    return Unreadable(f"{path}: {problem}", remedy, "ไฟล์นี้อ่านไม่สำเร็จ ให้ขอเป็นไฟล์ CSV")
