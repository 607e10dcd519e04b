"""Reading files, standard input, pastes and HTML through the one reader."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from postmortem_actions.adapters.sources import AnySource
from postmortem_actions.errors import SourceError

PAGE = """<!DOCTYPE html><html><head><title>Disk full &amp; slow</title><style>p{}</style></head>
<body><nav><a href="/">Home</a></nav><p>The <b>disk</b> was full.</p>
<table><tr><th>Time</th><th>Event</th></tr><tr><td>10:00</td><td>a|b</td></tr></table>
<script>alert(1)</script></body></html>"""


def test_a_file_is_read_and_keeps_the_name_the_user_gave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rca.md").write_text("# Disk full\n")
    document = AnySource().read("rca.md")
    assert (document.name, document.text, document.problems) == ("rca.md", "# Disk full\n", ())


def test_standard_input_and_pasted_text() -> None:
    assert AnySource(stdin=io.BytesIO(b"# a\n")).read("-").text == "# a\n"
    assert AnySource().read("# a\nb").text == "# a\nb"


def test_a_missing_file_names_one_that_is_like_it(tmp_path: Path) -> None:
    (tmp_path / "incident-7.md").write_text("x")
    with pytest.raises(SourceError, match="no such file") as caught:
        AnySource().read(str(tmp_path / "incident7.md"))
    assert "incident-7.md" in (caught.value.fix or "")


def test_a_folder_lists_what_could_be_meant(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("x")
    (tmp_path / "a.png").write_text("x")
    with pytest.raises(SourceError, match="is a folder") as caught:
        AnySource().read(str(tmp_path))
    assert "b.md" in (caught.value.fix or "")
    assert "a.png" not in (caught.value.fix or "")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(SourceError, match="may not be read"):
        AnySource().read(str(path))


@pytest.mark.parametrize("name", ["a\x00b.md", "x" * 5000])
def test_impossible_names_are_refused_politely(name: str) -> None:
    with pytest.raises(SourceError):
        AnySource().read(name)


def test_a_huge_file_is_read_in_part(tmp_path: Path) -> None:
    path = tmp_path / "big.md"
    with path.open("wb") as stream:
        stream.write(b"# Disk full\n" + b"The disk was full again.\n" * 10)
        stream.truncate(50_000_000)
    document = AnySource(limit=200).read(str(path))
    assert len(document.text) <= 200
    assert document.text.startswith("# Disk full\n")
    assert [problem.code for problem in document.problems] == ["document-cut"]


@pytest.mark.parametrize("name", ["page.html", "page.md", "page"])
def test_html_is_recognised_by_content(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(PAGE)
    document = AnySource().read(str(path))
    assert document.text.startswith("# Disk full & slow\n")
    assert "The **disk** was full." in document.text
    assert "alert" not in document.text
    assert "a\\|b" in document.text
    assert [problem.code for problem in document.problems] == ["read-from-html"]


@pytest.mark.parametrize(
    "text",
    [
        "<div align='center'>\n\n# Disk full\n\n</div>\n<p>a</p>\n",
        "<details><summary>Log</summary>\n\nThe disk was full.\n",
        "# Page\n\n<p>one</p><p>two</p><p>three</p>\n",
        "import X from 'y'\n\n<Note>The disk was full</Note>\n",
    ],
)
def test_markdown_with_tags_stays_markdown(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(text)
    document = AnySource().read(str(path))
    assert document.text == text
    assert document.problems == ()


def test_html_nested_beyond_reason_is_refused_not_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body>" + "<div>" * 100_000 + "The disk was full" + "</div>" * 100_000)
    with pytest.raises(SourceError, match="without text") as caught:
        AnySource().read(str(path))
    assert caught.value.fix


def test_a_reference_is_looked_up_beside_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "pm").mkdir()
    (tmp_path / "pm" / "7.md").write_text("# Seven\n")
    document = AnySource().read("7.md", beside=str(tmp_path / "pm" / "request.md"))
    assert document.text == "# Seven\n"
