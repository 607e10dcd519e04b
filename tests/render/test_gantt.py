"""The picture of the dates: each bar where its days are, all of it in words, and no text able to break it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from postmortem_actions.core.context import Calendar
from postmortem_actions.core.model import Action, Due, Meeting, Plan
from postmortem_actions.core.policy import Priority
from postmortem_actions.render.gantt import RENDERER, gantt_html, gantt_svg

SVG = "{http://www.w3.org/2000/svg}"
CHROMIUM = shutil.which("chromium")
TODAY = date(2025, 3, 4)  # a Tuesday


def _parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def _texts(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def _rows(root: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {(group.findtext(f"{SVG}title") or "").split()[0]: group for group in root.findall(f"{SVG}g")}


def _bar(row: ElementTree.Element) -> tuple[float, float]:
    (bar,) = row.findall(f"{SVG}rect")
    left = float(bar.get("x", ""))
    return left, left + float(bar.get("width", ""))


def _shades(root: ElementTree.Element) -> list[tuple[float, float]]:
    return [
        (float(r.get("x", "")), float(r.get("width", "")))
        for r in root.iter(f"{SVG}rect")
        if r.get("class") == "g-off"
    ]


@pytest.fixture
def plain_plan(rich_plan: Plan) -> Plan:
    """Three actions in two weeks, the third after the first, and a review."""
    base = replace(rich_plan.actions[0], due=Due(TODAY, "today"), depends_on=(), title="First")
    actions: tuple[Action, ...] = (
        replace(base, id="A1", due=Due(date(2025, 3, 6), "soon")),
        replace(base, id="A2", title="Second", priority=Priority.P1, due=Due(date(2025, 3, 14), "later")),
        replace(
            base, id="A3", title="Third", due=Due(date(2025, 3, 12), "then", late=True), depends_on=("A1",)
        ),
    )
    meetings = (Meeting("Review", date(2025, 3, 17), "?"), Meeting("Close", None, "?"))
    return replace(rich_plan, actions=actions, tracking=replace(rich_plan.tracking, meetings=meetings))


def test_a_bar_reaches_from_the_first_possible_day_to_the_due_date(plain_plan: Plan) -> None:
    rows = _rows(_parsed(gantt_svg(plain_plan)))
    day = 24.0  # pixels, where the days are few
    left = _bar(rows["A1"])[0]
    assert _bar(rows["A1"]) == (left, left + 3 * day)  # 4 to 6 March
    assert _bar(rows["A2"]) == (left, left + 11 * day)
    assert _bar(rows["A3"]) == (left + 3 * day, left + 9 * day)  # from the 7th, as A1 is due on the 6th


def test_a_bar_does_not_begin_on_a_day_off(plain_plan: Plan) -> None:
    first, *rest = plain_plan.actions
    friday = replace(first, due=Due(date(2025, 3, 7), "soon"))
    rows = _rows(_parsed(gantt_svg(replace(plain_plan, actions=(friday, *rest)))))
    assert _texts(rows["A3"])[1] == "2025-03-10 → 2025-03-12 late"
    closed = Calendar(frozenset({date(2025, 3, 10)}))
    rows = _rows(_parsed(gantt_svg(replace(plain_plan, actions=(friday, *rest)), calendar=closed)))
    assert _texts(rows["A3"])[1] == "2025-03-11 → 2025-03-12 late"


def test_given_starts_are_used(plain_plan: Plan) -> None:
    rows = _rows(_parsed(gantt_svg(plain_plan, {"A2": date(2025, 3, 13), "A1": date(2025, 3, 5)})))
    assert _bar(rows["A2"])[1] - _bar(rows["A2"])[0] == 2 * 24
    assert _bar(rows["A1"])[1] - _bar(rows["A1"])[0] == 2 * 24
    assert "day on which work is to begin" in gantt_html(plain_plan, {"A2": date(2025, 3, 13)})


def test_every_dated_action_has_a_bar_and_its_dates_as_text(rich_plan: Plan) -> None:
    root = _parsed(gantt_svg(rich_plan))
    rows = _rows(root)
    for action in rich_plan.actions:
        texts = _texts(rows[action.id])
        assert texts[0].startswith(f"{action.id} {action.priority.value}")
        assert len(rows[action.id].findall(f"{SVG}rect")) == (action.due.on is not None)
        assert str(action.due.on or "no date") in texts[1]
    assert "late" in _texts(rows["A2"])[1]
    assert "late" not in _texts(rows["A1"])[1]


def test_colour_is_never_the_only_sign(plain_plan: Plan) -> None:
    rows = _rows(_parsed(gantt_svg(plain_plan)))
    assert "P0" in _texts(rows["A1"])[0]
    assert rows["A3"].find(f"{SVG}rect").get("stroke-dasharray")  # type: ignore[union-attr]
    assert not rows["A1"].find(f"{SVG}rect").get("stroke-dasharray")  # type: ignore[union-attr]


def test_the_picture_is_told_in_words(plain_plan: Plan) -> None:
    root = _parsed(gantt_svg(plain_plan))
    assert root.get("role") == "img"
    named = [root.find(f"{SVG}title"), root.find(f"{SVG}desc")]
    assert root.get("aria-labelledby") == " ".join(part.get("id", "") for part in named if part is not None)
    said = root.findtext(f"{SVG}desc") or ""
    assert "Planned on 2025-03-04." in said
    assert "A1 P0 First: 2025-03-04 to 2025-03-06, @ana" in said
    assert "A3 P0 Third: 2025-03-07 to 2025-03-12, beyond its window, after A1, @ana" in said
    assert "Review: 2025-03-17; Close: no date." in said


def test_days_off_are_shaded_by_the_calendar(plain_plan: Plan) -> None:
    root = _parsed(gantt_svg(plain_plan))
    monday = _bar(_rows(root)["A1"])[0] - 24
    assert _shades(root) == [(monday + 5 * 24, 48.0), (monday + 12 * 24, 48.0)]
    gulf = Calendar(frozenset({date(2025, 3, 6)}), frozenset({4, 5}))
    assert _shades(_parsed(gantt_svg(plain_plan, calendar=gulf)))[0] == (
        monday + 3 * 24,
        72.0,
    )  # Thursday to Saturday


def test_the_day_of_planning_is_marked(plain_plan: Plan) -> None:
    root = _parsed(gantt_svg(plain_plan))
    (mark,) = [path for path in root.iter(f"{SVG}path") if "g-today" in (path.get("class") or "")]
    assert mark.get("d", "").startswith(f"M{_bar(_rows(root)['A1'])[0]:g} ")
    assert "planned on 2025-03-04" in _texts(root)


def test_lines_lead_from_what_is_needed_to_what_waits(plain_plan: Plan) -> None:
    root = _parsed(gantt_svg(plain_plan))
    (link,) = [path for path in root.iter(f"{SVG}path") if "g-link" in (path.get("class") or "")]
    rows = _rows(root)
    (left, right), begin = _bar(rows["A1"]), _bar(rows["A3"])[0]
    start = float(link.get("d", "")[1:].split()[0])
    assert left < start <= right
    assert link.get("d", "").endswith(f"H{begin:g}")
    unknown = replace(plain_plan.actions[0], depends_on=("A9", "A1"), due=Due(None, "none"))
    assert "g-link" not in gantt_svg(replace(plain_plan, actions=(unknown,))).split("</style>")[1]


def test_hostile_titles_stay_text(rich_plan: Plan) -> None:
    nasty = (
        "</title></svg><script>alert(1)</script>\x00\x0b\ud800\u202eevil\u2066 &amp; ]]> <!-- \" ' \r\n end"
    )
    actions = tuple(replace(action, title=nasty) for action in rich_plan.actions)
    plan = replace(rich_plan, actions=actions, incident=replace(rich_plan.incident, title=nasty),
                   tracking=replace(rich_plan.tracking, meetings=(Meeting(nasty, TODAY, nasty),)))  # fmt: skip
    root = _parsed(gantt_svg(plan))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg", "title", "desc", "style", "rect", "g", "text", "path",
    }  # fmt: skip
    assert (root.findtext(f"{SVG}title") or "").endswith(
        "</title></svg><script>alert(1)</script>evil &amp; ]]> <!-- \" ' end"
    )
    assert not any(
        name.startswith("on") or "href" in name for element in root.iter() for name in element.attrib
    )


def test_nothing_is_loaded_from_outside_and_the_same_plan_gives_the_same_bytes(any_plan: Plan) -> None:
    svg = gantt_svg(any_plan)
    assert "http" not in svg.split("</style>")[0].replace("http://www.w3.org/2000/svg", "").split("<style")[1]
    assert "url(" not in svg
    assert "@import" not in svg
    assert RENDERER.render(any_plan) == svg + "\n"


def test_the_style_may_carry_a_nonce(plain_plan: Plan) -> None:
    page = gantt_html(plain_plan, nonce='a"b')
    assert page.count("<style") == page.count('<style nonce="a&quot;b">') == 2
    assert "nonce" not in gantt_html(plain_plan)
    assert " style=" not in page  # a content policy would not let it in


def test_a_plan_without_actions_is_a_picture_too(minimal_plan: Plan) -> None:
    root = _parsed(gantt_svg(minimal_plan))
    assert "planned on 2025-03-04" in _texts(root)
    assert not _rows(root)


@pytest.mark.parametrize(
    ("last", "labels"),
    [
        (date(2025, 6, 1), 5),
        (date(2026, 3, 1), 3),
        (date(2035, 1, 1), 3),
        (date(2500, 1, 1), 2),
        (date.max, 2),
    ],
)
def test_any_range_of_days_fits_with_labels_apart(plain_plan: Plan, last: date, labels: int) -> None:
    first, *rest = plain_plan.actions
    svg = gantt_svg(replace(plain_plan, actions=(replace(first, due=Due(last, "far")), *rest)))
    root = _parsed(svg)
    assert float(root.get("width", "")) < 1400
    assert len(svg) < 60_000
    axis = [float(t.get("x", "")) for t in root.findall(f"{SVG}text") if (t.text or "")[:1].isdigit()]
    assert len(axis) >= labels
    assert min(after - before for before, after in zip(axis, axis[1:], strict=False)) >= 80


def test_a_date_that_has_passed_is_a_bar_of_one_day(plain_plan: Plan) -> None:
    first, *rest = plain_plan.actions
    past = replace(first, due=Due(date(2025, 2, 3), "stated"))
    rows = _rows(_parsed(gantt_svg(replace(plain_plan, actions=(past, *rest)))))
    assert _texts(rows["A1"])[1] == "2025-02-03"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests here."""
    if CHROMIUM is None:
        pytest.skip("the program chromium is not on the PATH")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


