"""The HTML page in a real browser: it sorts, is usable by keyboard, prints, and asks nothing of the network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from tests.regenerate import REPOSITORY

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PAGE = REPOSITORY / "examples/orders-api-timeout/output/plan.html"


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """The page of an example, with every request and console message noted."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page()
        opened.requests, opened.errors = [], []
        opened.on("request", lambda request: opened.requests.append(request.url))
        opened.on(
            "console", lambda message: opened.errors.append(message.text) if message.type == "error" else None
        )
        opened.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.goto(PAGE.as_uri())
        yield opened
        browser.close()


def _column(page: Any, name: str) -> list[str]:
    return page.evaluate(  # type: ignore[no-any-return]
        """name => {
            const table = [...document.querySelectorAll('table')].find(t => t.querySelector('thead button'));
            const heads = [...table.querySelectorAll('thead th')];
            const at = heads.findIndex(h => h.textContent.trim().startsWith(name));
            return [...table.querySelectorAll('tbody tr')].map(r => r.children[at].textContent.trim());
        }""",
        name,
    )


def test_it_asks_nothing_of_the_network_and_has_no_errors(page: Any) -> None:
    assert page.requests == [PAGE.as_uri()]
    assert page.errors == []


def test_a_click_on_a_heading_sorts_and_says_so(page: Any) -> None:
    button = page.get_by_role("button", name="Effort").first
    before = _column(page, "ID")
    button.click()
    efforts = [value[:1] for value in _column(page, "Effort")]
    assert efforts == sorted(efforts, key="SML".index)
    assert page.locator("th[aria-sort=ascending]").count() == 1
    button.click()
    assert [value[:1] for value in _column(page, "Effort")] == sorted(efforts, key="SML".index, reverse=True)
    assert page.locator("th[aria-sort=descending]").count() == 1
    page.get_by_role("button", name="ID").first.click()
    assert sorted(_column(page, "ID")) == sorted(before)


def test_sorting_works_by_keyboard(page: Any) -> None:
    page.get_by_role("button", name="Due").first.focus()
    page.keyboard.press("Enter")
    dates = _column(page, "Due")
    assert dates == sorted(dates)


def test_it_prints_without_controls_and_fits_a_phone(page: Any) -> None:
    page.emulate_media(media="print")
    visible = page.evaluate(
        "[...document.querySelectorAll('[data-screen-only], nav button')].filter(e => e.offsetParent).length"
    )
    assert visible == 0
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_every_heading_and_table_has_a_name(page: Any) -> None:
    assert page.title()
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    unnamed = page.evaluate(
        "[...document.querySelectorAll('table')].filter(t => !t.caption && !t.getAttribute('aria-label') && !t.getAttribute('aria-labelledby')).length"
    )
    assert unnamed == 0
