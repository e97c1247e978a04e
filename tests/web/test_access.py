"""The house rule over every route: who is let in, and that a stranger learns nothing from an id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from floor import LI
from sqlmodel import select
from web.conftest import NOW, Building, Visitor

from collector.audit.tables import AuditEntry
from collector.casework import actions
from collector.casework.approvals import matching, ways
from collector.casework.approvals import terms as asking
from collector.dispatch.tables import InboundCall, InboundMessage, Recording
from collector.history import actions as history
from collector.history.rules import Channel, DocumentKind, HoldReason, HoldScope, ReferralKind, Standing, StopKind
from collector.history.tables import Campaign, Filing, LetterBatch, LetterRow
from collector.identity.actions import actor_of
from collector.identity.rules import ApiScope, Role
from collector.identity.tables import User
from collector.legal.retention.tables import Purge
from collector.planning.rules import RunState
from collector.planning.tables import PlanRun, Task
from collector.portfolio.rules import LoadKind
from collector.portfolio.tables import (
    Account,
    LedgerBalance,
    LoadRun,
    PaymentRow,
    Portfolio,
    StatedInstalment,
    WaysChange,
)
from collector.terms.actions import Order
from collector.terms.rules import TermsKind
from collector.texts.rules import LetterKind
from collector.web.access import API, PAGES, PUBLIC

SCHEMA = "reference_schema"
MISSING = 10**12
NO_ROLE = "your role does not open this"
NO_TOKEN = "older sign-in"


@dataclass(frozen=True)
class Door:
    """A route as it answers: with the prefix of the routers around it."""

    name: str
    path: str
    method: str

    @property
    def ids(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


def routes(house: Building) -> list[Door]:
    """Every route of the application, those of included routers too."""
    found = []
    for route in house.web.routes:
        inner = route.effective_route_contexts() if hasattr(route, "effective_route_contexts") else [route]
        for one in inner:
            methods = (getattr(one, "methods", None) or set()) - {"HEAD"}
            found += [Door(one.name, one.path, method) for method in methods]
    return found


@pytest.fixture(scope="module")
def ids(house: Building) -> dict[str, int]:
    """One of everything, in the portfolio that the stranger does not see."""
    book, office = house.book, house.office
    with office.database.begin() as session:
        account = session.get_one(Account, book.loan)
        payment_id = book_payment(session, book.cn)
        maker = session.exec(select(User).where(User.name == "operations")).one()
        promise = actions.make_promise(
            session, office, account_id=book.loan, amount=500_00, due_at=NOW + timedelta(days=3), at=NOW, actor=LI
        )
        run = PlanRun(
            portfolio_id=book.cn, at=NOW, day=NOW.date(), state=RunState.current, strategy="x", started_at=NOW
        )
        load = LoadRun(kind=LoadKind.accounts, portfolio_id=book.cn, file_name="a.csv", sha256="", at=NOW, actor="cli")
        session.add_all([run, load])
        session.flush()
        task = a_call(run.id or 0, book)
        session.add(task)
        session.flush()
        return {
            "account_id": book.loan,
            "person_id": book.zhao,
            "task_id": task.id or 0,
            "recording_id": a_recording(session, task),
            "promise_id": promise.id or 0,
            "payment_id": payment_id,
            "run_id": load.id or 0,
            "plan_id": run.id or 0,
            "approval_id": matching.propose(
                session, session.get_one(PaymentRow, payment_id), account, actor_of(maker), NOW
            ).id or 0,
            "change_id": a_change(session, book, maker),
            "stop_id": history.stop(session, kind=StopKind.attorney, at=NOW, actor=LI, person_id=book.zhao).id or 0,
            "hold_id": history.hold(
                session, scope=HoldScope.account, reason=HoldReason.supervisor, at=NOW, actor=LI, account_id=book.loan
            ).id or 0,
            "dispute_id": actions.dispute(
                session, office, account_id=book.loan, reason="x", at=NOW, actor=LI
            ).id or 0,
            "referral_id": history.open_referral(
                session,
                kind=ReferralKind.legal,
                person_id=book.wang,
                account_id=book.loan,
                portfolio_id=book.cn,
                reasons=[],
                evidence={},
                now=NOW,
                actor=LI,
            ).id or 0,
            "wish_id": history.standing(
                session, person_id=book.wang, kind=Standing.preference, at=NOW, now=NOW, actor=LI,
                detail={"place": "home"}
            ).id or 0,
            "message_id": a_message(session, office, book),
            "difference_id": a_difference(session, book),
            "call_id": a_call_in(session, office, book),
            "campaign_id": a_campaign(session, book),
            "document_id": actions.file_document(
                session, office, account, b"\x89PNG\r\n\x1a\n", kind=DocumentKind.contract, title="x", actor=LI, now=NOW
            ).id or 0,
            "original_id": an_original(session, office, account),
            "purge_id": a_purge(session),
            "terms_id": some_terms(session, office, account),
            "letter_id": a_letter(session, book),
            "batch_id": a_batch(session, book),
            "filing_id": a_filing(session, book),
        }  # fmt: skip


def an_original(session: Any, office: Any, account: Account) -> int:
    more: dict[str, Any] = {"title": "x", "place": "x", "on": NOW.date(), "at": NOW, "actor": LI}
    return actions.archive_original(session, office, account, kind=DocumentKind.contract, **more).id or 0


def a_purge(session: Any) -> int:
    """A count in which somebody is due."""
    row = Purge(as_of=NOW.date(), found=[["cn", "person", "may_go", "x", 1]], planned_at=NOW, actor="cli")
    session.add(row)
    session.flush()
    return row.id or 0


def a_recording(session: Any, task: Task) -> int:
    row = Recording(
        sid="RE" + "1" * 32,
        task_id=task.id,
        portfolio_id=task.portfolio_id,
        agent="user:agent",
        at=NOW,
        seconds=1,
        keep_until=NOW.date(),
    )
    session.add(row)
    session.flush()
    return row.id or 0


def book_payment(session: Any, portfolio_id: int) -> int:
    row = PaymentRow(
        portfolio_id=portfolio_id,
        reference="H-1",
        amount=100_00,
        paid_at=NOW,
        paid_on=NOW.date(),
        kind="payment",
        state="held",
        loaded_at=NOW,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def a_change(session: Any, book: Any, maker: User) -> int:
    """An agreed change to the ways to pay, which waits."""
    asked = ways.propose(
        session,
        session.get_one(Portfolio, book.cn),
        {"pay_instructions": "x"},
        actor_of(maker),
        NOW,
    )
    row = WaysChange(
        portfolio_id=book.cn,
        approval_id=asked.id,
        changes=asked.body["changes"],
        starts_at=NOW + timedelta(days=1),
        asked_by="x",
        asked_at=NOW,
        agreed_by="y",
        agreed_at=NOW,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def a_difference(session: Any, book: Any) -> int:
    other = StatedInstalment(portfolio_id=book.cn, account_id=book.loan, number=9, due_on=NOW.date(), loaded_at=NOW)
    other.amount_due = 120_00
    session.add(other)
    row = LedgerBalance(
        portfolio_id=book.cn,
        account_id=book.loan,
        account_no="L-1",
        as_of=NOW.date(),
        loaded_at=NOW,
        state="differs",
        kind="schedule_differs",
        size=1,
    )
    session.add(row)
    session.flush()
    return row.id or 0


def a_call(run_id: int, book: Any) -> Task:
    return Task(
        run_id=run_id,
        portfolio_id=book.cn,
        person_id=book.wang,
        account_id=book.loan,
        debts=f"[{book.loan}]",
        contact_point_id=book.mobile,
        number="+8613812340001",
        channel="call",
        purpose="collect",
        segment="first",
        stage="growth",
        level="primary",
        not_before=NOW - timedelta(hours=1),
        not_after=NOW + timedelta(hours=5),
        rank=1,
        priority="{}",
        reason="step first/1",
    )


def a_message(session: Any, office: Any, book: Any) -> int:
    """A message from Wang to one of the portfolio's numbers."""
    actions.inbound_sms(
        session, office, sid="SM1", sender="+8613812340001", to="+865712201001" + "0", body="after pay day", at=NOW
    )
    return session.exec(select(InboundMessage.id).where(InboundMessage.sid == "SM1")).one() or 0


