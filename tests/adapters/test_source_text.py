"""Encodings, binary files and long documents."""

from __future__ import annotations

import codecs

import pytest

from postmortem_actions.adapters.sources.raw import Raw
from postmortem_actions.adapters.sources.text import decode
from postmortem_actions.errors import SourceError

TEXT = "# Störung: Köln–Zürich\n\nDie Queue lief über.\n"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_unicode_is_read_with_and_without_mark(mark: bytes, encoding: str) -> None:
    document = decode(Raw("a.md", mark + TEXT.encode(encoding)))
    assert document.text == TEXT
    assert document.problems == ()


def test_windows_text_is_read_and_the_guess_is_told() -> None:
    document = decode(Raw("a.md", TEXT.encode("cp1252")))
    assert document.text == TEXT
    assert [problem.code for problem in document.problems] == ["encoding-guessed"]
    assert "--encoding" in (document.problems[0].fix or "")


def test_a_named_encoding_is_used() -> None:
    document = decode(Raw("a.md", "Сбой очереди".encode("koi8-r")), "koi8-r")
    assert document.text == "Сбой очереди"
    assert document.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "klingon"])
def test_a_wrong_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(SourceError, match=r"encoding|is not utf-8"):
        decode(Raw("a.md", TEXT.encode("cp1252")), encoding)


def test_what_the_server_or_the_page_says_comes_before_guessing() -> None:
    data = "Привет, очередь".encode("cp1251")
    assert decode(Raw("x", data, charset="windows-1251")).text == "Привет, очередь"
    page = b"<html><meta charset='windows-1251'>" + data
    assert decode(Raw("x", page)).text.endswith("Привет, очередь")


def test_a_few_broken_bytes_do_not_turn_utf8_into_garbage() -> None:
    document = decode(Raw("a.md", TEXT.encode() + b"\xff\n"))
    assert document.text.startswith(TEXT)
    assert [problem.code for problem in document.problems] == ["encoding-damaged"]


def test_line_ends_become_one_kind() -> None:
    assert decode(Raw("a.md", b"a\r\nb\rc\n")).text == "a\nb\nc\n"


def test_colours_of_a_pasted_log_and_hidden_marks_are_dropped() -> None:
    text = "\x1b[31mERROR\x1b[0m disk \x1b]0;title\x07full\x0c\x9b2J \u202eevil\u202c\n\tat x\n"
    assert decode(Raw("a.md", text.encode())).text == "ERROR disk full2J evil\n\tat x\n"


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE + b" \x00"])
def test_an_empty_document_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"is empty|holds no text") as caught:
        decode(Raw("a.md", data))
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 word/document.xml", "Word document"),
        (b"\x89PNG\r\n\x1a\n", "PNG image"),
        (b"{\\rtf1\\ansi text}", "RTF"),
        (b"abc\x00def", "binary data"),
        (bytes(1000), "binary data"),
        (bytes(range(1, 32)) * 20, "binary data"),
    ],
)
def test_binary_files_are_named_and_refused(data: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=what) as caught:
        decode(Raw("a.md", data))
    assert "text" in (caught.value.fix or "")


def test_utf16_without_mark_is_recognised_and_the_option_named() -> None:
    with pytest.raises(SourceError) as caught:
        decode(Raw("a.md", b"The queue was full".decode().encode("utf-16-le")))
    assert "--encoding utf-16-le" in (caught.value.fix or "")


def test_a_cut_document_ends_at_a_line_and_says_where() -> None:
    data = "erste Zeile\nzweite Zeile\ndritte Zeile ü".encode()[:-1]
    document = decode(Raw("a.md", data, cut=True, size=5_000_000))
    assert document.text == "erste Zeile\nzweite Zeile\n"
    problem = document.problems[0]
    assert (problem.code, problem.line) == ("document-cut", 3)
    assert "5,000,000" in problem.message
