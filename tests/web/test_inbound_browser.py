"""A real browser: the phone rings, the bar is there at once, and one key opens the person."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page
from sqlmodel import select
from web.conftest import Building
from web.test_browser import browser, complaints, page, served, sign_in

from collector.casework import actions
from collector.history.tables import OutcomeRow
from collector.identity.tables import User
from collector.portfolio.tables import Account, Person

__all__ = ["browser", "complaints", "page", "served"]
pytestmark = pytest.mark.browser
WANG, LINE = "+8613812340001", "+8657122010010"


def test_an_inbound_call_pops_its_person(
    browser: Browser, page: Page, served: tuple[Building, str], complaints: list[str]
) -> None:
    building, address = served
    office, now = building.office, building.clock()
    with office.database.begin() as session:
        user = session.exec(select(User).where(User.name == "agent")).one()
        session.get_one(Account, building.book.loan).owner_id = user.id
        wang = session.get_one(Person, building.book.wang)
        wang.name, wang.id_type, wang.id_sealed = "王小明", "cn_id", office.keys.seal("11010519491231002X")
    sign_in(page, address, "agent")
    page.goto(f"{address}/search")
    page.keyboard.press("Escape")
    with page.expect_response("**/desk/live"):
        page.reload()
    page.keyboard.press("Escape")
    assert page.query_selector(".ringing") is None
    with office.database.begin() as session:
        assert "<Dial" in actions.inbound_call(session, office, sid="CA7", sender=WANG, to=LINE, at=now)
    page.wait_for_selector(".ringing")
    assert "138··0001" in page.inner_text(".ringing")
    assert page.title().startswith("☎")
    page.keyboard.press("a")
    page.wait_for_url(f"{address}/accounts/{building.book.loan}")
    assert "L-1" not in page.inner_text("main")
    page.keyboard.press("i")
    page.keyboard.type("002X")
    page.keyboard.press("Tab")
    page.keyboard.type("19491231")
    page.keyboard.press("Enter")
    page.wait_for_url("**?said=verified")
    assert "L-1" in page.inner_text("main")
    page.keyboard.press("7")
    page.wait_for_url("**?said=outcome*")
    page.wait_for_selector(".ringing", state="detached")
    with office.database.read() as session:
        assert [row.outcome for row in session.exec(select(OutcomeRow))] == ["right_party"]
    assert complaints == []
