"""The commits of a few files, from one ``git log`` for all of them, with renames followed.

What says nothing of who knows a file is left out: commits that change white space only, those that
``.git-blame-ignore-revs`` names, those that touch very many files, pure renames, merges, and the edge of a
shallow clone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from ...core.model import Problem, Severity
from ...core.owners.code_terms import PathKind, kind_of_path
from ...core.owners.git_people import Identity
from .git_command import GitRepo

# Mass edits (formatters, licence headers, moves) say nothing of knowledge. Studies of co-change leave out
# commits of more than 30 files (Zimmermann et al., "Mining Version Histories to Guide Software Changes", TSE
# 2005); a squashed feature may well be larger, so the line is drawn higher here.
MASS_FILES = 100
MOST_RENAMES = 6
"""So many names back a file is followed."""

_TRAILERS = "%(trailers:key=Co-authored-by,key=Reviewed-by,key=Acked-by,unfold,separator=%x02)"
_FORMAT = f"--format=format:%x01%H%x00%aN%x00%aE%x00%at%x00%cN%x00%cE%x00%ct%x00{_TRAILERS}%x00"
_PLAIN = ("--no-color", "--no-show-signature", "--no-ext-diff", "--no-textconv", "--no-merges")
_HEADER = re.compile(r"\n?\x01([0-9a-f]{40,64})")
_NUMSTAT = re.compile(r"\n?(\d+|-)\t(\d+|-)\t(.*)", re.S)
_TRAILER = re.compile(r"([\w-]+):\s*@?([^<>\n]*?)\s*(?:<([^<>\n]*)>[^\n]*)?(?:\n|$)")
_FULL_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
IGNORE_FILE = ".git-blame-ignore-revs"


@dataclass(slots=True)
class Commit:
    """One commit as git tells it. ``changes`` maps paths to changed lines (None: binary), ``added`` are paths
    that it created. Times are seconds since 1970."""

    sha: str
    author: Identity
    committer: Identity
    authored: int
    committed: int
    co_authors: list[Identity] = field(default_factory=list)
    reviewers: list[Identity] = field(default_factory=list)
    changes: dict[str, int | None] = field(default_factory=dict)
    added: set[str] = field(default_factory=set)

    @property
    def day(self) -> date:
        """The day of the work (UTC): of two dates the earlier, since a rebase moves one and a wrong clock either."""
        return day_of(min(self.authored, self.committed))

    def identities(self) -> tuple[Identity, ...]:
        """Everybody who had a part."""
        return (self.author, self.committer, *self.co_authors, *self.reviewers)


@dataclass(slots=True)
class History:
    """Which commits changed each path (with lines, None for binary), newest first, and what was odd."""

    changes: dict[str, list[tuple[Commit, int | None]]]
    left_out: frozenset[str]
    problems: tuple[Problem, ...] = ()


def day_of(seconds: int) -> date:
    """The day (UTC) of a time of git; 1970-01-01 for one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (OverflowError, ValueError, OSError):
        return date(1970, 1, 1)


def read_history(repo: GitRepo, paths: Sequence[str], since: date) -> History:
    """The commits since that day which changed the files and folders (``…/``). Raises GitFailed."""
    if repo.head is None or not paths:
        return History({path: [] for path in paths}, frozenset())
    ignored, problems = ignored_commits(repo)
    left_out = ignored | repo.shallow_commits
    found: dict[str, dict[str, tuple[Commit, int | None]]] = {path: {} for path in paths}
    names: _Names = {path: (path, None) for path in paths}
    starts: set[str] = {repo.head}
    for _ in range(MOST_RENAMES):
        commits = _log(repo, sorted(starts), sorted(names), since)
        created = _credit(commits, names, found)
        names, starts = _renames(repo, created, found)
        if not names:
            break
    left_out |= mass_commits(repo, {sha for changes in found.values() for sha in changes} - left_out)
    kept = {
        path: [change for sha, change in changes.items() if sha not in left_out and change[1] != 0]
        for path, changes in found.items()
    }
    return History(kept, left_out, tuple(problems))


