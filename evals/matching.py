"""When a person's action counts as met by one of ours: sentence similarity, with a little for the category.

Independent of the rules: word vectors of a general language model (the ``eval`` extra), one threshold for
all, set on the pairs of pairs.yaml that were judged by hand.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

# What an equal category adds. Small: it decides only between near misses.
SAME_CATEGORY = 0.05
# Set with ``python evals/run.py --pairs``: the errors on the judged pairs are fewest, and flat, from 0.2 to 0.3; the higher
# end is taken because the best of fifteen is compared, which meets more by chance.
THRESHOLD = 0.30
_PAIRS = Path(__file__).with_name("pairs.yaml")


@lru_cache(maxsize=1)
def _model() -> Any:
    spec = importlib.util.find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise SystemExit("The evaluation needs the 'eval' extra: pip install -e '.[eval]'")
    from wordllama import WordLlama

    return WordLlama.load(cache_dir=Path(spec.origin).parent, disable_download=True)


def similarities(first: Sequence[str], second: Sequence[str]) -> Any:
    """The matrix of cosine similarities of two lists of sentences (0 to 1, seldom below 0)."""
    model = _model()
    return model.embed(list(first), norm=True) @ model.embed(list(second), norm=True).T


def judged() -> list[tuple[str, str, bool]]:
    """The pairs judged by hand."""
    return [(a, b, same) for a, b, same in yaml.safe_load(_PAIRS.read_text(encoding="utf-8"))]


def errors(threshold: float) -> tuple[int, int]:
    """Pairs wrongly called the same, and pairs wrongly called different, at a threshold."""
    wrong_same = wrong_different = 0
    for first, second, same in judged():
        alike = float(similarities([first], [second])[0][0]) >= threshold
        wrong_same += alike and not same
        wrong_different += same and not alike
    return wrong_same, wrong_different
