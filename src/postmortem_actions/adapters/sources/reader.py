"""One reader for everything a user may name: a path, ``-``, a link, or the text itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from ...core.ports import Document
from ...errors import SourceError
from .file import read_file, read_paste, read_stdin
from .raw import DEFAULT_LIMIT, Raw
from .text import decode


@dataclass(frozen=True, slots=True)
class AnySource:
    """``limit`` is the most that is read, in bytes; ``encoding`` overrides what would be guessed;
    ``allow_private`` lets links lead to private addresses; ``environment`` holds tokens and hosts (see pages)."""

    stdin: BinaryIO | None = None
    limit: int = DEFAULT_LIMIT
    encoding: str | None = None
    allow_private: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)

    def read(self, name: str, *, beside: str | None = None) -> Document:
        """The document as Markdown or plain text. Raises SourceError."""
        raw = self._raw(name, beside)
        if raw.data[:4] in (b"%PDF", b"PK\x03\x04"):
            from . import office

            if office.is_office(raw.data):
                return office.to_markdown(raw)
        document = decode(raw, self.encoding)
        if not document.text.lstrip().startswith("<"):
            return document
        from .html import asks_for_password, is_html, to_markdown

        if not is_html(document.text):
            return document
        if raw.content_type is not None and asks_for_password(document.text):
            raise SourceError(
                "the link leads to a sign-in page",
                where=raw.name,
                fix="Download the page yourself and give the file.",
            )
        return to_markdown(document)

    def _raw(self, name: str, beside: str | None) -> Raw:
        if name == "-":
            if self.stdin is None:
                raise SourceError("there is no standard input", fix="Give a path or a link.")
            return read_stdin(self.stdin, self.limit)
        if "\n" in name:
            return read_paste(name, self.limit)
        if _is_link(name):
            return self._link(name)
        return read_file(name, self.limit, beside)


    def _link(self, name: str) -> Raw:
        """A page of a tracker or wiki through its API, any other as it is. Where the API refuses and no token is
        set, the page itself is tried: many are public."""
        from .pages import Pages
        from .url import UrlSource

        source = UrlSource(self.limit, self.allow_private)
        try:
            found = Pages(source.read, self.environment).read(name.strip())
        except SourceError as refused:
            if not (refused.fix or "").startswith("Set "):
                raise
            try:
                return source.read(name)
            except SourceError:
                raise refused from None
        return found if found is not None else source.read(name)


def _is_link(name: str) -> bool:
    """Whether the name is a link of any kind rather than a path."""
    scheme, separator, _ = name.strip().partition("://")
    return bool(separator) and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum()
