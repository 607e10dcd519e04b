"""Owners from repositories whose history is built here, so that the right owner is known."""

from __future__ import annotations

import os
from dataclasses import astuple
from pathlib import Path

import pytest
from tests.adapters.owners.git_builder import ALICE, BOB, BOT, CARA, GITHUB, TODAY, Builder, module

from postmortem_actions.adapters.owners.git_repo import GitRepo, direct_owners
from postmortem_actions.core.model import Problem
from postmortem_actions.core.owners.claims import Claim
from postmortem_actions.errors import RequestError

PATH = "src/orders/db.py"


@pytest.fixture
def repo(tmp_path: Path) -> Builder:
    return Builder(tmp_path / "shop")


def owners(repo: Builder, *terms: str, left: tuple[str, ...] = ()) -> list[str]:
    return [claim.who for claim in claims(repo, *terms, left=left)]


def claims(repo: Builder, *terms: str, left: tuple[str, ...] = ()) -> tuple[Claim, ...]:
    return direct_owners(repo.folder, terms or (PATH,), TODAY, left)[0]


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def test_recent_work_with_figures(repo: Builder) -> None:
    repo.commit(BOB, "2025-12-01", {PATH: module(30)})
    repo.commit(BOB, "2025-12-08", {PATH: module(60)})
    repo.commit(ALICE, "2026-09-20", {PATH: module(90)})
    repo.commit(ALICE, "2026-10-03", {PATH: module(130)})
    repo.commit(BOB, "2026-11-01", {"README.md": "x\n"})
    first, second = claims(repo)
    assert first.who == "Alice Smith"
    assert first.why == f"changed {PATH} in 2 of 4 commits since 2025-12, last on 2026-10-03"
    assert second.why == f"changed {PATH} in 2 of 4 commits since 2025-12, last on 2025-12-08"
    assert 0 < second.weight < first.weight < 1


def test_no_address_comes_out_and_hidden_ones_give_the_handle(repo: Builder) -> None:
    repo.commit("alice <123+alice-s@users.noreply.github.com>", "2026-10-01", {PATH: module(30)})
    repo.commit("bob@corp.example <bob@corp.example>", "2026-10-02", {PATH: module(60)})
    found, problems = direct_owners(repo.folder, [PATH], TODAY)
    assert {(claim.who, claim.handle) for claim in found} == {("alice", "alice-s"), ("bob", None)}
    assert "@" not in "".join(str(field) for claim in found for field in astuple(claim))
    assert not problems


def test_renames_are_followed_and_moving_is_not_knowing(repo: Builder) -> None:
    repo.commit(ALICE, "2026-06-01", {"orders.py": module(40)})
    repo.commit(ALICE, "2026-07-01", {"orders.py": module(80)})
    (repo.folder / "lib").mkdir()
    repo.git("mv", "orders.py", "lib/orders.py")
    repo.commit(BOB, "2026-08-01", message="Move")
    repo.commit(ALICE, "2026-08-02", {"lib/orders.py": module(100)})
    repo.put(PATH, module(104))
    repo.git("rm", "-q", "lib/orders.py")
    repo.commit(CARA, "2026-09-01", message="Move again, and change a little")
    found = claims(repo)
    assert [claim.who for claim in found] == ["Alice Smith", "Cara Lind"]  # Bob only moved it
    assert found[0].why == f"changed {PATH} in 3 of 4 commits since 2026-06, last on 2026-08-02"


def test_an_old_name_that_another_file_got_later_does_not_count(repo: Builder) -> None:
    repo.commit(ALICE, "2026-06-01", {"old.py": module(50)})
    repo.commit(ALICE, "2026-06-02", {"old.py": module(60)})
    (repo.folder / "src/orders").mkdir(parents=True)
    repo.git("mv", "old.py", PATH)
    repo.commit(ALICE, "2026-07-01", message="Move")
    repo.commit(BOB, "2026-08-01", {"old.py": module(70, "other")})
    repo.commit(BOB, "2026-08-02", {"old.py": module(90, "other")})
    assert owners(repo) == ["Alice Smith"]


def test_of_two_renamed_files_each_keeps_its_own_past(repo: Builder) -> None:
    repo.commit(ALICE, "2026-06-01", {"one.py": module(50), "two.py": module(50, "two")})
    repo.git("mv", "one.py", "first.py")
    repo.commit(ALICE, "2026-07-01", message="Move")
    for day in range(1, 9):
        repo.commit(BOB, f"2026-08-0{day}", {"one.py": module(30 * day, "other")})
    repo.git("mv", "two.py", "second.py")
    repo.commit(ALICE, "2026-09-01", message="Move")
    assert {claim.who for claim in claims(repo, "first.py", "second.py")} == {"Alice Smith"}


