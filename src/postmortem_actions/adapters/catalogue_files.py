"""What the program knows, from its own data files and the user's folders of rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..core.artifacts.patterns import Pattern, pattern_from
from ..core.candidates import gap_answers_from
from ..core.catalogue import Catalogue, Fault, Rule, check_catalogue, rule_from, slot_from
from ..core.catalogue.fields import Fields, nearest
from ..core.classify import FormTable
from ..core.knowledge import Knowledge, Reading
from ..core.parse.gaps import GapLanguage
from ..core.parse.headings import HeadingTable
from ..core.parse.words import ReadingWords
from ..core.stack import products
from ..errors import CatalogueError
from . import knowledge_cache
from .yaml_files import Document, documents, with_lines

_OWN_FILES = ("slots", "names", "headings", "reading", "gaps", "forms", "stack")
_PATTERNS = "patterns"  # the folder in which patterns of artifacts lie
_USER_FILES = {f"{name}.yaml": name for name in ("slots", "names", "headings")}


def data_folder() -> Path:
    """Where the program's own data files lie."""
    return Path(__file__).resolve().parent.parent / "data"


def load_knowledge(extra: Sequence[Path] = (), *, cache: bool = True) -> Knowledge:
    """The built-in knowledge, then the rules of the ``extra`` folders, which add to or override ours by id.

    A folder may also hold slots.yaml, names.yaml and headings.yaml of its own, and patterns of artifacts in a folder
    ``patterns``. Raises CatalogueError
    naming path:line of the first fault, and how many there are."""
    listed = _files(extra)
    place = knowledge_cache.place(path for _, path in listed) if cache else None
    if place is not None and (kept := knowledge_cache.read(place)) is not None:
        return kept
    knowledge, faults = _build(documents(listed), own=str(data_folder()))
    if faults:
        lined = with_lines(faults)
        first = lined[0]
        more = f" ({len(lined) - 1} more)" if len(lined) > 1 else ""
        key = ".".join(map(str, first.at))
        raise CatalogueError(
            f"{key + ': ' if key else ''}{first.message}{more}",
            where=f"{first.path}:{first.line or 1}",
            fix="Run 'pma catalogue check' with the folder to see every fault.",
        )
    if place is not None:
        _ = knowledge.catalogue.likeness  # counted once, then kept with the rest
        knowledge_cache.write(place, knowledge)
    return knowledge


def load_catalogue(extra: Sequence[Path] = (), *, cache: bool = True) -> Catalogue:
    """The rules alone."""
    return load_knowledge(extra, cache=cache).catalogue


def check_files(extra: Sequence[Path] = (), *, builtin: bool = True) -> tuple[Catalogue, list[Fault]]:
    """Every fault of the schema and of the checks, with path and line, in order of file and line.

    With ``builtin`` false only faults of the ``extra`` folders are told."""
    knowledge, faults = _build(documents(_files(extra)))
    faults += check_catalogue(knowledge.catalogue)
    if not builtin:
        own = str(data_folder())
        faults = [fault for fault in faults if not fault.path.startswith(own)]
    return knowledge.catalogue, sorted(with_lines(faults), key=lambda f: (f.path, f.line or 0, f.message))


def _files(extra: Sequence[Path]) -> list[tuple[str, Path]]:
    own = data_folder()
    found = [(name, own / f"{name}.yaml") for name in _OWN_FILES]
    found += [("rule", path) for path in sorted((own / "rules").rglob("*.yaml"))]
    found += [("pattern", path) for path in sorted((own / _PATTERNS).glob("*.yaml"))]
    for folder in extra:
        if not folder.exists():
            raise CatalogueError(
                "no such folder of rules", where=str(folder), fix="Check --rules or [catalogue] rules."
            )
        inside = sorted([*folder.rglob("*.yaml"), *folder.rglob("*.yml")]) if folder.is_dir() else [folder]
        found += [
            ("pattern" if path.parent.name == _PATTERNS else _USER_FILES.get(path.name, "rule"), path)
            for path in inside
        ]
    return found


def _build(read: Iterable[Document], own: str | None = None) -> tuple[Knowledge, list[Fault]]:
    """What was read, as knowledge. Expressions of files below ``own`` are taken as proven by our tests."""
    faults: list[Fault] = []
    found: list[Fault]
    rules, slots = [], []
    patterns: dict[str, Pattern] = {}
    names: dict[str, list[str]] = {}
    headings: dict[str, list[str]] = {}
    single: dict[str, tuple[str, dict[str, object]]] = {}
    for kind, path, data in read:
        if isinstance(data, str) or not isinstance(data, dict):
            faults.append(
                Fault(data if isinstance(data, str) else "must be a mapping of keys and values", (), path)
            )
        elif kind == "slots":
            found = []
            proven = own is not None and path.startswith(own)
            fields = Fields({"slots": data}, found)
            slots += [slot_from(name, below, proven=proven) for name, below in fields.named_children("slots")]
            faults += [Fault(f.message, f.at[1:], path) for f in found]
        elif kind in ("names", "headings"):
            table = names if kind == "names" else headings
            found = []
            fields = Fields(data, found)
            for key in data:
                table.setdefault(key, []).extend(fields.texts(key))
            faults += [Fault(f.message, f.at, path) for f in found]
        elif kind == "rule":
            rule, wrong = rule_from(data, path, proven=own is not None and path.startswith(own))
            rules.append(rule)
            faults += [Fault(f.message, f.at, path) for f in wrong]
        elif kind == "pattern":
            pattern, wrong = pattern_from(data)
            earlier = patterns.get(pattern.id)
            # A user's file adds to the variants of ours and overrides those of the same product.
            patterns[pattern.id] = (
                replace(pattern, variants={**earlier.variants, **pattern.variants}) if earlier else pattern
            )
            faults += [Fault(f.message, f.at, path) for f in wrong]
        else:
            single[kind] = (path, data)

    def of(kind: str) -> dict[str, object]:
        return single.get(kind, ("", {}))[1]

    def noted(kind: str, wrong: Iterable[Fault]) -> None:
        faults.extend(Fault(f.message, f.at, single.get(kind, (kind, {}))[0]) for f in wrong)

    words, wrong = ReadingWords.from_data(of("reading"))
    noted("reading", wrong)
    gaps, wrong = GapLanguage.from_data(of("gaps"))
    noted("gaps", wrong)
    answers = {}
    for key in ("answers", "cause_answers", "factor_answers", "phase_answers"):
        answers[key], wrong = gap_answers_from(of("gaps"), key)
        noted("gaps", wrong)
    forms, wrong = FormTable.from_data(of("forms"))
    noted("forms", wrong)
    reading = Reading(HeadingTable(headings), words, gaps)
    faults += _unknown_patterns(rules, patterns)
    catalogue = Catalogue(rules, slots, names)
    known = Knowledge(
        reading, catalogue, answers["answers"], answers["cause_answers"], answers["factor_answers"], answers["phase_answers"], forms,
        patterns, products(of("stack")),
    )  # fmt: skip
    return known, faults


def _unknown_patterns(rules: Iterable[Rule], patterns: Mapping[str, Pattern]) -> list[Fault]:
    faults = []
    for rule in rules:
        for n, action in enumerate(rule.actions):
            one = action.artifact
            for name in (one.pattern, *one.also) if one else ():
                if name and name not in patterns:
                    message = f"there is no pattern {name!r}{nearest(name, sorted(patterns))}"
                    faults.append(Fault(message, ("actions", n, "artifact"), rule.path))
    return faults
