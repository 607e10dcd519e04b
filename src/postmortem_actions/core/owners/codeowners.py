"""CODEOWNERS files: who owns a path by GitHub's and by GitLab's rules.

Sources: GitHub, "About code owners" and the REST reference of CODEOWNERS errors; GitLab, "Syntax of CODEOWNERS
file" and "Advanced CODEOWNERS configuration" (sections, defaults, roles, exclusions, error handling).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..model import Problem, Severity
from .claims import Claim, ClaimSource
from .codeowners_match import Dialect, Matcher, compile_pattern, names_of
from .written import (
    Written,
    by_address,
    first_problems,
    is_address,
    is_handle,
    quoted,
    sounds_like_team,
)

__all__ = ["Dialect", "Rule", "dialect_of", "owners_of", "parse_codeowners", "rules_for"]

_CATCH_ALL_WEIGHT = 0.5  # of owners of every file: they need not know the one in question
_OPTIONAL_FACTOR = 0.5  # of an optional section: its owners are asked, but need not approve
_WORD = re.compile(r"(?:\\.|[^\s\\])+\\?|\\", re.ASCII)  # a backslash takes the space after it into the word
_HEADING = re.compile(r"(?P<optional>\^)?\[(?P<name>[^\]]*)\](?:\[(?P<approvals>\d*)\])?(?P<rest>.*)")
_DEFAULTS = re.compile(r"(?:\s[\s@\w.\-/+]*)?", re.ASCII)
_SIGN_OF_GITLAB = re.compile(
    r"""^\ * (?: \^?\[[^\]\n]+\] (?:\[\d*\])? (?:\s|$) | ! )   # a section heading, an exclusion
    | \s@ (?: @\w | [\w.-]+/[\w.-]+/ )                         # a role, a group in a group""",
    re.VERBOSE | re.MULTILINE | re.ASCII,
)
_ROLE = re.compile(r"@@(developer|maintainer|owner)s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a CODEOWNERS file. No ``owners``: the rule takes its paths out of ownership.

    ``place`` is the file as it is called in reasons and messages. The rest is GitLab's: ``section`` as first
    written (None: no section), whether it is ``optional``, how many ``approvals`` it asks for (at least 1),
    whether the owners are the section's ``by_default``, and whether the rule ``excludes`` its paths."""

    pattern: str
    owners: tuple[Written, ...]
    line: int
    place: str
    matcher: Matcher
    section: str | None = None
    optional: bool = False
    approvals: int = 1
    by_default: bool = False
    excludes: bool = False


def dialect_of(place: str, text: str) -> Dialect:
    """Whose rules a file follows: by the folder it lies in, else by what only GitLab knows (sections, roles,
    exclusions, groups in groups), else GitHub's."""
    folder = place.replace("\\", "/").rpartition("/")[0].rpartition("/")[2]
    if folder in (".gitlab", ".github"):
        return Dialect(folder[1:])
    return Dialect.GITLAB if _SIGN_OF_GITLAB.search(text) else Dialect.GITHUB


def parse_codeowners(
    text: str, place: str = "CODEOWNERS", dialect: Dialect | None = None
) -> tuple[tuple[Rule, ...], tuple[Problem, ...]]:
    """The rules in order of the file, and what is wrong with it (``place:line`` first, at most 20 and a count).

    ``dialect`` None: ``dialect_of``. A line that the service skips is skipped, so that the rules are those
    that are in force."""
    parser = _Parser(place, dialect or dialect_of(place, text))
    for number, line in enumerate(text.split("\n"), 1):
        parser.read(line.strip(), number)
    return parser.result()


def rules_for(rules: Sequence[Rule], path: str) -> tuple[Rule, ...]:
    """The rules in force for a path: the last that matches, one for each section (GitLab), in order of the
    file. A rule may have no owners. A section of which any exclusion matches has no say.

    ``path`` is relative to the repository, with ``/``; a folder ends with ``/``."""
    names = names_of(path)
    found: dict[str | None, Rule | None] = {}
    for rule in reversed(rules):
        key = None if rule.section is None else rule.section.casefold()
        if (key in found and not rule.excludes) or not rule.matcher.matches(names):
            continue
        found[key] = None if rule.excludes else rule
    return tuple(sorted((rule for rule in found.values() if rule), key=lambda rule: rule.line))


def owners_of(rules: Sequence[Rule], path: str, *, teams: Collection[str] = ()) -> tuple[Claim, ...]:
    """Who owns a path (see ``rules_for``), the best claim first, each owner once.

    ``teams`` are names known to be teams: in GitLab ``@name`` may be a person or a group. Weights: 1 for a rule
    on some paths, 0.5 for one on every file, half of that in an optional section."""
    claims: dict[tuple[str, bool], Claim] = {}
    known = {name.lstrip("@").casefold() for name in teams}
    for rule in rules_for(rules, path):
        weight = _CATCH_ALL_WEIGHT if rule.matcher.everything else 1.0
        weight *= _OPTIONAL_FACTOR if rule.optional else 1.0
        section = f"[{quoted(rule.section)}] " if rule.section is not None else ""
        default = ", default of the section" if rule.by_default else ""
        for owner in rule.owners:
            claim = Claim(
                who=owner.who,
                source=ClaimSource.CODEOWNERS,
                about=path,
                why=f"{rule.place}:{rule.line} ({section}{quoted(rule.pattern)} → {owner.shown}{default})",
                weight=weight,
                is_team=owner.is_team or owner.who.casefold() in known,
            )
            before = claims.get((owner.who, claim.is_team))
            if before is None or before.weight < weight:
                claims[(owner.who, claim.is_team)] = claim
    return tuple(sorted(claims.values(), key=lambda claim: -claim.weight))


class _Parser:
    def __init__(self, place: str, dialect: Dialect) -> None:
        self.place, self.dialect = place, dialect
        self.rules: list[Rule] = []
        self.problems: list[Problem] = []
        self.sections: dict[str, str] = {}  # as compared → as first written
        self.required: set[str] = set()
        self.section: str | None = None
        self.optional = False
        self.approvals = 1
        self.defaults: tuple[Written, ...] = ()

    def result(self) -> tuple[tuple[Rule, ...], tuple[Problem, ...]]:
        # One heading without `^` makes a section required, whatever its other headings say.
        rules = tuple(replace(r, optional=False) if r.section in self.required else r for r in self.rules)
        return rules, first_problems(self.problems, self.place)

    def read(self, line: str, number: int) -> None:
        if not line or line.startswith("#"):
            return
        if self.dialect is Dialect.GITLAB and self._heading(line, number):
            return
        pattern, *words = (found.group() for found in _WORD.finditer(line))
        if self.dialect is Dialect.GITHUB:
            self._github(pattern, words, number)
        else:
            self._gitlab(pattern, words, number)

    def _github(self, pattern: str, words: list[str], number: int) -> None:
        comment = next((at for at, word in enumerate(words) if word.startswith("#")), len(words))
        words = words[:comment]
        owners = []
        for word in words:
            if is_address(word):
                owners.append(by_address(word))
            elif is_handle(word) and word.count("/") <= 1:
                owners.append(Written(word[1:], "/" in word, word))
            else:
                self._skipped(
                    number, f"{quoted(word)!r} is no owner", "Write @user, @org/team or an address."
                )
                return
        self._add(pattern, tuple(owners), number)

    def _gitlab(self, pattern: str, words: list[str], number: int) -> None:
        excludes = pattern.startswith("!")
        if excludes:
            self._add(pattern[1:], (), number, excludes=True)
            return
        owners = tuple(owner for word in words if (owner := _gitlab_owner(word)))
        wrong = [word for word in words if not _gitlab_owner(word)]
        comment = next((word for word in words if word.startswith("#")), None)
        if comment is not None:
            message = "GitLab has no comments after a rule: handles in it count as owners"
            self._problem("codeowners-comment", number, message, "Put the comment on a line of its own.")
        elif wrong:
            message = f"{quoted(wrong[0])!r} is no owner and is ignored"
            self._problem("codeowners-owner", number, message, "Write @user, @group or an address.")
        by_default = not words and bool(self.defaults)
        if not words and not self.defaults:
            message = f"{quoted(pattern)} has no owner, so that nobody is asked about it"
            self._problem("codeowners-no-owner", number, message, "Name an owner, or exclude it with `!`.")
        self._add(pattern, self.defaults if by_default else owners, number, by_default=by_default)

    def _heading(self, line: str, number: int) -> bool:
        found = _HEADING.fullmatch(line)
        if found is None:
            return False
        name = found["name"]
        rest = _DEFAULTS.match(found["rest"])
        defaults = rest.group() if rest else ""
        left = found["rest"][len(defaults) :].strip()
        if not name.strip():
            self._problem("codeowners-section", number, "the section has no name", "Write [Name].")
        if left:
            message = f"{quoted(left)!r} after the section's name is ignored"
            self._problem("codeowners-section", number, message, "Put patterns on lines of their own.")
        self.section = self.sections.setdefault(name.casefold(), name)
        self.optional = found["optional"] is not None
        if not self.optional:
            self.required.add(self.section)
        self.approvals = max(1, int((found["approvals"] or "1")[:4]))
        self.defaults = tuple(owner for word in defaults.split() if (owner := _gitlab_owner(word)))
        return True

    def _add(
        self,
        pattern: str,
        owners: tuple[Written, ...],
        number: int,
        *,
        excludes: bool = False,
        by_default: bool = False,
    ) -> None:
        matcher = compile_pattern(pattern, self.dialect)
        if isinstance(matcher, str):
            self._skipped(number, f"the pattern {quoted(pattern)!r} {matcher}", "Correct the pattern.")
            return
        rule = Rule(pattern, owners, number, self.place, matcher, self.section, self.optional, self.approvals)
        self.rules.append(replace(rule, excludes=excludes, by_default=by_default))

    def _skipped(self, number: int, message: str, fix: str) -> None:
        self._problem("codeowners-line", number, f"{message}; the line is skipped", fix)

    def _problem(self, code: str, number: int, message: str, fix: str) -> None:
        text = f"{self.place}:{number}: {message}"
        self.problems.append(Problem(code, text, severity=Severity.WARNING, fix=fix))


def _gitlab_owner(word: str) -> Written | None:
    """One owner by GitLab's rules; a comment's ``#`` does not hide the handle behind it."""
    word = word.lstrip("#")
    if role := _ROLE.fullmatch(word):
        return Written(f"every {role[1].lower()}", True, word)
    if is_address(word):
        return by_address(word)
    if is_handle(word):
        return Written(word[1:], "/" in word or sounds_like_team(word), word)
    return None
