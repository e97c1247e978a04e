"""The whole line in a browser's hands: forms do what they say, once, and tell what is closed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlmodel import select
from web.conftest import NOW, PASSWORD, Building, Visitor

from collector.casework import actions
from collector.casework.views.queues import case_count, cases
from collector.history.rules import HoldScope, Outcome, PromiseState, ReferralKind, ReferralState
from collector.history.tables import (
    CallbackRow,
    Complaint,
    Disposition,
    Dispute,
    Hold,
    OutcomeRow,
    Promise,
    Referral,
    Stop,
)
from collector.identity.rules import EVERYTHING, Role
from collector.identity.tables import Approval, User
from collector.planning.rules import TaskState
from collector.planning.tables import Task
from collector.portfolio.rules import PaymentState
from collector.portfolio.tables import ContactPoint, PaymentRow

SOON = {"due_on": "2026-05-15", "due_time": "18:00"}


def all_of(building: Building, table: Any) -> list[Any]:
    with building.office.database.read() as session:
        return list(session.exec(select(table)).all())


def planned(building: Building) -> Building:
    actions.plan(building.office, "CN", building.clock(), actor="test")
    return building


def take(building: Building, visitor: Visitor) -> int:
    """The task an agent gets by pressing n."""
    answer = visitor.post("/desk/next")
    assert answer.headers["location"] == f"/accounts/{building.book.loan}", answer.headers["location"]
    return next(row.id for row in all_of(building, Task) if row.claimed_by == "user:agent")


def test_an_agent_takes_a_call_and_records_it_once(building: Building) -> None:
    visitor = planned(building).signed_in("agent")
    assert "CN/L-1" in visitor.get("/desk").text
    task_id = take(building, visitor)
    page = visitor.get(f"/accounts/{building.book.loan}").text
    assert "+8613812340001" in page
    assert page.count("+8613812340001") == 1
    for _ in range(2):
        answer = visitor.post(f"/tasks/{task_id}/outcome", {"outcome": "switched_off", "note": "no tone"})
        assert answer.headers["location"] == f"/accounts/{building.book.loan}?said=outcome&undo={task_id}"
    assert [row.outcome for row in all_of(building, OutcomeRow)] == [Outcome.switched_off]
    assert "+8613812340001" not in visitor.get(f"/accounts/{building.book.loan}").text
    assert "1</b> worked" in visitor.get("/desk").text


def test_pressing_next_twice_takes_one_call(building: Building) -> None:
    visitor = planned(building).signed_in("agent")
    assert take(building, visitor) == take(building, visitor)
    assert [row.state for row in all_of(building, Task)].count(TaskState.claimed) == 1


def test_somebody_elses_call_is_not_for_the_next(building: Building) -> None:
    task_id = take(planned(building), building.signed_in("agent"))
    other = building.signed_in("senior")
    assert other.post("/desk/next").headers["location"] == "/desk?said=none"
    assert other.post(f"/tasks/{task_id}/outcome", {"outcome": "busy"}).status_code == 409


def test_a_call_can_be_given_back(building: Building) -> None:
    visitor = planned(building).signed_in("agent")
    task_id = take(building, visitor)
    assert visitor.post(f"/tasks/{task_id}/release").headers["location"] == "/desk?said=released"
    assert TaskState.claimed not in {row.state for row in all_of(building, Task)}


def test_ringing_needs_a_phone_of_ones_own(building: Building) -> None:
    with building.office.database.begin() as session:
        user = session.exec(select(User).where(User.name == "agent")).one()
        user.phone = None
        session.add(user)
    visitor = planned(building).signed_in("agent")
    task_id = take(building, visitor)
    assert "dial by hand" in visitor.get(f"/accounts/{building.book.loan}").text
    assert visitor.post(f"/tasks/{task_id}/ring").status_code == 422


def test_the_agents_phone_is_rung(building: Building) -> None:
    visitor = planned(building).signed_in("agent")
    task_id = take(building, visitor)
    assert visitor.post(f"/tasks/{task_id}/ring").headers["location"].endswith("?said=calling")
    with building.office.database.read() as session:
        assert session.get_one(Task, task_id).state is TaskState.sending


@pytest.mark.parametrize(
    ("path", "fields", "table"),
    [
        pytest.param("promise", {"amount": "600.00", **SOON}, Promise, id="promise"),
        pytest.param("says-paid", {}, Hold, id="says paid"),
        pytest.param("callback", SOON, CallbackRow, id="call-back"),
        pytest.param("disposition", {"cause": "careless", "note": "on Friday"}, Disposition, id="disposition"),
        pytest.param("dispute", {"reason": "not mine"}, Dispute, id="dispute"),
        pytest.param("complaint", {"reason": "you were rude"}, Complaint, id="complaint"),
        pytest.param("stop", {"kind": "attorney"}, Stop, id="stop"),
    ],
)
def test_a_double_click_does_nothing_twice(building: Building, path: str, fields: dict[str, str], table: Any) -> None:
    visitor = building.signed_in("agent")
    for _ in range(2):
        answer = visitor.post(f"/accounts/{building.book.loan}/{path}", fields)
        assert answer.status_code == 303, answer.text
    assert len(all_of(building, table)) == 1
    page = visitor.get(answer.headers["location"])
    assert page.status_code == 200
    assert 'class="said"' in page.text


def test_a_promise_is_entered_on_the_portfolios_clock(building: Building) -> None:
    visitor = building.signed_in("agent")
    visitor.post(f"/accounts/{building.book.loan}/promise", {"amount": "600.00", **SOON})
    [row] = all_of(building, Promise)
    assert (row.due_at.isoformat(), row.amount) == ("2026-05-15T10:00:00+00:00", 600_00)
    assert "2026-05-15 18:00" in visitor.get(f"/accounts/{building.book.loan}").text
    visitor.post(f"/promises/{row.id}/withdraw", {"reason": "misheard"})
    assert all_of(building, Promise)[0].state is PromiseState.withdrawn


FAR = {"amount": "1000.00", "due_on": "2026-07-15", "due_time": "18:00"}
APPROVAL = re.compile(r'action="/approvals/(\d+)/decide".*?name="shown" value="([0-9a-f]+)"', re.DOTALL)


def test_a_promise_far_ahead_waits_for_a_second_person(building: Building) -> None:
    agent = building.signed_in("agent")
    for _ in range(2):
        answer = agent.post(f"/accounts/{building.book.loan}/promise", FAR)
        assert answer.headers["location"].endswith("?said=approval")
    assert (len(all_of(building, Approval)), all_of(building, Promise)) == (1, [])
    supervisor = building.signed_in("supervisor")
    asked = APPROVAL.search(supervisor.get("/floor").text)
    assert asked
    decide = f"/approvals/{asked[1]}/decide"
    changed = supervisor.post(decide, {"decision": "approve", "shown": "0" * 64})
    assert changed.status_code == 409
    assert supervisor.post(decide, {"decision": "approve", "shown": asked[2]}).status_code == 303
    [promise] = all_of(building, Promise)
    assert (promise.actor, promise.approval_id) == ("user:agent", int(asked[1]))
    assert supervisor.post(decide, {"decision": "reject", "shown": asked[2]}).status_code == 409


def test_only_a_supervisor_agrees_to_a_promise(building: Building) -> None:
    building.signed_in("agent").post(f"/accounts/{building.book.loan}/promise", FAR)
    [row] = all_of(building, Approval)
    answer = building.signed_in("operations").post(
        f"/approvals/{row.id}/decide", {"decision": "approve", "shown": row.digest}
    )
    assert answer.status_code == 403
    assert all_of(building, Promise) == []


def held_payment(building: Building) -> int:
    with building.office.database.begin() as session:
        row = PaymentRow(
            portfolio_id=building.book.cn,
            reference="H-1",
            payer_name="wang",
            card_no="6222021234567890",
            amount=1_000_00,
            paid_at=NOW,
            paid_on=NOW.date(),
            kind="payment",
            state="held",
            loaded_at=NOW,
        )
        session.add(row)
        session.flush()
        return row.id or 0


def test_a_card_number_is_whole_only_for_who_looks_for_its_account(building: Building) -> None:
    held_payment(building)
    assert "6222021234567890" in building.signed_in("operations").get("/operations").text
    for name in ("supervisor", "auditor"):
        page = building.signed_in(name).get("/operations").text
        assert "··7890" in page
        assert "6222021234567890" not in page


def test_a_payment_is_matched_by_one_and_confirmed_by_another(building: Building) -> None:
    payment_id = held_payment(building)
    maker = building.signed_in("operations")
    assert "payer&#39;s name" in maker.get("/operations").text
    assert maker.post(f"/payments/{payment_id}/match", {"account": "CN/L-1"}).status_code == 303
    [row] = all_of(building, Approval)
    own = maker.get("/operations").text
    assert "who proposed something can not approve it" in own
    decision = {"decision": "approve", "shown": row.digest}
    assert maker.post(f"/approvals/{row.id}/decide", decision).status_code == 403
    checker = building.signed_in("second")
    assert checker.post(f"/approvals/{row.id}/decide", decision).status_code == 303
    assert all_of(building, PaymentRow)[0].state is PaymentState.applied
    assert "1,000.00" in checker.get(f"/accounts/{building.book.loan}").text


def test_the_red_switch_stops_everything_this_supervisor_sees(building: Building) -> None:
    visitor = planned(building).signed_in("supervisor")
    for _ in range(2):
        assert visitor.post("/floor/red-switch", {"note": "wrong template"}).status_code == 303
    [row] = all_of(building, Hold)
    assert (row.scope, row.portfolio_id) == (HoldScope.portfolio, building.book.cn)
    assert building.signed_in("agent").post("/desk/next").headers["location"] == "/desk?said=none"
    assert visitor.post(f"/holds/{row.id}/lift").headers["location"] == "/floor?said=lifted"
    assert all_of(building, Hold)[0].lifted_at is not None


def test_a_supervisor_holds_pauses_and_lifts(building: Building) -> None:
    visitor, loan = building.signed_in("supervisor"), building.book.loan
    visitor.post(f"/accounts/{loan}/hold", {"note": "hospital", "until": "2026-05-20"})
    visitor.post(f"/accounts/{loan}/pause", {"first": "2026-05-11", "last": "2026-05-11"})
    page = visitor.get(f"/accounts/{loan}").text
    assert "2026-05-20 23:59" in page
    [row] = all_of(building, Hold)
    assert (
        visitor.post(f"/holds/{row.id}/lift", {"account": str(loan)})
        .headers["location"]
        .startswith(f"/accounts/{loan}")
    )
    visitor.post(f"/accounts/{loan}/stop", {"kind": "hardship"})
    [stop] = all_of(building, Stop)
    visitor.post(f"/stops/{stop.id}/lift", {"reason": "back at work"})
    assert all_of(building, Stop)[0].lifted_at is not None


def test_a_queue_counts_those_too_that_it_does_not_list(building: Building) -> None:
    for _ in range(2):
        referred(building, ReferralKind.legal)
    with building.office.database.read() as session:
        assert len(cases(session, EVERYTHING, ReferralKind.legal, limit=1)) == 1
        assert case_count(session, EVERYTHING, ReferralKind.legal) == 2
    assert 'Legal <span class="dim">2</span>' in building.signed_in("legal").get("/referrals/legal").text


def referred(building: Building, kind: ReferralKind) -> int:
    with building.office.database.begin() as session:
        row = Referral(
            kind=kind,
            person_id=building.book.wang,
            account_id=building.book.loan,
            portfolio_id=building.book.cn,
            reasons=[{"trigger": "all_phones_given_up"}],
            evidence={"phones": [{"contact_point": building.book.mobile, "given_up": True}], "owed": 3000_00},
            opened_at=NOW,
            opened_by="worker",
            state_at=NOW,
            state_by="worker",
        )
        session.add(row)
        session.flush()
        building.book.session = session
        building.book.contact(NOW, Outcome.vacant)
        return row.id or 0


def test_a_case_is_accepted_and_given_back_with_a_reason(building: Building) -> None:
    referral_id = referred(building, ReferralKind.legal)
    visitor = building.signed_in("legal")
    page = visitor.get("/referrals/legal").text
    assert "all phones given up" in page
    assert "CN¥3,000.00" in page
    move = f"/referrals/{referral_id}/move"
    for _ in range(2):
        assert visitor.post(move, {"state": "accepted"}).status_code == 303
    assert visitor.post(move, {"state": "returned"}).status_code == 422
    assert visitor.post(move, {"state": "returned", "reason": "contract is missing"}).status_code == 303
    [row] = all_of(building, Referral)
    assert (row.state, row.state_reason) == (ReferralState.returned, "contract is missing")
    assert "contract is missing" in visitor.get("/referrals/legal").text


def test_a_team_moves_its_own_cases_only(building: Building) -> None:
    referral_id = referred(building, ReferralKind.legal)
    answer = building.signed_in("tracer").post(f"/referrals/{referral_id}/move", {"state": "accepted"})
    assert answer.status_code == 403


def test_the_lost_are_found_with_their_calls_in_sight(building: Building) -> None:
    referred(building, ReferralKind.skiptrace)
    visitor = building.signed_in("tracer")
    page = visitor.get("/referrals/skiptrace").text
    assert "vacant" in page
    assert "138··0001" in page
    assert "+8613812340001" not in page
    visitor.post(f"/people/{building.book.wang}/found", {"phone": "13900139001"})
    assert "+8613900139001" in {row.value for row in all_of(building, ContactPoint)}


def test_a_new_user_signs_in_with_the_password_shown_once(building: Building) -> None:
    admin = building.signed_in("admin")
    page = admin.post("/users", {"name": "new", "role": "agent", "portfolio": "CN"}).text
    shown = re.search(r"<code[^>]*>([^<]+)</code>", page)
    assert shown
    assert shown[1] not in admin.get("/users").text
    client = building.client()
    assert client.post("/login", data={"name": "new", "password": shown[1]}).status_code == 303
    assert client.get("/desk").headers["location"] == "/password"
    [row] = [row for row in all_of(building, User) if row.name == "new"]
    assert admin.post(f"/users/{row.id}/disable").status_code == 303
    assert client.get("/password").headers["location"] == "/login"


def test_an_admin_can_not_shut_themselves_out(building: Building) -> None:
    [row] = [row for row in all_of(building, User) if row.name == "admin"]
    assert building.signed_in("admin").post(f"/users/{row.id}/disable").status_code == 409


PLACES = {
    "agent": ["/desk", "/search", "/inbox"],
    "supervisor": ["/floor", "/operations", "/legal", "/referrals/legal", "/referrals/skiptrace"],
    "operations": ["/operations"],
    "admin": ["/users", "/audit", "/reference", "/password"],
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_renders_empty_and_in_each_language(house: Building, language: str) -> None:
    """Strict templates: a missing word, or a missing value, is an error here and not on somebody's desk."""
    for name, paths in PLACES.items():
        visitor = house.signed_in(name)
        visitor.post("/language", {"language": language})
        for path in [*paths, f"/accounts/{house.book.loan}", "/accounts/999999"]:
            page = visitor.get(path)
            assert page.status_code in (200, 404), (path, page.text)
            assert "style=" not in page.text, path
            assert "<script>" not in page.text, path
        found = visitor.post("/search", {"text": "L-1"})
        assert found.status_code == 200
        assert "CN/L-1" in found.text


