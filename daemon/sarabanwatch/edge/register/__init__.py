"""Register files -> a register: CSV, XLSX, XLS, ODS and HTML, whatever their name says.

A file is read in a child process with limits on memory and time, so that nothing in it can harm the
daemon. What a row means is decided in `core.register`.
"""

import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGABRT, SIGKILL, SIGSEGV, SIGXCPU
from tempfile import TemporaryFile
from typing import IO

from sarabanwatch.core.errors import NoReader
from sarabanwatch.core.register import ROWS_AT_MOST, Register, Unreadable
from sarabanwatch.edge.register.bounds import Bounds
from sarabanwatch.edge.register.child import TOO_MUCH, ReadRefusal, ReadRequest, joined

# how a child ends that was over its limits
OVER_LIMITS = (TOO_MUCH, -SIGXCPU, -SIGKILL, -SIGABRT, -SIGSEGV)


def load(path: Path, sheet: str = "",
         headings: Mapping[str, Sequence[str]] | None = None,
         rows_at_most: int = ROWS_AT_MOST) -> Register:
    """Read a register file; raise Unreadable (with file, place and remedy) where it cannot be read.

    Raise NoReader where the child process could not be started, or failed by a fault of ours: then
    nothing is known of the file. `sheet` names a sheet of a workbook; by default the first sheet
    with the needed headings is read. `headings` are further names of columns, by field. A file of
    more than `rows_at_most` rows is refused.
    """
    more = {field: tuple(names) for field, names in (headings or {}).items()}
    bounds = Bounds(rows_at_most)
    request = pickle.dumps(ReadRequest(str(path), sheet, more, bounds))
    with TemporaryFile() as written:    # a long list is not held in memory twice
        ended = _read(path, request, bounds.patience, written)
        written.seek(0)
        answer = joined(written) if ended.returncode == 0 else None
    if isinstance(answer, Register):
        return answer
    if isinstance(answer, ReadRefusal):
        raise Unreadable(f"{path}{answer.problem}", answer.remedy, f"{path}: {answer.thai}")
    last_words = ended.stderr.decode(errors="replace").split("\n")[-2:]
    raise _no_reader(path, last_words[0] or f"it ended with {ended.returncode}")


def _read(path: Path, request: bytes, within: float,
          into: IO[bytes]) -> "subprocess.CompletedProcess[bytes]":
    """Have a child write its answer; raise Unreadable where it was over its limits."""
    try:
        done = subprocess.run([sys.executable, "-I", "-m", __name__], input=request,  # noqa: S603 - ourselves
                              stdout=into, stderr=subprocess.PIPE, check=False,
                              timeout=within, start_new_session=True)
    except subprocess.TimeoutExpired:
        raise _unreadable(path, f"is not read in {within / 60:.0f} minutes") from None
    except OSError as error:
        raise _no_reader(path, str(error.strerror)) from None
    if done.returncode in OVER_LIMITS:
        raise _unreadable(path, "takes more memory or time to read than a register may")
    return done


def _no_reader(path: Path, why: str) -> NoReader:
    return NoReader(f"{path}: not read, for the process that reads lists failed ({why}); "
                    "nothing is known of the list")


def _unreadable(path: Path, problem: str) -> Unreadable:
    return Unreadable(f"{path}: {problem}", "ask for the list as a plain CSV file",
                      f"{path}: อ่านไม่สำเร็จ ให้ขอเป็นไฟล์ CSV")
