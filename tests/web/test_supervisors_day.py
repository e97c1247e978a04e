"""A supervisor's day in a browser: a strategy is published by two, accounts get owners, a segment is held, a long
promise is agreed to; and an agent of another portfolio sees nothing of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import select
from web.conftest import NOW, SECRET, Building, hashed, open_building
from web.test_browser import browser, serve, sign_in  # noqa: F401 - browser is a fixture

from collector.casework import actions
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.history.rules import HoldScope
from collector.history.tables import Hold, Promise
from collector.identity.rules import Level, Role
from collector.identity.tables import User
from collector.portfolio.actions import give_access
from collector.portfolio.tables import Account
from collector.strategy.tables import StrategyVersion

pytestmark = pytest.mark.browser
FAR = {"amount": "1000.00", "due_on": "2026-07-15", "due_time": "18:00"}


@pytest.fixture
def floor(tmp_path: Path, templates: Callable[[str], str]) -> Building:
    """A planned floor, a second supervisor, and an agent of the American portfolio only."""
    shutil.copy(templates("sqlite"), tmp_path / "collector.db")
    building = open_building(Database(f"sqlite:///{tmp_path / 'collector.db'}"), tmp_path, Keys(SECRET))
    with building.office.database.begin() as session:
        for name, role, code in (("wu", Role.supervisor, "CN"), ("smith", Role.agent, "US")):
            more = {"password_hash": hashed(), "must_change": False, "created_at": NOW}
            row = User(name=name, staff_no=name, display_name=name, roles=role, level=Level.senior, **more)
            session.add(row)
            session.flush()
            give_access(session, [code], user_id=row.id, actor="cli", at=NOW)
    actions.plan(building.office, "CN", building.clock(), actor="test")
    return building


def someone(browser: Browser, address: str, name: str) -> Page:  # noqa: F811
    page = browser.new_context(locale="en-US").new_page()
    sign_in(page, address, name)
    return page


def rows(floor: Building, table: type) -> list[object]:
    with floor.office.database.read() as session:
        return list(session.exec(select(table)).all())


def test_a_supervisors_day(browser: Browser, floor: Building) -> None:  # noqa: F811
    floor.signed_in("agent").post(f"/accounts/{floor.book.loan}/promise", FAR)
    with serve(floor) as address:
        boss, second = someone(browser, address, "supervisor"), someone(browser, address, "wu")
        publishes(boss, second, address)
        allocates(boss, address)
        holds_a_segment(boss, address)
        agrees_to_a_promise(second, address)
        sees_nothing(someone(browser, address, "smith"), address, floor.book.loan)
    [version] = rows(floor, StrategyVersion)
    assert isinstance(version, StrategyVersion)
    assert (version.author, version.reason) == ("user:supervisor", "a calmer first week")
    assert [row.scope for row in rows(floor, Hold) if isinstance(row, Hold)] == [HoldScope.segment]
    assert [row.actor for row in rows(floor, Promise) if isinstance(row, Promise)] == ["user:agent"]
    with floor.office.database.read() as session:
        assert session.get_one(Account, floor.book.loan).owner_id is not None


def publishes(boss: Page, second: Page, address: str) -> None:
    boss.goto(f"{address}/strategy/CN")
    boss.click("form[action$='/begin'] button.primary")
    boss.fill("[name=reason]", "a calmer first week")
    boss.click("form[action$='/propose'] button")
    second.goto(f"{address}/approvals")
    second.click("a[href*='/proposals/']")
    second.go_back()
    second.click("article:has(a[href*='/proposals/']) button[value=approve]")
    second.wait_for_url("**said=decided")


def allocates(boss: Page, address: str) -> None:
    boss.goto(f"{address}/allocation")
    boss.click("#would")
    boss.click("#run")
    boss.wait_for_url("**/allocation?*")


def holds_a_segment(boss: Page, address: str) -> None:
    boss.goto(f"{address}/floor")
    boss.click("details[data-keep=hold] summary")
    segment = boss.locator("select[name=target] option[value*=':']").first.get_attribute("value")
    boss.select_option("select[name=target]", segment)
    boss.fill("form[action='/floor/hold'] [name=note]", "the creditor asked for a quiet day")
    boss.click("form[action='/floor/hold'] button")
    boss.click("form[action='/floor/hold/put'] button")
    boss.wait_for_url("**said=hold")


def agrees_to_a_promise(second: Page, address: str) -> None:
    second.goto(f"{address}/approvals")
    assert "CN/L-1" in second.inner_text("main")
    second.click("button[value=approve]")
    second.wait_for_url("**said=decided")


def sees_nothing(stranger: Page, address: str, account_id: int) -> None:
    for path in ("/desk", "/cases", "/inbox"):
        stranger.goto(address + path)
        assert "L-1" not in stranger.inner_text("main")
    assert stranger.goto(f"{address}/accounts/{account_id}").status == 404  # type: ignore[union-attr]
    stranger.goto(f"{address}/search")
    stranger.fill("[name=text]", "L-1")
    stranger.keyboard.press("Enter")
    stranger.wait_for_load_state()
    assert stranger.locator("main a[href^='/accounts/']").count() == 0
