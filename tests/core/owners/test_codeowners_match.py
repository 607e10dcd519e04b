"""Patterns stay fast on hostile input, and agree with an independent library where both follow GitHub."""

from __future__ import annotations

from time import perf_counter

import pytest
from codeowners import CodeOwners
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem_actions.core.owners.codeowners import Dialect, owners_of, parse_codeowners
from postmortem_actions.core.owners.codeowners_match import Matcher, compile_pattern, names_of

NAMES = st.text("ab.", min_size=1, max_size=3).filter(lambda name: name.strip(".") != "")
PATHS = st.lists(NAMES, min_size=1, max_size=5).map("/".join)
PARTS = st.one_of(st.just("**"), st.just("*"), st.text("ab.*?", min_size=1, max_size=3), NAMES)
PATTERNS = st.tuples(
    st.sampled_from(["", "/"]),
    st.lists(PARTS, min_size=1, max_size=4).map("/".join),
    st.sampled_from(["", "/"]),
).map("".join)
OWNERS = st.lists(st.sampled_from(["@ann", "@bob", "@o/team", "joe@x.example"]), max_size=3, unique=True)
LINES = (
    st.tuples(PATTERNS, OWNERS, st.sampled_from(["", "  # why", "\t#"]))
    .map(lambda line: f"{line[0]} {' '.join(line[1])}{line[2]}")
    .filter(lambda line: "***" not in line)
)  # see the known differences


def ours(text: str, path: str) -> list[str]:
    return [claim.who for claim in owners_of(parse_codeowners(text, dialect=Dialect.GITHUB)[0], path)]


def theirs(text: str, path: str) -> list[str]:
    return [owner.removeprefix("@").removesuffix("@x.example") for _, owner in CodeOwners(text).of(path)]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(LINES, min_size=1, max_size=6), st.lists(PATHS, min_size=1, max_size=8))
def test_agreement_with_an_independent_library(lines: list[str], paths: list[str]) -> None:
    text = "\n".join(lines)
    assert {path: ours(text, path) for path in paths} == {path: theirs(text, path) for path in paths}


@pytest.mark.parametrize(
    ("line", "path", "other", "own"),
    [
        # "Using [ ] to define a character range doesn't work": the line is skipped; the library makes a range.
        ("[ab].md @new", "a.md", ["new"], ["before"]),
        # "Using ! to negate a pattern doesn't work": skipped; the library takes `!` for a letter.
        ("!a.md @new", "!a.md", ["new"], ["before"]),
        # "Escaping a pattern starting with # … doesn't work": skipped; the library unescapes it.
        ("\\#a.md @new", "#a.md", ["new"], ["before"]),
        # The REST reference gives `***/*.rb` as an invalid pattern; the library reads `**` and `*`.
        ("***/a.md @new", "x/a.md", ["new"], ["before"]),
        # "Invalid owner": the line is skipped; the library keeps the rule without that owner, and so without any.
        ("a.md new", "a.md", [], ["before"]),
        # A comment ends the line; the library goes on looking for owners in it.
        ("a.md @new # was @old", "a.md", ["new", "old"], ["new"]),
        # GitHub knows no sections, and `[` is not allowed in a pattern; in the library the last match wins, too,
        # where GitLab, whose sections these are, asks the owners of every section.
        ("[Docs] @new", "D", ["new"], ["before"]),
        # Only a line feed ends a line on GitHub; the library also splits at a form feed.
        ("a.md @new\x0cb.md", "b.md", [], ["before"]),
    ],
)
def test_known_differences_to_the_library(line: str, path: str, other: list[str], own: list[str]) -> None:
    text = f"* @before\n{line}"
    assert theirs(text, path) == other
    assert ours(text, path) == own


def test_an_unfinished_range_stops_the_library_but_not_the_plan() -> None:
    with pytest.raises(ValueError, match="unterminated"):
        CodeOwners("a[ @new")
    assert ours("* @before\na[ @new", "a[") == ["before"]


def ruby_fnmatch(pattern: str, names: tuple[str, ...]) -> bool:
    """Ruby's File.fnmatch with FNM_DOTMATCH and FNM_PATHNAME, written down plainly: every way is tried."""

    def name(pattern: str, text: str) -> bool:
        if not pattern:
            return not text
        if pattern[0] == "*":
            return name(pattern[1:], text) or (bool(text) and name(pattern, text[1:]))
        return bool(text) and pattern[0] in ("?", text[0]) and name(pattern[1:], text[1:])

    def path(parts: tuple[str, ...], names: tuple[str, ...]) -> bool:
        if not parts:
            return not names
        if parts[0] == "**" and len(parts) > 1:
            return path(parts[1:], names) or (len(names) > 1 and path(parts, names[1:]))
        return bool(names) and name(parts[0], names[0]) and path(parts[1:], names[1:])

    return path(tuple(pattern.split("/")), names)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(PATTERNS.filter(lambda pattern: pattern != "/"), PATHS)
def test_gitlab_patterns_agree_with_rubys_rules_tried_in_every_way(pattern: str, path: str) -> None:
    full = "**/*" if pattern == "*" else pattern
    full = full.removeprefix("/") if full.startswith("/") else f"**/{full}"
    full += "**/*" if full.endswith("/") else ""
    matcher = compile_pattern(pattern, Dialect.GITLAB)
    assert isinstance(matcher, Matcher)
    assert matcher.matches(names_of(path)) == ruby_fnmatch(full, names_of(path))


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("**/*a*/**/*b", "/".join(["a" * 40] * 100)),
        ("/".join(["**", "a"] * 200) + "/b", "/".join(["a"] * 2000)),
        ("**/" + "*a" * 60 + "b", "a" * 4000),
        ("**/" + "*?" * 60 + "b", "a" * 4000),
        ("/".join(["*" + "a*" * 10] * 100) + "/b", "/".join(["a" * 200] * 100)),
        ("**/" * 1000 + "b", "/".join(["a"] * 2000)),
    ],
    ids=range(6),
)
def test_hostile_patterns_stay_fast(pattern: str, path: str, dialect: Dialect) -> None:
    matcher = compile_pattern(pattern, dialect)
    assert isinstance(matcher, Matcher)
    start = perf_counter()
    assert not matcher.matches(names_of(path))
    assert perf_counter() - start < 1.0


def test_a_large_file_is_read_and_asked_in_good_time() -> None:
    text = "\n".join(f"/services/s{n}/**/*.py @o/team{n}" for n in range(20_000))
    start = perf_counter()
    rules, problems = parse_codeowners(text)
    claims = owners_of(rules, "services/s3/a/b.py")
    assert perf_counter() - start < 5.0
    assert problems == ()
    assert [claim.who for claim in claims] == ["o/team3"]
