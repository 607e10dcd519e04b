"""Inline markup off: what a person reads of a line, with identifiers left whole."""

from __future__ import annotations

import html
import re

_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\n]{0,700}\)")
_LINK = re.compile(
    r"(?<!\\)\[([^\]\n]{1,400})\]\((?:<[^>\n]{0,1000}>|[^)\s]{0,1000})(?:\s+\"[^\"\n]{0,200}\")?\)"
)
_REFERENCE = re.compile(r"\[([^\]\n]{1,300})\]\[[^\]\n]{0,100}\]")
_AUTOLINK = re.compile(r"<((?:https?|mailto|irc)[^>\s]{1,1000})>")
_TAG = re.compile(r"(?<!\\)</?[a-zA-Z][a-zA-Z0-9-]{0,30}(?:\s[^<>\n]{0,500})?/?>|<!--.{0,2000}?-->")
_CODE = re.compile(r"(`{1,3})(?!`)(.{1,2000}?)(?<!`)\1(?!`)")
_STRONG = re.compile(r"(\*\*\*|\*\*|__)(?=\S)(.{1,2000}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_\n]{1,1000}?)(?<=[^\s*_])\1(?![\w*])")
_STRIKE = re.compile(r"~~(.{1,1000}?)~~")
_FOOTNOTE = re.compile(r"\[\^[\w-]{1,40}\]")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_RST_ROLE = re.compile(r":[a-z]{2,12}:`([^`<]{1,200})(?:\s<[^>`]{1,300}>)?`")
_RST_LINK = re.compile(r"`([^`<\n]{1,200}?)\s*<[^>`\n]{1,500}>`_{1,2}")
_WIKI_LINK = re.compile(r"\[\[(?:[^\]|\n]{1,200}\|)?([^\]\n]{1,200})\]\]")
_WIKI_QUOTES = re.compile(r"'{2,5}(?=\S)(.{1,500}?)(?<=\S)'{2,5}")
_EXTERNAL = re.compile(r"(?<!\w)\[(https?://[^\s\]]{1,1000})\s+([^\]\n]{1,300})\]")
_SPACE = re.compile(r"\s+")
# What every expression above begins with.
_MARKUP = re.compile(r"[\x00\[\]*_`<>\\~&]|''")


def plain(text: str) -> str:
    """The line without Markdown, RST, MediaWiki and HTML inline markup, white space folded.

    Every expression has bounded repetition, so a hostile line costs time linear in its length."""
    if not _MARKUP.search(text):  # most lines: nothing to take off
        return " ".join(text.split())
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group(2).strip())
        return f"\x00{len(kept) - 1}\x00"

    text = text.replace("\x00", "")
    text = _RST_ROLE.sub(r"\1", _RST_LINK.sub(r"\1", text))
    text = _CODE.sub(keep, text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    text = _REFERENCE.sub(r"\1", text)
    text = _WIKI_LINK.sub(r"\1", text)
    text = _EXTERNAL.sub(r"\2", text)
    text = _FOOTNOTE.sub("", text)
    text = _AUTOLINK.sub(r"\1", text)
    text = _TAG.sub(" ", text)
    text = _STRONG.sub(r"\2", text)
    text = _STRONG.sub(r"\2", text)
    text = _EMPHASIS.sub(r"\2", text)
    text = _STRIKE.sub(r"\1", text)
    text = _WIKI_QUOTES.sub(r"\1", text)
    text = html.unescape(_ESCAPE.sub(r"\1", text))
    text = re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m.group(1))], text)
    return _SPACE.sub(" ", text).strip()


def links(text: str) -> tuple[tuple[str, str], ...]:
    """The links of a line as (text, address)."""
    found = re.findall(r"(?<!!)\[([^\]\n]{1,400})\]\(<?([^)\s>]{1,1000})", text)
    return tuple((plain(label), address) for label, address in found)
