"""Two people in a real browser: one proposes where to pay, another sees just that and agrees; a day later it counts."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect
from web.conftest import SECRET, open_building
from web.test_browser import browser, serve, sign_in  # noqa: F401 - browser is a fixture

from collector.casework import actions
from collector.foundation.database import Database
from collector.foundation.keys import Keys

pytestmark = pytest.mark.browser


def test_where_to_pay_changes_by_two_people_and_a_day_later(
    browser: Browser,  # noqa: F811
    tmp_path: Path,
    templates: Callable[[str], str],
) -> None:
    shutil.copy(templates("sqlite"), tmp_path / "collector.db")
    building = open_building(Database(f"sqlite:///{tmp_path / 'collector.db'}"), tmp_path, Keys(SECRET))
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    with serve(building) as address:
        asker, boss = (browser.new_context(locale="en-US").new_page() for _ in range(2))
        for page, name in ((asker, "operations"), (boss, "supervisor")):
            page.on("console", heard)
            sign_in(page, address, name)
        asker.goto(f"{address}/portfolios")
        asker.get_by_role("link", name="CN", exact=True).click()
        asker.get_by_text("Propose a change").click()
        asker.get_by_label("Links that texts may name").fill("pay.bank-a.example")
        asker.get_by_role("button", name="Propose").click()
        expect(asker.get_by_role("status")).to_contain_text("nothing changes until another person agrees")
        expect(asker.get_by_role("button", name="Approve")).to_be_disabled()
        boss.goto(f"{address}/approvals")
        expect(boss.locator("table.differences")).to_contain_text("pay.bank-a.example")
        boss.get_by_role("button", name="Approve").click()
        asker.reload()
        expect(asker.get_by_text("A change takes effect at 2026-05-12 10:00 Shanghai")).to_be_visible()
        expect(asker.locator("dl.pairs").first).not_to_contain_text("pay.bank-a.example")
        building.clock.forward(hours=24)
        actions.sweep(building.office, building.clock())
        sign_in(asker, address, "operations")
        asker.goto(f"{address}/portfolios/{building.book.cn}")
        expect(asker.locator("dl.pairs").first).to_contain_text("pay.bank-a.example")
        expect(asker.get_by_text("in force", exact=True)).to_be_visible()
    assert complaints == []
