"""The HTML plan in a real browser, with hostile text in it: it sorts, copies and prints, and stays silent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from postmortem_actions.core.model import Plan
from postmortem_actions.render.registry import renderer

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="the program chromium is not on the PATH"),
]


@dataclass
class Opened:
    """A page with all it asked for and complained of."""

    page: Any
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests here."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Any, rich_plan: Plan, tmp_path: Path) -> Iterator[Opened]:
    """The page of the rich plan, fresh for each test."""
    file = tmp_path / "plan.html"
    file.write_text(renderer("html").render(rich_plan), encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    seen = Opened(page, file.as_uri())
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on(
        "console", lambda message: seen.complaints.append(message.text) if message.type != "log" else None
    )
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))

    def on_dialog(dialog: Any) -> None:
        seen.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", on_dialog)
    page.goto(seen.url)
    yield seen
    context.close()


def _column(page: Any, number: int) -> list[str]:
    rows = page.locator("table.sortable").first.locator("tbody tr")
    return [rows.nth(n).locator("th, td").nth(number).inner_text() for n in range(rows.count())]


def _sorts(page: Any) -> dict[str, str]:
    """The headings of the first table that say how they are sorted."""
    heads = page.locator("table.sortable").first.locator("thead th")
    found = {heads.nth(n).inner_text(): heads.nth(n).get_attribute("aria-sort") for n in range(heads.count())}
    return {name: value for name, value in found.items() if value}


def test_hostile_text_runs_nothing_and_asks_for_nothing(opened: Opened) -> None:
    opened.page.wait_for_timeout(200)
    assert opened.requests == [opened.url]
    assert opened.complaints == []
    assert opened.dialogs == []
    assert opened.page.locator("img, iframe").count() == 0
    assert opened.page.locator("script").count() == 1


def test_a_click_sorts_up_then_down_and_says_so(opened: Opened) -> None:
    page = opened.page
    assert _sorts(page) == {}
    assert _column(page, 4) == ["S", "L", "M", "S", "M"]
    effort = page.locator("table.sortable").first.get_by_role("button", name="Effort")
    effort.click()
    assert _column(page, 4) == ["S", "S", "M", "M", "L"]
    assert list(_sorts(page).values()) == ["ascending"]
    effort.click()
    assert _column(page, 4) == ["L", "M", "M", "S", "S"]
    assert list(_sorts(page).values()) == ["descending"]


def test_only_the_heading_sorted_last_says_so(opened: Opened) -> None:
    page = opened.page
    table = page.locator("table.sortable").first
    table.get_by_role("button", name="Effort").click()
    table.get_by_role("button", name="ID").click()
    assert _sorts(page) == {"ID": "ascending"}
    assert _column(page, 0) == ["A1", "A2", "A3", "A4", "A5"]


def test_the_keyboard_sorts_by_enter_and_by_space(opened: Opened) -> None:
    page = opened.page
    due = page.locator("table.sortable").first.get_by_role("button", name="Due")
    due.focus()
    page.keyboard.press("Enter")
    assert [text[:10].strip() for text in _column(page, 7)] == [
        "2025-03-07", "2025-03-14", "2025-03-28", "no date", "no date",
    ]  # fmt: skip
    page.keyboard.press("Space")
    assert [text[:10].strip() for text in _column(page, 7)] == [
        "no date", "no date", "2025-03-28", "2025-03-14", "2025-03-07",
    ]  # fmt: skip
    assert list(_sorts(page).values()) == ["descending"]


def test_every_sorting_heading_is_reached_by_tab(opened: Opened) -> None:
    page = opened.page
    reached: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "document.activeElement.closest('thead') ? document.activeElement.textContent : ''"
        )
        if name:
            reached.append(name)
    assert reached[:8] == ["ID", "Category", "Action", "Priority", "Effort", "Owner", "Done When", "Due"]


def test_sorting_keeps_every_row(opened: Opened) -> None:
    page = opened.page
    buttons = page.locator("table.sortable").first.locator("thead button")
    for number in range(buttons.count()):
        buttons.nth(number).click()
        assert sorted(_column(page, 0)) == ["A1", "A2", "A3", "A4", "A5"]


def test_a_link_of_the_table_leads_to_the_action(opened: Opened) -> None:
    page = opened.page
    page.locator("table.sortable").first.get_by_role("link", name="A4").click()
    assert page.url.endswith("#A4")
    assert page.locator("#A4").evaluate("e => e.getBoundingClientRect().top < innerHeight")
    assert opened.requests == [opened.url]


def test_print_hides_the_buttons_and_the_contents(opened: Opened) -> None:
    page = opened.page
    # Copying needs the clipboard, which not every context gives: shown here as it is where it does.
    page.evaluate("document.querySelectorAll('button.copy').forEach(b => { b.hidden = false; })")
    copy = page.locator("button.copy").first
    assert copy.is_visible()
    assert page.locator("nav.toc").is_visible()
    page.emulate_media(media="print")
    assert page.locator("button.copy").count() > 0
    assert not any(button.is_visible() for button in page.locator("button.copy").all())
    assert not page.locator("nav.toc").is_visible()
    arrow = "getComputedStyle(document.querySelector('thead button'), '::after').content"
    assert page.evaluate(arrow) in ('""', "none")
    assert page.locator("table.sortable").first.get_by_role("button", name="ID").is_visible()


def test_an_artifact_on_the_page_is_the_artifact(opened: Opened, rich_plan: Plan) -> None:
    shown = opened.page.locator("pre code").all()
    texts = [block.text_content() for block in shown]
    for action in rich_plan.actions:
        if action.artifact is not None:
            assert action.artifact.body in texts


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_in_light_and_dark(opened: Opened, scheme: str) -> None:
    page = opened.page
    page.emulate_media(color_scheme=scheme)
    colours = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
        ".map(c => c.match(/\\d+/g).slice(0, 3).map(Number))"
    )

    def luminance(rgb: list[int]) -> float:
        parts = [(c / 255) / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted(luminance(colour) for colour in colours)
    assert (high + 0.05) / (low + 0.05) >= 7  # WCAG 2.2, 1.4.6 (AAA) for body text


def test_without_script_the_plan_is_whole(browser: Any, rich_plan: Plan, tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    file.write_text(renderer("html").render(rich_plan), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator("article").count() == len(rich_plan.actions)
    assert page.locator("thead button, button.copy:visible").count() == 0
    context.close()
