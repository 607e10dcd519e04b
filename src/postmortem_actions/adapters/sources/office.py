"""Word documents and PDFs with a text layer, made into Markdown."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from ...core.model import Problem, Severity
from ...core.ports import Document
from ...errors import SourceError
from .raw import Raw

# A document of a few megabytes unpacks to little more; far more is an attack on the reader.
_MOST_UNPACKED = 64 * 1024 * 1024
_MOST_PAGES = 300
_HEADING = 1.12  # of the body's type size
_LONGEST_HEADING = 110
_NEW_PARAGRAPH = 1.6  # of the usual distance of lines
_BULLET = re.compile(r"^\s*[•◦▪‣●○–]\s*")


def is_office(data: bytes) -> bool:
    """Whether the bytes are a PDF, or a Word document (a ZIP that holds one)."""
    return data.startswith(b"%PDF") or (data.startswith(b"PK\x03\x04") and b"word/" in data)


def to_markdown(raw: Raw) -> Document:
    """The document as Markdown. Raises SourceError where it is damaged, protected, or a scan without text."""
    if raw.cut:
        raise SourceError(
            f"is longer than {len(raw.data):,} bytes and cannot be read in part",
            where=raw.name,
            fix="Raise --max-bytes, or export it as text.",
        )
    what, text = ("a PDF", _pdf(raw)) if raw.data.startswith(b"%PDF") else ("a Word document", _word(raw))
    if not text.strip():
        raise SourceError(
            "holds no text: it may be a scan",
            where=raw.name,
            fix="Run text recognition on it, or give the text.",
        )
    problem = Problem(
        "read-from-office",
        f"the document is {what}: line numbers are those of the text made from it",
        severity=Severity.INFO,
    )
    return Document(raw.name, text, (problem,))


def _word(raw: Raw) -> str:
    import mammoth
    from html_to_markdown import ConversionOptions, convert

    try:
        with zipfile.ZipFile(io.BytesIO(raw.data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_UNPACKED:
                raise SourceError(
                    "unpacks to far more than a document holds", where=raw.name, fix="Export it as text."
                )
        styles = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"
        made = mammoth.convert_to_html(
            io.BytesIO(raw.data),
            style_map=styles,
            convert_image=mammoth.images.img_element(lambda image: {"src": ""}),
        )
        return convert(made.value, ConversionOptions(extract_metadata=False)).content or ""
    except SourceError:
        raise
    except Exception as error:  # zipfile, XML and the converter raise many kinds for one fact: it is damaged
        raise SourceError(
            f"is a Word document that cannot be read ({type(error).__name__})",
            where=raw.name,
            fix="Open it and save it again, or export it as text.",
        ) from error


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    top: float
    bottom: float


def _pdf(raw: Raw) -> str:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(raw.data)
    except pypdfium2.PdfiumError as error:
        protected = "password" in str(error).lower()
        raise SourceError(
            "is protected by a password" if protected else "is a damaged PDF",
            where=raw.name,
            fix="Save an unprotected copy." if protected else "Export it again, or give the text.",
        ) from error
    pages = []
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            pages.append(_lines(document[number]))
    finally:
        document.close()
    return _as_markdown(pages)


def _lines(page: object) -> list[_Line]:
    """The lines of a page with their type size (points) and place."""
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()  # type: ignore[attr-defined]
    text = text_page.get_text_range()
    found: list[_Line] = []
    at = 0
    for piece in text.split("\n"):
        words = piece.strip("\r")
        first = at + len(words) - len(words.lstrip())
        if words.strip():
            size = pdfium.FPDFText_GetFontSize(text_page, first)
            _, bottom, _, top = text_page.get_charbox(first, loose=True)
            found.append(_Line(words.strip(), size, top, bottom))
        at += len(piece) + 1
    return found


def _as_markdown(pages: Sequence[Sequence[_Line]]) -> str:
    every = [line for page in pages for line in page]
    if not every:
        return ""
    body = median(line.size for line in every)
    sizes = sorted({round(line.size, 1) for line in every if line.size >= body * _HEADING}, reverse=True)
    result: list[str] = []
    for page in pages:
        steps = [
            before.top - line.top
            for before, line in zip(page, page[1:], strict=False)
            if before.top > line.top
        ]
        usual = median(steps) if steps else 0.0
        before: _Line | None = None
        for line in page:
            big = line.size >= body * _HEADING and len(line.text) <= _LONGEST_HEADING
            apart = before is None or (usual and before.top - line.top > usual * _NEW_PARAGRAPH)
            if big:
                level = min(sizes.index(round(line.size, 1)) + 1, 6) if round(line.size, 1) in sizes else 2
                result += ["", f"{'#' * level} {line.text}", ""]
            else:
                if apart and result and result[-1]:
                    result.append("")
                result.append(_BULLET.sub("- ", line.text))
            before = line
        result.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(result)).strip() + "\n"
