"""Text made safe for Markdown, escaping only what would otherwise change its meaning."""

from __future__ import annotations

import re

from ..core.model import Artifact, Evidence

_LINE_START = re.compile(
    r"^(\s*)(#{1,6}(?=\s|$)|>|[-+*](?=\s)|\d{1,9}[.)](?=\s)|`{3,}|~{3,}|={2,}\s*$|-{2,}\s*$)"
)
_HTML = re.compile(r"<(?=[a-zA-Z/!?])")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_STAR = re.compile(r"(?<!\\)\*(?=\S)|(?<=\S)\*")
# An underscore emphasises only at a word's edge: user_id needs no escape.
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_(?=\S)|(?<=\S)_(?![A-Za-z0-9])")
_LINK = re.compile(r"\[(?=[^\]\n]{0,300}\][(\[])")


def inline(text: str) -> str:
    """One line of prose. Backticks are kept where they pair, so that code stays code."""
    text = " ".join(text.split())
    parts = re.split(r"(`+[^`]*`+)", text) if text.count("`") % 2 == 0 else [text.replace("`", "\\`")]
    done = []
    for part in parts:
        if part.startswith("`") and part.endswith("`") and len(part) > 1:
            done.append(part)
            continue
        part = part.replace("\\", "\\\\") if re.search(r"\\[\\`*_{}\[\]()#+.!|<>~-]", part) else part
        part = _ENTITY.sub("&amp;", _HTML.sub("\\<", part))
        part = _LINK.sub("\\[", _UNDERSCORE.sub("\\_", _STAR.sub("\\*", part)))
        done.append(part)
    return "".join(done)


def line(text: str) -> str:
    """A line of its own: also safe at its beginning."""
    safe = inline(text)
    match = _LINE_START.match(safe)
    if match is None:
        return safe
    mark = match.group(2)
    if mark[0].isdigit():
        return safe[: match.end() - 1] + "\\" + safe[match.end() - 1 :]
    return safe[: match.start(2)] + "\\" + safe[match.start(2) :]


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
