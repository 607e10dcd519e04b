"""The direct owner: who, by the history of a repository, knows the code that an RCA names."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from ...core.model import Problem, Severity
from ...core.owners.claims import Claim
from ...core.owners.code_terms import PathKind
from ...core.owners.git_evidence import (
    QUIET_COMMITS,
    SILENT_DAYS,
    WINDOW_DAYS,
    CommitRecord,
    FileHistory,
    SurvivingLines,
    claims_of,
)
from ...core.owners.git_people import Contributor, Identity, People, is_service, printable
from .code_search import Hit, find_files
from .git_command import GitFailed, GitRepo
from .git_history import Commit, History, day_of, mass_commits, read_history, recent_identities

__all__ = ["GitFailed", "GitRepo", "direct_owners"]

MOST_FILES = 40
"""So many files are looked at for all terms together, the most relevant first."""
MOST_BLAMED = 6
"""So many files that were quiet of late are asked for the writers of their lines (a second each)."""
STALE_DAYS = 90
_BLAMED = re.compile(r"([0-9a-f]{40,64}) \d+ \d+ (\d+)")

_Lines = dict[Identity, tuple[int, int]]  # who → lines that stand, time of the newest of them


def direct_owners(
    repo: GitRepo | str | Path,
    terms: Iterable[str],
    today: date,
    left: Collection[str] = (),
    *,
    progress: Callable[[str], None] | None = None,
) -> tuple[tuple[Claim, ...], tuple[Problem, ...]]:
    """Claims on the files that the terms point at, per person and file, weightiest first; and what was odd.

    ``terms`` are what an RCA names: paths, files, modules, symbols, endpoints, tables. ``today`` is the day
    from which the age of changes is counted. ``left`` are names or handles of people who are no longer there.
    ``progress`` is told each step in a few words. No e-mail address comes out.

    Raises RequestError where ``repo`` is not a repository that git may read; what goes wrong afterwards is a
    Problem."""
    say = progress or (lambda step: None)
    problems: list[Problem] = []
    opened = repo if isinstance(repo, GitRepo) else GitRepo(repo)
    try:
        if opened.head is None:
            return (), (
                Problem(
                    "repo-empty",
                    f"{printable(opened.where)} has no commits: no owner can be found in it",
                    fix="Give a clone with history.",
                ),
            )
        wanted = list(dict.fromkeys(terms))
        say(f"searching the code for {len(wanted)} terms")
        hits = find_files(opened, wanted)
        problems += _not_found(wanted, hits) + _foreign(hits)
        claims, more = _claims(opened, _own(hits), today, left, say)
        return claims, (*problems, *more)
    except GitFailed as failed:
        problems.append(
            Problem(
                "git-failed",
                f"{failed}; owners from git are missing",
                fix="Run git there by hand to see more, or plan without a repository.",
            )
        )
        return (), tuple(problems)


def _claims(
    repo: GitRepo, hits: Sequence[Hit], today: date, left: Collection[str], say: Callable[[str], None]
) -> tuple[tuple[Claim, ...], list[Problem]]:
    if not hits:
        return (), []
    say(f"reading the history of {len(hits)} files")
    history = read_history(repo, [hit.path for hit in hits], today - timedelta(days=WINDOW_DAYS))
    problems = [*history.problems, *_shallow(repo)]
    quiet = [
        hit.path for hit in hits if len(history.changes[hit.path]) < QUIET_COMMITS and hit.path[-1] != "/"
    ]
    lines: dict[str, _Lines] = {}
    if quiet:
        say(f"reading who wrote {len(quiet[:MOST_BLAMED])} files that changed little")
    for path in quiet[:MOST_BLAMED]:
        try:
            lines[path] = _surviving(repo, path, history.left_out)
        except GitFailed as failed:  # the history alone still says something
            problems.append(Problem("git-failed", f"{printable(path)}: {failed}", severity=Severity.INFO))
    say("reading who is still active")
    newest = day_of(int(repo.run("log", "-1", "--format=%ct", "HEAD", "--") or b"0"))
    # A clone that stands still tells nothing of those who work on: count from its own last day.
    silent_since = min(today, newest) - timedelta(days=SILENT_DAYS)
    recent = recent_identities(repo, silent_since)
    if (today - newest).days > STALE_DAYS:
        problems.append(
            Problem(
                "repo-stale",
                f"the newest commit of {printable(repo.where)} is of {newest}: owners may have changed since",
                fix="Bring the clone up to date (git pull).",
            )
        )
    people = People(_identities(history, recent, lines))
    active = {who for commit in recent for identity in commit.identities() if (who := people.find(identity))}
    files = [_file(hit, history, lines.get(hit.path, {}), people) for hit in hits]
    claims, odd = claims_of(files, today=today, left=left, active=active, silent_since=silent_since)
    return claims, [*problems, *odd, *_unknown(files, claims)]


def _is_quiet(changes: Sequence[tuple[Commit, int | None]]) -> bool:
    return sum(not is_service(*commit.author) for commit, _ in changes) < QUIET_COMMITS


def _identities(history: History, recent: Sequence[Commit], lines: dict[str, _Lines]) -> Iterable[Identity]:
    """Newest first, so that people are called as they call themselves today."""
    commits = {c.sha: c for changes in history.changes.values() for c, _ in changes} | {
        c.sha: c for c in recent
    }
    for commit in sorted(commits.values(), key=lambda commit: (-commit.authored, commit.sha)):
        yield from commit.identities()
    for writers in lines.values():
        yield from sorted(writers, key=lambda who: (-writers[who][1], who))


def _file(hit: Hit, history: History, lines: _Lines, people: People) -> FileHistory:
    records = []
    for commit, changed in history.changes[hit.path]:
        author = people.find(commit.author)
        reviewers = _found(people, [*commit.reviewers, commit.committer])
        helpers = _found(people, commit.co_authors)
        records.append(
            CommitRecord(
                commit.sha,
                commit.day,
                author,
                helpers,
                tuple(who for who in reviewers if who != author),
                changed,
            )
        )
    by_person: dict[Contributor, tuple[int, int]] = {}
    for identity, (count, when) in lines.items():
        if who := people.find(identity):
            before = by_person.get(who, (0, 0))
            by_person[who] = (before[0] + count, max(before[1], when))
    surviving = tuple(SurvivingLines(who, count, day_of(when)) for who, (count, when) in by_person.items())
    return FileHistory(printable(hit.path), tuple(records), surviving, printable(hit.why), hit.relevance)


def _found(people: People, identities: Iterable[Identity]) -> tuple[Contributor, ...]:
    return tuple(dict.fromkeys(who for identity in identities if (who := people.find(identity))))


def _surviving(repo: GitRepo, path: str, left_out: frozenset[str]) -> _Lines:
    """Lines that stand, by writer; those of commits that are left out go to whom git finds before, or to none."""
    with tempfile.TemporaryDirectory(prefix="postmortem-actions-") as folder:
        ignored = Path(folder) / "ignored"
        ignored.write_text("".join(f"{sha}\n" for sha in sorted(left_out)), encoding="ascii")
        options = ("-w", "--incremental", "--no-textconv", f"--ignore-revs-file={ignored}")
        out = os.fsdecode(repo.run("blame", *options, str(repo.head), "--", path))
    wrote: dict[str, int] = {}
    details: dict[str, dict[str, str]] = {}
    sha = ""
    for line in out.split("\n"):
        if header := _BLAMED.fullmatch(line):
            sha = header.group(1)
            wrote[sha] = wrote.get(sha, 0) + int(header.group(2))
        elif line.startswith(("author ", "author-mail ", "author-time ")):
            key, _, value = line.partition(" ")
            details.setdefault(sha, {})[key] = value
    found: _Lines = {}
    nobody = left_out | mass_commits(repo, set(wrote) - left_out)
    for sha, count in wrote.items():
        if sha not in nobody:
            known = details[sha]
            who = (known.get("author", ""), known.get("author-mail", "").strip("<>"))
            before = found.get(who, (0, 0))
            found[who] = (before[0] + count, max(before[1], int(known.get("author-time", "0"))))
    return found


def _own(hits: Sequence[Hit]) -> list[Hit]:
    """One hit per file, the most relevant. Left out: uses of what is defined elsewhere; vendored and generated
    files, which nobody here wrote; documents that only tell of the code."""
    top: dict[str, float] = {}
    for hit in hits:
        top[hit.term] = max(top.get(hit.term, 0.0), hit.relevance)
    best: dict[str, Hit] = {}
    for hit in hits:
        foreign = hit.kind in (PathKind.VENDORED, PathKind.GENERATED)
        told = hit.kind is PathKind.DOC and bool(hit.why)
        if foreign or told or hit.relevance < top[hit.term] / 2:
            continue
        if hit.path not in best or hit.relevance > best[hit.path].relevance:
            best[hit.path] = hit
    return sorted(best.values(), key=lambda hit: (-hit.relevance, hit.path))[:MOST_FILES]


def _not_found(terms: Sequence[str], hits: Sequence[Hit]) -> list[Problem]:
    missing = [term for term in terms if term not in {hit.term for hit in hits}]
    if not missing:
        return []
    named = ", ".join(printable(term) for term in missing[:5]) + (" …" if len(missing) > 5 else "")
    return [Problem("term-not-in-repo", f"not found in the repository: {named}", severity=Severity.INFO)]


def _foreign(hits: Sequence[Hit]) -> list[Problem]:
    return [
        Problem(
            "vendored-code",
            f"{printable(hit.path)} is {hit.kind} code: its commits name nobody who knows it",
            severity=Severity.INFO,
        )
        for hit in dict.fromkeys(hits)
        if hit.kind in (PathKind.VENDORED, PathKind.GENERATED)
    ]


def _shallow(repo: GitRepo) -> list[Problem]:
    if not repo.shallow:
        return []
    return [
        Problem(
            "repo-shallow",
            f"{printable(repo.where)} is a shallow clone: only part of the history says who knows the code",
            fix="Fetch all of it: git fetch --unshallow",
        )
    ]


def _unknown(files: Sequence[FileHistory], claims: Sequence[Claim]) -> list[Problem]:
    """Files that nobody who is still here has worked on."""
    claimed = {claim.about for claim in claims}
    return [
        Problem(
            "no-owner-in-git",
            f"the history of {file.path} names nobody who is still there",
            severity=Severity.INFO,
            fix="Name an owner under [modules] in the config, or in CODEOWNERS.",
        )
        for file in files
        if file.path not in claimed
    ]
