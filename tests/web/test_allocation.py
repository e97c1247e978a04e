"""Allocation as pages: the board, what would move and doing exactly that, keep, recall, absence, my cases."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page
from sqlmodel import select
from web.conftest import NOW, Building
from web.test_browser import browser, complaints, page, served, sign_in

from collector.casework import actions
from collector.facts import actions as facts
from collector.history.tables import HoldingRow, KeepRow
from collector.identity.rules import WORKER
from collector.identity.tables import Absence, User
from collector.portfolio.tables import Account, Person

__all__ = ["browser", "complaints", "page", "served"]


def lend(building: Building, count: int) -> None:
    """So many more borrowers of CN, a day late."""
    with building.office.database.begin() as session:
        building.book.session = session
        people = [Person(name=f"P{number}", salt="s", natural_key=f"more {number}") for number in range(count)]
        session.add_all(people)
        session.flush()
        for number, one in enumerate(people):
            building.book.account(building.book.cn, f"M-{number}", one.id or 0)
        facts.refresh(session, [one.id or 0 for one in people], building.clock())


def user_id(building: Building, name: str) -> int:
    with building.office.database.read() as session:
        return session.exec(select(User.id).where(User.name == name)).one() or 0


def owners(building: Building) -> dict[str, int | None]:
    with building.office.database.read() as session:
        rows = session.exec(select(Account).where(Account.portfolio_id == building.book.cn))
        return {row.account_no: row.owner_id for row in rows}


def hidden(html: str) -> dict[str, str]:
    """What the form of a preview sends again."""
    form = html[html.index('action="/allocation/') :].split("</form>")[0]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {name: value for name, value in found.items() if name not in ("csrf", "from")}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_supervisor_allocates_reassigns_keeps_and_takes_back(building: Building) -> None:
    lend(building, 5)
    boss, cn = building.signed_in("supervisor"), building.book.cn
    board = boss.get("/allocation").text
    assert 'href="/allocation"' in boss.get("/floor").text
    assert "m1" in board
    shown = boss.get(f"/allocation/preview?book={cn}")
    assert "6 accounts of 6 people move; 0 stay without the owner they need." in shown.text
    sent = hidden(shown.text)
    assert set(owners(building).values()) == {None}, "a preview changes nothing"

    # The book changes meanwhile: said, shown again, then done.
    again = boss.post("/allocation/run", {**sent, "shown": "0" * 64})
    assert again.status_code == 409
    assert "The book changed since you were shown it" in again.text
    done = boss.post("/allocation/run", hidden(again.text))
    assert done.headers["location"] == f"/allocation?book={cn}&said=allocated"
    agent, senior = user_id(building, "agent"), user_id(building, "senior")
    assert sorted(list(owners(building).values()).count(one) for one in (agent, senior)) == [3, 3]
    assert boss.post("/allocation/run", sent).status_code == 303, "sent twice it acts once"
    with building.office.database.read() as session:
        assert len(session.exec(select(HoldingRow)).all()) == 6

    # An agent's accounts to another, by preview.
    asked = {"book": cn, "of": f"agent:{agent}", "note": "leaves", f"to_{senior}": "on"}
    assert boss.post("/allocation/give", {**asked, "back": "on"}).status_code == 422
    seen = boss.post("/allocation/give", asked)
    assert "3 accounts of 3 people move" in seen.text
    assert boss.post("/allocation/give/run", hidden(seen.text)).headers["location"].endswith("said=allocated")
    assert set(owners(building).values()) == {senior}

    # Taken back by number.
    back = boss.post("/allocation/give", {"book": cn, "numbers": "M-1, CN/M-2", "note": "x", "back": "on"})
    assert boss.post("/allocation/give/run", hidden(back.text)).headers["location"].endswith("said=recalled")
    assert [number for number, owner in owners(building).items() if owner is None] == ["M-1", "M-2"]
    nothing = boss.post("/allocation/give", {"book": cn, "numbers": "Z-9", "note": "x", "back": "on"})
    assert "no account of this portfolio is meant by that" in nothing.text
    assert "Z-9" in nothing.text, "nothing typed is lost"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_agent_asks_to_keep_a_case_and_a_stand_in_has_it_while_they_are_away(building: Building) -> None:
    book = building.book
    with building.office.database.begin() as session:
        decided = actions.allocate(session, building.office, portfolio_id=book.cn, at=NOW, actor=WORKER)
    [move] = decided.moves
    names = {user_id(building, name): name for name in ("agent", "senior")}
    owner, standby = building.signed_in(names[move.owner_id or 0]), building.signed_in(names[move.standby_id or 0])
    boss = building.signed_in("supervisor")
    assert "CN/L-1" in owner.get("/cases").text
    assert "CN/L-1" not in standby.get("/cases").text
    page_ = owner.get(f"/accounts/{book.loan}").text
    assert "Stand-in" in page_
    assert "2026-06-10" in page_, "thirty days from today"

    asked = {"until": "2026-05-20", "reason": "salary on Friday"}
    assert owner.post(f"/accounts/{book.loan}/keep", asked).headers["location"].endswith("keep-asked")
    assert owner.post(f"/accounts/{book.loan}/keep", {**asked, "until": "2026-12-20"}).status_code == 422
    floor = boss.get("/floor").text
    assert "until 2026-05-20 · salary on Friday" in floor
    [approval, digest] = re.search(
        r'action="/approvals/(\d+)/decide".*?name="shown" value="(\w+)"', floor, re.DOTALL
    ).groups()  # type: ignore[union-attr]
    boss.post(f"/approvals/{approval}/decide", {"decision": "approve", "shown": digest})
    with building.office.database.read() as session:
        assert [row.until.isoformat() for row in session.exec(select(KeepRow)) if row.until] == ["2026-05-20"]
    assert "2026-05-20" in owner.get("/cases").text

    days = {"book": book.cn, "user": move.owner_id, "first": "2026-05-11", "last": "2026-05-12", "note": "ill"}
    for _ in range(2):
        assert boss.post("/allocation/absence", days).headers["location"].endswith("said=absence")
    assert "2026-05-11 – 2026-05-12 · ill" in boss.get("/allocation").text
    assert "CN/L-1" in standby.get("/cases").text
    with building.office.database.read() as session:
        [row] = session.exec(select(Absence)).all()
    stranger = building.signed_in("stranger")
    ended = {"book": book.us, "absence": row.id}
    assert stranger.post("/allocation/absence/end", ended).status_code == 404
    assert stranger.post("/allocation/absence", {**days, "book": book.us}).status_code == 404
    assert stranger.get(f"/allocation?book={book.cn}").status_code == 404
    assert boss.post("/allocation/absence/end", {"book": book.cn, "absence": row.id}).status_code == 303
    assert "CN/L-1" not in standby.get("/cases").text
    assert boss.post(f"/accounts/{book.loan}/recall", {"note": "x"}).headers["location"].endswith("said=recalled")
    assert "CN/L-1" not in owner.get("/cases").text


@pytest.mark.browser
def test_preview_run_and_reassign_in_a_browser(page: Page, served: tuple[Building, str], complaints: list[str]) -> None:
    building, address = served
    lend(building, 4)
    sign_in(page, address, "supervisor")
    page.goto(f"{address}/floor")
    page.click("#part-agents a[href='/allocation']")
    page.click("#would")
    page.wait_for_url("**/allocation/preview*")
    assert page.locator("svg.desk-bar").count() == 2
    page.dblclick("#run")
    page.wait_for_url("**said=allocated")
    agent, senior = user_id(building, "agent"), user_id(building, "senior")
    before = owners(building)
    assert set(before.values()) == {agent, senior}
    page.select_option("[name=of]", value=f"agent:{agent}")
    page.check(f"[name=to_{senior}]")
    page.fill("#give [name=note]", "moves to another team")
    page.click("#give button")
    page.wait_for_selector("#run")
    assert "moves to another team" in page.inner_text("main")
    page.click("#run")
    page.wait_for_url("**said=allocated")
    assert set(owners(building).values()) == {senior}
    assert complaints == []