def test_what_is_closed_is_shown_with_the_reason(house: Building) -> None:
    for name in ("auditor", "agent"):
        house.signed_in(name).post("/language", {"language": "en"})
    page = house.signed_in(Role.auditor.value).get(f"/accounts/{house.book.loan}").text
    assert "Closed: a supervisor does this." in page
    assert "Closed: talking to borrowers" in page
    agent = house.signed_in("agent").get(f"/accounts/{house.book.loan}").text
    assert "Closed: a supervisor does this." in agent
    assert "Closed: talking" not in agent


def test_a_refusal_names_its_rules(building: Building) -> None:
    visitor = building.signed_in("supervisor")
    visitor.post(f"/accounts/{building.book.loan}/stop", {"kind": "attorney"})
    refused = building.api().post("/explain", account="CN/L-1").json()["refused"]
    rules = {rule["id"] for one in refused for rule in one["rules"]}
    page = visitor.get(f"/accounts/{building.book.loan}").text
    assert rules
    assert [rule for rule in rules if rule not in page] == []


def test_a_search_is_never_in_the_address(house: Building) -> None:
    page = house.signed_in("agent").get("/search?text=wang").text
    assert "CN/L-1" not in page
    assert 'method="post" action="/search"' in page


def test_the_password_is_never_shown(house: Building) -> None:
    answer = house.client().post("/login", data={"name": "agent", "password": PASSWORD + "x"})
    assert PASSWORD not in answer.text
