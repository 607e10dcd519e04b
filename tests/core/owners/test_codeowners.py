"""CODEOWNERS files: what GitHub and GitLab say of them in their documentation, and what must not leak."""

from __future__ import annotations

import pytest

from postmortem_actions.core.owners.codeowners import (
    Dialect,
    dialect_of,
    owners_of,
    parse_codeowners,
    rules_for,
)

# The example of GitHub's page "About code owners", with other comments.
GITHUB = """\
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


def who(text: str, path: str, dialect: Dialect | None = None) -> list[str]:
    return sorted(claim.who for claim in owners_of(parse_codeowners(text, dialect=dialect)[0], path))


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", ["global-owner1", "global-owner2"]),
        ("src/app.js", ["js-owner"]),
        ("cmd/main.go", ["docs"]),
        ("notes/a.txt", ["octo-org/octocats"]),
        ("build/logs/today/one.bin", ["octocat"]),
        ("docs/getting-started.md", ["doctocat"]),
        ("tools/apps/x.md", ["octocat"]),
        ("deeply/nested/logs/x", ["octocat"]),
        ("scripts/run.sh", ["doctocat", "octocat"]),
        ("apps/main.c", ["octocat"]),
        ("apps/github/main.c", []),
        ("apps/github", []),
    ],
)
def test_githubs_own_example(path: str, owners: list[str]) -> None:
    assert parse_codeowners(GITHUB)[1] == ()
    assert who(GITHUB, path) == owners


@pytest.mark.parametrize(
    ("pattern", "taken", "left"),
    [
        ("docs/*", ["docs/a.md"], ["docs/build/a.md", "x/docs/a.md", "docs"]),
        ("docs", ["docs", "docs/a.md", "x/docs/y/z"], ["docs2", "mydocs/a"]),
        ("/docs/", ["docs/a", "docs/b/c"], ["docs", "x/docs/a"]),
        ("/*", ["a", ".env"], ["a/b"]),
        ("*", ["a", "a/b/.c"], []),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b/z"], ["b", "a/x"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a/c"]),
        ("*.py", ["x.py", "a/b/x.py", "lib.py/readme"], ["x.pyc"]),
        ("a?c", ["abc", "x/abc"], ["ac", "a/c"]),
        ("C#/x\\ y.cs", ["C#/x y.cs"], ["C#/x", "C/x y.cs"]),
        ("Makefile", ["Makefile"], ["makefile"]),
    ],
)
def test_github_patterns(pattern: str, taken: list[str], left: list[str]) -> None:
    rules, problems = parse_codeowners(f"{pattern} @alice", dialect=Dialect.GITHUB)
    assert problems == ()
    assert [path for path in taken + left if rules_for(rules, path)] == taken


@pytest.mark.parametrize(
    "line",
    [
        "!a.md @bob",
        "[ab].md @bob",
        "\\#a.md @bob",
        "***/a.md @bob",
        "/ @bob",
        "a.md bob",
        "a.md @",
        "a.md b@",
    ],
)
def test_a_line_that_github_refuses_leaves_the_rule_before_it_in_force(line: str) -> None:
    text = f"* @alice\n{line}\n"
    rules, problems = parse_codeowners(text, ".github/CODEOWNERS")
    assert [claim.who for claim in owners_of(rules, "a.md")] == ["alice"]
    assert len(problems) == 1
    assert problems[0].message.startswith(".github/CODEOWNERS:2: ")
    assert problems[0].fix
    assert problems[0].line is None  # that would be a line of the RCA


def test_the_reason_can_be_checked() -> None:
    rules, _ = parse_codeowners("# who\n\n/db/ @alice\n*.sql jane.doe+git@corp.example @o/data\n")
    (alice,) = owners_of(rules, "db/x.py")
    assert (alice.who, alice.is_team, alice.why) == ("alice", False, "CODEOWNERS:3 (/db/ → @alice)")
    jane, data = owners_of(rules, "x.sql")
    assert (jane.who, data.who, data.is_team) == ("jane.doe", "o/data", True)


def test_no_address_leaves_the_file() -> None:
    text = "*.go jane@corp.example\n*.py me,jane@corp.example x\n*.c (jane@corp.example)\nj@corp.example @a\n"
    for dialect in Dialect:
        rules, problems = parse_codeowners(text, dialect=dialect)
        claims = [claim for path in ("a.go", "a.py", "a.c") for claim in owners_of(rules, path)]
        assert "jane" in {claim.who for claim in claims}
        said = str(claims) + str(problems)
        assert "corp.example" not in said


def test_a_catch_all_weighs_less_than_a_rule_on_the_path() -> None:
    rules, _ = parse_codeowners("* @admin\n[Database]\n/db/ @dba\n^[Docs]\n/db/*.md @writer\n")
    claims = owners_of(rules, "db/a.md")
    assert [claim.who for claim in claims] == ["dba", "admin", "writer"]
    assert claims[0].weight > claims[1].weight
    assert claims[0].why == "CODEOWNERS:3 ([Database] /db/ → @dba)"


GITLAB = """\
* @general-approvers

[Documentation][2] @docs-team
docs/
README.md
*.txt

^[Database] @database-team @agarcia
model/db/
config/db/database-setup.md @docs-team

[DOCUMENTATION]
internal/README.md @user4 @@maintainers
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("main.rb", ["general-approvers"]),
        ("docs/a/b.md", ["docs-team", "general-approvers"]),
        ("model/db/CHANGELOG.txt", ["agarcia", "database-team", "docs-team", "general-approvers"]),
        ("config/db/database-setup.md", ["docs-team", "general-approvers"]),
        ("internal/README.md", ["every maintainer", "general-approvers", "user4"]),
        ("README.md/x", ["general-approvers"]),
    ],
)
def test_gitlabs_sections(path: str, owners: list[str]) -> None:
    assert who(GITLAB, path) == owners


