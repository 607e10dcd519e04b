"""Where an RCA comes from: a file, standard input, a paste, or a link."""

from .raw import DEFAULT_LIMIT
from .reader import AnySource

__all__ = ["DEFAULT_LIMIT", "AnySource"]
