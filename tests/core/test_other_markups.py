"""reStructuredText, MediaWiki, Jira's wiki markup and chat logs give the same reading as Markdown, line for line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from postmortem_actions.core.model import Rca

Read = Callable[[str], Rca]
RST = """Search outage
=============

:Date: 2025-03-03
:Severity: SEV-2

Root cause
----------

There was no index on ``docs.owner``.

Timeline
--------

* 10:00 UTC Outage begins
* 10:20 UTC Resolved

Action items
------------

* Add an index on docs.owner (@ana, 2025-03-10)
"""
MEDIAWIKI = """= Search outage =
'''Date:''' 2025-03-03

'''Severity:''' SEV-2

== Root cause ==
There was no index on <code>docs.owner</code>.

== Timeline ==
* 10:00 UTC Outage begins
* 10:20 UTC Resolved

== Action items ==
{| class="wikitable"
! Action !! Owner !! Due
|-
| Add an index on docs.owner || ana || 2025-03-10
|}
"""
JIRA = """h1. Search outage
*Date:* 2025-03-03
*Severity:* SEV-2

h2. Root cause
There was no index on {{docs.owner}}.

h2. Timeline
||Time||Event||
|10:00 UTC|Outage begins|
|10:20 UTC|Resolved|

h2. Action items
# Add an index on docs.owner (@ana, 2025-03-10)
"""


@pytest.mark.parametrize("text", [RST, MEDIAWIKI, JIRA], ids=["rst", "mediawiki", "jira"])
def test_the_same_document_in_another_markup_is_read_the_same(text: str, read: Read) -> None:
    rca = read(text)
    assert rca.incident.title == "Search outage"
    assert rca.incident.date == date(2025, 3, 3)
    assert rca.incident.severity is not None
    assert rca.incident.severity.text == "SEV-2"
    assert len(rca.incident.timeline) == 2
    cause = rca.incident.root_causes[0]
    assert "no index on docs.owner" in cause.text.replace("`", "")
    assert cause.evidence is not None
    assert "docs.owner" in text.split("\n")[cause.evidence.span.start - 1], "the line number is the source's"
    (action,) = rca.stated_actions
    assert (action.text, action.owner, action.due) == ("Add an index on docs.owner", "ana", date(2025, 3, 10))
    assert "Add an index" in text.split("\n")[action.evidence[0].span.start - 1]


def test_jira_code_is_no_text(read: Read) -> None:
    rca = read(JIRA + "\nh2. Notes\n{code:sql}\n# Add nothing\n* not a list\n{code}\n")
    assert len(rca.stated_actions) == 1


def test_a_heading_mark_in_a_document_without_jira_headings_stays_markdown(read: Read) -> None:
    rca = read("# Search outage\n\n## Action items\n\n- Add an index on docs.owner\n")
    assert rca.incident.title == "Search outage"
    assert [action.text for action in rca.stated_actions] == ["Add an index on docs.owner"]


CHAT = """[2025-03-03 10:12] Ana Ruiz: customers report search errors
[10:15] Ben: there is no index on docs.owner, the query scans the whole table
[10:20] Ana Ruiz: fixed, all services back to normal
[10:25] Ben: action item: add an index on docs.owner permanently
[10:26] Ana Ruiz: we also had no alert on slow queries
"""


def test_a_chat_log_is_read_line_by_line(read: Read) -> None:
    rca = read(CHAT)
    assert rca.incident.date == date(2025, 3, 3)
    assert len(rca.incident.timeline) == 5
    assert [(a.text, a.owner) for a in rca.stated_actions] == [("add an index on docs.owner permanently", None)]
    assert {gap.evidence.span.start for gap in rca.gaps} >= {2}
    assert all(sentence.span.start == sentence.span.end for sentence in rca.sentences)
