"""The words of status pages: what a page says of an incident at a moment."""

from __future__ import annotations

import re

INVESTIGATING, IDENTIFIED, UPDATE, MITIGATED, RESOLVED, CLOSED, NOTE = (
    "investigating", "identified", "update", "mitigated", "resolved", "closed", "note",
)  # fmt: skip
_INVESTIGATING = r"(?:we are )?investigating|under investigation"
_IDENTIFIED = r"(?:cause |issue |problem )?identified"
_UPDATE = r"(?:progress |status |further )?updated?|in progress|verifying"
_MITIGATED = (
    r"monitoring|(?:a )?(?:fix|workaround)(?: has been| is)? (?:in place|implemented|deployed|applied|released)|mitigated|recovering"
)
_RESOLVED = r"(?:issue |incident |fully )?resolved|(?:service )?restored"
_CLOSED = r"(?:incident )?closed"
_NOTE = (
    r"closing (?:note|comment|statement)|post-?mortem|post-incident (?:note|report|review)|final (?:note|report|update)|follow-?up"
)
ANY_STATUS = rf"{_INVESTIGATING}|{_IDENTIFIED}|{_UPDATE}|{_MITIGATED}|{_RESOLVED}|{_CLOSED}|{_NOTE}"
SOME_STATUS = re.compile(rf"\b(?:{ANY_STATUS})\b", re.IGNORECASE)
_ONE = (
    (INVESTIGATING, re.compile(rf"^(?:{_INVESTIGATING})$", re.IGNORECASE)),
    (IDENTIFIED, re.compile(rf"^(?:{_IDENTIFIED})$", re.IGNORECASE)),
    (UPDATE, re.compile(rf"^(?:{_UPDATE})$", re.IGNORECASE)),
    (MITIGATED, re.compile(rf"^(?:{_MITIGATED})$", re.IGNORECASE)),
    (RESOLVED, re.compile(rf"^(?:{_RESOLVED})$", re.IGNORECASE)),
    (CLOSED, re.compile(rf"^(?:{_CLOSED})$", re.IGNORECASE)),
    (NOTE, re.compile(rf"^(?:{_NOTE})$", re.IGNORECASE)),
)
_LONGEST = 40


def status_of(text: str) -> str | None:
    """The status that a text is, where it is nothing else: "Resolved", "[Fix in place]"."""
    bare = text.strip(" \t-–—:|.,*_()[]") if len(text) <= _LONGEST else ""
    return next((name for name, pattern in _ONE if pattern.match(bare)), None) if bare else None
