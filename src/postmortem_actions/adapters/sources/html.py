"""HTML, whatever its file is called, made into Markdown."""

from __future__ import annotations

import re

from ...core.model import Problem, Severity
from ...core.ports import Document
from ...errors import SourceError

_DECLARATION = re.compile(r"<\?xml[^>]{0,200}>", re.IGNORECASE)
_START = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|main|article|section|div|table|ul|ol|p|h[1-6]|ac:[a-z-]+)\b",
    re.IGNORECASE,
)
_WHOLE_PAGE = re.compile(r"<(?:!doctype\s+html|html|body)\b", re.IGNORECASE)
_CLOSED_BLOCK = re.compile(r"</(?:p|h[1-6]|li|td|th|div|tr|dd)\s*>", re.IGNORECASE)
_MARKDOWN_HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)
_PASSWORD = re.compile(r"<input\b[^>]{0,500}\btype\s*=\s*[\"']?password", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]{0,200}>(.{1,500}?)</title>", re.IGNORECASE | re.DOTALL)
_SAMPLE = 20_000


def is_html(text: str) -> bool:
    """Whether the text is HTML. Markdown that merely begins with a tag is not."""
    sample = text[:_SAMPLE]
    if _START.match(_without_prologue(sample)) is None:
        return False
    if _WHOLE_PAGE.search(sample[:4000]):
        return True
    return len(_CLOSED_BLOCK.findall(sample)) > 1 and not _MARKDOWN_HEADING.search(sample)


def _without_prologue(text: str) -> str:
    """The text from its first element on: without a declaration and comments that stand before it."""
    text = _DECLARATION.sub("", text.lstrip(), count=1).lstrip()
    while text.startswith("<!--") and (end := text.find("-->")) >= 0:
        text = text[end + 3 :].lstrip()
    return text


_STORAGE = re.compile(r"<(?:ac|ri):[a-z-]+", re.IGNORECASE)
_TASK = re.compile(
    r"<ac:task>.{0,400}?<ac:task-status>\s{0,40}(\w{1,40})\s{0,40}</ac:task-status>\s{0,40}<ac:task-body>", re.DOTALL
)
_PARAMETER = re.compile(
    r"<ac:(?:parameter|task-id|task-uuid)\b[^>]{0,300}>.{0,2000}?</ac:(?:parameter|task-id|task-uuid)>",
    re.DOTALL,
)
_USER = re.compile(r"<ri:user\b[^>]{0,300}?ri:username=\"([^\"]{1,80})\"[^>]{0,300}/?>")
_OWN_TAG = re.compile(r"</?(?:ac|ri):[^>]{0,600}>")


def without_macros(text: str) -> str:
    """Confluence's storage format as plain HTML: code bodies, tasks and mentioned users kept, macros unwrapped."""
    if not _STORAGE.search(text):
        return text
    from html import escape

    first, *rest = text.split("<ac:plain-text-body>")
    text = first + "".join(_code(part) for part in rest)
    text = text.replace("<ac:task-list>", "<ul>").replace("</ac:task-list>", "</ul>")
    text = _TASK.sub(lambda match: f"<li>{'[x]' if match[1] == 'complete' else '[ ]'} ", text)
    text = text.replace("</ac:task>", "</li>")
    text = _USER.sub(lambda match: f"@{escape(match[1])}", text)
    return _OWN_TAG.sub("", _PARAMETER.sub("", text))


def _code(part: str) -> str:
    """What follows the start of a code body, with the body as HTML. Looked for by its end, not by an
    expression: one that is never closed would be searched for from each start anew."""
    from html import escape

    body, closed, after = part.partition("</ac:plain-text-body>")
    body = body.strip()
    if closed and body.startswith("<![CDATA[") and body.endswith("]]>"):
        return f"<pre><code>{escape(body[9:-3])}</code></pre>{after}"
    return part


def asks_for_password(text: str) -> bool:
    """Whether the page has a password field: then it is a sign-in page, not the document."""
    return _PASSWORD.search(text) is not None


def to_markdown(document: Document) -> Document:
    """The page as Markdown, with a problem that says what its line numbers mean. Raises SourceError."""
    from html_to_markdown import ConversionOptions, convert

    text = without_macros(document.text)
    try:
        content = convert(text, ConversionOptions(extract_metadata=False)).content or ""
    except Exception as error:  # the converter's own errors share no base with a stable name
        raise SourceError(
            f"is HTML that cannot be converted: {error}",
            where=document.name,
            fix="Save the page as plain text or Markdown, and give that file.",
        ) from error
    if not content.strip():
        raise SourceError(
            "is a page without text",
            where=document.name,
            fix="It may need JavaScript: save the page as text or Markdown, and give that file.",
        )
    title = _TITLE.search(document.text)
    if title is not None and not re.search(r"^# \S", content, re.MULTILINE):
        content = f"# {_plain(title.group(1))}\n\n{content}"
    problem = Problem(
        "read-from-html",
        "the document is HTML: line numbers are those of the text made from it, not of the page's source",
        severity=Severity.INFO,
    )
    return Document(document.name, content, (*document.problems, problem))


def _plain(text: str) -> str:
    from html import unescape

    return " ".join(unescape(text).split())
