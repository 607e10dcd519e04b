"""What docs/architecture.md says of the layout: imports run one way, the core is pure, modules stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.regenerate import REPOSITORY

PACKAGE = REPOSITORY / "src" / "postmortem_actions"
MODULES = sorted(PACKAGE.rglob("*.py"))
LAYERS = ("core", "render", "adapters", "service", "wire", "entry", "errors")
# layer → the layers of the package it may import
ALLOWED = {
    "errors": set(),
    "core": {"core", "errors"},
    "render": {"render", "core", "errors"},
    "adapters": {"adapters", "core", "errors"},
    "service": {"service", "core", "errors"},
    "wire": {"adapters", "render", "service", "core", "errors"},
    "entry": {"entry", "wire", "service", "render", "core", "errors"},
}
# Of the standard library, what asks the outside world or changes with it.
IMPURE = {
    "os", "io", "pathlib", "shutil", "tempfile", "subprocess", "socket", "ssl", "urllib", "http", "time", "random", "secrets",
    "uuid", "threading", "asyncio", "multiprocessing", "sqlite3", "logging", "sys", "locale", "glob", "getpass", "platform",
}  # fmt: skip
THIRD_PARTY_IN_CORE = {"markdown_it", "mdit_py_plugins"}
STDLIB_IN_CORE_PARSE_ONLY = {"html"}
LONGEST_MODULE = 400


def _layer(module: Path) -> str:
    first = module.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def _imports(module: Path) -> list[tuple[str, bool, bool]]:
    """(dotted name, inside the package, only for type checking) of every import."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    found = []
    here = module.relative_to(PACKAGE).with_suffix("").parts
    package = list(here if module.name == "__init__.py" else here[:-1])
    if module.name == "__init__.py":
        package = list(here[:-1])
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, False, id(node) in typing_only) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = package[: len(package) - (node.level - 1)]
                target = [*base, *(node.module or "").split(".")] if node.module else base
                names = [".".join([*target, alias.name]).strip(".") for alias in node.names]
                found += [(name, True, id(node) in typing_only) for name in names]
            else:
                found.append((node.module or "", False, id(node) in typing_only))
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(module: Path) -> None:
    layer = _layer(module)
    if layer in ("__init__", "__main__"):
        return
    for name, inside, _ in _imports(module):
        assert not name.startswith("postmortem_actions"), f"{module}: import relatively: {name}"
        target = name.split(".")[0]
        if inside and target in LAYERS:
            assert target in ALLOWED[layer], f"{layer} must not import {target} ({name})"


@pytest.mark.parametrize(
    "module", [m for m in MODULES if _layer(m) == "core"], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_core_is_pure(module: Path) -> None:
    for name, inside, _ in _imports(module):
        top = name.split(".")[0]
        if inside:
            continue
        assert top not in IMPURE, f"core must not import {name}"
        import sys

        if top not in sys.stdlib_module_names:
            assert top in THIRD_PARTY_IN_CORE, f"core must not import {name}"
            assert "parse" in module.parts, f"only core/parse may use {name}"
    tree = ast.parse(module.read_text(encoding="utf-8"))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    forbidden = {
        "open",
        "print",
        "input",
        "date.today",
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "hash",
        "eval",
        "exec",
    }
    assert not called & forbidden, called & forbidden


def test_adapter_packages_do_not_import_each_other() -> None:
    packages = {
        path.name
        for path in (PACKAGE / "adapters").iterdir()
        if path.is_dir() and not path.name.startswith("__")
    }
    for module in (PACKAGE / "adapters").rglob("*.py"):
        own = module.relative_to(PACKAGE / "adapters").parts[0]
        for name, inside, _ in _imports(module):
            parts = name.split(".")
            if inside and parts[0] == "adapters" and len(parts) > 1 and parts[1] in packages:
                assert parts[1] == own, f"{module} imports {name}"


def test_only_wire_chooses_adapters() -> None:
    for module in MODULES:
        if _layer(module) in ("adapters", "wire"):
            continue
        assert not [n for n, inside, _ in _imports(module) if inside and n.split(".")[0] == "adapters"], (
            module
        )


def test_modules_stay_small() -> None:
    long = {
        str(m.relative_to(PACKAGE)): n
        for m in MODULES
        if (n := len(m.read_text().splitlines())) > LONGEST_MODULE
    }
    assert not long


def test_every_public_thing_of_the_core_says_what_it_is() -> None:
    silent = []
    for module in (m for m in MODULES if _layer(m) in ("core", "render", "service", "wire")):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        if tree.body and ast.get_docstring(tree) is None:
            silent.append(f"{module.relative_to(PACKAGE)}: module")
        for node in tree.body:
            public = isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
            if public and ast.get_docstring(node) is None:
                silent.append(f"{module.relative_to(PACKAGE)}: {node.name}")
    assert not silent
