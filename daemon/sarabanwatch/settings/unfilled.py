"""What of a fresh configuration is still to be filled in, and how each value is got.

The skeleton that is installed (`config/skeleton.toml`) has FILL-IN where only the operator knows
the value, and above it a comment that says what it is and who can tell it. The comment is taken
from the operator's own file, so that nothing is said in two places.
"""

import re
from collections.abc import Iterator

PLACEHOLDER = "FILL-IN"
SECTION = re.compile(r"\[([\w.]+)\]")
TO_FILL = re.compile(rf'(\w+) = "{PLACEHOLDER}"')


def unfilled(text: str) -> Iterator[str]:
    """Yield a line for each key whose value is the mark: the key, and the comment above it."""
    section, comment = "", list[str]()
    for line in map(str.strip, text.splitlines()):
        if line.startswith("#"):
            comment.append(line.lstrip("# "))
            continue
        if head := SECTION.fullmatch(line):
            section = f"{head[1]}."
        elif key := TO_FILL.match(line):
            yield f"{section}{key[1]}: {' '.join(comment)}".rstrip(": ")
        comment.clear()