_BOXES = """() => [...document.querySelectorAll('text')].map(t => {
  const own = t.getBoundingClientRect(), cut = (t.parentNode.tagName === 'svg' ? t.parentNode : t).getBoundingClientRect();
  const frame = t.parentNode.classList.contains('gantt') ? own : t.parentNode;
  const width = frame === own ? own.width : Math.min(own.width, parseFloat(frame.getAttribute('width')));
  return [t.textContent, own.left, own.top, own.left + width, own.bottom];
})"""


@pytest.mark.browser
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_text_covers_another_and_dark_paper_is_dark(
    browser: Any, rich_plan: Plan, plain_plan: Plan, tmp_path: Path, colours: str
) -> None:
    wide = replace(
        rich_plan.actions[0],
        id="A9",
        title="漢字WWWW" * 30,
        due=Due(TODAY + timedelta(days=70), "far", late=True),
    )
    plan = replace(rich_plan, actions=(*rich_plan.actions, wide), tracking=plain_plan.tracking)
    file = tmp_path / "gantt.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><body>{gantt_html(plan)}", encoding="utf-8")
    context = browser.new_context(color_scheme=colours, viewport={"width": 1500, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    boxes = page.evaluate(_BOXES)
    assert len(boxes) > 2 * len(plan.actions)
    for n, (one, left, top, right, bottom) in enumerate(boxes):
        for other, left2, top2, right2, bottom2 in boxes[n + 1 :]:
            apart = right <= left2 or right2 <= left or bottom <= top2 + 1 or bottom2 <= top + 1
            assert apart, (one, other)
    paper = page.evaluate("() => getComputedStyle(document.querySelector('.g-paper')).fill")
    assert paper == ("rgb(13, 17, 23)" if colours == "dark" else "rgb(255, 255, 255)")
    assert asked == [file.as_uri()]
    context.close()
