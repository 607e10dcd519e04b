"""Other markups made into Markdown, line by line: a line keeps its number, so evidence stays right."""

from __future__ import annotations

import re

from .wiki import from_jira, from_mediawiki

_WIKI_HEADING = re.compile(r"^(={1,6})\s*([^=\n].{0,300}?)\s*\1\s*$")
_JIRA_HEADING = re.compile(r"^h([1-6])\.\s+(.{1,300})$")
_RST_DIRECTIVE = re.compile(r"^\.\. (?:[\w-]+::|_[^:]{1,200}:).*$")
_FENCE_OPEN = re.compile(r"^\s{0,3}(`{3,}|~{3,})\s*(markdown|md|text|txt|plaintext)?\s*$", re.IGNORECASE)
_UNDERLINE = re.compile(r"^\s{0,3}([=\-~^\"'#*+.:_])\1{2,}\s*$")
_FENCE = re.compile(r"^\s{0,3}(?:`{3,}|~{3,})")
_WIKI_BULLET = re.compile(r"^([*#]{1,5})\s+(?=\S)")
_QUARTO = re.compile(r"^\s*:{3,}\s*(\{[^}]*\}|[\w-]*)\s*$")
_MDX = re.compile(r"^(?:import|export)\s.{1,300}(?:from\s.{1,200})?;?\s*$")
_LINK_DEFINITION = re.compile(r"^\s{0,3}\[[^\]\n]{1,200}\]:\s*\S{1,1000}(?:\s+[\"'(].{0,200})?\s*$")
_BARE_TASK = re.compile(r"^\s{0,3}\[[ xX✓✔]\]\s+\S")  # a task whose dash was forgotten
_RST_FIELD = re.compile(r"^:(?P<key>[A-Z][A-Za-z ]{1,30}):\s+(?P<value>\S.*)$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u2060]")
# Longest line that is looked at; a longer one is a data blob, not prose.
_LONGEST_LINE = 20_000
# Expressions go through a run of one kind of character anew from each of its places, so a long run costs its
# square. White space is folded in the end, so a long gap may be cut; a word that long is no word of anyone's.
_LONGEST_GAP = 40
_LONGEST_WORD = 1_000
_GAP = re.compile(rf"\s{{{_LONGEST_GAP + 1},}}")
_WORD = re.compile(rf"(\S{{{_LONGEST_WORD}}})(?=\S)")


def normalise(text: str) -> tuple[list[str], list[int]]:
    """The lines of ``text`` as Markdown, and the numbers (1-based) of lines that were cut for length."""
    lines = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    cut = [n for n, line in enumerate(lines, 1) if len(line) > _LONGEST_LINE]
    lines = [_without_long_runs(line[:_LONGEST_LINE]) for line in lines]
    lines = from_jira(_without_comments(_unwrap(lines)))
    wiki = sum(1 for line in lines if _WIKI_HEADING.match(line)) >= 2
    lines = from_mediawiki(lines) if wiki else lines
    fenced = False
    for n, line in enumerate(lines):
        if _FENCE.match(line) and not (line.lstrip().startswith("~") and n and _is_title(lines[n - 1], line)):
            fenced = not fenced
            continue
        if fenced:
            continue
        if wiki and (match := _WIKI_HEADING.match(line)):
            lines[n] = f"{'#' * len(match.group(1))} {match.group(2)}"
        elif wiki and (match := _WIKI_BULLET.match(line)):
            depth = len(match.group(1))
            mark = "-" if match.group(1)[-1] == "*" else "1."
            lines[n] = "  " * (depth - 1) + mark + " " + line[match.end() :]
        elif match := _JIRA_HEADING.match(line):
            lines[n] = f"{'#' * int(match.group(1))} {match.group(2)}"
        elif _BARE_TASK.match(line):
            lines[n] = f"- {line.strip()}"
        elif match := _RST_FIELD.match(line):
            lines[n] = f"**{match['key']}:** {match['value']}"
        elif _RST_DIRECTIVE.match(line) or _QUARTO.match(line):
            lines[n] = ""
            if line.startswith((".. code", ".. literal", ".. parsed-literal")):
                _indent_code(lines, n + 1)
        elif _LINK_DEFINITION.match(line) or (
            n < 40 and _MDX.match(line) and (n == 0 or not lines[n - 1].strip() or _MDX.match(lines[n - 1]))
        ):
            lines[n] = ""
    _rst_underlines(lines)
    return lines, cut


def _without_long_runs(line: str) -> str:
    """The line with long white space cut to ``_LONGEST_GAP`` and a space after each ``_LONGEST_WORD``
    characters that have none."""
    if len(line) <= _LONGEST_GAP:
        return line
    line = _GAP.sub(lambda gap: gap[0][:_LONGEST_GAP], line)
    return _WORD.sub(r"\1 ", line) if len(line) > _LONGEST_WORD else line


def _without_comments(lines: list[str]) -> list[str]:
    """HTML comments, also over several lines, are a template's instructions: they become blank."""
    result, inside = [], False
    for line in lines:
        kept = ""
        while line:
            mark = line.find("-->" if inside else "<!--")
            if mark < 0:
                kept += "" if inside else line
                break
            kept += "" if inside else line[:mark]
            line = line[mark + (3 if inside else 4) :]
            inside = not inside
        result.append(kept)
    return lines if inside else result


def _indent_code(lines: list[str], first: int) -> None:
    """The body of an RST code directive is indented further, which makes it code in Markdown too."""
    for n in range(first, len(lines)):
        if lines[n].strip() and not lines[n].startswith((" ", "\t")):
            return
        if lines[n].strip():
            lines[n] = "    " + lines[n]


def _unwrap(lines: list[str]) -> list[str]:
    """A whole document pasted inside one fence is taken out of it (the fence's lines become blank)."""
    filled = [n for n, line in enumerate(lines) if line.strip()]
    if len(filled) < 4:
        return lines
    first, last = filled[0], filled[-1]
    opened = _FENCE_OPEN.match(lines[first])
    if opened and lines[last].strip() == opened.group(1):
        inside = lines[first + 1 : last]
        if any(re.match(r"^\s{0,3}#{1,6} |^\s{0,3}\*\*|^\s*[-*] ", line) for line in inside):
            return [*lines[:first], "", *inside, "", *lines[last + 1 :]]
    return lines


def _is_title(above: str, line: str) -> bool:
    """Whether a line of tildes underlines the words above it rather than opening a fence."""
    words = above.strip()
    return bool(words) and set(line.strip()) == {"~"} and abs(len(line.strip()) - len(words)) <= 4


def _rst_underlines(lines: list[str]) -> None:
    """RST headings underlined with other marks than Markdown's become ``=`` or ``-`` underlines."""
    fenced = False
    for n in range(1, len(lines)):
        if _FENCE.match(lines[n]) and (fenced or not _is_title(lines[n - 1], lines[n])):
            fenced = not fenced
        match = None if fenced else _UNDERLINE.match(lines[n])
        above = lines[n - 1].strip()
        if not match or not above or _UNDERLINE.match(lines[n - 1]):
            continue
        mark, length = match.group(1), len(lines[n].strip())
        blank_before = n < 2 or not lines[n - 2].strip() or _UNDERLINE.match(lines[n - 2])
        if mark in "~^\"'+.:" and blank_before and length >= len(above) - 4 and len(above) <= 200:
            lines[n] = "-" * max(3, length)
        if blank_before and n >= 2 and mark != "-" and _UNDERLINE.match(lines[n - 2]):
            lines[n - 2] = ""  # an overline