def test_reformatting_is_left_out_whoever_did_it(repo: Builder) -> None:
    repo.commit(ALICE, "2026-06-01", {PATH: module(50)})
    spaced = module(50).replace(" = ", "   =  ")
    repo.commit(BOB, "2026-11-01", {PATH: spaced}, message="White space")
    sha = repo.commit(CARA, "2026-11-02", {PATH: spaced.replace("a_", "A_")}, message="Style")
    repo.commit(BOB, "2026-11-03", {".git-blame-ignore-revs": f"# style\n{sha}  # formatter\nabc123\n"})
    found, problems = direct_owners(repo.folder, [PATH], TODAY)
    assert [claim.who for claim in found] == ["Alice Smith"]
    assert codes(problems) == ["ignore-revs-line"]
    assert ":3 " in problems[0].message


def test_commits_that_touch_very_many_files_are_left_out(repo: Builder) -> None:
    repo.commit(ALICE, "2026-06-01", {PATH: module(30)})
    many = {f"src/m{n}.py": "# licence\n" for n in range(150)}
    repo.commit(BOB, "2026-11-01", many | {PATH: "# licence\n" + module(30)})
    assert owners(repo) == ["Alice Smith"]
    assert owners(repo, "src/m7.py") == []


def test_bots_are_left_out_and_do_not_count_in_the_figures(repo: Builder) -> None:
    repo.commit(ALICE, "2026-06-01", {PATH: module(30)})
    for day in range(1, 9):
        repo.commit(BOT, f"2026-11-0{day}", {PATH: module(30 + 10 * day)}, committer=GITHUB)
    found = claims(repo)
    assert [claim.who for claim in found] == ["Alice Smith"]
    assert "in 1 of 1 commit since 2026-06" in found[0].why


def test_a_squash_merge_belongs_to_its_author_and_co_authors(repo: Builder) -> None:
    message = (
        f"Add orders (#12)\n\n* one\n\n* two\n\n---------\n\nCo-authored-by: {BOB}\nCo-authored-by: {BOT}\n"
    )
    repo.commit(ALICE, "2026-10-01", {PATH: module(60)}, message=message, committer=GITHUB)
    found = claims(repo)
    assert [claim.who for claim in found] == ["Alice Smith", "Bob Ray"]
    assert found[0].weight > found[1].weight


def test_reviewers_and_who_applied_a_patch_count_less_than_authors(repo: Builder) -> None:
    for day in range(1, 5):
        message = f"Change\n\nReviewed-by: {BOB}\nAcked-by: Cara Lind\n"
        repo.commit(ALICE, f"2026-10-0{day}", {PATH: module(30 * day)}, message=message, committer=CARA)
    found = claims(repo)
    assert [claim.who for claim in found] == ["Alice Smith", "Bob Ray", "Cara Lind"]
    assert found[1].why == f"reviewed 4 changes of {PATH}, last on 2026-10-04"
    assert found[2].why == found[1].why  # applied and acknowledged: once


def test_who_applies_the_patches_of_others_is_counted_as_reviewer(repo: Builder) -> None:
    repo.commit(ALICE, "2026-10-01", {PATH: module(30)}, committer=BOB)
    assert [claim.why for claim in claims(repo) if claim.who == "Bob Ray"] == [
        f"reviewed a change of {PATH}, last on 2026-10-01"
    ]


def test_the_mailmap_joins_people_in_commits_and_trailers(repo: Builder) -> None:
    repo.put(
        ".mailmap",
        "Alice Smith <alice@corp.example> Ally <ally@home.example>\nBob Ray <bob@corp.example> <b@x.example>\n",
    )
    repo.commit("Ally <ally@home.example>", "2026-10-01", {PATH: module(30)})
    message = "Change\n\nCo-authored-by: ray99 <b@x.example>"
    repo.commit(ALICE, "2026-10-02", {PATH: module(60)}, message=message)
    found = claims(repo)
    assert [claim.who for claim in found] == ["Alice Smith", "Bob Ray"]
    assert "in 2 of 2 commits" in found[0].why


def test_people_who_left_are_skipped(repo: Builder) -> None:
    repo.commit(BOB, "2026-08-01", {PATH: module(20)})
    for day in range(1, 5):
        repo.commit(ALICE, f"2026-10-0{day}", {PATH: module(20 + 30 * day)})
    found, problems = direct_owners(repo.folder, [PATH], TODAY, left=["alice smith"])
    assert [claim.who for claim in found] == ["Bob Ray"]
    assert codes(problems) == ["owner-left"]


