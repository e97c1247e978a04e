"""The second step of a sign-in, resets, a person's own page, users and keys, as people meet them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlmodel import select
from web.conftest import PASSWORD, Building, Visitor, open_building

from collector.audit.tables import AuditEntry
from collector.casework.approvals import matching
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.identity import actions as identity
from collector.identity.rules import ApiScope, ApprovalState, Role
from collector.identity.tables import Approval, User, UserSession
from collector.portfolio.rules import PaymentState
from collector.portfolio.tables import Account, PaymentRow
from collector.web.confirming import MISSING, WRONG
from collector.web.pages.entry_steps import WRONG_CODE, WRONG_RESET

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = "nine violet trams and one walnut"
SECRET = re.compile(r'<code class="secret">([^<]+)</code>')
TOKEN = re.compile(r'name="token" value="([^"]+)"')


def once(text: str) -> str:
    """What is shown once on this page."""
    found = SECRET.search(text)
    assert found, "nothing is shown"
    return found[1]


def with_app(visitor: Visitor, building: Building) -> pyotp.TOTP:
    app = pyotp.TOTP(once(visitor.post("/me/codes").text).replace(" ", ""))
    answer = visitor.post("/me/codes/first", {"code": app.at(building.clock())})
    assert answer.headers["location"] == "/me?said=codes"
    return app


def user_id(building: Building, name: str) -> int:
    with building.office.database.read() as session:
        return session.exec(select(User.id).where(User.name == name)).one() or 0


def second_admin(building: Building) -> None:
    """An admin for the one there is."""
    with building.office.database.begin() as session:
        first = session.exec(select(User).where(User.name == "admin")).one()
        more = {"roles": "admin", "password_hash": first.password_hash, "must_change": False, "language": "en"}
        session.add(User(name="ada", staff_no="ada", display_name="ada", created_at=building.clock(), **more))


def test_the_second_step_holds_no_session_and_takes_a_code_once(building: Building) -> None:
    visitor = building.signed_in("supervisor")
    shown = visitor.post("/me/codes")
    assert "<svg" in shown.text
    assert " style=" not in shown.text, "the content policy knows no inline style"
    app = with_app(visitor, building)
    building.clock.forward(minutes=1)
    client = building.client()
    asked = client.post("/login", data={"name": "supervisor", "password": PASSWORD, "from": "/floor"})
    assert (asked.status_code, "set-cookie" in asked.headers) == (200, False)
    assert client.get("/floor").headers["location"] == "/login"
    token = TOKEN.search(asked.text)
    assert token
    step: dict[str, Any] = {"token": token[1], "from": "/floor"}
    wrong = client.post("/login/code", data={**step, "code": "000000"})
    assert (wrong.status_code, WRONG_CODE in wrong.text, "set-cookie" in wrong.headers) == (401, True, False)
    code = app.at(building.clock())
    entered = client.post("/login/code", data={**step, "code": code})
    assert (entered.status_code, entered.headers["location"]) == (303, "/floor")
    again = building.client().post("/login/code", data={**step, "code": code})
    assert (again.status_code, "set-cookie" in again.headers) == (401, False)


def test_where_codes_are_required_nothing_opens_before_the_app(database: Database, tmp_path: Path, keys: Keys) -> None:
    building = open_building(database, tmp_path, keys, require_codes=True)
    assert building.signed_in("agent").get("/desk").status_code == 200
    visitor = building.signed_in("supervisor")
    for path in ("/floor", "/me", "/approvals"):
        assert visitor.get(path).headers["location"] == "/me/codes"
    page = visitor.get("/me/codes")
    assert "Users" not in page.text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    shown = visitor.client.post("/me/codes", data={"csrf": csrf[1]})
    app = pyotp.TOTP(once(shown.text).replace(" ", ""))
    visitor.client.post("/me/codes/first", data={"csrf": csrf[1], "code": app.at(building.clock())})
    assert visitor.get("/floor").status_code == 200
    assert visitor.post("/me/codes/end").status_code == 403


def test_an_agent_sets_an_app_up_and_does_without_it_again(building: Building) -> None:
    visitor = building.signed_in("agent")
    with_app(visitor, building)
    assert "since 2026-05-11 02:00 UTC" in visitor.get("/me").text
    assert visitor.post("/me/codes/end").headers["location"] == "/me?said=codes-off"
    assert building.signed_in("agent").get("/desk").status_code == 200


def test_one_admin_resets_an_agent_who_is_told_who_it_was(building: Building) -> None:
    old = building.signed_in("agent")
    page = building.signed_in("admin").post(f"/users/{user_id(building, 'agent')}/reset")
    code, client = once(page.text), building.client()
    fields = {"name": "agent", "code": code, "new": NEW, "again": NEW}
    for wrong in ({"code": "AAAA"}, {"name": "nobody"}, {"name": "senior"}):
        answer = client.post("/reset", data={**fields, **wrong})
        assert (answer.status_code, WRONG_RESET in answer.text) == (401, True)
    assert client.post("/reset", data={**fields, "new": "short", "again": "short"}).status_code == 422
    assert old.get("/desk").status_code == 200, "until the code is used"
    assert client.post("/reset", data=fields).headers["location"] == "/login?said=new-password"
    assert client.post("/reset", data=fields).status_code == 401, "used"
    assert old.get("/desk").headers["location"] == "/login"
    assert client.post("/login", data={"name": "agent", "password": NEW}).status_code == 303
    visitor = Visitor(client)
    assert "Your password was reset at 2026-05-11 02:00 UTC with a code of admin." in visitor.get("/desk").text
    visitor.post("/me/reset-seen")
    assert "Your password was reset" not in visitor.get("/desk").text


def test_a_supervisor_is_reset_by_two_admins(building: Building) -> None:
    second_admin(building)
    first, second = building.signed_in("admin"), building.signed_in("ada")
    number = user_id(building, "supervisor")
    assert first.post(f"/users/{number}/reset", {"clears_totp": "true"}).headers["location"].endswith("reset-asked")
    assert "it takes an admin who neither asked" in first.get("/users").text
    with building.office.database.read() as session:
        asked = session.exec(select(Approval)).one()
    decision = {"decision": "approve", "shown": asked.digest}
    assert first.post(f"/users/resets/{asked.id}/decide", decision).status_code == 403
    assert second.post(f"/approvals/{asked.id}/decide", decision).status_code in (404, 409), "only where it is shown"
    page = second.post(f"/users/resets/{asked.id}/decide", decision)
    fields = {"name": "supervisor", "code": once(page.text), "new": NEW, "again": NEW}
    assert building.client().post("/reset", data=fields).status_code == 303
    assert second.post(f"/users/resets/{asked.id}/decide", decision).status_code == 409
    assert first.post(f"/users/{user_id(building, 'admin')}/reset").status_code == 403, "nobody resets themselves"


def test_a_decision_asks_who_is_there_once_in_five_minutes(building: Building) -> None:
    book = building.book
    with building.office.database.begin() as session:
        clock = building.clock()
        row = PaymentRow(
            portfolio_id=book.cn, reference="H-1", amount=100_00, paid_at=clock, paid_on=clock.date(), kind="payment",
            state=PaymentState.held, loaded_at=clock,
        )  # fmt: skip
        session.add(row)
        session.flush()
        maker = identity.actor_of(session.exec(select(User).where(User.name == "second")).one())
        asked = matching.propose(session, row, session.get_one(Account, book.loan), maker, clock)
        number, shown = asked.id, asked.digest
    visitor = building.signed_in("supervisor")
    assert 'name="confirm"' not in visitor.get("/approvals").text
    building.clock.forward(minutes=6)
    assert 'name="confirm"' in visitor.get("/approvals").text
    decision = {"decision": "reject", "shown": shown, "reason": "of another house", "from": "/approvals"}

    def state() -> ApprovalState:
        with building.office.database.read() as session:
            return session.get_one(Approval, number).state

    for typed, sentence in ((None, MISSING), ("wrong", WRONG)):
        answer = visitor.post(f"/approvals/{number}/decide", {**decision, **({"confirm": typed} if typed else {})})
        assert answer.status_code == 403
        assert sentence in answer.text
        assert "of another house" in answer.text, "nothing typed is lost"
        assert "wrong</dd>" not in answer.text, "but for what is secret"
        assert state() is ApprovalState.open
    assert visitor.post(f"/approvals/{number}/decide", {**decision, "confirm": PASSWORD}).status_code == 303
    assert state() is ApprovalState.rejected
    assert 'name="confirm"' not in visitor.get("/approvals").text, "it counts for the next minutes"


def test_other_roles_are_given_with_what_goes_with_them_and_end_the_session(building: Building) -> None:
    agent, admin = building.signed_in("agent"), building.signed_in("admin")
    path = f"/users/{user_id(building, 'agent')}"
    fields = {"display_name": "Li Jing", "role.agent": "true", "phone": "+8657122010000", "level": "senior"}
    assert admin.post(path, {**fields, "sees.CN": "true"}).headers["location"] == f"{path}?said=changed"
    assert agent.get("/desk").status_code == 200
    assert admin.post(path, {**fields, "role.king": "true"}).status_code == 422
    assert admin.post(path, {**fields, "role": "admin"}).status_code == 422
    assert admin.post(path, {**fields, "phone": "+19005551234"}).status_code == 422
    assert admin.post(path, {**fields, "sees.NO": "true"}).status_code == 404
    assert admin.post(path, {**fields, "role.senior": "true", "sees.CN": "true"}).status_code == 303
    assert agent.get("/desk").headers["location"] == "/login"
    again = building.signed_in("agent")
    assert "Li Jing" in again.get("/desk").text
    assert again.client.cookies["collector"] != agent.client.cookies["collector"], "a new id"
    own = f"/users/{user_id(building, 'admin')}"
    assert admin.post(own, {**fields, "role.admin": "true"}).status_code == 409
    assert "nobody changes their own login" in admin.get(own).text
    page = admin.get("/users?text=li+jing&role=senior").text
    assert ("Li Jing" in page, "stranger" in page) == (True, False)


def test_a_login_that_waits_is_shown_and_let_in_again(building: Building) -> None:
    client, admin = building.client(), building.signed_in("admin")
    for _ in range(6):
        client.post("/login", data={"name": "agent", "password": "wrong"})
    path = f"/users/{user_id(building, 'agent')}"
    assert "must wait until" in admin.get(path).text
    admin.post(f"{path}/unlock")
    assert client.post("/login", data={"name": "agent", "password": PASSWORD}).status_code == 303
    admin.post(f"{path}/disable")
    assert client.get("/desk").headers["location"] == "/login"
    admin.post(f"{path}/enable")
    assert client.get("/desk").headers["location"] == "/login", "an ended session stays so"
    assert building.signed_in("agent").get("/desk").status_code == 200


def test_a_person_sees_their_sessions_and_ends_the_others(building: Building) -> None:
    here, there, elsewhere = (building.signed_in("agent") for _ in range(3))
    stranger = building.signed_in("senior")
    page = here.get("/me").text
    assert page.count('name="which"') == 3, "two others, and all of them"
    assert "Signed in." in page
    handles = re.findall(r'name="which" value="([0-9a-f]{16})"', page)
    assert here.post("/me/sessions", {"which": handles[0]}).status_code == 303
    assert sorted(one.get("/desk").status_code for one in (there, elsewhere)) == [200, 303]
    with building.office.database.read() as session:
        foreign = session.exec(select(UserSession).join(User).where(User.name == "senior")).one().handle
    here.post("/me/sessions", {"which": foreign})
    here.post("/me/sessions", {"which": "all"})
    assert [one.get("/desk").status_code for one in (here, there, elsewhere, stranger)] == [200, 303, 303, 200]


def test_a_key_is_shown_once_and_opens_from_its_network_alone(building: Building) -> None:
    admin = building.signed_in("admin")
    fields = {"name": "loader", "scope.read": "true", "sees.CN": "true", "addresses": "203.0.113.0/24, 10.0.0.1"}
    key = once(admin.post("/keys", fields).text)
    assert key not in admin.get("/keys").text
    assert admin.post("/keys", fields).status_code == 409, "sent twice it acts once"
    for wrong in ({"addresses": "house"}, {"ends_on": "2026-05-01"}, {"scope.read": ""}):
        assert admin.post("/keys", {**fields, "name": "x", **wrong}).status_code == 422

    def asked(address: str, path: str = "/api/v1/accounts") -> Any:
        client = TestClient(building.web, base_url="http://127.0.0.1", client=(address, 1))
        return client.get(path, headers={"Authorization": f"Bearer {key}", "X-Forwarded-For": "203.0.113.9"})

    assert asked("203.0.113.9").status_code == 200
    assert {one["key"].split("/")[0] for one in asked("10.0.0.1").json()["accounts"]} == {"CN"}
    assert asked("198.51.100.1").status_code == 403, "a header that nobody vouches for moves no address"
    in_address = asked("203.0.113.9", f"/api/v1/accounts?after={key}")
    assert (in_address.status_code, key in in_address.text) == (401, False)
    with building.office.database.read() as session:
        number = session.exec(select(AuditEntry.subject).where(AuditEntry.action == "apikey.add")).all()[-1]
    admin.post(f"/keys/{number.split(':')[1]}/revoke")
    assert asked("203.0.113.9").status_code == 401


def test_an_auditor_sees_users_and_keys_and_changes_nothing(building: Building) -> None:
    auditor = building.signed_in("auditor")
    path = f"/users/{user_id(building, 'agent')}"
    for page in ("/users", path, "/keys"):
        assert "Closed: an admin" in auditor.get(page).text, page
    assert auditor.post(f"{path}/disable").status_code == 403
    assert Role.auditor.value in auditor.get("/users").text
    assert ApiScope.read in auditor.get("/keys").text
