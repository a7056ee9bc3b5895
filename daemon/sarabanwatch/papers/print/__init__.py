"""Printing: a typst template and plain facts become a PDF, PNG or SVG.

The same facts in the same typeface give the same bytes, because the document's date is given and
not the machine's. Facts are passed as JSON and never as source, so that no name can be read as
markup. Templates stand in config/print.

The typeface is Sarabun, of the extra `reports`: papers look the same wherever they are printed.
Text copied from a PDF is what was put in, because no mark is moved from where the face has drawn
it: see `type` in config/print/thai.typ.
"""

import asyncio
import importlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Literal

import segno

from sarabanwatch.core.errors import UnavailableError
from sarabanwatch.core.letters.unbroken import PATTERN
from sarabanwatch.core.letters.wording import Paper

Form = Literal["pdf", "png", "svg"]
PPI = 144.0   # of a PNG


def installed() -> bool:
    """Say whether all that printing needs is installed."""
    try:
        _typst(), _fonts()
    except UnavailableError:
        return False
    return True


def pages(template: Path, facts: Mapping[str, object], at: datetime, form: Form, *,
          ppi: float = PPI) -> list[bytes]:
    """Return a document: one PDF, or one picture for each page.

    `at` is its date, `ppi` the resolution of a PNG. Raise UnavailableError where the extra
    `reports` is not installed.
    """
    typst, fonts = _typst(), _fonts()
    made = typst.compile(
        str(template), root=str(template.parent), format=form, ppi=ppi,
        timestamp=int(at.timestamp()), font_paths=[str(fonts)], ignore_system_fonts=True,
        sys_inputs={"whole": PATTERN,
                    "facts": json.dumps(facts, ensure_ascii=False, sort_keys=True)})
    return made if isinstance(made, list) else [made]


def letter(paper: Paper, garuda: Mapping[str, object]) -> dict[str, object]:
    """Return the facts of a letter's template; `garuda` {}: its room is left free."""
    return asdict(paper) | {"qr": qr(paper.link), "garuda": garuda, "leads": "ตรวจสอบหนังสือ"}


def qr(link: str) -> str:
    """Return the QR code of a link, as an SVG drawing without margins; of no link, nothing."""
    if not link:
        return ""
    drawn = io.BytesIO()
    segno.make(link, error="m").save(drawn, kind="svg", border=0, xmldecl=False, svgclass=None,
                                     lineclass=None)
    return drawn.getvalue().decode()


class TypstPress:
    """Prints letters, off the event loop; the Press port."""

    def __init__(self, template: Path, failed: Callable[[BaseException], None],
                 garuda: Mapping[str, object] | None = None) -> None:
        self._template, self._failed, self._garuda = template, failed, garuda or {}

    async def pdf(self, paper: Paper, at: datetime) -> bytes:
        """Return a letter as PDF.

        Where typst fails, report that and return nothing: the letter is sent without its PDF.
        """
        try:
            return await asyncio.to_thread(self._set, paper, at)
        except RuntimeError as error:
            self._failed(error)
            return b""

    def _set(self, paper: Paper, at: datetime) -> bytes:
        try:
            return pages(self._template, letter(paper, self._garuda), at, "pdf")[0]
        except BaseException as error:  # noqa: BLE001 - a panic of typst's is no Exception
            raise RuntimeError(
                f"a letter goes out without its PDF: {type(error).__name__}: {error}"
            ) from None


def _typst() -> ModuleType:
    return _part("typst")


def _fonts() -> Path:
    """Return the folder of the typeface's files."""
    return Path(str(_part("fontpkg_sarabun").__file__)).parent / "files"


def _part(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        raise UnavailableError(
            "nothing can be printed without the extra: pip install 'sarabanwatch[reports]'"
        ) from None
