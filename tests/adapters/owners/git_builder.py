"""Builds small repositories with a history that is known."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

ALICE = "Alice Smith <alice@corp.example>"
BOB = "Bob Ray <bob@corp.example>"
CARA = "Cara Lind <cara@corp.example>"
BOT = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"
GITHUB = "GitHub <noreply@github.com>"
TODAY = date(2026, 11, 23)


def module(count: int, tag: str = "a") -> str:
    """A file of so many lines, all different."""
    return "".join(f"{tag}_{number} = {number}\n" for number in range(count))


class Builder:
    """A repository in a folder. Every commit is given its author and day."""

    def __init__(self, folder: Path, *, bare: bool = False) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", *(["--bare"] if bare else []))

    def git(self, *arguments: str, **environment: str) -> str:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        clean |= {"GIT_AUTHOR_NAME": "x", "GIT_COMMITTER_NAME": "x", "EMAIL": "x@corp.example"}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=clean | environment, capture_output=True, check=True
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def put(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def commit(
        self,
        author: str,
        day: str,
        files: dict[str, str] | None = None,
        *,
        message: str = "Change",
        committer: str = "",
    ) -> str:
        """Writes the files, commits all that changed, and gives the hash."""
        for path, text in (files or {}).items():
            self.put(path, text)
        self.git("add", "-A")
        when = str(int(datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp())) + " +0000"
        name, mail = author.rstrip(">").split(" <")
        by, by_mail = (committer or author).rstrip(">").split(" <")
        self.git(
            "commit", "-q", "--allow-empty", "-m", message,
            GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=mail, GIT_AUTHOR_DATE=when,
            GIT_COMMITTER_NAME=by, GIT_COMMITTER_EMAIL=by_mail, GIT_COMMITTER_DATE=when,
        )  # fmt: skip
        return self.git("rev-parse", "HEAD")
