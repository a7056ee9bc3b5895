"""What a file is, by its octets and not by its name; and whether an archive may be unpacked.

A workbook that is a ZIP archive is unpacked once, piece by piece, and measured before anything else
reads it, because the sizes that an archive declares may be false.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Literal, NamedTuple

from sarabanwatch.core.register import Note, Unreadable

MOST_ENTRIES = 5_000
MOST_UNPACKED = 256 << 20   # octets; 200,000 rows take about 120 MB
MOST_RATIO = 250            # unpacked to packed, if larger than SMALL; real sheets reach about 50
SMALL = 8 << 20             # octets
PIECE = 1 << 20
SAVE = "save it as XLSX or CSV UTF-8"

OTHERS = (   # how a file begins, and what it is then
    (b"%PDF",            "a PDF"),
    (b"\x89PNG",         "a picture"),
    (b"\xff\xd8\xff",    "a picture"),
    (b"GIF8",            "a picture"),
    (b"\x1f\x8b",        "packed (gzip)"),
    (b"7z\xbc\xaf",      "packed (7-Zip)"),
    (b"Rar!",            "packed (RAR)"),
    (b"{\\rtf",          "a document (RTF)"),
    (b"SQLite format 3", "a database"),
    (b"<?xml",           "an XML file"),
    (b"\x7fELF",         "a program"),
    (b"MZ\x90",          "a program"),
)


class FileForm(NamedTuple):
    """A form of file, notes on it, and the kind of workbook whose marks can be read ("": none).

    `parts`: the parts of an archive in which there are marks.
    """

    workbook: bool
    notes: tuple[Note, ...] = ()
    kind: Literal["", "xlsx", "ods", "xls"] = ""
    parts: frozenset[str] = frozenset()


def of(raw: bytes) -> FileForm:
    """Return the form of a file; raise Unreadable where no register can have it."""
    if raw.startswith(b"PK"):
        return _unpackable(raw)
    if raw.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            raise locked()
        return FileForm(workbook=True, kind="xls")
    begins = raw[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for beginning, what in OTHERS:
        if begins.startswith(beginning.lower()):
            raise Unreadable(f"it is {what}, whatever its name", SAVE,
                             "ไฟล์นี้ไม่ใช่ตาราง ให้บันทึกเป็น XLSX หรือ CSV UTF-8")
    return FileForm(workbook=False)


def locked() -> Unreadable:
    """Return the error for a file that is encrypted."""
    return Unreadable("it is locked with a password", "save it without one",
                      "ไฟล์ถูกล็อกด้วยรหัสผ่าน ให้บันทึกใหม่โดยไม่ใส่รหัสผ่าน")


def _unpackable(raw: bytes) -> FileForm:
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise damaged() from None
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(f"an archive of {len(entries):,} files", SAVE,
                         "ไฟล์บีบอัดมีไฟล์ย่อยมากเกินไป")
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise Unreadable("an archive that is no workbook", SAVE, "ไฟล์บีบอัดนี้ไม่ใช่สมุดงาน")
    if any(entry.flag_bits & 1 for entry in entries):
        raise locked()
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise _bomb("declares")
    if "xl/workbook.bin" in names:
        raise Unreadable("in an XLSB an error cannot be told from an empty cell", SAVE,
                         "ไฟล์ XLSB แยกค่าผิดพลาดกับช่องว่างไม่ได้ ให้บันทึกเป็น XLSX")
    found = {entry.filename: _opened(raw, entry) for entry in entries}
    seen = set().union(*found.values())
    if "manifest:encryption-data" in seen:
        raise locked()
    seen |= _kinds_of(names)
    notes = tuple(note for sign, note in SIGNS.items() if sign in seen)
    return FileForm(workbook=True, notes=notes,
                    kind="xlsx" if "xl/workbook.xml" in names else "ods",
                    parts=frozenset(name for name, signs in found.items() if MARKED in signs))


def _kinds_of(names: set[str]) -> set[str]:
    return {sign for sign in ("externalLinks/", "vbaProject.bin")
            if any(sign in name for name in names)}


SIGNS = {   # what is found in a workbook -> the note on it
    "<f>": Note("", "formulas are not worked out; what they last showed is read",
                "ไม่คำนวณสูตร อ่านค่าที่แสดงครั้งสุดท้าย"),
    "externalLinks/": Note("", "links to other files are not followed", "ไม่เปิดลิงก์ไปยังไฟล์อื่น"),
    "spanned": Note("", "merged cells of an ODS are not filled down: save it as XLSX, "
                        "if rows then lack a cell",
                    "เซลล์ที่ผสานใน ODS ไม่ถูกเติมลงแถวล่าง หากข้อมูลขาดให้บันทึกเป็น XLSX"),
    "vbaProject.bin": Note("", "macros are not run", "ไม่เรียกใช้มาโคร"),
}
MARKED = "marked"       # a part has a formula, a link, a strike, an error, or something hidden
STRIKE = (b"strike",)
MARKING: dict[str, tuple[bytes, ...]] = {     # by part: the octets that show it
    "xl/worksheets/": (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b"hyperlink ", b"hidden=", b't="e"',
                       b"t='e'", *STRIKE),
    "xl/styles.xml": STRIKE, "xl/sharedStrings.xml": STRIKE,
    "content.xml": (b"table:formula", b"text:a ", b"line-through", b"collapse", b"filter",
                    b'="error', b"='error"),
}
MARKUP = {b"<!ENTITY": "<!ENTITY", b"<!DOCTYPE": "<!ENTITY", b"<f>": "<f>", b"<f ": "<f>",
          b"table:formula=": "<f>",
          **{b'number-rows-spanned="%d' % n: "spanned" for n in range(2, 10)},
          b"manifest:encryption-data": "manifest:encryption-data"}


def _opened(raw: bytes, entry: zipfile.ZipInfo) -> set[str]:
    """Unpack one entry piece by piece; return the signs in its markup.

    Raise Unreadable where it is larger than it declares, or far larger than it is packed.
    """
    signs: set[str] = set()
    unpacked, tail = 0, b""
    for piece in _pieces(raw, entry):
        unpacked += len(piece)
        if unpacked > entry.file_size or (unpacked > SMALL
                                          and unpacked > MOST_RATIO * entry.compress_size):
            raise _bomb("holds")
        if entry.filename.endswith((".xml", ".rels")):
            signs |= _signs(tail + piece, entry.filename)
        tail = piece[-32:]
    if "<!ENTITY" in signs:
        raise Unreadable(f"its part {entry.filename!r} declares entities", SAVE,
                         "โครงสร้างภายในไฟล์ผิดปกติ")
    return signs


def _signs(piece: bytes, part: str) -> set[str]:
    signs = {sign for markup, sign in MARKUP.items() if markup in piece}
    marks = next((marks for beginning, marks in MARKING.items() if part.startswith(beginning)), ())
    return signs | {MARKED} if any(markup in piece for markup in marks) else signs


def _pieces(raw: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what an entry really holds, unpacked to its own end and not to the declared size."""
    head = entry.header_offset
    lengths = raw[head + 26:head + 30]
    if len(lengths) < 4 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise damaged()
    name, extra = (int.from_bytes(part, "little") for part in (lengths[:2], lengths[2:]))
    start = head + 30 + name + extra
    packed = raw[start:start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, PIECE)
            packed = unpacker.unconsumed_tail
    except zlib.error:
        raise damaged() from None


def _bomb(how: str) -> Unreadable:
    return Unreadable(f"it {how} far more than a register does when unpacked", SAVE,
                      "ไฟล์ขยายแล้วใหญ่ผิดปกติ")


def damaged() -> Unreadable:
    """Return the error for a file that is not whole."""
    return Unreadable("it is damaged, or was cut off on its way", "send it again",
                      "ไฟล์เสียหายหรือส่งมาไม่ครบ ให้ส่งใหม่")