def a_campaign(session: Any, book: Any) -> int:
    """A draft of somebody's, for one account."""
    row = Campaign(
        portfolio_id=book.cn,
        name="L-1",
        reason="x",
        channel=Channel.call,
        note="x",
        starts_at=NOW,
        ends_at=NOW + timedelta(days=1),
        digest="x",
        accounts=1,
        people=1,
        money=0,
        state_at=NOW,
        made_by="user:supervisor",
        made_at=NOW,
    )
    return history.make_campaign(session, row, [(book.loan, book.wang)], LI).id or 0


def some_terms(session: Any, office: Any, account: Account) -> int:
    """Proposed, and nobody agreed yet."""
    order = Order(TermsKind.settlement, "x", 100_00, NOW.date() + timedelta(days=3))
    row, _ = asking.propose(session, office, account, order, LI, NOW)
    return row.id or 0


def a_filing(session: Any, book: Any) -> int:
    row = Filing(portfolio_id=book.cn, number="CN-2026-900", cases=0, at=NOW, actor="user:legal")
    session.add(row)
    session.flush()
    return row.id or 0


def a_letter(session: Any, book: Any) -> int:
    """Made, not printed."""
    body = {"kind": "demand", "language": "zh", "template": "x", "title": "x", "sender": [], "to": ["x"], "body": []}
    row = LetterRow(
        portfolio_id=book.cn,
        account_id=book.loan,
        person_id=book.wang,
        kind=LetterKind.demand,
        language="zh",
        template="x",
        body={**body, "signed": [], "slip": None},
        overdue=1,
        owed=1,
        made_at=NOW,
        actor="user:legal",
    )
    return history.add_letter(session, row).id or 0


