"""Who knows a file best, from its commits: records in, claims with figures out.

Familiarity with code fades along a forgetting curve and every further change renews it (Krüger et al., "Do You
Remember This Source Code?", ICSE 2018): each change counts with a weight that halves over time, and the
weights add up. Reviewing builds knowledge of a file too, though less than writing does (Thongtanunam et al.,
"Revisiting Code Ownership and its Relationship with Software Quality", ICSE 2016).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import prod

from ..model import Problem, Severity
from .claims import Claim, ClaimSource
from .git_people import Contributor, same_words

# Half a year: what was changed a year ago counts a quarter, so that who works on a file today comes before
# who wrote it; two years ago counts a sixteenth, where the history that is read may end.
HALF_LIFE_DAYS = 180
WINDOW_DAYS = 730
# After half a year without a sign in the whole repository somebody may have left. Research takes a whole year
# (Avelino et al., "On the abandonment and survival of open source projects", ESEM 2019) to call it so; here it
# only lowers the weight, and the reason says it.
SILENT_DAYS = 183
PERHAPS_LEFT_FACTOR = 0.25

AUTHOR, CO_AUTHOR, REVIEWER = 1.0, 0.5, 0.3
"""One change's points. A co-author may have written half of it, or one suggestion in a review."""
ALL_LINES = 0.5
"""Points of somebody who wrote every line that stands: half of one change of today, whatever its age."""
FULL_SIZE_LINES = 20
"""A change of so many lines or more counts fully, a smaller one down to half."""
QUIET_COMMITS = 3
"""Files with fewer counted commits in the window say too little: who wrote their lines is asked as well."""
MOST_PER_FILE = 5
LEAST_WEIGHT = 0.005


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """One commit's part in one file. ``author`` is None for a bot; ``lines`` is added plus deleted lines,
    white space apart, None for a binary file."""

    sha: str
    day: date
    author: Contributor | None
    co_authors: tuple[Contributor, ...] = ()
    reviewers: tuple[Contributor, ...] = ()
    lines: int | None = None


@dataclass(frozen=True, slots=True)
class SurvivingLines:
    """How many of a file's lines as they stand somebody wrote, and when the last of them."""

    who: Contributor
    lines: int
    last: date


@dataclass(frozen=True, slots=True)
class FileHistory:
    """A file (or a folder, with ``/`` at the end) with the commits that count. ``why`` is what ties it to the
    incident ("defines process_order"), empty where it was named; ``relevance`` from 0 to 1."""

    path: str
    commits: tuple[CommitRecord, ...] = ()
    surviving: tuple[SurvivingLines, ...] = ()
    why: str = ""
    relevance: float = 1.0


@dataclass(slots=True)
class _Tally:
    points: float = 0.0
    changed: int = 0
    reviewed: int = 0
    last: date = date.min
    lines: SurvivingLines | None = None

    def add(self, points: float, day: date) -> None:
        self.points += points
        self.last = max(self.last, day)


@dataclass(slots=True)
class _File:
    history: FileHistory
    people: dict[Contributor, _Tally] = field(default_factory=dict)
    commits: int = 0
    since: date = date.max

    @property
    def shown(self) -> str:
        return f"{self.history.path} ({self.history.why})" if self.history.why else self.history.path


def claims_of(
    histories: Iterable[FileHistory],
    *,
    today: date,
    left: Collection[str] = (),
    active: Collection[Contributor] | None = None,
    silent_since: date | None = None,
) -> tuple[tuple[Claim, ...], tuple[Problem, ...]]:
    """Claims of git per person and file, weightiest first, and what is odd about a file.

    A weight is the person's part of all points of the file, times what the points prove (one fresh change of
    one person is 0.5, ten are 0.9), times the file's relevance. ``left`` are names or handles of people who
    are no longer here: they get no claim, but their work stays in the whole. ``active`` are those who were
    seen anywhere in the repository since ``silent_since``; None where that is not known."""
    gone = {same_words(text) for text in left}
    claims: list[Claim] = []
    problems: list[Problem] = []
    for history in histories:
        file = _tally(history, today)
        whole = sum(tally.points for tally in file.people.values())
        away = {who for who in file.people if _names(who) & gone}
        problems += _who_left(file, away, whole)
        found = []
        for who, tally in file.people.items():
            if who in away:
                continue
            silent = active is not None and who not in active
            weight = history.relevance * tally.points / (whole + 1) * (PERHAPS_LEFT_FACTOR if silent else 1)
            if weight >= LEAST_WEIGHT:
                why = _why(file, tally) + (_silence(silent_since) if silent else "")
                found.append(
                    Claim(who.name, ClaimSource.GIT, history.path, why, round(weight, 4), handle=who.handle)
                )
        claims += sorted(found, key=_heaviest_first)[:MOST_PER_FILE]
    return tuple(sorted(claims, key=_heaviest_first)), tuple(problems)


