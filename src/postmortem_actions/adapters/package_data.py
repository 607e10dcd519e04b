"""Data files of the package that only one command needs, and that are read whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parent.parent / "data"


def read_text(name: str) -> str:
    """The text of a file of the package's data folder."""
    return (_DATA / name).read_text(encoding="utf-8")


def read_yaml(name: str) -> Mapping[str, Any]:
    """The mapping that a YAML file of the data folder holds."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data: Mapping[str, Any] = yaml.load(read_text(name), Loader=loader)
    return data