def a_batch(session: Any, book: Any) -> int:
    """Printed, of no letter."""
    row = LetterBatch(portfolio_id=book.cn, made_at=NOW, told_at=NOW, ended_at=NOW, actor="user:legal")
    session.add(row)
    session.flush()
    return row.id or 0


def a_call_in(session: Any, office: Any, book: Any) -> int:
    """Wang called, and nobody took it."""
    actions.inbound_call(session, office, sid="CA1", sender="+8613812340001", to="+8657122010010", at=NOW)
    return session.exec(select(InboundCall.id)).one() or 0


def address(route: Door, house: Building, known: dict[str, int], number: int | None = None) -> str:
    """The route's address with real ids, or with ids that nobody has."""
    values: dict[str, Any] = {
        "kind": "accounts",
        "code": "CN",
        "token": "x",
        "pack": "cn",
        "rule": "CN-TIME",
        "sort": "chosen",
    }
    values |= {"language": "zh", "name": "overdue-first"}
    path = route.path
    for name in route.ids:
        value = values.get(name) if name in values else known.get(name, house.book.loan) if number is None else number
        path = path.replace("{" + name + "}", str(value))
    return path


def test_every_route_is_named_in_the_one_place_and_nowhere_twice(house: Building) -> None:
    names = [route.name for route in routes(house) if not route.path.startswith("/webhooks/")]
    assert sorted(names) == sorted([*PAGES.keys() - {SCHEMA}, *API, *PUBLIC, SCHEMA])


def test_get_changes_nothing_and_everything_else_is_a_post(house: Building) -> None:
    assert {route.method for route in routes(house)} == {"GET", "POST"}


def test_without_signing_in_no_page_opens(house: Building) -> None:
    client = house.client()
    for route in routes(house):
        if route.name in PAGES and route.name != SCHEMA:
            answer = client.request(route.method, address(route, house, {}))
            assert (answer.status_code, answer.headers["location"]) == (303, "/login"), route.name
    assert client.get("/api/v1/openapi.json").status_code in (303, 401)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_its_own_pages_and_no_others(house: Building, ids: dict[str, int], role: Role) -> None:
    """A form without its token comes as far as the token: behind the role, before anything is done."""
    visitor = house.signed_in(role.value)
    for route in routes(house):
        if route.name not in PAGES or route.name == SCHEMA:
            continue
        answer = visitor.client.request(route.method, address(route, house, ids))
        opens = role in PAGES[route.name]
        assert (NO_ROLE not in answer.text) == opens, (route.name, answer.status_code)
        if route.method == "POST" and opens:
            assert NO_TOKEN in answer.text, route.name
        elif not opens:
            assert answer.status_code == 403, route.name


def test_the_api_takes_keys_only(house: Building) -> None:
    visitor = house.signed_in("admin")
    for route in routes(house):
        if route.name not in API:
            continue
        path = address(route, house, {})
        assert visitor.client.request(route.method, path).status_code == 401, route.name
        assert visitor.client.request(route.method, f"{path}?key={house.keys['all']}").status_code == 401, route.name
    forged = {"Authorization": "Bearer " + house.keys["all"][:-1] + "_"}
    assert visitor.client.get("/api/v1/accounts", headers=forged).status_code == 401


