"""From bytes to text: encodings, binary files, and documents that are too long."""

from __future__ import annotations

import codecs
import re

from ...core.model import Problem, Severity
from ...core.ports import Document
from ...errors import SourceError
from .raw import Raw

_SAVE_AS_TEXT = "Export it as Markdown, HTML or plain text, and give that file."
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a Word document, spreadsheet or other ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word, Excel or Outlook file"),
    (b"{\\rtf", "a rich text (RTF) file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x7fELF", "a program"),
)
# Longest first: the mark of UTF-32 little endian begins with that of UTF-16.
_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_CONTROL = bytes(n for n in range(32) if n not in b"\t\n\r\x0b\x0c\x1b")
# Control characters of both kinds, and the marks that reverse the order in which text is shown.
_UNSEEN = dict.fromkeys(
    [*(n for n in range(32) if n not in (9, 10)), *range(0x7F, 0xA0), *range(0x202A, 0x202F),
     *range(0x2066, 0x206A)]
)  # fmt: skip
_SAMPLE = 8192
_MOST_CONTROL = 0.02  # of the sample; text has none, binary data some 10 %


def decode(raw: Raw, encoding: str | None = None) -> Document:
    """The document's text with ``\\n`` line ends, and what had to be guessed or left out.

    Raises SourceError for an empty or a binary document, or where ``encoding`` does not fit."""
    if not raw.data.strip():
        raise SourceError(
            "is empty", where=raw.name, fix="Give a root cause analysis as Markdown, HTML or plain text."
        )
    marked = next((name for mark, name in _MARKS if raw.data.startswith(mark)), None)
    problems: list[Problem] = []
    if encoding is not None:
        text = _with_encoding(raw, encoding)
    elif marked is not None:
        text = _partial(raw, marked, "replace")
    else:
        _refuse_binary(raw)
        text = _guess(raw, problems)
    text = _harmless(text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise SourceError(
            "holds no text", where=raw.name, fix="Give a root cause analysis as Markdown, HTML or plain text."
        )
    if raw.cut:
        text = text[: text.rfind("\n") + 1] or text
        problems.append(_cut_problem(raw, text))
    return Document(raw.name, text, tuple(problems))


def _harmless(text: str) -> str:
    """The text without what only a terminal obeys: pasted logs hold colours, and worse can be hidden so."""
    if "\x1b" in text:
        text = re.sub(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?)", "", text)
    return text.translate(_UNSEEN)


def _cut_problem(raw: Raw, text: str) -> Problem:
    whole = f" of {raw.size:,}" if raw.size else ""
    return Problem(
        "document-cut",
        f"only the first {len(raw.data):,} bytes{whole} were read: the plan knows nothing of the rest",
        text.count("\n") + 1,
        Severity.ERROR,
        fix="Give the part that tells of the incident, or raise --max-bytes.",
    )


def _partial(raw: Raw, encoding: str, errors: str) -> str:
    """Decode; the end of a document that was cut may be half a character, which is left out."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    return decoder.decode(raw.data, final=not raw.cut)


def _with_encoding(raw: Raw, encoding: str) -> str:
    try:
        return _partial(raw, encoding, "strict")
    except LookupError:
        raise SourceError(
            f"unknown encoding {encoding!r}", fix="Use a name such as utf-8, utf-16, cp1252 or shift_jis."
        ) from None
    except UnicodeError as error:
        raise SourceError(
            f"is not {encoding}: {error.reason if isinstance(error, UnicodeDecodeError) else error}",
            where=raw.name,
            fix="Leave --encoding out to have it guessed, or name the right one.",
        ) from None


def _refuse_binary(raw: Raw) -> None:
    sample = raw.data[:_SAMPLE]
    for magic, what in _MAGIC:
        if raw.data.startswith(magic):
            raise SourceError(f"is {what}, not text", where=raw.name, fix=_SAVE_AS_TEXT)
    if b"\x00" in sample:
        pairs = max(len(sample) // 2, 1)
        for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            if sample[start::2].count(0) > 0.7 * pairs > sample[1 - start :: 2].count(0):
                raise SourceError(
                    "looks like UTF-16 text without a byte order mark",
                    where=raw.name,
                    fix=f"Try again with --encoding {name}.",
                )
    strange = len(sample) - len(sample.translate(None, _CONTROL))
    if b"\x00" in sample or strange > _MOST_CONTROL * len(sample):
        raise SourceError("is binary data, not text", where=raw.name, fix=_SAVE_AS_TEXT)


def _guess(raw: Raw, problems: list[Problem]) -> str:
    """UTF-8 where it is valid, else what the document or its server says, else by what is less wrong."""
    try:
        return _partial(raw, "utf-8", "strict")
    except UnicodeDecodeError:
        pass
    named = _META_CHARSET.search(raw.data[:2048])
    for said in (raw.charset, named.group(1).decode("ascii", "replace") if named else None):
        try:
            if said and codecs.lookup(said).name != "utf-8":
                return _partial(raw, said, "replace")
        except LookupError:
            continue
    text = _partial(raw, "utf-8", "replace")
    broken = text.count("\ufffd")
    valid = sum(1 for char in text if ord(char) > 127) - broken
    if valid > broken:
        problems.append(
            Problem("encoding-damaged", f"{broken} characters are not valid UTF-8 and were replaced")
        )
        return text
    problems.append(
        Problem(
            "encoding-guessed",
            "is not UTF-8: read as Windows-1252, so accented letters may be wrong",
            severity=Severity.WARNING,
            fix="Save it as UTF-8, or name its encoding with --encoding.",
        )
    )
    return _partial(raw, "cp1252", "replace")
