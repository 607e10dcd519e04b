"""Runs git on a repository: read only, time-limited, without a shell, and the same for every user.

Settings that change what git prints are overruled; nothing is fetched, and no program that the repository's
own config names (pagers, diff drivers, monitors) is started. Git's guard against foreign repositories
(``safe.directory``) stays in force.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from ...core.owners.git_people import printable
from ...errors import RequestError

DEFAULT_SECONDS = 60.0
# Git lets the later of two settings win; an empty list entry forgets the ones before.
_SETTINGS = (
    "core.quotePath=false", "core.fsmonitor=false", "core.pager=cat", "color.ui=never", "log.showSignature=false",
    "log.showRoot=true", "log.follow=false", "log.mailmap=true", "log.diffMerges=off", "diff.renameLimit=1000",
    f"diff.orderFile={os.devnull}", "diff.ignoreSubmodules=all", "diff.algorithm=myers", "grep.column=false",
    "grep.fullName=true", "grep.patternType=fixed", "blame.ignoreRevsFile=", "mailmap.file=", "trailer.separators=:",
    "i18n.logOutputEncoding=UTF-8", "submodule.recurse=false",
)  # fmt: skip
# The user's config may say which repositories are safe; all else of git's environment (GIT_DIR, set inside
# hooks, GIT_TRACE, GIT_EXTERNAL_DIFF …) would point elsewhere or print more.
_KEPT_GIT_ENVIRONMENT = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH")


class GitFailed(Exception):
    """A git command on a good repository failed or took too long. ``str()`` says what, for a Problem."""


class GitRepo:
    """A repository on disk: any folder inside a work tree, or a bare repository.

    Raises RequestError where the folder does not exist or is no repository, where git is not installed, or
    where git does not trust the folder's owner."""

    def __init__(self, path: str | Path, *, seconds: float = DEFAULT_SECONDS) -> None:
        self.where = str(path)
        self._seconds = seconds
        git = shutil.which("git")
        if git is None:
            raise RequestError(
                "git is not installed, or not on PATH",
                where=self.where,
                fix="Install git, or plan without a repository.",
            )
        self._git = git
        self._folder = Path(path).expanduser().absolute()
        if not self._folder.is_dir():
            raise RequestError("no such folder", where=self.where, fix="Give the folder of a git repository.")
        answer = self._look("--is-bare-repository", "--is-shallow-repository", "--is-inside-work-tree")
        self.bare, self.shallow, inside = (word == "true" for word in answer.split())
        if inside:
            self._folder = self._folder / self._look("--show-cdup").removesuffix("\n")
        elif not self.bare:  # inside .git: its work tree is not known to git from here
            self.bare = True

    def run(
        self, *arguments: str, stdin: bytes | None = None, good: Sequence[int] = (0,), literal: bool = True
    ) -> bytes:
        """What git prints. ``good`` are exit codes that are no failure; ``literal`` takes paths as they are,
        without ``*`` and ``:(…)``. Raises GitFailed."""
        done = self._start(arguments, stdin, literal)
        if done.returncode not in good:
            told = printable(done.stderr.decode("utf-8", "replace").strip().replace("\n", " / "))
            lacks = any(sign in told for sign in ("promisor", "lazy fetch", "could not fetch"))
            said = "this clone lacks contents of files (partial clone)" if lacks else told[:300]
            raise GitFailed(f"git {arguments[0]} failed: {said or f'exit code {done.returncode}'}")
        return done.stdout

    @cached_property
    def head(self) -> str | None:
        """The commit that is looked at, or None in a repository without commits."""
        found = self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", good=(0, 1))
        return found.decode("ascii").strip() or None

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Paths of all files of the head commit, in git's order. Raises GitFailed."""
        if self.head is None:
            return ()
        return tuple(self.fields(self.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", self.head)))

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders that hold a file of the head commit, with ``/`` at the end."""
        found: set[str] = set()
        for path in self.files:
            while (folder := path[: path.rstrip("/").rfind("/") + 1]) and folder not in found:
                found.add(folder)
                path = folder
        return frozenset(found)

    def file(self, path: str) -> bytes:
        """The contents of a file of the head commit; empty where there is none. Raises GitFailed."""
        return self.run("cat-file", "blob", f"{self.head}:{path}", good=(0, 1, 128))

    @cached_property
    def shallow_commits(self) -> frozenset[str]:
        """Commits at the edge of a shallow clone: what they seem to add was there before."""
        if not self.shallow:
            return frozenset()
        name = os.fsdecode(self.run("rev-parse", "--git-path", "shallow")).rstrip("\n")
        try:
            return frozenset((self._folder / name).read_text("ascii", "replace").split())
        except OSError:
            return frozenset()

    @staticmethod
    def fields(data: bytes) -> list[str]:
        """The fields of an answer of git with ``-z``. Bytes that are no text survive, so that a path can be
        given back to git."""
        fields = os.fsdecode(data).split("\0")
        return fields[:-1] if not fields[-1] else fields

    def _start(
        self, arguments: Sequence[str], stdin: bytes | None, literal: bool
    ) -> subprocess.CompletedProcess[bytes]:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        pathspecs = ["--literal-pathspecs"] if literal else []
        command = [self._git, "--no-pager", "--no-optional-locks", *pathspecs, *settings, *arguments]
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name.startswith(_KEPT_GIT_ENVIRONMENT)
        }
        environment |= {
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_NO_LAZY_FETCH": "1",
        }
        try:
            return subprocess.run(
                command,
                cwd=self._folder,
                env=environment,
                input=stdin or b"",
                capture_output=True,
                timeout=self._seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise GitFailed(f"git {arguments[0]} took longer than {self._seconds:g} seconds") from None
        except (OSError, ValueError) as error:
            raise GitFailed(f"git {arguments[0]} could not be started: {error}") from None

    def _look(self, *arguments: str) -> str:
        """What ``rev-parse`` says of the folder; what hinders it is the user's to settle."""
        try:
            done = self._start(("rev-parse", *arguments), None, literal=True)
        except GitFailed as failed:
            raise RequestError(
                str(failed), where=self.where, fix="Check that git runs in this folder."
            ) from None
        if done.returncode == 0:
            return os.fsdecode(done.stdout)
        said = done.stderr.decode("utf-8", "replace").strip()
        if "dubious ownership" in said or "safe.directory" in said:
            raise RequestError(
                "git does not trust this repository, because its folder belongs to another user",
                where=self.where,
                fix=f"If you trust it: git config --global --add safe.directory '{self._folder}'",
            )
        if "not a git repository" in said:
            raise RequestError(
                "not a git repository",
                where=self.where,
                fix="Give a folder inside a clone, or plan without a repository.",
            )
        raise RequestError(
            f"git cannot read this repository: {printable(said.partition(chr(10))[0])}",
            where=self.where,
            fix="Run 'git status' there and repair what it says.",
        )
