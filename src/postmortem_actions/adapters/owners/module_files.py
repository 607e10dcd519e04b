"""Who is named as owner in files: ``CODEOWNERS``, Backstage's ``catalog-info.yaml``, and a directory of services."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from ...core.model import Problem
from ...core.owners.catalog_claims import claims_for_component, claims_for_path
from ...core.owners.catalog_info import read_entities
from ...core.owners.claims import Claim
from ...core.owners.codeowners import owners_of, parse_codeowners
from ...core.owners.service_directory import claims_for_service, claims_for_service_path, read_directory
from ...core.owners.written import FileData
from ...errors import ConfigError
from .git_command import GitFailed, GitRepo

# Where GitHub and GitLab look, in this order; the first file that is there is the one in force.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
MOST_BYTES = 3_000_000
"""GitHub's own limit for CODEOWNERS; a larger one is ignored there."""
_CATALOG_BYTES = 512 * 1024
_MOST_CATALOGS = 500
_CATALOG_NAMES = ("catalog-info.yaml", "catalog-info.yml")

Lines = dict[tuple[str | int, ...], int]


def module_claims(
    repository: str | None, directory: str | None, paths: Sequence[str], services: Sequence[str]
) -> tuple[tuple[Claim, ...], tuple[Problem, ...]]:
    """Claims on the paths and the services by every ownership file there is, and what is wrong with them.

    ``repository`` is a folder under git, of which the head commit counts; ``paths`` are relative to it;
    ``directory`` is a file of services. Raises RequestError for a folder that is no repository, ConfigError
    for a directory file that cannot be read."""
    claims: list[Claim] = []
    problems: list[Problem] = []
    repo = GitRepo(repository) if repository is not None else None
    if repo is not None and repo.head is not None:
        claims += _codeowners(repo, paths, problems)
        entities, told = read_entities(list(_catalogs(repo, problems)))
        problems += told
        for path in paths:
            claims += claims_for_path(entities, path)
        for name in services:
            claims += claims_for_component(entities, name)
    if directory is not None:
        listed, told = read_directory(_table(Path(directory).expanduser()))
        problems += told
        for path in paths:
            claims += claims_for_service_path(listed, path)
        for name in services:
            claims += claims_for_service(listed, name)
    return tuple(dict.fromkeys(claims)), tuple(problems)


def _codeowners(repo: GitRepo, paths: Iterable[str], problems: list[Problem]) -> Iterator[Claim]:
    place = next((name for name in PLACES if name in repo.files), None)
    if place is None:
        return
    text = _committed(repo, place, MOST_BYTES, problems)
    rules, told = parse_codeowners(text or "", place)
    problems += told
    for path in paths:
        yield from owners_of(rules, path)


def _catalogs(repo: GitRepo, problems: list[Problem]) -> Iterator[FileData]:
    found = [path for path in repo.files if PurePosixPath(path).name in _CATALOG_NAMES]
    if len(found) > _MOST_CATALOGS:
        problems.append(
            Problem("catalog-many", f"of {len(found)} catalog files the first {_MOST_CATALOGS} are read")
        )
    for path in found[:_MOST_CATALOGS]:
        text = _committed(repo, path, _CATALOG_BYTES, problems)
        if text is not None:
            yield from _documents(text, path, problems)


def _committed(repo: GitRepo, path: str, most: int, problems: list[Problem]) -> str | None:
    """A file as the head commit has it."""
    try:
        told = repo.run("cat-file", "blob", f"{repo.head}:{path}")
    except GitFailed as failed:
        problems.append(Problem("owners-file-unread", f"{path} cannot be read: {failed}"))
        return None
    if len(told) > most:
        problems.append(Problem("owners-file-large", f"{path} is larger than {most} bytes and is not read"))
        return None
    return told.decode("utf-8", "replace")


def _text(path: Path, place: str, most: int, problems: list[Problem]) -> str | None:
    try:
        if path.stat().st_size > most:
            problems.append(Problem("owners-file-large", f"{place} is larger than {most} bytes and is not read"))
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        reason = error.strerror or str(error)
        problems.append(Problem("owners-file-unread", f"{place} cannot be read: {reason}"))
        return None


def _documents(text: str, place: str, problems: list[Problem]) -> Iterator[FileData]:
    """The documents of a YAML file as plain data. Aliases are refused: they are how a small file grows huge."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=loader)):
            problems.append(Problem("owners-file-format", f"{place}: aliases (*name) are not read"))
            return
        for node in yaml.compose_all(text, Loader=loader):
            lines: Lines = {}
            yield FileData(_plain(node, (), lines), place, lines)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place}:{mark.line + 1}" if mark else place
        said = getattr(error, "problem", None) or str(error)
        problems.append(Problem("owners-file-format", f"{where}: not valid YAML: {said}"))


def _plain(node: Any, at: tuple[str | int, ...], lines: Lines) -> object:
    import yaml

    lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        result: dict[object, object] = {}
        for key, value in node.value:
            name = str(key.value)
            lines[(*at, name)] = key.start_mark.line + 1
            result[name] = _plain(value, (*at, name), lines)
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*at, n), lines) for n, item in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def _table(path: Path) -> FileData:
    """A directory of services: YAML, TOML or CSV by its ending. Raises ConfigError."""
    problems: list[Problem] = []
    kind = path.suffix.lower()
    text = _text(path, str(path), MOST_BYTES, problems)
    if text is not None and kind in (".yaml", ".yml"):
        document = next(_documents(text, str(path), problems), None)
        if document is not None and not problems:
            return document
    elif text is not None and kind == ".toml":
        try:
            return FileData(tomllib.loads(text), str(path))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            problems.append(Problem("owners-file-format", f"not valid TOML: {error}"))
    elif text is not None and kind == ".csv":
        rows = [
            {key: value for key, value in row.items() if key}
            for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
        ]
        return FileData(list(rows), str(path), {(n,): n + 2 for n in range(len(rows))})
    message = problems[0].message if problems else f"no format is known for the ending {kind!r}"
    raise ConfigError(message, where=str(path), fix="Write a .yaml, .toml or .csv file of services.")