def test_gitlabs_sections_carry_their_settings() -> None:
    rules, problems = parse_codeowners(GITLAB)
    assert problems == ()
    docs, *_, last = [rule for rule in rules if rule.section == "Documentation"]
    assert (docs.approvals, docs.optional, docs.by_default) == (2, False, True)
    assert (last.approvals, last.by_default, last.line) == (1, False, 13)
    assert {rule.optional for rule in rules if rule.section == "Database"} == {True}
    assert {c.who: c.is_team for c in owners_of(rules, "internal/README.md")} == {
        "user4": False,
        "every maintainer": True,
        "general-approvers": True,
    }


def test_a_section_that_is_required_once_is_required() -> None:
    rules, _ = parse_codeowners("^[Go]\n*.go @a\n[GO]\n*.mod @b\n")
    assert [rule.optional for rule in rules] == [False, False]


def test_gitlab_exclusions_hold_for_their_section_and_cannot_be_taken_back() -> None:
    text = "* @owner\n!pom.xml\n[Ruby]\n*.rb @ruby\n!/config/**/*.rb\n/config/routes.rb @ops\n[Conf]\n/config/ @conf\n"
    assert who(text, "a/pom.xml") == []
    assert who(text, "lib/x.rb") == ["owner", "ruby"]
    assert who(text, "config/routes.rb") == ["conf", "owner"]
    assert who("!pom.xml\n* @owner\n", "pom.xml", Dialect.GITLAB) == []


@pytest.mark.parametrize(
    ("pattern", "taken", "left"),
    [
        ("README.md", ["README.md", "a/b/README.md"], ["README.md/x"]),
        ("/docs/*.md", ["docs/a.md", "docs/.md"], ["docs/a/b.md"]),
        ("/docs/**/index.md", ["docs/index.md", "docs/a/b/index.md"], ["index.md"]),
        ("docs", ["docs", "a/docs"], ["docs/a"]),
        ("docs/**", ["docs/a", "x/docs/a"], ["docs/a/b"]),
        ("**/generated/", ["generated/a", "x/generated/y/z"], ["generated"]),
        ("/[a-c]*.[!ch]", ["a.x", "bb.y"], ["d.x", "a.c", "a.h"]),
        ("\\#x", ["#x", "a/#x"], ["x"]),
        ("a\\ b/", ["a b/c"], ["a/c"]),
        ("x[", [], ["x[", "x"]),
        ("/", ["a", "b/c"], []),
    ],
)
def test_gitlab_patterns(pattern: str, taken: list[str], left: list[str]) -> None:
    rules, problems = parse_codeowners(f"{pattern} @alice", dialect=Dialect.GITLAB)
    assert problems == ()
    assert [path for path in taken + left if rules_for(rules, path)] == taken


def test_gitlab_keeps_the_owners_it_understands_and_counts_those_in_comments() -> None:
    rules, problems = parse_codeowners(
        "a @x y @z\nb @x # ask @bob\nc\n[Ab]c @x #\n\n[\n", "docs/CODEOWNERS", Dialect.GITLAB
    )
    assert [claim.who for claim in owners_of(rules, "a")] == ["x", "z"]
    assert [claim.who for claim in owners_of(rules, "b")] == ["x", "bob"]
    assert owners_of(rules, "c") == ()
    assert [problem.message.partition(": ")[0] for problem in problems] == [
        f"docs/CODEOWNERS:{line}" for line in (1, 2, 3, 4, 6)
    ]


@pytest.mark.parametrize(
    ("place", "text", "dialect"),
    [
        (".github/CODEOWNERS", "[Docs]\n*.md @a", Dialect.GITHUB),
        (".gitlab/CODEOWNERS", "*.md @a", Dialect.GITLAB),
        ("CODEOWNERS", "# [Docs]\n*.md @a @org/team # x", Dialect.GITHUB),
        ("docs/CODEOWNERS", "*.md @a\n^[Docs][2] @b\n", Dialect.GITLAB),
        ("CODEOWNERS", "*.md @@maintainer", Dialect.GITLAB),
        ("CODEOWNERS", "*.md @a/b/c", Dialect.GITLAB),
        ("CODEOWNERS", "* @a\n!x", Dialect.GITLAB),
    ],
)
def test_the_dialect_is_told_by_folder_or_content(place: str, text: str, dialect: Dialect) -> None:
    assert dialect_of(place, text) is dialect


def test_a_known_group_is_no_person() -> None:
    rules, _ = parse_codeowners("* @platform\n", dialect=Dialect.GITLAB)
    assert [claim.is_team for claim in owners_of(rules, "a")] == [False]
    assert [claim.is_team for claim in owners_of(rules, "a", teams=["Platform"])] == [True]


def test_a_folder_is_asked_like_a_file_in_it() -> None:
    rules, _ = parse_codeowners("* @all\n/db/ @alice\n/db/*.sql @bob\n")
    assert [claim.who for claim in owners_of(rules, "./db/")] == ["alice"]


def test_a_file_of_another_kind_gives_few_messages_that_a_terminal_can_bear() -> None:
    noise = "\n".join(f"\x1b[31m{n}\x07 x=\u202e{n}" for n in range(5000))
    rules, problems = parse_codeowners(noise)
    assert rules == ()
    assert len(problems) == 21
    assert "4980 more" in problems[-1].message
    assert all(mark.isprintable() for problem in problems for mark in problem.message)