def recent_identities(repo: GitRepo, since: date) -> list[Commit]:
    """All commits on any branch since that day, without their changes. Raises GitFailed."""
    if repo.head is None:
        return []
    branches = ("--branches", "--remotes", "HEAD", "--")
    out = repo.run("log", "-z", "--no-show-signature", _since(since), _FORMAT, *branches)
    return _map_trailers(repo, _parse(repo.fields(out)))


def ignored_commits(repo: GitRepo) -> tuple[frozenset[str], list[Problem]]:
    """The commits that ``.git-blame-ignore-revs`` names, and a problem for each line that is no full hash (git
    takes no other). Raises GitFailed."""
    if IGNORE_FILE not in repo.files:
        return frozenset(), []
    found, problems = set(), []
    for number, line in enumerate(repo.file(IGNORE_FILE).decode("utf-8", "replace").splitlines(), 1):
        text = line.partition("#")[0].strip().lower()
        if _FULL_HASH.fullmatch(text):
            found.add(text)
        elif text:
            problems.append(
                Problem(
                    "ignore-revs-line",
                    f"{IGNORE_FILE}:{number} is not a full commit hash and was not used",
                    severity=Severity.INFO,
                    fix="Write the whole hash, as 'git rev-parse COMMIT' prints it.",
                )
            )
    return frozenset(found), problems


def _since(day: date) -> str:
    return f"--since={day.isoformat()}T00:00:00Z"


def _log(repo: GitRepo, starts: Sequence[str], paths: Sequence[str], since: date) -> list[Commit]:
    options = (
        "-z",
        "--raw",
        "--numstat",
        "-w",
        "--no-renames",
        "--no-abbrev",
        *_PLAIN,
        _since(since),
        _FORMAT,
    )
    return _map_trailers(repo, _parse(repo.fields(repo.run("log", *options, *starts, "--", *paths))))


def _parse(fields: list[str]) -> list[Commit]:
    """Commits from the output of ``_FORMAT`` with ``-z --raw --numstat``."""
    commits: list[Commit] = []
    at = 0
    while at < len(fields):
        field_ = fields[at]
        at += 1
        if header := _HEADER.fullmatch(field_):
            author, mail, authored, committer, commit_mail, committed, trailers = fields[at : at + 7]
            at += 7
            commit = Commit(
                header.group(1),
                (author, mail),
                (committer, commit_mail),
                int(authored or 0),
                int(committed or 0),
            )
            for key, name, address in _TRAILER.findall(trailers.replace("\x02", "\n")):
                where = commit.co_authors if key.lower() == "co-authored-by" else commit.reviewers
                where.append((name, address))
            commits.append(commit)
        elif field_.lstrip("\n").startswith(":"):
            if field_.endswith("A"):
                commits[-1].added.add(fields[at])
            at += 1
        elif numbers := _NUMSTAT.fullmatch(field_):
            plus, minus, path = numbers.groups()
            if not path:  # a rename: the old and the new name follow
                path = fields[at + 1]
                at += 2
            commits[-1].changes[path] = None if plus == "-" else int(plus) + int(minus)
    return commits


def _map_trailers(repo: GitRepo, commits: list[Commit]) -> list[Commit]:
    """``.mailmap`` for the people of trailers, whom git log prints as they were written."""
    written = sorted(
        {who for commit in commits for who in (*commit.co_authors, *commit.reviewers) if who[1].strip()}
    )
    if not written:
        return commits
    asked = "".join(f"{name} <{mail}>\n" for name, mail in written)
    lines = repo.run("check-mailmap", "--stdin", stdin=asked.encode("utf-8", "surrogateescape"))
    mapped = {}
    for who, line in zip(written, lines.decode("utf-8", "surrogateescape").split("\n"), strict=False):
        name, _, mail = line.rstrip(">").rpartition("<")
        mapped[who] = (name.strip() or who[0], mail)
    for commit in commits:
        commit.co_authors = [mapped.get(who, who) for who in commit.co_authors]
        commit.reviewers = [mapped.get(who, who) for who in commit.reviewers]
    return commits


