"""Tables, lists and marks of MediaWiki and of Jira's wiki markup as Markdown, line for line."""

from __future__ import annotations

import re

_JIRA_HEADING = re.compile(r"^h[1-6]\.\s+\S")
_JIRA_LIST = re.compile(r"^(?P<marks>[*#-]{1,5})\s+(?=\S)")
_JIRA_HEAD_ROW = re.compile(r"^\s*\|\|.{1,2000}\|\|\s*$")
_JIRA_CODE = re.compile(r"^\s*\{(?:code|noformat)(?::[^}]{0,80})?\}\s*$")
_JIRA_PANEL = re.compile(r"^\s*\{(?:panel|info|note|warning|tip|quote|expand|color)(?::[^}]{0,200})?\}\s*$")
_JIRA_MONO = re.compile(r"\{\{([^{}\n]{1,300})\}\}")
_JIRA_LINK = re.compile(r"\[([^\]|\n]{1,300})\|(https?://[^\]\s|]{1,1000})(?:\|[^\]\n]{0,100})?\]")
_JIRA_BOLD = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,200}?)(?<=[^\s*])\*(?![\w*])")
_WIKI_TABLE = re.compile(r"^\s*\{\|")
_WIKI_END = re.compile(r"^\s*\|\}")


def from_jira(lines: list[str]) -> list[str]:
    """Jira's and Confluence's wiki markup as Markdown; unchanged where the document is none (its headings,
    ``h2. …``, tell). One line stays one line."""
    if sum(1 for line in lines if _JIRA_HEADING.match(line)) < 2:
        return lines
    result: list[str] = []
    code = False
    for line in lines:
        if _JIRA_CODE.match(line):
            code = not code
            result.append("```")
        elif code:
            result.append(line)
        elif _JIRA_PANEL.match(line):
            result.append("")
        elif _JIRA_HEAD_ROW.match(line):
            cells = [cell.strip() for cell in line.strip().strip("|").split("||")]
            result.append(f"| {' | '.join(cells)} |")
        elif match := _JIRA_LIST.match(line):
            depth = len(match["marks"])
            mark = "1." if match["marks"][-1] == "#" else "-"
            result.append(
                "  " * (depth - 1) * (2 if mark == "1." else 1) + f"{mark} " + _marks(line[match.end() :])
            )
        else:
            result.append(_marks(line))
    return _with_rules(result)


def _marks(line: str) -> str:
    line = _JIRA_MONO.sub(r"`\1`", line)
    line = _JIRA_LINK.sub(r"[\1](\2)", line)
    return _JIRA_BOLD.sub(r"**\1**", line)


def _with_rules(lines: list[str]) -> list[str]:
    """Markdown wants a rule below a table's head, and the lines must keep their numbers: where the line above
    the head is blank, the head moves up into it."""
    for n in range(1, len(lines) - 1):
        head, above = lines[n], lines[n - 1]
        is_head = (
            head.startswith("| ")
            and lines[n + 1].lstrip().startswith("|")
            and not above.strip().startswith("|")
        )
        if is_head and not re.match(r"^\s*\|[\s:|-]+\|\s*$", lines[n + 1]):
            rule = "|" + " --- |" * head.strip().strip("|").count("|") + " --- |"
            if not above.strip():
                lines[n - 1], lines[n] = head, rule
    return lines


def from_mediawiki(lines: list[str]) -> list[str]:
    """MediaWiki's tables as Markdown's, line for line: the first ``|-`` becomes the rule below the head, the
    others empty rows, which count for nothing."""
    result = list(lines)
    inside, ruled, columns = False, False, 0
    for n, line in enumerate(lines):
        if _WIKI_TABLE.match(line):
            inside, ruled, columns = True, False, 0
            result[n] = ""
        elif inside and _WIKI_END.match(line):
            inside = False
            result[n] = ""
        elif inside and line.lstrip().startswith("|+"):
            result[n] = ""
        elif inside and line.lstrip().startswith("|-"):
            result[n] = "" if not columns else "|" + (" --- |" if not ruled else "  |") * columns
            ruled = ruled or bool(columns)
        elif inside and line.lstrip()[:1] in "!|" and line.strip():
            body = line.lstrip()
            cells = [_cell(cell) for cell in re.split(r"!!|\|\|", body[1:])]
            columns = max(columns, len(cells))
            result[n] = "| " + " | ".join(cells) + " |"
    return result


def _cell(text: str) -> str:
    """A cell without its attributes (``style="…" | text``)."""
    head, bar, rest = text.partition("|")
    return (rest if bar and "=" in head else text).strip()
