"""Sentence similarity by the word vectors of WordLlama, whose weights lie in its wheel: nothing is fetched."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import RequestError


class WordVectors:
    """Cosine similarity of sentences. Loads its model (about half a second) when first asked."""

    def __init__(self) -> None:
        self._model: Any = None

    def matrix(self, first: Sequence[str], second: Sequence[str]) -> list[list[float]]:
        """How like each sentence of ``first`` is to each of ``second``, from -1 to 1.

        Raises RequestError where the ``semantic`` extra is not installed."""
        model = self._model = self._model or _load()
        vectors = model.embed(list(first), norm=True) @ model.embed(list(second), norm=True).T
        return [[float(value) for value in row] for row in vectors]


def _load() -> Any:
    spec = importlib.util.find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise RequestError(
            "reading by likeness needs the 'semantic' extra",
            fix="Install it with: pip install 'postmortem-actions[semantic]', or leave --semantic out.",
        )
    return importlib.import_module("wordllama").WordLlama.load(cache_dir=Path(spec.origin).parent, disable_download=True)
