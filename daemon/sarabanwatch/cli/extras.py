"""Which optional parts of the program are installed here, and what does not work without them.

A part is what `pip install 'sarabanwatch[NAME]'` brings. The installer and the package bring all of
them; only who installs the bare wheel by hand may lack one.
"""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from sarabanwatch.cli.terminal import both


class Extra(NamedTuple):
    """An optional part: its name, the distributions it needs, and what is missing without it."""

    name: str
    needs: tuple[str, ...]
    thai: str
    english: str

    @property
    def installed(self) -> str:
        """Return the version of what the part is chiefly made of; "" where it is not whole."""
        try:
            versions = [version(name) for name in self.needs]
        except PackageNotFoundError:
            return ""
        return f"{self.needs[0]} {versions[0]}"

    @property
    def remedy(self) -> str:
        """Return how the part is installed."""
        return f"pip install 'sarabanwatch[{self.name}]'"


EXTRAS = (
    Extra("reports", ("typst", "fontpkg-sarabun"),
          "หนังสือและรายงานจะไม่มี PDF", "letters and reports go without a PDF"),
    Extra("dkim", ("dkimpy", "pynacl"),
          "ไม่ลงนามและไม่ตรวจลายมือชื่อ DKIM",
          "nothing is signed, and no signature of a reply is verified"),
    Extra("oauth", ("pyjwt", "cryptography"),
          "เข้าสู่ระบบด้วยใบรับรองหรือบัญชีบริการไม่ได้", "no log-in by certificate or service account"),
    Extra("postgres", ("psycopg", "psycopg-binary"),
          "ใช้ฐานข้อมูลบนเครื่องแม่ข่าย PostgreSQL ไม่ได้", "no ledger on a PostgreSQL server"),
)


def lacking() -> Iterator[str]:
    """Yield a line for each part that is not installed: what does not work, and the remedy."""
    for each in EXTRAS:
        if not each.installed:
            thai = f"{each.thai}: ยังไม่ได้ติดตั้งส่วนเสริม `{each.name}`"
            english = f"{each.english}: the extra `{each.name}` is not installed"
            yield f"{both(thai, english)}; {each.remedy}"
