"""What an RCA names of the code: paths, endpoints, tables and columns, symbols, services."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import Rca

_MOST = 30
_PATH = re.compile(
    r"(?<![\w/.:@-])(?:[\w.-]{1,60}/){1,8}[\w.-]{1,60}\.[a-zA-Z]\w{0,7}\b|(?<![\w/.:@-])[\w-]{2,60}\.(?:py|go|rb|js|jsx|ts|tsx|java|kt|rs|php|cs|"
    r"scala|sql|tf|ya?ml|toml|sh|ex|exs|c|cc|cpp|h|proto)\b"
)
_ENDPOINT = re.compile(r"(?<![\w:/.])/(?:[a-z][\w{}:-]{0,40}/){0,5}[a-z][\w{}:-]{1,40}(?![\w/.])")
_COLUMN = re.compile(r"(?<![\w./@-])[a-z][a-z0-9_]{1,40}\.[a-z][a-z0-9_]{1,40}(?![\w./-])")
_TICKED = re.compile(r"`([^`\s]{3,80})`")
# What looks like table.column and is a host, a version or a common abbreviation.
_NO_COLUMN = re.compile(
    r"\.(?:com|org|net|io|dev|app|local|internal|md|txt|html|json|log|png|e|g)$|^(?:e|i)\."
)
_SYMBOL = re.compile(r"[A-Za-z_][\w.:]{2,79}(?:\(\))?$")


def names_of_code(rca: Rca) -> tuple[str, ...]:
    """The names, each once, in the order of the document, at most thirty. What follows from them is looked up
    in the code: a name that is nowhere in it costs nothing but a search."""
    texts = [sentence.text for sentence in rca.sentences if "ignore" not in sentence.roles]
    texts += [action.text for action in rca.stated_actions]
    raw = [fact.text for fact in rca.incident.services]
    return tuple(dict.fromkeys([*(name for text in texts for name in _names(text)), *raw]))[:_MOST]


def _names(text: str) -> Iterator[str]:
    for match in _PATH.finditer(text):
        yield match.group(0)
    for match in _ENDPOINT.finditer(text):
        yield match.group(0)
    for match in _COLUMN.finditer(text):
        if not _NO_COLUMN.search(match.group(0)) and not _PATH.fullmatch(match.group(0)):
            yield match.group(0)
    for match in _TICKED.finditer(text):
        if _SYMBOL.match(match[1]):
            yield match[1]
