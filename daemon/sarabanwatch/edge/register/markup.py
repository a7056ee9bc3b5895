"""Parses one XML part of an archive piece by piece. `form` has measured the archive before."""

import zipfile
from collections.abc import Callable
from xml.parsers import expat

from sarabanwatch.edge.register.form import damaged

PIECE = 1 << 16


def walk(
    archive: zipfile.ZipFile, part: str, start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] = lambda _: None, text: Callable[[str], object] = lambda _: None,
) -> None:
    """Call `start`, `end` and `text` for the elements of a part, if there is such a part.

    Raise Unreadable where it is damaged.
    """
    if part not in archive.namelist():
        return
    # `form` refuses declared entities; expat opens no external reference
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, ValueError, OSError):
        raise damaged() from None
