"""Ways to pay, texts, long holds and large exports at their pages: asked at one desk, agreed to at another."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select
from web.conftest import NOW, Building, Visitor

from collector.casework import actions
from collector.history import actions as history
from collector.history.rules import HoldReason, HoldScope
from collector.history.tables import Hold
from collector.identity.actions import actor_of
from collector.identity.rules import Role
from collector.identity.tables import Approval, User
from collector.portfolio.tables import Portfolio
from collector.reports.rules import ROWS_A_DAY, Format
from collector.reports.tables import ExportRecord
from collector.texts.tables import TextVersion

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SOURCE = "purpose: overdue\ntone: soft\n---\n{{ signature }}您好，{{ overdue }}逾期，请安排。{{ opt_out }}\n"


def one(building: Building, table: Any, *conditions: Any) -> Any:
    with building.office.database.read() as session:
        return session.exec(select(table).where(*conditions).order_by(col(table.id).desc())).first()


def everywhere(building: Building, *names: str) -> None:
    """What is everybody's is decided by who sees everything."""
    with building.office.database.begin() as session:
        for user in session.exec(select(User).where(col(User.name).in_(names))):
            user.all_portfolios = True


def decision(page: str) -> dict[str, str]:
    """The form of the only thing that waits."""
    [shown] = re.findall(r'name="shown" value="(\w+)"', page)
    [number] = re.findall(r'action="/approvals/(\d+)/decide"', page)
    return {"number": number, "shown": shown}


def approve(visitor: Visitor, page: str) -> int:
    asked = decision(visitor.get(page).text)
    fields = {"decision": "approve", "shown": asked["shown"], "back": page}
    return visitor.post(f"/approvals/{asked['number']}/decide", fields).status_code


def form_of(page: str) -> dict[str, str]:
    """The fields of proposing as the page has them."""
    typed = dict(re.findall(r'<input name="(\w+)" value="([^"]*)" maxlength="1000">', page))
    return typed | dict(re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)</textarea>', page))


def test_ways_to_pay_are_proposed_agreed_to_and_take_effect_a_day_later(building: Building) -> None:
    asker, boss = building.signed_in("operations"), building.signed_in("supervisor")
    page = f"/portfolios/{building.book.cn}"
    held = form_of(asker.get(page).text)
    assert set(held) == {
        "creditor",
        "sender_name",
        "signature",
        "pay_instructions",
        "links",
        "call_backs",
        "pay_accounts",
        "callers",
    }
    wrong = asker.post(f"{page}/ways", {**held, "links": "call us", "pay_instructions": "at the counter"})
    assert wrong.status_code == 422
    assert "Links that texts may name: &#39;call us&#39; is no host or link" in wrong.text
    assert form_of(wrong.text)["pay_instructions"] == "at the counter", "nothing typed is lost"
    assert asker.post(f"{page}/ways", held).status_code == 422, "nothing would change"
    asked = {**held, "pay_instructions": "at pay.bank-a.com", "links": "pay.bank-a.com"}
    assert asker.post(f"{page}/ways", asked).headers["location"] == f"{page}?said=asked-two"
    told = asker.get(page).text
    assert "who proposed something can not approve it" in told
    assert "Withdraw" in told
    seen = boss.get("/approvals").text
    assert "texts may newly name: pay.bank-a.com" in seen
    assert "at pay.bank-a.com" in seen
    assert approve(boss, page) == 303
    assert "A change takes effect at 2026-05-12 10:00 Shanghai" in asker.get(page).text
    assert "takes effect at 2026-05-12 10:00" in asker.get("/portfolios").text
    building.clock.forward(hours=25)
    actions.sweep(building.office, building.clock())
    assert one(building, Portfolio, Portfolio.code == "CN").links == ["pay.bank-a.com"]
    asker = building.signed_in("operations")
    assert "Earlier changes" in asker.get(page).text
    assert "in force" in asker.get(page).text


def test_an_agreed_change_is_cancelled_with_a_reason_and_a_question_is_withdrawn(building: Building) -> None:
    asker, boss = building.signed_in("operations"), building.signed_in("supervisor")
    page = f"/portfolios/{building.book.cn}"
    held = form_of(asker.get(page).text)
    asker.post(f"{page}/ways", {**held, "signature": "A"})
    number = one(building, Approval).id
    assert boss.post(f"/approvals/{number}/withdraw").status_code == 403
    assert asker.post(f"/approvals/{number}/withdraw").status_code == 303
    asker.post(f"{page}/ways", {**held, "signature": "B"})
    assert approve(boss, page) == 303
    [change] = re.findall(r'action="(/ways/\d+/cancel)"', asker.get(page).text)
    assert asker.post(change, {"reason": "a slip"}).status_code == 303
    assert asker.post(change, {"reason": "a slip"}).status_code == 409
    assert "a slip" in asker.get(page).text


