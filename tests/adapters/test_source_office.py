"""Word documents, PDFs and Confluence pages: made by real writers, read as their authors see them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from postmortem_actions.adapters.sources import AnySource
from postmortem_actions.errors import SourceError

docx = pytest.importorskip("docx", reason="python-docx writes the documents of these tests")
pytest.importorskip("reportlab", reason="reportlab writes the documents of these tests")


@pytest.fixture
def word(tmp_path: Path) -> Path:
    """A Word document with title, headings, a table and a list."""
    made = docx.Document()
    made.add_heading("Search outage", 0)
    made.add_paragraph("Date: 2025-03-03")
    made.add_heading("Root cause", 1)
    made.add_paragraph("There was no index on docs.owner.")
    made.add_heading("Action items", 1)
    table = made.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, (("Action", "Owner"), ("Add an index | on docs.owner", "Ana")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    made.add_paragraph("Write a runbook", style="List Bullet")
    path = tmp_path / "rca.docx"
    made.save(str(path))
    return path


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """A PDF with text, headings by type size, and bullets."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    styles = getSampleStyleSheet()
    parts = [
        ("Search outage", "Title"), ("Date: 2025-03-03", "Normal"), ("Root cause", "Heading2"),
        ("There was no index on docs.owner, so the query scanned the whole table. " * 3, "Normal"),
        ("Action items", "Heading2"), ("• Add an index on docs.owner", "Normal"), ("• Write a runbook", "Normal"),
    ]  # fmt: skip
    path = tmp_path / "rca.pdf"
    SimpleDocTemplate(str(path)).build([Paragraph(text, styles[style]) for text, style in parts])
    return path


def test_a_word_document_keeps_headings_table_and_list(word: Path) -> None:
    document = AnySource().read(str(word))
    lines = document.text.splitlines()
    assert lines[0] == "# Search outage"
    assert "# Root cause" in document.text
    assert any(line.startswith("|") and "Ana" in line and "\\|" in line for line in lines)
    assert "- Write a runbook" in lines
    assert [problem.code for problem in document.problems] == ["read-from-office"]


def test_a_pdf_gets_its_headings_back_by_type_size(pdf: Path) -> None:
    text = AnySource().read(str(pdf)).text
    assert text.startswith("# Search outage")
    assert "\n## Root cause\n" in text
    assert "\n- Add an index on docs.owner\n" in text


def test_a_scan_says_that_it_holds_no_text(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "scan.pdf"))
    canvas.rect(10, 10, 100, 100)
    canvas.showPage()
    canvas.save()
    with pytest.raises(SourceError, match="no text"):
        AnySource().read(str(tmp_path / "scan.pdf"))


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.pdf", b"%PDF-1.7 nothing more", "damaged"),
        ("a.docx", b"PK\x03\x04 word/document.xml is not here", "cannot be read"),
    ],
)
def test_a_damaged_file_is_told_in_one_sentence(name: str, data: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=says):
        AnySource().read(str(tmp_path / name))


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 200_000_000)
    (tmp_path / "bomb.docx").write_bytes(held.getvalue())
    with pytest.raises(SourceError, match="unpacks to far more"):
        AnySource().read(str(tmp_path / "bomb.docx"))


def test_a_page_in_confluence_storage_format_keeps_tasks_and_code(tmp_path: Path) -> None:
    page = (
        "<ac:layout><ac:layout-section><ac:layout-cell><h1>Search outage</h1><h2>Action items</h2>"
        "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>"
        '<ac:task-body>Add an index <ri:user ri:username="ana" /></ac:task-body></ac:task>'
        "<ac:task><ac:task-status>complete</ac:task-status><ac:task-body>Write a runbook</ac:task-body></ac:task></ac:task-list>"
        '<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">sql</ac:parameter>'
        "<ac:plain-text-body><![CDATA[SELECT 1 < 2; -- # no heading]]></ac:plain-text-body></ac:structured-macro>"
        '<ac:structured-macro ac:name="info"><ac:rich-text-body><p>Search failed for 20 minutes.</p></ac:rich-text-body>'
        "</ac:structured-macro></ac:layout-cell></ac:layout-section></ac:layout>"
    )
    (tmp_path / "page.xml").write_text(page, encoding="utf-8")
    text = AnySource().read(str(tmp_path / "page.xml")).text
    assert "- [ ] Add an index @ana" in text
    assert "- [x] Write a runbook" in text
    assert "SELECT 1 < 2; -- # no heading" in text
    assert "Search failed for 20 minutes." in text
    assert "ac:" not in text
