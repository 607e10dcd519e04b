"""Every regular expression of the package, with how it is used, wherever it is written."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import postmortem_actions
from postmortem_actions.adapters.catalogue_files import data_folder, load_knowledge

PACKAGE = Path(postmortem_actions.__file__).parent
_METHODS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
_ANCHORED = {"match", "fullmatch"}


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression. ``anchored``: it is only ever tried at the beginning of a text (``match``)."""

    where: str
    source: str
    flags: int
    anchored: bool = False

    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.source, self.flags)


def all_expressions() -> list[Expression]:
    """Those of modules (as values and as literals in calls), of data files and of what was made of them."""
    found: dict[tuple[str, int], Expression] = {}
    for entry in (*_in_modules(), *_in_calls(), *_in_data()):
        known = found.get((entry.source, entry.flags))
        if known is None or known.anchored:
            found[entry.source, entry.flags] = entry
    return list(found.values())


def modules() -> list[ModuleType]:
    """All modules of the package."""
    names = [entry.name for entry in pkgutil.walk_packages([str(PACKAGE)], "postmortem_actions.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


def _in_modules() -> Iterator[Expression]:
    used = _uses()
    for module in modules():
        for name, value in vars(module).items():
            home = f"{module.__name__.partition('.')[2]}.{name}"
            for pattern in _patterns_in(value, set()):
                ways = used.get(name, set()) if isinstance(value, re.Pattern) else set()
                yield _expression(home, pattern, anchored=bool(ways) and ways <= _ANCHORED)


def _expression(where: str, pattern: re.Pattern[Any], *, anchored: bool = False) -> Expression:
    source = pattern.pattern
    if isinstance(source, bytes):  # the same rules hold for bytes: read them as Latin-1
        return Expression(where, source.decode("latin-1"), pattern.flags & ~re.UNICODE | re.ASCII, anchored)
    return Expression(where, source, pattern.flags, anchored)


def _uses() -> dict[str, set[str]]:
    """name → the methods called on it anywhere, plus ``other`` where it is handed on as a value."""
    used: dict[str, set[str]] = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                used[node.value.id].add(node.attr)
                called.add(id(node.value))
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
                used[node.id].add("other")
    return used


def _patterns_in(value: Any, seen: set[int]) -> Iterator[re.Pattern[Any]]:
    """The compiled expressions inside a value: containers and dataclasses are walked."""
    if isinstance(value, re.Pattern):
        yield value
    if id(value) in seen or isinstance(value, (str, bytes, int, float, type, ModuleType)):
        return
    seen.add(id(value))
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        inner = list(value)
    elif type(value).__module__.startswith("postmortem_actions."):
        slots = [name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())]
        names = {f.name for f in dataclasses.fields(value)} if dataclasses.is_dataclass(value) else set()
        inner = [getattr(value, name, None) for name in {*slots, *names, *getattr(value, "__dict__", {})}]
    for item in inner:
        yield from _patterns_in(item, seen)


def _in_calls() -> Iterator[Expression]:
    """``re.search("…", …)`` where the expression is a literal or made of the module's own constants."""
    for module, call in _calls():
        source = _source(module, call)
        if source is not None:
            name = call.func.attr  # type: ignore[attr-defined]
            where = f"{module.__name__.partition('.')[2]}:{call.lineno}"
            flags = _flags([*call.args[1:], *(word.value for word in call.keywords)])
            yield Expression(where, source, flags, name in _ANCHORED)


def unresolved() -> set[str]:
    """Calls of ``re`` whose expression is only known when the program runs: ``module: call``."""
    return {
        f"{module.__name__.partition('.')[2]}: {ast.unparse(call)}"
        for module, call in _calls()
        if _source(module, call) is None
    }


def _source(module: ModuleType, call: ast.Call) -> str | None:
    try:
        made = eval(compile(ast.Expression(call.args[0]), module.__name__, "eval"), dict(vars(module)))
    except NameError:
        return None
    return made.decode("latin-1") if isinstance(made, bytes) else str(made)


def _calls() -> Iterator[tuple[ModuleType, ast.Call]]:
    for module in modules():
        assert module.__file__ is not None
        for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))):
            function = node.func if isinstance(node, ast.Call) else None
            if (
                isinstance(function, ast.Attribute)
                and isinstance(function.value, ast.Name)
                and function.value.id == "re"
                and function.attr in _METHODS | {"compile"}
            ):
                assert isinstance(node, ast.Call)
                yield module, node


def _flags(nodes: list[ast.expr]) -> int:
    names = {n.attr for node in nodes for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    return sum(
        int(getattr(re, name))
        for name in names & {"IGNORECASE", "I", "MULTILINE", "M", "DOTALL", "S", "VERBOSE", "X"}
    )


def _in_data() -> Iterator[Expression]:
    knowledge = load_knowledge(cache=False)
    for pattern in _patterns_in(knowledge, set()):
        yield _expression("data", pattern)
    import yaml

    for path in sorted(data_folder().rglob("*.yaml")):
        for source in _texts_under(yaml.safe_load(path.read_text(encoding="utf-8")), {"patterns", "regex"}):
            # As they stand: what makes objects of them may add flags, which are found above.
            yield Expression(str(path.relative_to(PACKAGE)), source, int(re.IGNORECASE))


def _texts_under(data: Any, keys: set[str], inside: bool = False) -> Iterator[str]:
    if isinstance(data, str) and inside:
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts_under(value, keys, inside or key in keys)
    elif isinstance(data, list):
        for value in data:
            yield from _texts_under(value, keys, inside)