def test_a_text_is_checked_proposed_agreed_to_and_in_force(building: Building) -> None:
    everywhere(building, "operations", "supervisor")
    asker, boss = building.signed_in("operations"), building.signed_in("supervisor")
    page = "/texts/zh/overdue-soft"
    assert "overdue-soft" in asker.get("/texts").text
    bad = asker.post(f"{page}/check", {"source": SOURCE.replace("请安排", "请登录evil.com")})
    assert (bad.status_code, "evil.com" in bad.text, "is a link or long number" in bad.text) == (422, True, True)
    good = asker.post(f"{page}/check", {"source": SOURCE, "reason": "kinder"}).text
    assert "请安排" in good
    assert "nothing is against it" in good
    assert 'value="kinder"' in good
    assert one(building, Approval) is None
    assert asker.post(f"{page}/propose", {"source": SOURCE, "reason": "kinder"}).status_code == 303
    assert approve(boss, "/approvals") == 303
    row = one(building, TextVersion)
    assert (row.version, row.author, row.checker, row.reason) == (1, "operations", "supervisor", "kinder")
    with building.office.database.read() as session:
        assert "请安排" in building.office.texts(session).template("overdue-soft", "zh").body
    assert "agreed by" in asker.get(page).text
    noted = {"portfolio": str(building.book.cn), "state": "registered", "carrier_id": "T-9", "since": "2026-05-01"}
    assert asker.post(f"{page}/register", noted).status_code == 303
    assert "T-9" in asker.get(page).text
    assert (
        asker.post("/texts/new", {"language": "zh", "name": "quite-new"}).headers["location"] == "/texts/zh/quite-new"
    )
    assert "There is no such text yet." in asker.get("/texts/zh/quite-new").text


def test_a_text_of_everybody_is_not_decided_by_who_sees_some(building: Building) -> None:
    asker, boss = building.signed_in("operations"), building.signed_in("supervisor")
    asker.post("/texts/zh/overdue-soft/propose", {"source": SOURCE})
    row = one(building, Approval)
    assert "overdue-soft" in asker.get("/approvals").text, "who asked sees it"
    fields = {"decision": "approve", "shown": row.digest}
    assert boss.post(f"/approvals/{row.id}/decide", fields).status_code == 404


def test_an_agent_asks_for_a_longer_hold_on_the_account_page(building: Building) -> None:
    def put(session: Session) -> int:
        mine = {"account_id": building.book.loan, "until": NOW + timedelta(days=2)}
        more = {"scope": HoldScope.account, "reason": HoldReason.supervisor, "at": NOW, "actor": boss_of(session)}
        return history.hold(session, **more, **mine).id or 0

    def boss_of(session: Session) -> Any:
        return actor_of(session.exec(select(User).where(User.name == "supervisor")).one())

    with building.office.database.begin() as session:
        number = put(session)
    agent, boss = building.signed_in("senior"), building.signed_in("supervisor")
    page, extend = f"/accounts/{building.book.loan}", f"/accounts/{building.book.loan}/holds/{number}/extend"
    agent.post(f"{page}/open", {"why": "they called"})
    for _ in range(2):
        assert agent.post(extend, {"until": "2026-05-14", "note": "ill"}).headers["location"] == f"{page}?said=extended"
    longer = {"until": "2026-06-01", "note": "in hospital"}
    for _ in range(2):
        assert agent.post(extend, longer).headers["location"] == f"{page}?said=extension"
    seen = boss.get("/approvals").text
    assert "first until 2026-05-13 10:00, now until 2026-05-14 23:59, would be until 2026-06-01 23:59" in seen
    assert "in hospital" in seen
    assert approve(boss, "/approvals") == 303
    rows = [one(building, Hold), one(building, Hold, Hold.id == number)]
    assert [row.extends_id for row in rows] == [number, None]
    assert (rows[0].actor, f"{rows[0].until:%m-%d}") == ("user:senior", "06-01")


def test_a_large_list_is_asked_for_and_taken_once(building: Building) -> None:
    with building.office.database.begin() as session:
        user = session.exec(select(User).where(User.name == "operations")).one()
        session.add(
            ExportRecord(
                number="AAAA-AAAA",
                user_id=user.id,
                actor="user:operations",
                at=NOW,
                wanted={"what": "funnel", "stage": "book"},
                book=str(building.book.cn),
                portfolio_ids=[building.book.cn],
                rows=ROWS_A_DAY[Role.operations],
                format=Format.csv,
                sha256="x",
            )
        )
    asker, boss = building.signed_in("operations"), building.signed_in("supervisor")
    fields = {"book": str(building.book.cn), "what": "funnel", "stage": "book"}
    page = f"/figures/accounts?book={building.book.cn}&what=funnel&stage=book"
    assert asker.post("/figures/export", {**fields, "format": "csv"}).status_code == 403
    assert "Ask for this list" in asker.get(page).text
    assert asker.post("/figures/export/ask", fields).status_code == 303
    assert "In the book" in boss.get("/approvals").text
    assert approve(boss, "/approvals") == 303
    assert "supervisor agreed to 1 rows of this list, once" in asker.get(page).text
    assert asker.post("/figures/export", {**fields, "format": "csv"}).status_code == 200
    assert asker.post("/figures/export", {**fields, "format": "csv"}).status_code == 403
    assert f"supervisor #{one(building, ExportRecord).approval_id}" in asker.get("/figures").text
