"""Tokens and passwords: from the environment, the system's keyring, or a file that nobody else may read.

They are handed on as functions, so that none stands in a representation, an error or a log by mistake.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from ..errors import ConfigError

_SERVICE = "postmortem-actions"


class Secrets:
    """``file`` is a TOML file of NAME = "value" lines (None: PMA_SECRETS_FILE, else secrets.toml in the user's config
    folder). Which of the three gives a name first counts, in the order above."""

    def __init__(
        self, environ: Mapping[str, str], file: str | Path | None = None, keyring: bool = True
    ) -> None:
        self._environ = environ
        self._file = Path(file) if file is not None else None
        self._keyring = keyring

    def __repr__(self) -> str:
        return "Secrets()"

    def get(self, name: str) -> Callable[[], str] | None:
        """A function that gives the secret of that name, or None. Raises ConfigError for a file that others may read."""
        value = self._environ.get(name, "").strip() or self._from_keyring(name) or self._from_file(name)
        return (lambda: value) if value else None

    def _from_keyring(self, name: str) -> str:
        if not self._keyring:
            return ""
        try:
            import keyring

            return (keyring.get_password(_SERVICE, name) or "").strip()
        except Exception:  # not installed, no backend, locked: the next place is asked
            return ""

    def _from_file(self, name: str) -> str:
        path = self._file
        if path is None:
            named = self._environ.get("PMA_SECRETS_FILE")
            if named:
                path = Path(named).expanduser()
            else:
                from platformdirs import user_config_path

                path = user_config_path(_SERVICE) / "secrets.toml"
        try:
            status = path.stat()
        except OSError:
            return ""
        if os.name == "posix" and (stat.S_IMODE(status.st_mode) & 0o077 or status.st_uid != os.getuid()):
            raise ConfigError(
                "can be read by others", where=str(path), fix=f"chmod 600 {path} (and it must be yours)."
            )
        import tomllib

        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            # The error's own words could hold a part of the file.
            raise ConfigError(
                "is not valid TOML", where=str(path), fix='Write NAME = "value" lines.'
            ) from None
        value = data.get(name, "")
        return value.strip() if isinstance(value, str) else ""