def one_per_person(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Each person's claims joined into one, weightiest first: knowing two of the files is worth more than
    knowing one, but never more than 1 (1 minus the product of what is missing)."""
    by_person: dict[tuple[str, str | None], list[Claim]] = {}
    for claim in sorted(claims, key=_heaviest_first):
        by_person.setdefault((claim.who, claim.handle), []).append(claim)
    joined = []
    for (who, handle), theirs in by_person.items():
        weight = round(1 - prod(1 - claim.weight for claim in theirs), 4)
        why = "; ".join(claim.why for claim in theirs[:3])
        joined.append(Claim(who, ClaimSource.GIT, theirs[0].about, why, weight, handle=handle))
    return tuple(sorted(joined, key=_heaviest_first))


def _heaviest_first(claim: Claim) -> tuple[float, str, str, str]:
    return (-claim.weight, claim.about, claim.who, claim.handle or "")


def _names(who: Contributor) -> set[str]:
    return {same_words(who.name)} | ({same_words(who.handle)} if who.handle else set())


def _tally(history: FileHistory, today: date) -> _File:
    file = _File(history)
    for commit in history.commits:
        age = max((today - commit.day).days, 0)
        points = 0.5 ** (age / HALF_LIFE_DAYS) * (0.5 + 0.5 * min((commit.lines or 0) / FULL_SIZE_LINES, 1.0))
        writers = ([(commit.author, AUTHOR)] if commit.author else []) + [
            (who, CO_AUTHOR) for who in commit.co_authors if who != commit.author
        ]
        if writers:
            file.commits += 1
            file.since = min(file.since, commit.day)
        for who, part in dict(writers).items():
            tally = file.people.setdefault(who, _Tally())
            tally.add(points * part, commit.day)
            tally.changed += 1
        for who in dict.fromkeys(commit.reviewers):
            if who not in dict(writers):
                tally = file.people.setdefault(who, _Tally())
                tally.add(points * REVIEWER, commit.day)
                tally.reviewed += 1
    all_lines = sum(part.lines for part in history.surviving)
    for own in history.surviving:
        tally = file.people.setdefault(own.who, _Tally())
        tally.points += ALL_LINES * own.lines / all_lines
        tally.lines = own
    return file


def _why(file: _File, tally: _Tally) -> str:
    said = []
    since = f"since {file.since:%Y-%m}" if file.since != date.max else ""
    if tally.changed:
        of = f"{tally.changed} of {file.commits} commit{'s' * (file.commits != 1)}"
        said.append(f"changed {file.shown} in {of} {since}, last on {tally.last}")
        if tally.reviewed:
            said.append(f"reviewed {tally.reviewed}")
    elif tally.reviewed:
        times = "a change" if tally.reviewed == 1 else f"{tally.reviewed} changes"
        said.append(f"reviewed {times} of {file.shown}, last on {tally.last}")
    if tally.lines:
        all_lines = sum(part.lines for part in file.history.surviving)
        part = f"{tally.lines.lines} of its" if tally.lines.lines < all_lines else "all"
        wrote = f"{part} {all_lines} lines"
        said.append(
            f"wrote {wrote}" if said else f"{file.shown}: wrote {wrote}, the last on {tally.lines.last}"
        )
    return "; ".join(said)


def _silence(since: date | None) -> str:
    return f"; perhaps left: no commit in the repository since {since}" if since else "; perhaps left"


def _who_left(file: _File, away: set[Contributor], whole: float) -> list[Problem]:
    """Where most knowledge of a file went with people, that is worth knowing before it is assigned."""
    lost = sum(file.people[who].points for who in away)
    if not away or lost <= whole / 2:
        return []
    names = ", ".join(sorted(who.name for who in away))
    return [
        Problem(
            "owner-left",
            f"most of what is known about {file.history.path} ({lost / whole:.0%} by recent changes) left with {names}",
            severity=Severity.INFO if len(away) < len(file.people) else Severity.WARNING,
            fix="Name who took it over under [modules] in the config, or in CODEOWNERS.",
        )
    ]
