"""Secrets and personal data in a text, replaced by what they were: ``[masked: GitHub token]``.

The kinds stand in data/privacy.yaml, each with examples. Whole kinds that only look like numbers (cards, accounts)
are masked where their check digits are right, so that order numbers and times stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_CHECKS = ("card", "iban")
_VALUE = "value"  # the group that is masked where an expression needs its surroundings


@dataclass(frozen=True, slots=True)
class Found:
    """How often a kind was masked."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Masked:
    """The text without what was found in it."""

    text: str
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """One kind. ``check`` is a further test of what an expression found: card, iban, or none."""

    kind: str
    expressions: tuple[re.Pattern[str], ...]
    check: str = ""


def patterns_of(data: Mapping[str, Any]) -> tuple[Pattern, ...]:
    """The kinds of data/privacy.yaml, in their order: what is more certain comes first. Raises ValueError."""
    found = []
    for kind, below in data.items():
        check = below.get("check", "")
        if check and check not in _CHECKS:
            raise ValueError(f"{kind}: {check!r} is no check; there are {', '.join(_CHECKS)}")
        found.append(Pattern(kind, tuple(re.compile(text) for text in below["patterns"]), check))
    return tuple(found)


def mask(text: str, patterns: Sequence[Pattern]) -> Masked:
    """The text with everything masked that a pattern finds; masking it again changes nothing."""
    counts: Counter[str] = Counter()
    for pattern in patterns:
        for expression in pattern.expressions:
            text = expression.sub(lambda found, p=pattern: _replacement(found, p, counts), text)  # type: ignore[misc]
    return Masked(text, tuple(Found(kind, n) for kind, n in sorted(counts.items())))


def _replacement(found: re.Match[str], pattern: Pattern, counts: Counter[str]) -> str:
    whole = found[0]
    value = found[_VALUE] if _VALUE in found.re.groupindex else whole
    if "[masked:" in whole or (pattern.check and not _VALID[pattern.check](value)):
        return whole
    counts[pattern.kind] += 1
    start = found.start(_VALUE) - found.start() if _VALUE in found.re.groupindex else 0
    return f"{whole[:start]}[masked: {pattern.kind}]{whole[start + len(value) :]}"


def _is_card(text: str) -> bool:
    """Luhn's check, for the lengths and first digits that are issued. Source: ISO/IEC 7812."""
    digits = [int(c) for c in text if c.isdigit()]
    if not 13 <= len(digits) <= 19 or digits[0] not in (3, 4, 5, 6) or len(set(digits)) < 2:
        return False
    doubled = [d * 2 - 9 if d > 4 else d * 2 for d in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_iban(text: str) -> bool:
    """The check of ISO 13616: the rearranged number leaves 1 when divided by 97."""
    plain = re.sub(r"\s", "", text).upper()
    return 15 <= len(plain) <= 34 and int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


_VALID: Mapping[str, Callable[[str], bool]] = {"card": _is_card, "iban": _is_iban}

_SENSITIVE = (
    re.compile(r"(?i)^\W{0,6}sensitive\W{0,6}:\W{0,6}(?:true|yes)\b"),
    re.compile(
        r"(?i)^\W{0,6}(?:classification|confidentiality|visibility|data class)\W{0,6}:"
        r"\W{0,6}(?:strictly )?(?:confidential|restricted|secret|private)\b"
    ),
    re.compile(r"(?i)\bTLP\s?:\s?(?:RED|AMBER)\b"),
    re.compile(r"(?i)^\W{0,6}(?:strictly )?confidential\W{0,6}$"),
    re.compile(r"(?i)\bdo not (?:share|forward|distribute) (?:this document |this |it )?(?:outside|beyond|externally)\b"),
)  # fmt: skip


def sensitive_line(text: str) -> tuple[int, str] | None:
    """The line (1-based) in which the document says of itself that it is not for everybody, or None."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) < 400 and any(expression.search(line) for expression in _SENSITIVE):
            return number, line.strip()
    return None
