"""What an RCA names of a program (a path, a symbol, an endpoint, a table), and by what a line of code defines
or uses it. Lines are matched with patterns, not parsed: good enough to find the file, in any language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class PathKind(StrEnum):
    """What a file is, weightiest first."""

    CODE = "code"
    TEST = "test"
    DOC = "doc"
    VENDORED = "vendored"
    GENERATED = "generated"


# The folders and names that GitHub's linguist also takes for vendored or generated, of the common ones.
VENDORED_FOLDERS = (
    "vendor", "node_modules", "third_party", "third-party", "thirdparty", "bower_components", "jspm_packages",
    "Pods", "Carthage", "Godeps", ".venv", "site-packages",
)  # fmt: skip
GENERATED_FOLDERS = ("dist", "__generated__", ".next")
GENERATED_NAMES = (
    "*.min.js", "*.min.css", "*.map", "*.lock", "*.pb.go", "*_pb2.py", "*_pb2.pyi", "*_pb2_grpc.py", "*.pb.cc",
    "*.pb.h", "*.designer.cs", "*.snap", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum",
)  # fmt: skip
_VENDORED = re.compile(rf"(?:^|/)(?:{'|'.join(map(re.escape, VENDORED_FOLDERS))})/")
_GENERATED = re.compile(
    rf"(?:^|/)(?:{'|'.join(map(re.escape, GENERATED_FOLDERS))})/"
    rf"|(?:^|/)(?:{'|'.join(re.escape(name).replace(chr(92) + '*', '[^/]*') for name in GENERATED_NAMES)})$",
    re.I,
)
_TEST = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__|testing|testdata|fixtures|e2e|mocks?)/"
    r"|(?:^|/)(?:test_[^/]*|conftest\.py|[^/]*(?:_test|_spec|\.test|\.spec|Tests?|Spec)\.\w+)$"
)
_DOC = re.compile(
    r"(?:^|/)(?:docs?|documentation|postmortems?|incidents|man)/|\.(?:md|rst|txt|adoc|markdown|html?)$|(?:^|/)CHANGE",
    re.I,
)


def kind_of_path(path: str) -> PathKind:
    """What the file at that path is, by its folders and its name."""
    for kind, pattern in (
        (PathKind.VENDORED, _VENDORED),
        (PathKind.GENERATED, _GENERATED),
        (PathKind.TEST, _TEST),
        (PathKind.DOC, _DOC),
    ):
        if pattern.search(path):
            return kind
    return PathKind.CODE


class TermKind(StrEnum):
    """What a term looks like."""

    PATH = "path"
    ENDPOINT = "endpoint"
    DOTTED = "dotted"
    SYMBOL = "symbol"


@dataclass(frozen=True, slots=True)
class Term:
    """A term as given, what it looks like, its bare form, and the line it names (1-based). ``words`` are the
    fixed strings to look for, the most telling first; for a dotted term the last part, then the one before."""

    text: str
    kind: TermKind
    bare: str
    words: tuple[str, ...] = ()
    line: int | None = None


_AT_LINE = re.compile(r"(?:(?::|#L|\()(\d+)(?:[:-]L?\d+)?\)?| line (\d+))$")
_FILE_LINK = re.compile(r"^https?://[^ ]+?/(?:-/)?(?:blob|src|raw|tree)/[^/]+/([^?#]+)", re.I)
_VERB = re.compile(r"^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+(?=/)", re.I)
_FILE_NAME = re.compile(
    r"[\w@.+-]+\.(?:py|pyi|go|rs|rb|java|kt|kts|scala|js|jsx|mjs|cjs|ts|tsx|vue|c|h|cc|cpp|hpp|cs|php|swift|m|ex|exs|erl"
    r"|clj|lua|pl|pm|r|sql|sh|bash|ps1|tf|tfvars|hcl|ya?ml|json|toml|ini|cfg|conf|properties|xml|gradle|proto|graphql"
    r"|css|scss|md|rst|txt|env|mk|cmake|dart|groovy|tpl|j2)|Dockerfile|Makefile|Jenkinsfile|Procfile"
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:(?:\.|::|#|->|\\)[A-Za-z_]\w*)+")
SHORTEST = 3


def read_term(text: str) -> Term | None:
    """What the text names, or None where it is too short or too long to be looked for."""
    bare = text.strip().strip("`'\"").strip()
    line = None
    if link := _FILE_LINK.match(bare):
        at = re.search(r"#L(\d+)", bare)
        return Term(text, TermKind.PATH, link.group(1).strip("/"), line=int(at.group(1)) if at else None)
    if at := _AT_LINE.search(bare):
        line, bare = int(at.group(1) or at.group(2)), bare[: at.start()].rstrip()
    verb = _VERB.match(bare)
    bare = re.sub(r"\([^()]*\)$", "", bare[verb.end() :] if verb else bare)
    if not SHORTEST <= len(bare) <= 300 or not bare.isprintable():
        return None
    named_file = _FILE_NAME.fullmatch(bare.rpartition("/")[2])
    if bare.startswith("/") and not named_file:
        return Term(text, TermKind.ENDPOINT, bare, _routes(bare), line)
    if "/" in bare or named_file:
        return Term(text, TermKind.PATH, bare.removeprefix("./").lstrip("/"), line=line)
    if _DOTTED.fullmatch(bare):
        parts = [part for part in re.split(r"\W+", bare) if part]
        return Term(text, TermKind.DOTTED, ".".join(parts), (parts[-1], parts[-2]), line)
    return Term(text, TermKind.SYMBOL, bare, (bare,), line)


def _routes(path: str) -> tuple[str, ...]:
    """The fixed part of an endpoint; without its first ``/``, as Django writes it; without its first folder,
    which routers often add elsewhere."""
    fixed = re.split(r"[{<:?*]", path)[0].rstrip("/")
    _, first, rest = [*fixed.split("/", 2), "", ""][:3]
    return (fixed, f"{first}/{rest}", f"/{rest}") if first and rest else (fixed,)


class Found(StrEnum):
    """What a line does with a word, most telling first."""

    DEFINES = "defines"
    TABLE = "defines the table"
    ENDPOINT = "defines the endpoint"
    SETS = "sets"
    TABLE_USE = "names the table"
    USES = "uses"


_KEYWORDS = (
    r"def|defp|class|func|function\*?|fn|fun|interface|struct|enum|trait|type|module|object|record|protocol|defmodule"
    r"|sub|proc|message|service|rpc|namespace|package|alias"
)
_MODIFIERS = r"public|private|protected|internal|static|async|override|virtual|abstract|final|inline|export|pub|suspend"
_ROUTE = (
    r"@\w*(?:route|get|post|put|patch|delete|mapping|path|api)\w*|#\[(?:get|post|put|patch|delete)"
    r"|(?<!client\.)(?<!axios\.)(?<!requests\.)(?<!http\.)(?<!httpx\.)(?<!session\.)(?<!fetch\.)"
    r"\b(?:route|get|post|put|patch|delete|all|use|handle|handlefunc|group|path|re_path|url|resources?|scope|mount"
    r"|location|map(?:get|post|put|delete|patch))"
)


@lru_cache(maxsize=512)
def _patterns(word: str) -> tuple[tuple[Found, re.Pattern[str]], ...]:
    w = re.escape(word)
    quoted = rf"[\"'`\[]?(?:\w+[\"'`\]]?\.)?[\"'`\[]?{w}\b"
    if "/" in word:
        route = rf"(?:{_ROUTE})\W{{1,12}}(?:[\w ,.=\[\]\"']{{0,60}}[\"'(,= ])?[\"'`^~ ]{{0,3}}{w}(?![\w-])"
        return (
            (Found.ENDPOINT, re.compile(rf"{route}|^\s*[\"']?{w}[^:\s]{{0,60}}[\"']?:\s*$", re.I)),
            (Found.USES, re.compile("")),
        )
    return (
        (
            Found.TABLE,
            re.compile(
                rf"\bcreate\s+(?:(?:temp|temporary|unlogged|external)\s+)?table\s+(?:if\s+not\s+exists\s+)?{quoted}"
                rf"|\b(?:__tablename__|table_name|db_table|tableName)\s*[:=]\s*[\"']{w}[\"']"
                rf"|\bcreate_?table[\s(:\"'`]+{w}\b|\bTable\(\s*(?:name\s*=\s*)?[\"']{w}[\"']",
                re.I,
            ),
        ),
        (
            Found.DEFINES,
            re.compile(
                rf"\b(?:{_KEYWORDS})\s+(?:\([^()]{{0,80}}\)\s*)?(?:[\w.]{{1,80}}(?:\.|::))?[\"'`]?{w}\b(?!\.)"
                rf"|(?i:\bcreate\s+(?:or\s+replace\s+)?(?:unique\s+|materialized\s+)?(?:view|index|function|procedure"
                rf"|trigger|type|sequence)\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?){quoted}"
                rf"|^\s*(?:(?:{_MODIFIERS})\s+){{1,5}}[\w<>\[\],.?:&* ]{{0,80}}?(?<!new )\b{w}\s*[({{]"
                rf"|^(?!return|else|throw|new|await|yield|case|delete|import|from)[A-Za-z_][\w *&:<>,]{{0,80}}[ *&:]{w}\s*\([^;]*$"
                rf"|^\s*(?:async\s+|\*\s*)?{w}\s*\([^;]{{0,200}}\)[^;{{]{{0,60}}\{{\s*$"
                rf"|^\s*(?:export\s+)?(?:const|let|var|val)\s+(?:mut\s+)?{w}\s*(?::[^=]{{0,80}})?=\s*(?:async\b|function\b|\(|\w+\s*=>)"
                rf"|^\s*(?:resource|data|module|variable|output)\s+(?:\"[^\"]+\"\s+)?\"{w}\""
            ),
        ),
        (
            Found.SETS,
            re.compile(
                rf"^\s*(?:export\s+|const\s+|let\s+|var\s+|val\s+|static\s+|final\s+|ENV\s+|-?D)*[\"']?{w}[\"']?"
                rf"\s*(?::(?:\s|$)|:?=(?!=))"
            ),
        ),
        (
            Found.TABLE_USE,
            re.compile(
                rf"\b(?:FROM|JOIN|INTO|UPDATE|REFERENCES|TABLE|(?i:alter\s+table|insert\s+into|delete\s+from))\s+(?:ONLY\s+|IF\s+EXISTS\s+)?{quoted}"
            ),
        ),
        (Found.USES, re.compile("")),
    )


LONGEST_LINE = 1_000  # characters of a line that are looked at: more is data, not code


def what_a_line_does(word: str, line: str) -> Found:
    """What the line, which names the word, does with it."""
    part = line[:LONGEST_LINE]
    return next(found for found, pattern in _patterns(word) if pattern.search(part))
