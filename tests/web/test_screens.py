"""Every screen in a real browser: it fits, every field has a name, every word can be read, nothing is complained of.

The pictures are kept in the folder that COLLECTOR_TEST_SCREENS names, to be looked at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page
from sqlmodel import select
from web.conftest import NOW, SECRET, Building, hashed, open_building
from web.test_access import address, ids, routes  # noqa: F401 - ids is a fixture
from web.test_browser import browser, serve, sign_in  # noqa: F401 - browser is a fixture

from collector.casework import actions, drafts, strategies
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.identity.actions import actor_of
from collector.identity.rules import Level, Role
from collector.identity.tables import User
from collector.portfolio.tables import Portfolio
from collector.strategy.compiling import default_text
from collector.web.access import PAGES

pytestmark = pytest.mark.browser
WIDE, HIGH = 1366, 768
EVERYONE = "everyone"

FIELDS = """() => [...document.querySelectorAll('input, select, textarea')]
  .filter(field => field.type !== 'hidden' && !field.labels?.length && !field.ariaLabel && !field.title
                   && !field.getAttribute('aria-labelledby'))
  .map(field => field.outerHTML.slice(0, 90))"""
"""Fields that a screen reader could not name."""

CONTRAST = """() => {
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const over = (top, under) => top.slice(0, 3).map((part, at) => part * top[3] + under[at] * (1 - top[3]));
  const opaque = parts => parts.length === 3 ? [...parts, 1] : parts;
  const light = rgb => rgb.map(part => part / 255)
    .map(part => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(opaque(parse(getComputedStyle(at).backgroundColor)));
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    if (element.closest(':disabled') || element.closest('svg') || element.closest('.skip')) continue;
    const style = getComputedStyle(element), ground = behind(element);
    const ink = over(opaque(parse(style.color)), ground);
    const [high, low] = [light(ink), light(ground)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (large ? 3 : 4.5)) found.push(ratio.toFixed(2) + ' ' + element.textContent.trim().slice(0, 40));
  }
  return found;
}"""
"""Texts that are too pale for their ground (WCAG 2.2, 1.4.3); what is disabled is exempt."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, templates: Callable[[str], str]) -> Building:
    """A planned floor, and somebody who has every role and sees everything."""
    home: Path = tmp_path_factory.mktemp("screens")
    shutil.copy(templates("sqlite"), home / "collector.db")
    building = open_building(Database(f"sqlite:///{home / 'collector.db'}"), home, Keys(SECRET))
    with building.office.database.begin() as session:
        row = User(
            name=EVERYONE,
            staff_no=EVERYONE,
            display_name="Everyone",
            roles=",".join(Role),
            level=Level.senior,
            password_hash=hashed(),
            must_change=False,
            all_portfolios=True,
            phone="+8657188880000",
            created_at=NOW,
        )
        session.add(row)
        version = (building.office.catalogue, default_text("cn"), "CN", "user:supervisor", "as shipped", NOW, NOW)
        strategies.publish(session, *version)
    actions.plan(building.office, "CN", building.clock(), actor="test")
    with building.office.database.begin() as session:
        boss = actor_of(session.exec(select(User).where(User.name == EVERYONE)).one())
        drafts.begin(session, session.get_one(Portfolio, building.book.cn), default_text("cn"), boss, NOW)
    return building


NOT_PAGES = frozenset(
    {
        "floor_live",
        "live_call",
        "desk_live",
        "live_inbound",
        "purge_certificate",
        "inbound_page",
        "batch_as_csv",
        "print_closing",
        "batch_as_pdf",
        "batch_progress",
        "letter_as_docx",
        "letter_as_pdf",
        "progress_now",
        "recording_sound",
        "reference_schema",
    }
)
"""What open pages, players and programs read."""
OF_A_FILE = frozenset({"file_mapping", "download_mapping", "file_check", "file_progress", "download_rejects"})
OF_A_TRIAL = frozenset({"strategy_proposal", "strategy_trial", "strategy_trial_now", "trial_accounts"})
OF_WHAT_STANDS = frozenset({"preview_allocation"})
ELSEWHERE = OF_A_FILE | OF_A_TRIAL | OF_WHAT_STANDS
"""Pages of a file that somebody brought, of a draft that is tried, of moves that are shown: `test_operations_browser`,
`test_strategy_browser` and `test_allocation` go through them."""
CHOSEN: dict[str, Any] = {"which": "due", "why": "in_plan", "age": 0}
"""What stands in addresses besides ids."""
ASKED = {"figures_accounts": "?what=funnel&stage=book&book="}
"""What a page is asked besides; the portfolio's id follows."""


def screens(house: Building, known: dict[str, int]) -> dict[str, str]:
    """Name and address of every page."""
    return {
        route.name: address(route, house, known | CHOSEN)
        + (f"{ASKED[route.name]}{house.book.cn}" if route.name in ASKED else "")
        for route in routes(house)
        if route.name in PAGES and route.method == "GET" and route.name not in NOT_PAGES | ELSEWHERE
    }


@pytest.mark.parametrize(
    ("language", "scheme"),
    [pytest.param("en", "light", id="english, light"), pytest.param("zh", "dark", id="chinese, dark")],
)
def test_every_screen_fits_is_named_and_can_be_read(
    browser: Browser,  # noqa: F811
    house: Building,
    ids: dict[str, int],  # noqa: F811
    tmp_path: Path,
    language: str,
    scheme: Any,
) -> None:
    kept = Path(os.environ.get("COLLECTOR_TEST_SCREENS") or tmp_path) / f"{language}-{scheme}"
    wrong: list[str] = []
    with serve(house) as home:
        context = browser.new_context(viewport={"width": WIDE, "height": HIGH}, color_scheme=scheme)
        page = context.new_page()

        def heard(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                wrong.append(f"{page.url}: {message.text}")

        page.on("console", heard)
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        sign_in(page, home, EVERYONE)
        if language == "zh":
            page.click("button[name=language][value=zh]")
        for name, path in screens(house, ids).items():
            wrong += look(page, home, name, path, kept)
        context.close()
    assert wrong == []


def look(page: Page, home: str, name: str, path: str, kept: Path) -> list[str]:
    """What is wrong with one page; its picture is kept."""
    answer = page.request.get(home + path)
    if "html" not in answer.headers.get("content-type", ""):
        return []
    if answer.status != 200:
        return [f"{path}: {answer.status}"]
    page.goto(home + path)
    page.screenshot(path=kept / f"{name}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth")
    found = [f"{path}: is {wide} wide"] if wide > WIDE else []
    found += [f"{path}: no name: {field}" for field in page.evaluate(FIELDS)]
    return found + [f"{path}: too pale: {text}" for text in page.evaluate(CONTRAST)]
