"""Text made safe for Markdown, escaping only what would otherwise change its meaning."""

from __future__ import annotations

import re

from ..core.model import Artifact, Evidence

_LINE_START = re.compile(
    r"^(\s*)(#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|\d{1,9}[.)](?=\s|$)|`{3,}|~{3,}|={2,}\s*$|-{2,}\s*$|\[(?=[ xX]\]\s|[^\]\n]{1,999}\]:))"
)
_HTML = re.compile(r"<(?=[a-zA-Z/!?])")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_STAR = re.compile(r"(?<!\\)\*(?=\S)|(?<=\S)\*")
# An underscore emphasises only at a word's edge: user_id needs no escape.
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_(?=\S)|(?<=\S)_(?![A-Za-z0-9])")
_LINKS = re.compile(r"\]\s?[(\[:]")
_CODE = re.compile(r"(?<!`)(`+)(?!`)([^`]+)(?<!`)\1(?!`)")
# A backslash before other characters is itself already.
_BACKSLASH = re.compile(r"\\(?=[!-/:-@\[-`{-~])")
_CLOSING = re.compile(r"(\s)(#+)$")
# What every expression above begins with: a line without it needs no escape.
_MARKUP = re.compile(r"[\\`<&*_\[\]]")


def inline(text: str) -> str:
    """One line of prose. Code in backticks is kept where it is well formed."""
    text = " ".join(text.split())
    if not _MARKUP.search(text):
        return text
    linked = bool(_LINKS.search(text))
    done, at = [], 0
    for code in _CODE.finditer(text):
        done += [_escaped(text[at : code.start()], linked=linked), code.group(0)]
        at = code.end()
    return "".join([*done, _escaped(text[at:], linked=linked)])


def _escaped(text: str, *, linked: bool) -> str:
    text = _BACKSLASH.sub(r"\\\\", text).replace("`", "\\`")
    text = _ENTITY.sub("&amp;", _HTML.sub("\\<", text))
    text = _UNDERSCORE.sub(r"\\_", _STAR.sub(r"\\*", text))
    return text.replace("[", "\\[") if linked else text


def line(text: str) -> str:
    """A line or a list item of its own: also safe at its beginning (a ticked box of the RCA is no tick of ours)."""
    safe = inline(text)
    match = _LINE_START.match(safe)
    if match is None:
        return safe
    mark = match.group(2)
    if mark[0].isdigit():
        return safe[: match.end() - 1] + "\\" + safe[match.end() - 1 :]
    return safe[: match.start(2)] + "\\" + safe[match.start(2) :]


def heading(text: str) -> str:
    """The words of a heading: number signs at its end are markup unless escaped."""
    return _CLOSING.sub(r"\1\\\2", inline(text))


def cell(text: str) -> str:
    """A table cell: pipes escaped, also inside code."""
    return inline(text).replace("|", "\\|") or " "


def fence(artifact: Artifact) -> list[str]:
    """The artifact in a fence longer than any inside it; its body is kept byte for byte."""
    longest = max((len(run) for run in re.findall(r"`{3,}", artifact.body)), default=2)
    marks = "`" * max(3, longest + 1)
    body = artifact.body if artifact.body.endswith("\n") else artifact.body + "\n"
    language = re.sub(r"[^\w+#.-]", "", artifact.language)
    return [f"{marks}{language}", *body.split("\n")[:-1], marks]


def quoted(evidence: Evidence, most: int = 200) -> str:
    """ "L12: “…”" with a short quote."""
    quote = evidence.quote if len(evidence.quote) <= most else evidence.quote[:most].rsplit(" ", 1)[0] + " …"
    return f"{evidence.span}: “{inline(quote)}”"
