"""The form of log lines: for people on a terminal, as JSON otherwise.

Under the service manager each line of JSON bears its priority (`<3>{...}`, sd-daemon(3)), so that
`journalctl -p warning` finds what a person should see.

Log lines quote other servers, and these quote addresses of people: a clerk to whom an office
forwards its mail, for example. So only the first letter and the domain of each address in a line
are written (`s…@one.go.th`). The agency that a line is about is given by its code; the whole words
stand in the ledger, and `explain` prints them.
"""

import os
import re
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

PRIORITIES = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}
# no backtracking: what may stand before the @ is taken whole, or not at all
LOCAL = r"""[^\s<>()\[\],;:"'@]"""
ADDRESS = re.compile(rf"(?<!{LOCAL})({LOCAL}){LOCAL}*+@(?=[\w\[])")

Facts = MutableMapping[str, Any]


def logger(stream: TextIO) -> Any:  # noqa: ANN401 - structlog's own loggers have no common type
    """Return what writes lines to a stream."""
    if stream.isatty():
        form: list[Any] = [structlog.dev.ConsoleRenderer(colors=True)]
    else:
        form = [structlog.processors.JSONRenderer(ensure_ascii=False)]
        if is_journal(stream):
            form.append(_with_priority)
    return structlog.wrap_logger(
        structlog.WriteLogger(stream),
        processors=[structlog.processors.add_log_level, structlog.processors.format_exc_info,
                    mask, *form]).bind()    # once, and not at each line


def mask(_logger: object, _method: str, facts: Facts) -> Facts:
    """Replace each address in a line by its first letter and its domain."""
    for name, value in facts.items():
        if isinstance(value, str) and "@" in value:
            facts[name] = ADDRESS.sub(r"\1…@", value)
    return facts


def _with_priority(_logger: object, method: str, line: str) -> str:
    return f"<{PRIORITIES.get(method, PRIORITIES['info'])}>{line}"


def is_journal(stream: TextIO) -> bool:
    """Say whether a stream leads to the service manager's journal (systemd.exec(5))."""
    journal = os.environ.get("JOURNAL_STREAM", "")
    try:
        stands = os.fstat(stream.fileno())
    except (OSError, ValueError):       # a stream without a file behind it
        return False
    return journal == f"{stands.st_dev}:{stands.st_ino}"
