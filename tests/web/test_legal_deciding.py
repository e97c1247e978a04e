"""Legal decides on its pages: one case with its routes and its negotiator, or many at once, shown before."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import col, select
from web.conftest import NOW, Building, Visitor

from collector.audit.tables import AuditEntry
from collector.casework import actions
from collector.history import actions as history
from collector.history.rules import ReferralKind, ReferralState, Route, StepKind
from collector.history.tables import Filing, Referral, ReferralStep
from collector.identity.rules import WORKER, Actor
from collector.identity.tables import User
from collector.portfolio.tables import Account, InstalmentRow, Person

OPS = Actor("user:ops")
S = ReferralState


def refer(building: Building, account_id: int | None = None) -> int:
    with building.office.database.begin() as session:
        account = session.get_one(Account, account_id or building.book.loan)
        row = history.open_referral(
            session,
            kind=ReferralKind.legal,
            person_id=account.person_id,
            account_id=account.id or 0,
            portfolio_id=account.portfolio_id,
            reasons=[{"trigger": "refusal"}],
            evidence={},
            now=NOW,
            actor=OPS,
        )
        actions.follow_up(session, building.office, [account.person_id], NOW)
        return row.id or 0


def another(building: Building, number: str, name: str = "Zhou") -> int:
    """One more account of the book, and its hand-over."""
    with building.office.database.begin() as session:
        person = Person(name=name, salt="x", natural_key=f"person {number}")
        session.add(person)
        session.flush()
        account = Account(portfolio_id=building.book.cn, account_no=number, person_id=person.id or 0)
        session.add(account)
        session.flush()
        account_id = account.id or 0
        due = NOW.date() - timedelta(days=100)
        session.add(InstalmentRow(account_id=account_id, number=1, due_on=due, amount_due=500_00))
    return refer(building, account_id)


def rows(building: Building, table: type[Any]) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table).order_by(col(table.id))))


def states(building: Building, *ids: int) -> list[ReferralState]:
    found = {row.id: row.state for row in rows(building, Referral)}
    return [found[number] for number in ids]


def user(building: Building, name: str) -> str:
    with building.office.database.read() as session:
        return str(session.exec(select(User.id).where(User.name == name)).one())


def hidden(page: str) -> dict[str, str]:
    """What the form that carries it out sends again."""
    form = page[page.index('action="/legal/batch/run"') :]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[: form.index("</form>")]))
    return {name: value for name, value in found.items() if name not in ("csrf", "from")}


def test_a_case_is_accepted_by_a_route_with_its_negotiator_and_lands_on_its_page(building: Building) -> None:
    refer(building)
    case, visitor = f"/legal/{building.book.loan}", building.signed_in("legal")
    page = visitor.get(case).text
    assert "What speaks for it" in page
    assert "suit (proposed)" in page
    told = {"state": "accepted", "route": "mediation", "negotiator": user(building, "agent")}
    assert visitor.post(f"{case}/referral", told).status_code == 422
    answer = visitor.post(f"{case}/referral", told | {"reason": "the borrower asked for it"})
    assert answer.headers["location"] == f"{case}?said=moved"
    page = visitor.get(case).text
    assert "mediation, proposed was suit" in page
    assert "the borrower asked for it" in page
    [step] = rows(building, ReferralStep)
    assert (step.route, step.proposed, step.actor) == (Route.mediation, Route.suit, "user:legal")
    closed = "With the legal team one named person talks"
    for name, is_closed in (("agent", False), ("supervisor", True)):
        account = building.signed_in(name).get(f"/accounts/{building.book.loan}").text
        assert "With legal; negotiator agent. Nobody else calls." in account
        calls = account[account.index("<h2>Phones") : account.index("<h2>Where it stands")]
        assert (closed in calls) is is_closed, name


def test_route_and_negotiator_change_with_a_reason_and_what_was_stays(building: Building) -> None:
    refer(building)
    case, visitor = f"/legal/{building.book.loan}", building.signed_in("legal")
    visitor.post(f"{case}/referral", {"state": "accepted", "negotiator": user(building, "agent")})
    assert visitor.post(f"{case}/route", {"route": "payment_order"}).status_code == 422
    assert visitor.post(f"{case}/route", {"route": "payment_order", "reason": "address found"}).status_code == 303
    told = {"negotiator": user(building, "supervisor"), "reason": "agent is ill"}
    assert visitor.post(f"{case}/negotiator", told).status_code == 303
    assert [row.kind for row in rows(building, ReferralStep)] == [StepKind.moved, StepKind.route, StepKind.negotiator]
    page = visitor.get(case).text
    assert "address found" in page
    assert "agent is ill" in page
    visitor.post("/language", {"language": "zh"})
    chinese = visitor.get(case).text
    assert "支付令" in chinese
    assert "更换谈判人" in chinese
    visitor.post("/language", {"language": "en"})


def test_what_came_back_by_payment_tells_so_on_its_page(building: Building) -> None:
    number = refer(building)
    case, visitor = f"/legal/{building.book.loan}", building.signed_in("legal")
    visitor.post(f"{case}/referral", {"state": "accepted", "negotiator": user(building, "agent")})
    with building.office.database.begin() as session:
        history.move_referral(session, number, S.recalled, NOW, WORKER, "paid")
    assert visitor.post(f"{case}/route", {"route": "suit", "reason": "x"}).status_code == 409
    visitor.post("/language", {"language": "zh"})
    page = visitor.get(case).text
    visitor.post("/language", {"language": "en"})
    assert re.search(r"<td>已召回</td>.*?<td>worker</td><td class=\"wrap\">已还</td>", page, re.DOTALL), page[:0]


def test_many_are_shown_first_and_then_done_exactly_so(building: Building) -> None:
    first, second, late = refer(building), another(building, "L-50"), another(building, "L-51")
    visitor = building.signed_in("legal")
    assert f'name="case_{second}"' in visitor.get("/legal").text
    with building.office.database.begin() as session:
        history.move_referral(session, late, S.recalled, NOW, OPS, "paid")
    chosen = {f"case_{number}": "on" for number in (first, second, late)}
    shown = visitor.post("/legal/batch", {"does": "accept", **chosen})
    assert "2 of 3 chosen cases would be accepted." in shown.text
    assert "stays: decided already, or paid" in shown.text
    assert states(building, first, second, late) == [S.proposed, S.proposed, S.recalled], "nothing is done yet"
    done = visitor.post("/legal/batch/run", hidden(shown.text))
    assert "2 cases are accepted." in done.text
    assert "1 stay as they are" in done.text
    assert states(building, first, second, late) == [S.accepted, S.accepted, S.recalled]
    assert {row.route for row in rows(building, ReferralStep) if row.state is S.accepted} == {Route.suit}


def test_what_was_decided_meanwhile_is_shown_anew_and_nothing_is_done(building: Building) -> None:
    first, second = refer(building), another(building, "L-52")
    visitor = building.signed_in("legal")
    told = {"does": "give_back", "reason": "contract is missing", f"case_{first}": "on", f"case_{second}": "on"}
    shown = visitor.post("/legal/batch", told)
    with building.office.database.begin() as session:
        history.move_referral(session, first, S.recalled, NOW, OPS, "paid")
    again = visitor.post("/legal/batch/run", hidden(shown.text))
    assert again.status_code == 409
    assert "1 of 2 chosen cases would be given back." in again.text
    assert states(building, first, second) == [S.recalled, S.proposed]
    assert visitor.post("/legal/batch/run", hidden(again.text)).status_code == 200
    [row] = [one for one in rows(building, Referral) if one.id == second]
    assert (row.state, row.state_reason) == (S.returned, "contract is missing")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        pytest.param({"does": "accept"}, "tick them in the list", id="none chosen"),
        pytest.param({"does": "burn", "case_1": "on"}, "does", id="no such thing"),
        pytest.param({"does": "accept", "case_x": "on"}, "choose cases from the list", id="made up"),
        pytest.param({"does": "give_back", "case_1": "on"}, "say what is missing", id="no reason"),
    ],
)
def test_a_choice_that_is_none_is_refused(building: Building, told: dict[str, str], words: str) -> None:
    answer = building.signed_in("legal").post("/legal/batch", told)
    assert answer.status_code == 422
    assert words in answer.text


def filed(building: Building, visitor: Visitor) -> int:
    numbers = [refer(building), another(building, "L-53", "=cmd|' /C calc'!A0")]
    boxes = {f"case_{number}": "on" for number in numbers}
    for does in ("accept", "file"):
        shown = visitor.post("/legal/batch", {"does": does, **boxes})
        assert visitor.post("/legal/batch/run", hidden(shown.text)).status_code == 200
    [row] = rows(building, Filing)
    assert (row.number, row.cases) == (f"CN-{NOW.year}-001", 2)
    return int(row.id)


def test_a_group_that_is_filed_together_has_a_list_without_formulas(building: Building) -> None:
    visitor = building.signed_in("legal")
    number = filed(building, visitor)
    assert f"CN-{NOW.year}-001" in visitor.get("/legal").text
    text = visitor.post(f"/legal/filings/{number}/list", {"format": "csv"}).content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("number,account_no,name")
    assert "'=cmd" in text
    assert ",=cmd" not in text
    body = io.BytesIO(visitor.post(f"/legal/filings/{number}/list", {"format": "xlsx"}).content)
    lines = CalamineWorkbook.from_filelike(body).get_sheet_by_index(0).to_python()
    assert [line[1] for line in lines[1:]] == ["L-1", "L-53"]
    assert b"<f>" not in zipfile.ZipFile(body).read("xl/worksheets/sheet1.xml")
    told = [row.detail["format"] for row in rows(building, AuditEntry) if row.action == "filing.listed"]
    assert told == ["csv", "xlsx"]


def test_the_list_is_narrowed_by_route_state_and_clock(building: Building) -> None:
    refer(building)
    visitor, mine = building.signed_in("legal"), f'href="/legal/{building.book.loan}"'
    for asked, is_there in (
        ("route=suit", True),
        ("route=mediation", False),
        ("state=proposed", True),
        ("state=accepted", False),
        ("state=proposed&clock=appeal", False),
        ("stage=filed", False),
    ):
        assert (mine in visitor.get(f"/legal?{asked}").text) is is_there, asked
    assert visitor.get("/legal?route=duel").status_code == 422


def test_another_portfolio_is_neither_decided_about_nor_listed(building: Building) -> None:
    number, stranger = refer(building), building.signed_in("stranger")
    assert f"case_{number}" not in stranger.get("/legal").text
    shown = stranger.post("/legal/batch", {"does": "accept", f"case_{number}": "on"})
    assert "0 of 0 chosen cases" in shown.text
    stranger.post("/legal/batch/run", hidden(shown.text) | {"cases": str(number)})
    assert stranger.post(f"/legal/{building.book.loan}/referral", {"state": "accepted"}).status_code == 404
    assert states(building, number) == [S.proposed]
    group = filed(building, building.signed_in("legal"))
    assert stranger.post(f"/legal/filings/{group}/list", {"format": "csv"}).status_code == 404


def test_who_only_reads_sees_no_boxes(building: Building) -> None:
    refer(building)
    page = building.signed_in("auditor").get("/legal").text
    assert 'name="case_' not in page
    assert building.signed_in("auditor").post("/legal/batch", {"does": "accept"}).status_code == 403