def test_who_is_silent_everywhere_is_perhaps_left_but_not_who_works_elsewhere(repo: Builder) -> None:
    repo.commit(ALICE, "2026-03-02", {PATH: module(30)})
    repo.commit(BOB, "2026-03-01", {PATH: module(60)})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(BOB, "2026-11-10", {"other.py": "x = 1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit(CARA, "2026-11-11", {"third.py": "x = 1\n"})
    found = claims(repo)
    assert [claim.who for claim in found] == ["Bob Ray", "Alice Smith"]
    assert "perhaps left: no commit in the repository since 2026-05-12" in found[1].why
    assert "perhaps" not in found[0].why


def test_a_quiet_file_belongs_to_who_wrote_its_lines(repo: Builder) -> None:
    repo.commit(ALICE, "2021-03-01", {PATH: module(90)})
    repo.commit(BOB, "2021-04-01", {PATH: module(100)})
    repo.commit(ALICE, "2026-11-01", {"other.py": "x = 1\n"})
    repo.commit(BOB, "2026-11-02", {"other.py": "x = 2\n"})
    found = claims(repo)
    assert found[0].why == f"{PATH}: wrote 90 of its 100 lines, the last on 2021-03-01"
    assert [claim.who for claim in found] == ["Alice Smith", "Bob Ray"]


def test_lines_of_a_mass_import_belong_to_nobody(repo: Builder) -> None:
    repo.commit(ALICE, "2021-03-01", {PATH: module(10)})
    many = {f"src/m{n}.py": "x = 1\n" for n in range(150)}
    repo.commit(BOB, "2021-04-01", many | {PATH: module(100)})
    repo.commit(BOB, "2026-11-01", {"other.py": "x = 1\n"})
    assert owners(repo) == ["Alice Smith"]


def test_merging_is_not_writing(repo: Builder) -> None:
    repo.commit(ALICE, "2026-10-01", {PATH: module(30)})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit(ALICE, "2026-10-02", {PATH: module(60)})
    repo.git("checkout", "-q", "main")
    repo.commit(BOB, "2026-10-03", {"other.py": "x = 1\n"})
    repo.git("merge", "-q", "--no-ff", "--no-commit", "feature")
    repo.commit(BOB, "2026-10-04", message="Merge branch 'feature'")
    (only,) = claims(repo)
    assert only.who == "Alice Smith"
    assert "in 2 of 2 commits" in only.why


def test_a_clone_that_stands_still_is_told_and_its_people_have_not_all_left(repo: Builder) -> None:
    repo.commit(ALICE, "2025-11-01", {PATH: module(60)})
    found, problems = direct_owners(repo.folder, [PATH], TODAY)
    assert [claim.who for claim in found] == ["Alice Smith"]
    assert "perhaps" not in found[0].why
    assert codes(problems) == ["repo-stale"]
    assert "2025-11-01" in problems[0].message


def test_vendored_code_names_nobody(repo: Builder) -> None:
    files = {
        "vendor/lib.py": module(30),
        "lib/copy.py": module(30),
        ".gitattributes": "lib/** linguist-vendored\n",
    }
    repo.commit(ALICE, "2026-11-01", files)
    found, problems = direct_owners(repo.folder, ["vendor/lib.py", "lib/copy.py"], TODAY)
    assert not found
    assert codes(problems) == ["vendored-code", "vendored-code"]


def test_users_and_documents_of_a_function_do_not_own_it(repo: Builder) -> None:
    repo.commit(ALICE, "2026-10-01", {PATH: "def process_order(order):\n    return 1\n"})
    repo.commit(
        BOB, "2026-11-01", {"src/cart.py": "process_order(1)\n", "docs/incident.md": "process_order\n"}
    )
    found = claims(repo, "process_order")
    assert [claim.who for claim in found] == ["Alice Smith"]
    assert f"changed {PATH} (defines process_order) in 1 of 1 commit" in found[0].why


def test_a_folder_is_owned_by_who_changes_its_code(repo: Builder) -> None:
    repo.commit(ALICE, "2026-10-01", {"services/cart/a.py": module(30), "services/cart/b.py": module(30)})
    repo.commit(ALICE, "2026-10-02", {"services/cart/b.py": module(60)})
    repo.commit(
        BOB, "2026-11-01", {"services/cart/README.md": "x\n", "services/cart/vendor/x.py": module(90)}
    )
    found = claims(repo, "services/cart")
    assert [(claim.who, claim.about) for claim in found] == [("Alice Smith", "services/cart/")]
    assert "in 2 of 2 commits" in found[0].why


ODD = [
    "-rf.py",
    "a b/c d.py",
    "src/ümlaut ✓.py",
    'quo"te\\s.py',
    "star*[x]?.py",
    ":(top)magic.py",
    "tab\there.py",
    "new\nline.py",
]


@pytest.mark.parametrize("path", ODD)
def test_unusual_paths(repo: Builder, path: str) -> None:
    for number, author in enumerate([ALICE, ALICE, BOB], 1):
        repo.commit(author, f"2026-10-0{number}", {path: f"def odd_{number}(): pass\n" + module(30 * number)})
    repo.commit(CARA, "2026-10-05", {"src/star_x_.py": module(30), "other.py": module(30)})
    found = claims(repo, "odd_3") if "\n" not in path else claims(repo, path)
    if "\n" in path:  # neither a term nor a line of an answer can hold it
        assert not found
        return
    assert [claim.who for claim in found] == ["Alice Smith", "Bob Ray"]
    assert "(defines odd_3) in 2 of 3 commits" in found[0].why
    assert found[0].about.isprintable()


def test_a_path_that_is_no_text(repo: Builder) -> None:
    repo.commit(ALICE, "2026-10-01", {"other.py": "x = 1\n"})
    (Path(os.fsdecode(os.fsencode(repo.folder) + b"/caf\xe9.py"))).write_text("def latin(): pass\n")
    repo.commit(BOB, "2026-10-02")
    found = claims(repo, "latin")
    assert [claim.who for claim in found] == ["Bob Ray"]
    assert found[0].about == "caf\ufffd.py"


def test_an_empty_repository_is_told(repo: Builder) -> None:
    found, problems = direct_owners(repo.folder, [PATH], TODAY)
    assert not found
    assert codes(problems) == ["repo-empty"]


def test_what_is_not_in_the_repository_is_told(repo: Builder) -> None:
    repo.commit(ALICE, "2026-11-01", {PATH: module(30)})
    found, problems = direct_owners(repo.folder, ["no_such_name", PATH], TODAY)
    assert [claim.who for claim in found] == ["Alice Smith"]
    assert codes(problems) == ["term-not-in-repo"]
    assert "no_such_name" in problems[0].message


def test_no_repository_and_no_folder_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(RequestError, match="not a git repository") as raised:
        direct_owners(tmp_path, [PATH], TODAY)
    assert raised.value.fix
    with pytest.raises(RequestError, match="no such folder"):
        GitRepo(tmp_path / "none")


def test_without_git_on_the_path(repo: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RequestError, match="git is not installed"):
        GitRepo(repo.folder)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_folder_of_another_user_is_refused_as_git_does(
    repo: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit(ALICE, "2026-11-01", {PATH: module(30)})
    monkeypatch.delenv("SUDO_UID", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(repo.folder / "none"))
    for path in (repo.folder, repo.folder / ".git"):
        os.chown(path, 65534, 65534)
    with pytest.raises(RequestError, match="does not trust") as raised:
        GitRepo(repo.folder)
    assert "safe.directory" in str(raised.value.fix)
    config = repo.folder / "config"
    config.write_text(f"[safe]\n\tdirectory = {repo.folder}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))  # once the user trusts it, it is read
    assert owners(repo) == ["Alice Smith"]


def test_a_shallow_clone_is_told_and_its_edge_does_not_own_everything(repo: Builder, tmp_path: Path) -> None:
    repo.commit(ALICE, "2026-10-01", {PATH: module(200)})
    repo.commit(BOB, "2026-10-02", {"other.py": "x = 1\n"})
    repo.commit(CARA, "2026-10-03", {PATH: module(210)})
    clone = Builder(tmp_path / "clone")
    clone.git("fetch", "-q", "--depth=2", f"file://{repo.folder}", "main")
    clone.git("reset", "-q", "--hard", "FETCH_HEAD")
    found, problems = direct_owners(clone.folder, [PATH], TODAY)
    assert [claim.who for claim in found] == ["Cara Lind"]
    assert codes(problems) == ["repo-shallow"]
    assert "--unshallow" in str(problems[0].fix)


def test_a_bare_repository_will_do(repo: Builder, tmp_path: Path) -> None:
    repo.commit(ALICE, "2026-10-01", {PATH: "def process_order(): pass\n"})
    bare = Builder(tmp_path / "bare.git", bare=True)
    bare.git("fetch", "-q", str(repo.folder), "main:main")
    assert claims(bare, "process_order", "db.py") == claims(repo, "process_order", "db.py")


def test_settings_and_environment_of_the_user_change_nothing(
    repo: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit(ALICE, "2026-10-01", {PATH: "def process_order(): pass\n" + module(30)})
    repo.commit(BOB, "2026-10-02", {PATH: "def process_order(): pass\n" + module(60)})
    plain = claims(repo, "process_order")
    config = tmp_path / "gitconfig"
    config.write_text(
        "[color]\n\tui = always\n[log]\n\tshowSignature = true\n\tshowRoot = false\n\tmailmap = false\n\tfollow = true\n"
        "[diff]\n\trenames = copies\n\tnoprefix = true\n\torderFile = /no/such/file\n\texternal = false\n"
        "[core]\n\tquotePath = true\n\tpager = false\n"
        "[grep]\n\tpatternType = perl\n\tcolumn = true\n\tlineNumber = false\n[trailer]\n\tseparators = '='\n"
        "[mailmap]\n\tfile = /no/such/file\n[format]\n\tpretty = oneline\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    monkeypatch.setenv("GIT_TRACE", "1")
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert claims(repo, "process_order") == plain


def test_lines_that_git_cannot_attribute_are_told_and_the_history_still_speaks(
    repo: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit(ALICE, "2026-10-01", {PATH: module(30)})
    config = tmp_path / "gitconfig"
    config.write_text("[blame]\n\tignoreRevsFile = .no-such-file\n")  # git itself gives up here
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    found, problems = direct_owners(repo.folder, [PATH], TODAY)
    assert [claim.who for claim in found] == ["Alice Smith"]
    assert codes(problems) == ["git-failed"]
    assert ".no-such-file" in problems[0].message


def test_programs_named_by_the_repository_are_not_started(repo: Builder) -> None:
    files = {PATH: "def process_order(): pass\n", ".gitattributes": "*.py diff=evil filter=evil\n"}
    repo.commit(ALICE, "2026-10-01", files)
    mark = repo.folder / "started"
    script = repo.folder / "evil.sh"
    script.write_text(f"#!/bin/sh\necho x >> '{mark}'\ncat \"$1\"\n")
    script.chmod(0o755)
    for name in (
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.clean",
    ):
        repo.git("config", name, str(script))
    assert owners(repo, "process_order", PATH) == ["Alice Smith"]
    assert not mark.exists()


def test_a_partial_clone_fetches_nothing(repo: Builder, tmp_path: Path) -> None:
    repo.commit(ALICE, "2026-10-01", {PATH: module(60)})
    repo.commit(BOB, "2026-10-02", {PATH: module(90, "b")})
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = Builder(tmp_path / "clone")
    clone.git("remote", "add", "origin", f"file://{repo.folder}")
    clone.git("fetch", "-q", "--filter=blob:none", "origin", "main")
    clone.git("reset", "-q", "--hard", "origin/main")
    before = sorted((clone.folder / ".git/objects/pack").iterdir())
    found, problems = direct_owners(clone.folder, [PATH], TODAY)
    assert not found
    assert codes(problems) == ["git-failed"]
    assert "partial clone" in problems[0].message
    assert sorted((clone.folder / ".git/objects/pack").iterdir()) == before


def test_a_git_that_hangs_is_ended_and_told(
    repo: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit(ALICE, "2026-10-01", {PATH: module(60)})
    slow = GitRepo(repo.folder, seconds=0.2)
    fake = tmp_path / "git"
    fake.write_text("#!/bin/sh\nexec sleep 5\n")
    fake.chmod(0o755)
    monkeypatch.setattr(slow, "_git", str(fake))
    found, problems = direct_owners(slow, [PATH], TODAY)
    assert not found
    assert "took longer than 0.2 seconds" in problems[0].message


def test_progress_is_told_and_the_answer_is_the_same_twice(repo: Builder) -> None:
    for number, author in enumerate([ALICE, BOB, CARA] * 2, 1):
        repo.commit(author, f"2026-10-0{number}", {PATH: module(10 * number), f"src/m{number}.py": module(9)})
    steps: list[str] = []
    one = direct_owners(repo.folder, [PATH, "a_3", "src"], TODAY, progress=steps.append)
    assert one == direct_owners(GitRepo(repo.folder), [PATH, "a_3", "src"], TODAY)
    assert steps[0] == "searching the code for 3 terms"
    assert len(steps) >= 3