@pytest.mark.parametrize("scope", list(ApiScope))
def test_a_key_opens_what_its_scope_says(house: Building, ids: dict[str, int], scope: ApiScope) -> None:
    program = house.api(scope.value)
    for route in routes(house):
        if route.name not in API:
            continue
        answer = program.client.request(route.method, address(route, house, ids, MISSING), headers=program.headers)
        may = f"this API key may not {API[route.name]}" not in answer.text
        assert may == (API[route.name] is scope), (route.name, answer.status_code)


FORMS: dict[str, dict[str, str]] = {
    "record_outcome": {"outcome": "no_answer"},
    "log_promise": {"amount": "10.00", "due_on": "2026-05-14", "due_time": "18:00"},
    "withdraw_promise": {"reason": "x"},
    "log_callback": {"due_on": "2026-05-14", "due_time": "18:00"},
    "log_dispute": {"reason": "x"},
    "answer_dispute": {"reason": "x"},
    "log_complaint": {"reason": "x"},
    "log_stop": {"kind": "attorney"},
    "lift_stop": {"reason": "x"},
    "open_file": {"why": "x"},
    "file_paper": {"kind": "contract"},
    "log_wish": {"kind": "consent", "reason": "x"},
    "end_wish": {"reason": "x"},
    "log_found": {"phone": "+8613900139000"},
    "ask_keep": {"until": "2026-05-20", "reason": "x"},
    "recall_account": {"note": "x"},
    "log_pause": {"first": "2026-05-01", "last": "2026-05-02"},
    "lower_level": {"level": "primary", "reason": "x"},
    "extend_hold": {"until": "2026-05-14"},
    "cancel_ways": {"reason": "x"},
    "print_letters": {"code": "CN"},
    "number_batch": {"first": "R1"},
    "post_batch": {"day": "2026-05-11"},
    "letter_left": {"posting_no": "R1", "day": "2026-05-11", "reason": "x"},
    "strike_letter": {"step": "arrived", "reason": "x"},
    "propose_rate": {"from_on": "2026-05-01", "annual_rate": "12", "reason": "x"},
    "propose_setting": {"kind": "creditor_data", "reason": "x"},
    "propose_ways": {"creditor": "x", "sender_name": "x"},
    "decide_approval": {"decision": "approve", "shown": "x"},
    "decide_reset": {"decision": "approve", "shown": "x"},
    "move_referral": {"state": "accepted"},
    "decide_referral": {"state": "closed"},
    "change_route": {"route": "suit", "reason": "x"},
    "change_negotiator": {"negotiator": "1", "reason": "x"},
    "preview_batch": {"does": "accept", "case_1": "on"},
    "run_batch": {"does": "accept", "cases": "1"},
    "filing_list": {"format": "csv"},
    "note_clock_event": {"kind": "filed", "day": "2026-05-01"},
    "enter_matter_stage": {"stage": "preparing", "day": "2026-05-01"},
    "strike_matter_stage": {"step_id": "1", "reason": "x"},
    "note_court_day": {"kind": "deadline", "day": "2027-05-01", "what": "x"},
    "end_court_day": {"date_id": "1", "how": "done"},
    "note_matter_cost": {"kind": "travel", "amount": "1.00", "day": "2026-05-01", "advanced_by": "creditor"},
    "strike_matter_cost": {"cost_id": "1", "reason": "x"},
    "ask_matter_costs": {"cost_id": "1"},
    "hand_over_matter": {"contact": "x"},
    "note_counsel_receipt": {"package_id": "1", "day": "2026-05-01", "received_by": "x"},
    "move_campaign": {"move": "pause"},
    "propose_match": {"account": "US/C-1"},
    "propose_terms": {"kind": "write_off", "reason": "x"},
    "preview_terms": {"kind": "write_off", "reason": "x"},
    "move_terms": {"move": "withdraw"},
    "answer_says_paid": {"found": "true"},
    "propose_reversal": {"reference": "x"},
    "note_reversal": {"step": "closed", "reason": "x"},
    "explain_difference": {"reason": "x"},
    "explain_schedule": {"reason": "x"},
    "letter_step": {"step": "posted", "day": "2026-05-11", "posting_no": "R1"},
    "note_original": {"step": "destroyed", "day": "2026-05-11", "whom": "x", "what_for": "x"},
    "archive_original": {"kind": "contract", "day": "2026-05-11", "place": "x"},
    "make_letter": {"kind": "demand"},
    "inbound_outcome": {"outcome": "third_party"},
    "choose_caller": {"account": "1", "person": "1"},
}
BODIES: dict[str, dict[str, Any]] = {
    "api_outcome": {"outcome": "no_answer"},
    "api_answer_dispute": {"answer": "x"},
    "api_lift_stop": {"reason": "x"},
    "api_move_referral": {"state": "accepted"},
    "api_match": {"account": "US/C-1"},
    "api_answer_says_paid": {"found": True},
}
USERS = frozenset(
    {"user_page", "change_user", "disable_user", "enable_user", "unlock_user", "reset_user", "revoke_key"}
)
"""Users and keys are the installation's: only an admin opens them, and they belong to no portfolio."""


