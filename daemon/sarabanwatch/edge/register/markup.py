"""Walks over one XML part of an archive, a piece at a time. What may be unpacked was measured before (`form`)."""

import zipfile
from collections.abc import Callable
from xml.parsers import expat

from sarabanwatch.edge.register.form import damaged

PIECE = 1 << 16


def walk(
    archive: zipfile.ZipFile, part: str, start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] = lambda _: None, text: Callable[[str], object] = lambda _: None,
) -> None:
    """Tell of each element's beginning and end and of the text between; nothing where there is no such part. Raise Unreadable."""
    if part not in archive.namelist():
        return
    # declared entities were refused before; expat follows no reference outside
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = (
        start,
        end,
        text,
    )
    try:
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile, ValueError, OSError):
        raise damaged() from None
