"""A strategy at a real browser: drafted by keyboard, tried, submitted, approved by somebody else, and in force."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from sqlmodel import select
from web.conftest import Building
from web.test_browser import browser, complaints, page, served, sign_in

from collector.strategy.editing import rows_of
from collector.strategy.queries import active
from collector.strategy.tables import StrategyDraft

__all__ = ["browser", "complaints", "page", "served"]

pytestmark = pytest.mark.browser


def order(building: Building) -> list[str]:
    with building.office.database.read() as session:
        return [row["name"] for row in rows_of(session.exec(select(StrategyDraft)).one().body)]


def focus(page: Page, at: int) -> None:
    page.focus(f"#row-{at} td a")


def test_a_supervisor_drafts_by_keyboard_another_approves(
    page: Page, served: tuple[Building, str], complaints: list[str]
) -> None:
    building, address = served
    sign_in(page, address, "supervisor")
    page.goto(f"{address}/strategy/CN")
    page.click("form[action$='/begin'] button.primary")
    page.wait_for_url("**/draft")
    before = order(building)
    focus(page, 1)
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_url("**at=2&by=down*")
    assert page.evaluate("document.activeElement.dataset.move") == "down"
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_url("**at=3&by=down*")
    assert order(building) == [before[0], before[2], before[3], before[1], *before[4:]]
    page.drag_and_drop("#row-3 .grip", "#row-1 .grip", target_position={"x": 5, "y": 2})
    page.wait_for_url("**at=1&by=up*")
    assert order(building) == before
    at = before.index("first-other")
    page.click(f"#row-{at} td a")
    page.wait_for_selector("#edit")
    assert page.evaluate("document.activeElement.name") == "name"
    page.fill("#edit [name=name]", "first-of-all")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**at={at}*")
    page.click("form[action$='/try'] button")
    page.wait_for_selector("svg.hours, .empty")
    assert page.inner_text("tbody tr >> nth=0").split()[:3] == ["first-other", "first-of-all", "1"]
    page.goto(f"{address}/strategy/CN/draft")
    page.fill("[name=reason]", "a better name")
    page.click("form[action$='/propose'] button")
    page.wait_for_url("**said=strategy-proposed")
    page.context.clear_cookies()
    sign_in(page, address, "second")
    page.goto(f"{address}/approvals")
    page.click("a[href*='/proposals/']")
    assert "first-of-all" in page.inner_text("main")
    page.go_back()
    page.click("button[value=approve]")
    page.wait_for_url("**said=decided")
    with building.office.database.read() as session:
        version = active(session, building.book.cn, building.clock())
    assert (version.version, version.approver) == (1, "user:second")
    assert "first-of-all" in version.body
    assert complaints == []
