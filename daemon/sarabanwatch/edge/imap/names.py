r"""Names of folders: how they go over the wire, and which of those that a server lists is meant.

On the wire a name is modified UTF-7 (RFC 3501 section 5.1.3), or UTF-8 where both sides agreed on
it (RFC 6855): `&DggTJQkeEiMyBw-` or `ขยะ`. Servers part a folder from the one it stands in by `/`,
`.` or another sign, and some keep all folders below INBOX. Who configures us need know neither: a
name is written with `/`, or as what a folder is for (RFC 6154): `\Junk`.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import NamedTuple

INBOX = "INBOX"
PLAIN = re.compile(r"[\x20-\x25\x27-\x7e]+|&|[^\x20-\x7e]+")
CODED = re.compile(r"&([A-Za-z0-9+,]*)-")


class ListedFolder(NamedTuple):
    """A folder as a server lists it.

    Its name, the sign that parts names, its attributes in capitals.
    """

    name: str
    parted_by: str = "/"
    attributes: frozenset[str] = frozenset()


def encoded(name: str) -> str:
    """Return a name in modified UTF-7."""
    return PLAIN.sub(lambda found: _coded(found[0]), name)


def _coded(run: str) -> str:
    if run == "&":
        return "&-"
    if run[0] < "\x7f" and run[0] >= " ":
        return run
    coded = b64encode(run.encode("utf-16-be", "surrogatepass")).decode()
    return f"&{coded.rstrip('=').replace('/', ',')}-"


def decoded(name: str) -> str:
    """Return a name out of modified UTF-7; what is none stays as it is."""
    return CODED.sub(lambda found: _plain(found[1]) if found[1] else "&", name)


def _plain(run: str) -> str:
    try:
        return b64decode(run.replace(",", "/") + "=" * (-len(run) % 4)).decode("utf-16-be")
    except ValueError:
        return f"&{run}-"


def meant(wanted: str, listed: Iterable[ListedFolder]) -> str | None:
    """Return the name, as the server has it, of the folder that is wanted.

    None where it has none.
    """
    open_ = [each for each in listed if not each.attributes & {"\\NOSELECT", "\\NONEXISTENT"}]
    if wanted.startswith("\\"):
        return next((each.name for each in open_ if wanted.upper() in each.attributes), None)
    exact = next((each.name for each in open_ if each.name == wanted), None)
    path = _path(wanted, "/")
    return exact or next((each.name for each in open_ if _stands_at(each, path)), None)


def _stands_at(folder: ListedFolder, path: list[str]) -> bool:
    """Say whether a folder stands there, or there below INBOX, as some servers have all folders."""
    own = _path(folder.name, folder.parted_by)
    return own == path or (own[0] == INBOX and own[1:] == path)


def _path(name: str, parted_by: str) -> list[str]:
    first, *rest = name.split(parted_by) if parted_by else [name]
    return [INBOX if first.upper() == INBOX else first, *rest]
