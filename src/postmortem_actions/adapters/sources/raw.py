"""Bytes as they came, before anyone knows what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

# The longest RCAs that people write are some 200 KB; ten times that is read in well under a second.
DEFAULT_LIMIT = 2_000_000


@dataclass(frozen=True, slots=True)
class Raw:
    """``data`` is at most the limit long; ``cut`` tells that there was more. ``charset`` and
    ``content_type`` are what a server said. ``size`` is the whole length in bytes where known."""

    name: str
    data: bytes
    cut: bool = False
    size: int | None = None
    content_type: str | None = None
    charset: str | None = None


class ReadsBytes(Protocol):
    """Anything with ``read``: a file, a pipe, a response."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes, none at the end."""
        ...


def read_up_to(stream: ReadsBytes, limit: int) -> tuple[bytes, bool]:
    """The first ``limit`` bytes, and whether there were more. Pipes give less than asked for: go on."""
    parts: list[bytes] = []
    missing = limit + 1
    while missing > 0 and (part := stream.read(min(missing, 1 << 20))):
        parts.append(part)
        missing -= len(part)
    data = b"".join(parts)
    return data[:limit], len(data) > limit
