"""Any bytes → document: encodings, HTML, Confluence storage, Word, PDF, wiki markup. The first byte chooses."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

from fuzz.engine import examples

from postmortem_actions.adapters.sources import AnySource
from postmortem_actions.core.parse.blocks import blocks
from postmortem_actions.core.parse.normalise import normalise
from postmortem_actions.errors import SourceError

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" Type="{_OFFICE}/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def _word(body: bytes) -> bytes:
    """A Word document whose body is those bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        document = f'<w:document xmlns:w="{_WORD}"><w:body>'.encode() + body + b"</w:body></w:document>"
        archive.writestr("word/document.xml", document)
    return made.getvalue()


_WAYS: tuple[tuple[Callable[[bytes], bytes], str | None], ...] = (
    (lambda data: data, None),
    (lambda data: b"<!doctype html><html><body>" + data, None),
    (lambda data: b"<ac:task-list>" + data + b"</p></p>", None),
    (_word, None),
    (lambda data: b"PK\x03\x04word/" + data, None),
    (lambda data: b"%PDF-1.4\n" + data, None),
    (lambda data: b"h1. A\nh2. B\n" + data, None),
    (lambda data: b"== A ==\n== B ==\n" + data, None),
    (lambda data: data, "utf-16"),
    (lambda data: data, "utf-7"),
    (lambda data: data, "shift_jis"),
    (lambda data: data, "idna"),
    (lambda data: b"\xff\xfe" + data, None),
    (lambda data: b'<meta charset="' + data, None),
)
_PARTS = (
    b"<p>Cause</p><table><tr><td>12:00<td>a|b</table><ul><li><b>x</b><li>[ ] y</ul><pre><code>z</code></pre>",
    b"<ac:task><ac:task-status>complete</ac:task-status><ac:task-body>x</ac:task-body></ac:task>"
    b'<ri:user ri:username="bob"/><ac:plain-text-body><![CDATA[a]]></ac:plain-text-body>',
    b"<w:p><w:r><w:t>Cause</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>",
    b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj trailer<</Root 1 0 R>>",
    b"|| a || b ||\n| {{c}} | [d|https://e.example] |\n{code}\nx\n{code}\n** *bold*\n",
    b"{|\n! a !! b\n|-\n| style=x | c || d\n|}\n* e\n## f\n",
    "utf-8: é 根因 \u202e".encode(),
    "Große Störung".encode("cp1252"),
)


def seeds() -> Iterator[bytes]:
    """Each way with parts that suit some of them, and the examples' pages."""
    for way in range(len(_WAYS)):
        for part in _PARTS:
            yield bytes([way]) + part
    for data in examples("*/summary.md"):
        yield b"\x00" + data


def check(data: bytes) -> None:
    """Only SourceError may come out, and it says what to do; what is read has lines and blocks."""
    if not data:
        return
    make, encoding = _WAYS[data[0] % len(_WAYS)]
    made = make(data[1:])
    try:
        document = AnySource(io.BytesIO(made), limit=100_000, encoding=encoding).read("-")
    except SourceError as error:
        assert error.fix
        return
    assert document.text.strip()
    lines, _ = normalise(document.text)
    assert len(lines) == document.text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    for block in blocks(lines):
        assert 1 <= block.span.start <= block.span.end <= len(lines), block
