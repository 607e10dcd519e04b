"""Finds the files that define or use what an RCA names, with one ``git grep`` for all of its terms."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ...core.owners.code_terms import (
    GENERATED_FOLDERS,
    GENERATED_NAMES,
    VENDORED_FOLDERS,
    Found,
    PathKind,
    Term,
    TermKind,
    kind_of_path,
    read_term,
    what_a_line_does,
)
from .git_command import GitRepo


@dataclass(frozen=True, slots=True)
class Hit:
    """A file (or a folder, with ``/`` at the end) that a term points at.

    ``line`` is 1-based; ``why`` is what the file does with the term ("defines process_order"), empty where the
    term is its path; ``relevance`` is 1.0 for a file that is named or that alone defines the term, less for
    uses, tests and documents and where many files do the same."""

    path: str
    line: int | None
    term: str
    why: str
    kind: PathKind = PathKind.CODE
    relevance: float = 1.0


_WEIGHT = {
    Found.DEFINES: 1.0,
    Found.TABLE: 1.0,
    Found.ENDPOINT: 1.0,
    Found.SETS: 0.7,
    Found.TABLE_USE: 0.6,
    Found.USES: 0.4,
}
_KIND_FACTOR = {
    PathKind.CODE: 1.0,
    PathKind.TEST: 0.3,
    PathKind.DOC: 0.1,
    PathKind.VENDORED: 0.05,
    PathKind.GENERATED: 0.02,
}
_PART_OF_ROUTE = 0.7  # the end of an endpoint alone: another router may have the same
_TOGETHER = 0.4  # a column's table and name in one file
_FOLDER = 0.6  # a folder that has a term's name
_TELLS_ONE = 3  # up to so many files share a term without loss: more of them say less each
_MODULE_ENDINGS = r"(?:/__init__|/index|/mod|/main)?\.\w+"
_LINE = re.compile(r"([^\0]*)\0(\d+)[\0:](.*)", re.S)


@dataclass(slots=True)
class _Seen:
    """What one file does with one word."""

    best: Found
    line: int
    count: int = 0


_Tally = dict[str, dict[str, _Seen]]  # word → path → what was seen


def find_files(repo: GitRepo, terms: Iterable[str], limit: int = 3) -> tuple[Hit, ...]:
    """The best files for each term, at most ``limit`` for each, in the order of the terms.

    Definitions come before uses, code before tests, documents, vendored and generated files (whose contents
    are not searched: they appear only where a term names their path). Raises GitFailed."""
    read = [term for text in dict.fromkeys(terms) if (term := read_term(text))]
    by_path = {term: _named_paths(repo, term) for term in read}
    tally = _grep(repo, {word for term in read if not by_path[term] for word in term.words})
    found: dict[Term, list[Hit]] = {term: by_path[term] or _matches(term, tally) for term in read}
    foreign = _foreign(repo, {hit.path for hits in found.values() for hit in _best(hits, 4 * limit)})
    hits = []
    for term in read:
        told = [
            _of_kind(hit, foreign[hit.path]) if hit.path in foreign else hit
            for hit in _best(found[term], 4 * limit)
        ]
        hits += _best(told, limit)
    return tuple(hits)


def _best(hits: Sequence[Hit], limit: int) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.relevance, hit.path.count("/"), hit.path))[:limit]


def _of_kind(hit: Hit, kind: PathKind) -> Hit:
    factor = _KIND_FACTOR[kind] / _KIND_FACTOR[hit.kind]
    return replace(hit, kind=kind, relevance=round(hit.relevance * factor, 4))


def _spread(hits: list[Hit]) -> list[Hit]:
    """Where a dozen files do the same with a term, each is less likely to be meant."""
    alike: dict[float, int] = defaultdict(int)
    for hit in hits:
        alike[hit.relevance] += 1
    return [
        replace(hit, relevance=round(hit.relevance * min(1.0, _TELLS_ONE / alike[hit.relevance]), 4))
        for hit in hits
    ]


def _hit(path: str, line: int | None, term: Term, why: str, weight: float) -> Hit:
    kind = kind_of_path(path)
    return Hit(path, line, term.text, why, kind, round(weight * _KIND_FACTOR[kind], 4))


def _named_paths(repo: GitRepo, term: Term) -> list[Hit]:
    """Files and folders whose path the term is, or is the end of."""
    name = term.bare.strip("/")
    if term.kind is TermKind.DOTTED:
        ending = re.escape(name.replace(".", "/"))
        pattern = re.compile(rf"(?:.*/)?{ending}{_MODULE_ENDINGS}")
        modules = [path for path in repo.files if pattern.fullmatch(path)]
        return _spread([_hit(path, term.line, term, f"is {term.bare}", 1.0) for path in modules])
    if term.kind is not TermKind.SYMBOL:
        if name in repo.files:
            return [replace(_hit(name, term.line, term, "", 1.0), relevance=1.0)]
        if f"{name}/" in repo.folders and (term.kind is TermKind.PATH or "." in name):
            return [_hit(f"{name}/", None, term, "", 1.0)]
    ends = f"/{name}"
    if term.kind is TermKind.PATH:
        files = [path for path in repo.files if path.endswith(ends)]
        # A stack trace writes more folders than the repository has: /srv/app/src/orders/db.py
        while not files and "/" in name:
            name = name.partition("/")[2]
            files = [path for path in repo.files if path == name or path.endswith(f"/{name}")]
            if "/" not in name and len(files) != 1:
                files = []
        if files:
            return _spread([_hit(path, term.line, term, "", 1.0) for path in files])
    if term.kind is TermKind.PATH or re.search(r"[-_]", name):
        folders = sorted(folder for folder in repo.folders if f"/{folder}".endswith(f"{ends}/"))
        return _spread([_hit(folder, None, term, f"is the folder {name}", _FOLDER) for folder in folders])
    return []


def _grep(repo: GitRepo, words: set[str]) -> _Tally:
    """What every file of our own does with each word."""
    tally: _Tally = {word: {} for word in words}
    if not words or repo.head is None:
        return tally
    skipped = [f":(top,exclude,glob)**/{name}/**" for name in (*VENDORED_FOLDERS, *GENERATED_FOLDERS)]
    skipped += [f":(top,exclude,glob)**/{name}" for name in GENERATED_NAMES]
    patterns = [part for word in sorted(words) for part in ("-e", word)]
    tree = [repo.head] if repo.bare else []
    options = ("-n", "-F", "-I", "-w", "-z", "--no-color", "--no-textconv")
    out = repo.run("grep", *options, *patterns, *tree, "--", ":(top)", *skipped, good=(0, 1), literal=False)
    edges = {word: re.compile(rf"(?<!\w){re.escape(word)}(?!\w)") for word in words}
    prefix = f"{repo.head}:" if repo.bare else ""
    for raw in os.fsdecode(out).split("\n"):
        at = _LINE.fullmatch(raw)
        if not at:
            continue
        path, number, line = at.group(1).removeprefix(prefix), int(at.group(2)), at.group(3)
        for word, edge in edges.items():
            if word in line and edge.search(line):
                _count(tally[word], path, number, what_a_line_does(word, line))
    return tally


def _count(files: dict[str, _Seen], path: str, number: int, does: Found) -> None:
    seen = files.setdefault(path, _Seen(does, number))
    seen.count += 1
    if _WEIGHT[does] > _WEIGHT[seen.best]:
        seen.best, seen.line = does, number


def _matches(term: Term, tally: _Tally) -> list[Hit]:
    if term.kind is TermKind.DOTTED:
        return _members(term, tally)
    best: dict[str, Hit] = {}
    for word in term.words:
        part = _PART_OF_ROUTE if word.startswith("/") and not term.bare.startswith(word) else 1.0
        for path, seen in tally[word].items():
            times = f" on {seen.count} lines" if seen.best is Found.USES and seen.count > 1 else ""
            hit = _hit(path, seen.line, term, f"{seen.best} {word}{times}", _WEIGHT[seen.best] * part)
            if path not in best or hit.relevance > best[path].relevance:
                best[path] = hit
    return _spread(list(best.values()))


def _members(term: Term, tally: _Tally) -> list[Hit]:
    """Files for ``owner.member``: a function of a module or class, or a column of a table."""
    member, owner = term.words
    hits = []
    for path, seen in tally[member].items():
        home, beside = tally[owner].get(path), f"/{path.rpartition('.')[0]}/"
        in_module = f"/{owner}/".casefold() in beside.casefold()
        if seen.best is Found.DEFINES and (home or in_module):
            hits.append(_hit(path, seen.line, term, f"defines {member}", 1.0))
        elif home and home.best in (Found.TABLE, Found.TABLE_USE):
            why = f"{home.best} {owner}, with {member}"
            hits.append(_hit(path, home.line, term, why, _WEIGHT[home.best]))
        elif home or in_module:
            hits.append(_hit(path, seen.line, term, f"names {member} and {owner}", _TOGETHER))
    if not hits:  # the migration that made the table may not know the column
        for path, home in tally[owner].items():
            if home.best in (Found.TABLE, Found.DEFINES):
                hits.append(_hit(path, home.line, term, f"{home.best} {owner}", _TOGETHER))
    return _spread(hits)


def _foreign(repo: GitRepo, paths: set[str]) -> dict[str, PathKind]:
    """Which of the files ``.gitattributes`` says are vendored or generated. Git reads it in work trees only."""
    if not paths or repo.bare or not any(path.endswith(".gitattributes") for path in repo.files):
        return {}
    asked = "\0".join(sorted(paths)) + "\0"
    out = repo.run(
        "check-attr", "-z", "--stdin", "linguist-vendored", "linguist-generated", stdin=os.fsencode(asked)
    )
    fields = repo.fields(out)
    found = {}
    for path, name, value in zip(fields[::3], fields[1::3], fields[2::3], strict=False):
        if value in ("set", "true"):
            found[path] = PathKind.VENDORED if name.endswith("vendored") else PathKind.GENERATED
    return found
