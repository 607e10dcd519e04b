"""The HTML plan: text stays text, nothing is asked of the network, and links lead to places on the page."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from postmortem_actions.core.model import Artifact, Plan
from postmortem_actions.render.registry import renderer

_VOID = {"meta", "br", "hr", "img", "input", "link"}


class _Page(HTMLParser):
    """Tags with their attributes, the visible text, and which tags were left open or closed wrongly."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.crossed.append(tag)
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]

    def text_of(self, tag: str) -> list[str]:
        """The text directly in each run of such tags."""
        return [text for name, text in self.texts if name == tag]


def _html(plan: Plan) -> str:
    return renderer("html").render(plan)


@pytest.fixture(scope="module")
def rich(rich_plan: Plan) -> _Page:
    """The page of the rich plan."""
    return _Page(_html(rich_plan))


def test_every_tag_is_closed_where_it_was_opened(any_plan: Plan) -> None:
    page = _Page(_html(any_plan))
    assert page.open == []
    assert page.crossed == []


def test_text_adds_no_tags_and_no_handlers(rich: _Page, rich_plan: Plan) -> None:
    assert len(rich.all("script")) == 1
    assert len(rich.all("style")) == 3  # the page's own, and two of the picture of the dates
    assert not rich.all("img")
    assert not rich.all("b") or all(set(a) <= {"class"} for a in rich.all("b"))
    assert not [name for _, attrs in rich.tags for name in attrs if name.startswith("on")]
    tags = {tag for tag, _ in rich.tags}
    assert tags.isdisjoint({"iframe", "object", "embed", "form", "base", "link", "textarea"})
    shown = "".join(text for _, text in rich.texts)
    for text in (
        rich_plan.actions[0].statement,
        rich_plan.actions[3].title,
        rich_plan.summary.primary_failure_mode,
    ):
        assert text in shown


def test_scripts_and_ends_of_style_are_escaped_in_the_source(rich_plan: Plan) -> None:
    text = _html(rich_plan)
    assert text.count("<script") == text.count("</script>") == 1
    assert text.count("<style") == text.count("</style>") == 3
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in text
    assert "&lt;/style&gt;" in text


def test_what_reads_like_an_entity_or_a_template_is_shown_as_written(rich: _Page) -> None:
    shown = "".join(text for _, text in rich.texts)
    assert "&lt;b&gt;" in shown
    assert "{{ 7 * 7 }} {% raw %} ${HOME}" in shown


def test_links_lead_only_to_places_on_the_page(any_plan: Plan) -> None:
    page = _Page(_html(any_plan))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        assert link["href"].startswith("#"), link
        assert link["href"][1:] in ids


def test_nothing_is_asked_of_the_network(any_plan: Plan) -> None:
    text = _html(any_plan)
    page = _Page(text)
    for tag, attrs in page.tags:
        for name in ("src", "srcset", "href", "action", "poster", "data", "background", "style"):
            assert not re.search(r"(?i)(https?:)?//|javascript:|data:", attrs.get(name, "")), (tag, name)
    own = [part for tag, part in page.texts if tag in ("style", "script")]
    assert own
    assert not re.search(r"(?i)https?://|@import|url\(|fetch\(|XMLHttpRequest|import\(", "".join(own))


def test_a_content_policy_forbids_all_but_the_page_itself(rich: _Page) -> None:
    policy = next(m["content"] for m in rich.all("meta") if m.get("http-equiv") == "Content-Security-Policy")
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy
    nonce = rich.all("script")[0]["nonce"]
    assert rules["script-src"] == f"'nonce-{nonce}'"
    assert rich.all("style")[0]["nonce"] == nonce


def test_the_sections_0_to_10_stand_in_order_with_names_for_the_ear(any_plan: Plan) -> None:
    page = _Page(_html(any_plan))
    assert [int(text.split(")")[0]) for text in page.text_of("h2")] == list(range(11))
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert page.all("html")[0]["lang"] == "en"
    assert all(head.get("scope") in ("col", "row") for head in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))


def test_every_action_is_there_with_its_row(rich: _Page, rich_plan: Plan) -> None:
    assert [article["id"] for article in rich.all("article")] == [a.id for a in rich_plan.actions]
    assert [article["class"] for article in rich.all("article")] == ["P0", "P1", "P1", "P2", "P3"]
    heads = rich.text_of("h3")
    assert f"A2: {rich_plan.actions[1].title}" in heads


def test_artifacts_are_shown_byte_for_byte(rich_plan: Plan) -> None:
    text = _html(rich_plan)
    blocks = re.findall(r"(?s)<pre[^>]*><code>(.*?)</code></pre>", text)
    bodies = ["".join(part for _, part in _Page(f"<p>{block}</p>").texts) for block in blocks]
    for action in rich_plan.actions:
        for artifact in (action.artifact, action.verification.artifact):
            if artifact is not None:
                assert artifact.body in bodies


def test_an_artifact_that_begins_with_a_line_break_keeps_it(rich_plan: Plan) -> None:
    first, *rest = rich_plan.actions
    changed = replace(first, artifact=Artifact("text", "\nsecond line\n"))
    assert "<code>\nsecond line\n</code>" in _html(replace(rich_plan, actions=(changed, *rest)))


def test_unknown_is_said_and_nothing_is_ticked(any_plan: Plan, minimal_plan: Plan) -> None:
    assert not re.search(r"[✅✔✓☑]|type=.checkbox", _html(any_plan))
    text = _html(minimal_plan)
    assert text.count("not stated in the RCA") == 3
    assert "Date not stated" in text
    assert "The RCA gave nothing to act on" in text


def test_the_same_plan_gives_the_same_page(rich_plan: Plan) -> None:
    assert _html(rich_plan) == _html(replace(rich_plan))
    assert _html(rich_plan).startswith("<!doctype html>\n")
