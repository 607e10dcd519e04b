"""Ignores with reasons, per line and per file, in HTML comments."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .findings import Finding, make

_IGNORE = re.compile(
    r"pma-lint:\s*(?P<kind>ignore-file|ignore)\s+(?P<codes>PMA\d{3}(?:\s*,\s*PMA\d{3})*)(?:\s+reason:(?P<reason>.*))?"
)


def apply_ignores(findings: Sequence[Finding], text: str, path: str) -> list[Finding]:
    """The findings that stay. An ignore covers its own line and the next; one without a reason does not
    count and is told; one that matches nothing is told too."""
    kept = list(findings)
    told: list[Finding] = []
    for number, content in enumerate(text.split("\n"), 1):
        for match in filter(None, map(_IGNORE.fullmatch, _comments(content))):
            codes = {code.strip() for code in match["codes"].split(",")}
            if not (match["reason"] or "").strip():
                told.append(make("PMA901", f"{match['kind']} {match['codes']} gives no reason", path, number))
                continue
            whole = match["kind"] == "ignore-file"
            hit = [f for f in kept if f.code in codes and (whole or f.line in (number, number + 1))]
            if not hit:
                told.append(
                    make("PMA902", f"{match['kind']} {match['codes']} matches no finding", path, number)
                )
            kept = [finding for finding in kept if finding not in hit]
    return kept + told


def _comments(line: str) -> list[str]:
    """The HTML comments that begin and end on a line, without their marks."""
    pieces = (piece.partition("-->") for piece in line.split("<!--")[1:])
    return [inside.strip() for inside, end, _ in pieces if end]