def rows(house: Building) -> int:
    with house.office.database.read() as session:
        return len(session.exec(select(AuditEntry.id).where(AuditEntry.action != "login")).all())


def test_a_stranger_can_not_tell_a_foreign_id_from_a_missing_one(house: Building, ids: dict[str, int]) -> None:
    visitor, program = house.signed_in("stranger"), house.api("us")
    before, walked = rows(house), 0
    for route in routes(house):
        if not {name for name in route.ids if name.endswith("_id")} or route.name in USERS:
            continue
        foreign = ask(route, address(route, house, ids), visitor, program)
        missing = ask(route, address(route, house, ids, MISSING), visitor, program)
        assert foreign[0] == 404, (route.name, foreign)
        assert foreign == missing, route.name
        walked += 1
    assert walked > 30
    assert rows(house) == before


def ask(route: Door, path: str, visitor: Visitor, program: Any) -> tuple[int, str]:
    """Status and body, the token of the page and the address itself taken out."""
    if route.name in API:
        body = BODIES.get(route.name, {})
        answer = program.client.request(
            route.method, path, headers=program.headers, **({"json": body} if route.method == "POST" else {})
        )
    elif route.method == "POST":
        answer = visitor.post(path, FORMS.get(route.name))
    else:
        answer = visitor.get(path)
    return answer.status_code, answer.text.replace(path, "")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/promises", {"amount": "10.00", "due_at": "2026-05-14T18:00+08:00"}, id="promise"),
        pytest.param("/says-paid", {}, id="says paid"),
        pytest.param("/callbacks", {"due_at": "2026-05-14T18:00+08:00"}, id="call-back"),
        pytest.param("/dispositions", {}, id="disposition"),
        pytest.param("/disputes", {"reason": "x"}, id="dispute"),
        pytest.param("/pauses", {"first": "2026-05-01", "last": "2026-05-02"}, id="pause"),
        pytest.param("/explain", {}, id="explain"),
    ],
)
def test_a_foreign_account_by_its_name_is_an_absent_one(house: Building, path: str, body: dict[str, Any]) -> None:
    program = house.api("us")
    foreign = program.post(path, account="CN/L-1", **body)
    missing = program.post(path, account="CN/L-9", **body)
    assert foreign.status_code == missing.status_code == 404
    assert foreign.text.replace("L-1", "") == missing.text.replace("L-9", "")


@pytest.mark.parametrize("path", ["/sweep", "/send", "/audit/verify"])
def test_what_concerns_everything_needs_a_key_for_everything(house: Building, path: str) -> None:
    program = house.api("us")
    answer = program.get(path) if path == "/audit/verify" else program.post(path)
    assert answer.status_code == 403


def test_lists_hold_the_scopes_own_only(house: Building, ids: dict[str, int]) -> None:
    program, visitor = house.api("us"), house.signed_in("stranger")
    assert [
        one["account"] if "account" in one else one["key"] for one in program.get("/accounts").json()["accounts"]
    ] == ["US/C-1"]
    assert program.post("/accounts/search", text="+8613812340001").json()["accounts"] == []
    assert program.get("/referrals").json() == {"referrals": []}
    assert program.get("/tasks").json() == {"tasks": []}
    assert program.get("/payments/held").json() == {"payments": []}
    for path in (
        "/desk",
        "/floor",
        "/referrals/legal",
        "/legal",
        "/court-dates",
        "/counsel",
        "/referrals/skiptrace",
        "/operations",
        "/inbox",
        "/campaigns",
    ):
        page = visitor.get(path)
        assert page.status_code == 200, path
        assert "L-1" not in page.text, path
