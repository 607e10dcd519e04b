"""A TOML file whose values are asked for with their kind, and whose mistakes are told with their line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from .config_lines import LineFinder

_LARGEST = 1_000_000  # bytes


class TomlFile:
    """The data of one file. Every method raises ConfigError, naming path:line, where a value is not of the
    kind asked for; ``keys`` lead to the value."""

    def __init__(self, path: Path) -> None:
        import tomllib

        self.path = path
        try:
            if path.stat().st_size > _LARGEST:
                raise ConfigError("is too large for a config file", where=str(path), fix="Check the path.")
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise ConfigError(
                "no such config file", where=str(path), fix="Check the path, or make one with 'pma init'."
            ) from None
        except UnicodeDecodeError:
            raise ConfigError("is not UTF-8", where=str(path), fix="Save it as UTF-8.") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise ConfigError(f"cannot be read: {reason}", where=str(path), fix="Check the path.") from None
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            at = re.search(r"\(at line (\d+), column \d+\)", str(error))
            raise ConfigError(
                f"is not valid TOML: {str(error).partition(' (at ')[0]}",
                where=f"{path}:{at.group(1)}" if at else str(path),
                fix='Text values need quotes: scope = "team".',
            ) from None
        self.lines = LineFinder(text)

    def where(self, *keys: str) -> str:
        """``path:line`` of a key."""
        return f"{self.path}:{self.lines.find(keys)}"

    def wrong(self, message: str, fix: str, *keys: str) -> ConfigError:
        """The error for a value that is not as it should be."""
        return ConfigError(f"{'.'.join(keys)}: {message}", where=self.where(*keys), fix=fix)

    def table(self, value: Any, *keys: str) -> dict[str, Any]:
        """A section."""
        if not isinstance(value, dict):
            raise self.wrong("must be a section", f"Write it as [{'.'.join(keys)}] with keys below.", *keys)
        return value

    def text(self, section: Mapping[str, Any], default: str, *keys: str) -> str:
        """A text, which is not empty where it is given."""
        value = section.get(keys[-1], default)
        if not isinstance(value, str) or (keys[-1] in section and not value.strip()):
            raise self.wrong("must be a text", f'Write it in quotes: {keys[-1]} = "…".', *keys)
        return value.strip()

    def list(self, section: Mapping[str, Any], *keys: str) -> list[Any]:
        """A list, empty where none is given."""
        value = section.get(keys[-1], [])
        if not isinstance(value, list):
            raise self.wrong("must be a list", f'Write it in brackets: {keys[-1]} = ["…"].', *keys)
        return value

    def texts(self, section: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
        """A list of texts, none of them empty."""
        values = self.list(section, *keys)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.wrong("must be a list of texts", f'For example {keys[-1]} = ["…", "…"].', *keys)
        return tuple(value.strip() for value in values)