_Found = dict[str, dict[str, tuple[Commit, int | None]]]
_Names = dict[
    str, tuple[str, int | None]
]  # a name a file had → the file today, and until when it was its name


def _credit(commits: Iterable[Commit], names: _Names, found: _Found) -> dict[str, dict[str, str]]:
    """Enters the commits under the files of today; gives the commits that created a name: sha → name → file."""
    created: dict[str, dict[str, str]] = {}
    folders = [path for path in names if path.endswith("/")]
    for commit in commits:
        for path, lines in commit.changes.items():
            whole, until = names.get(path, (None, None))
            if whole is not None and (until is None or commit.committed <= until):
                found[whole].setdefault(commit.sha, (commit, lines))
                if path in commit.added:
                    created.setdefault(commit.sha, {})[path] = whole
            for folder in folders:
                if path.startswith(folder) and kind_of_path(path) in (PathKind.CODE, PathKind.TEST):
                    before = found[names[folder][0]].get(commit.sha, (commit, 0))[1]
                    found[names[folder][0]][commit.sha] = (commit, (before or 0) + (lines or 0) or None)
    return created


def _renames(repo: GitRepo, created: dict[str, dict[str, str]], found: _Found) -> tuple[_Names, set[str]]:
    """Which of the created names were renames: the old names to go on with, and from which commits."""
    names: _Names = {}
    starts: set[str] = set()
    if not created:
        return names, starts
    shas = "".join(f"{sha}\n" for sha in sorted(created)).encode()
    options = (
        "--no-walk",
        "--stdin",
        "-z",
        "-M",
        "--raw",
        "--numstat",
        "-w",
        "--diff-filter=R",
        *_PLAIN,
        _FORMAT,
    )
    fields = repo.fields(repo.run("log", *options, stdin=shas))
    for old, new, commit in _renamed(fields):
        whole = created.get(commit.sha, {}).get(new)
        if whole is None:
            continue
        original = found[whole][commit.sha][0]
        found[whole][commit.sha] = (original, commit.changes.get(new, 0))
        names[old] = (whole, original.committed)
        starts.add(commit.sha)
    return names, starts


def _renamed(fields: list[str]) -> list[tuple[str, str, Commit]]:
    """(old name, new name, commit) of every rename in the answer."""
    pairs: list[tuple[str, str, str]] = []
    plain: list[str] = []
    sha, at = "", 0
    while at < len(fields):
        field_ = fields[at]
        if header := _HEADER.fullmatch(field_):
            sha = header.group(1)
        if field_.lstrip("\n").startswith(":") and re.search(r" R\d*$", field_):
            pairs.append((fields[at + 1], fields[at + 2], sha))
            at += 3
            continue
        plain.append(field_)
        at += 1
    commits = {commit.sha: commit for commit in _parse(plain)}
    return [(old, new, commits[sha]) for old, new, sha in pairs]


def mass_commits(repo: GitRepo, shas: Collection[str]) -> frozenset[str]:
    """Those of the commits that touch more than MASS_FILES files. Raises GitFailed."""
    if not shas:
        return frozenset()
    asked = "".join(f"{sha}\n" for sha in sorted(shas)).encode()
    counts: dict[str, int] = {}
    now = ""
    for name in repo.fields(
        repo.run("diff-tree", "--stdin", "--root", "-r", "-z", "--name-only", stdin=asked)
    ):
        if name in shas:
            now = name
        else:
            counts[now] = counts.get(now, 0) + 1
    return frozenset(sha for sha, count in counts.items() if count > MASS_FILES)
