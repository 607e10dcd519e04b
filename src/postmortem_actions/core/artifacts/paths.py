"""Where an artifact goes. Where its path holds a slot that nobody knows, the file is called by what its action is about.

Within a file a slot is a visible TODO; as the name of a file it would be nobody's, and two of them would be one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from ..model import Artifact
from ..text.words import content_stems

_OPEN = re.compile(r"TODO\([^()\n]{0,80}\)|TODO_[A-Za-z0-9_]*[A-Za-z0-9]|<<[a-z][a-z0-9_]*>>")
_UNSAFE = re.compile(r"[^\w./@+-]+")
_WORD = re.compile(r"[a-z0-9]+")
_MOST_WORDS = 8
_ENOUGH = 2  # words of content, for a target to tell what the file is about ("this failure" does not)


def settled(artifact: Artifact | None, title: str, id_: str, target: str = "") -> Artifact | None:
    """The artifact with a path that holds no open slot; as it is where its path holds none."""
    if artifact is None or not artifact.path or not _OPEN.search(artifact.path):
        return artifact
    name = slug_of(title, id_, target)
    return replace(artifact, path=_OPEN.sub(lambda _: name, artifact.path))


def slug_of(title: str, id_: str, target: str = "") -> str:
    """What an action is about as the name of a file: its target where that tells, else its title, else its id."""
    told = target if len(content_stems(target)) >= _ENOUGH else title
    plain = unicodedata.normalize("NFKD", told).encode("ascii", "ignore").decode().lower()
    return "-".join(_WORD.findall(plain)[:_MOST_WORDS]) or id_.lower()


def safe_path(path: str) -> str:
    """A relative path that stays below its folder, with odd characters as ``-``."""
    parts = [_UNSAFE.sub("-", part).strip("-") for part in path.replace("\\", "/").split("/")]
    return "/".join(part for part in parts if part not in ("", ".", ".."))
