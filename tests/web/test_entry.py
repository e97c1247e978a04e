"""Coming in: passwords, sessions that end, forms that are ours, and headers on every answer."""

from __future__ import annotations

import pytest
from sqlmodel import select
from web.conftest import PASSWORD, Building

from collector.audit.tables import AuditEntry
from collector.identity.actions import disable_user
from collector.identity.tables import User, UserSession
from collector.web.guard import HEADERS, MAX_FORM
from collector.web.pages.entry import WRONG

NEW = "nine violet trams and one walnut"


def entries(building: Building) -> int:
    with building.office.database.read() as session:
        return len(session.exec(select(AuditEntry.id)).all())


def test_each_role_comes_in_on_its_own_page(building: Building) -> None:
    homes = {role: building.signed_in(role).get("/").headers["location"] for role in ("agent", "legal", "operations")}
    assert homes == {"agent": "/desk", "legal": "/legal", "operations": "/operations"}


@pytest.mark.parametrize("name", ["agent", "nobody at all"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(house: Building, name: str) -> None:
    answer = house.client().post("/login", data={"name": name, "password": "wrong"})
    assert answer.status_code == 401
    assert WRONG in answer.text
    assert "set-cookie" not in answer.headers


def test_guessing_is_slowed_down_and_ends_by_itself(building: Building) -> None:
    client = building.client()
    for _ in range(6):
        client.post("/login", data={"name": "agent", "password": "wrong"})
    assert client.post("/login", data={"name": "agent", "password": PASSWORD}).status_code == 429
    assert client.post("/login", data={"name": "senior", "password": PASSWORD}).status_code == 303
    building.clock.forward(minutes=15)
    assert client.post("/login", data={"name": "agent", "password": PASSWORD}).status_code == 303


def test_only_the_hash_of_a_token_is_kept(building: Building) -> None:
    visitor = building.signed_in("agent")
    token = visitor.client.cookies["collector"]
    with building.office.database.read() as session:
        assert token not in {row.token_hash for row in session.exec(select(UserSession))}


@pytest.mark.parametrize("how", ["log out", "disable", "idle", "too long", "password"])
def test_a_session_that_ended_opens_nothing(building: Building, how: str) -> None:
    visitor = building.signed_in("agent")
    replay = building.client()
    replay.cookies.set("collector", visitor.client.cookies["collector"])
    assert replay.get("/desk").status_code == 200
    if how == "log out":
        answer = visitor.post("/logout")
        assert answer.headers["clear-site-data"]
    elif how == "disable":
        with building.office.database.begin() as session:
            user = session.exec(select(User).where(User.name == "agent")).one()
            disable_user(session, user, building.clock(), "cli")
    elif how == "idle":
        building.clock.forward(minutes=16)
    elif how == "too long":
        for _ in range(75):
            building.clock.forward(minutes=10)
            replay.get("/desk")
    else:
        answer = visitor.post("/password", {"old": PASSWORD, "new": NEW, "again": NEW})
        assert answer.headers["location"] == "/login?said=password"
    answer = replay.get("/desk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_a_live_page_keeps_no_session_alive(building: Building) -> None:
    visitor = building.signed_in("agent")
    for _ in range(2):
        building.clock.forward(minutes=10)
        visitor.client.get("/desk", headers={"X-Live": "1"})
    assert visitor.get("/desk").status_code == 303


def test_a_first_password_must_be_changed_before_anything_else(building: Building) -> None:
    with building.office.database.begin() as session:
        user = session.exec(select(User).where(User.name == "agent")).one()
        user.must_change = True
        session.add(user)
    visitor = building.signed_in("agent")
    assert visitor.get("/desk").headers["location"] == "/password"
    assert visitor.get("/password").status_code == 200


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        pytest.param({"old": "wrong", "new": NEW, "again": NEW}, "not right", id="wrong old one"),
        pytest.param({"old": PASSWORD, "new": NEW, "again": NEW + "!"}, "differ", id="differ"),
        pytest.param({"old": PASSWORD, "new": "short", "again": "short"}, "12 to 128", id="short"),
        pytest.param({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "old one", id="the same"),
    ],
)
def test_a_password_that_will_not_do_is_told_why(house: Building, form: dict[str, str], sentence: str) -> None:
    answer = house.signed_in("agent").post("/password", form)
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.parametrize("token", ["", "another's"])
def test_a_form_without_this_sessions_token_changes_nothing(house: Building, token: str) -> None:
    visitor, other = house.signed_in("agent"), house.signed_in("senior")
    fields = {"csrf": other.csrf() if token else ""}
    before = entries(house)
    answer = visitor.client.post(f"/accounts/{house.book.loan}/says-paid", data=fields)
    assert answer.status_code == 403
    assert entries(house) == before


def test_a_form_from_another_site_is_refused(house: Building) -> None:
    visitor = house.signed_in("agent")
    answer = visitor.post(f"/accounts/{house.book.loan}/says-paid", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"role": "admin"}, id="a field that is not there"),
        pytest.param({"account_id": "1"}, id="an id of somebody else"),
    ],
)
def test_a_form_takes_its_own_fields_only(house: Building, fields: dict[str, str]) -> None:
    answer = house.signed_in("agent").post(f"/accounts/{house.book.loan}/says-paid", fields)
    assert answer.status_code == 422
    assert "admin" not in answer.text.replace("admins", "")


def test_a_repeated_field_is_refused(house: Building) -> None:
    visitor = house.signed_in("agent")
    fields = {"csrf": visitor.csrf(), "reason": ["one", "two"]}
    assert visitor.client.post(f"/accounts/{house.book.loan}/dispute", data=fields).status_code == 422


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        pytest.param("/desk", "/desk", id="ours"),
        pytest.param("/accounts/7?said=x", "/accounts/7", id="ours, without its query"),
        pytest.param("//evil.example", "/", id="no scheme"),
        pytest.param("https://evil.example/desk", "/", id="another host"),
        pytest.param("/\\evil.example", "/", id="backslash"),
        pytest.param("/desk\r\nSet-Cookie: a=b", "/", id="line break"),
        pytest.param("/logout", "/", id="not a page"),
        pytest.param("javascript:alert(1)", "/", id="script"),
    ],
)
def test_after_a_change_of_language_one_stays_on_a_page_of_ours(house: Building, back: str, goes: str) -> None:
    answer = house.signed_in("agent").post("/language", {"language": "zh", "back": back})
    assert (answer.status_code, answer.headers["location"]) == (303, goes)


def test_pages_speak_the_readers_language(building: Building) -> None:
    visitor = building.signed_in("agent")
    visitor.post("/language", {"language": "zh"})
    assert 'lang="zh-CN"' in visitor.get("/desk").text
    assert "待拨名单" in visitor.get("/desk").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/login", 200, id="200"),
        pytest.param("/nothing/here", 404, id="404"),
        pytest.param("/api/v1/accounts", 401, id="401"),
        pytest.param("/desk", 303, id="303"),
        pytest.param("/static/collector.css", 200, id="file"),
    ],
)
def test_every_answer_carries_the_headers(house: Building, path: str, status: int) -> None:
    answer = house.client().get(path)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS if name != "Cache-Control"} == {
        name: value for name, value in HEADERS.items() if name != "Cache-Control"
    }


def test_an_error_of_ours_carries_the_headers_and_tells_nothing(building: Building) -> None:
    def broken() -> None:
        raise ZeroDivisionError("Wang's number is +8613812340001")

    object.__setattr__(building.web.state.desk, "clock", broken)
    client = building.client(raise_server_exceptions=False)
    answer = client.post("/login", data={"name": "agent", "password": "wrong"})
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert "+86138" not in answer.text


def test_a_body_that_is_too_large_is_refused_before_it_is_read(house: Building) -> None:
    client = house.client()
    assert client.post("/login", content=b"x" * (MAX_FORM + 1)).status_code == 413

    def endless() -> object:
        for _ in range(40):
            yield b"x" * 65536

    kind = {"Content-Type": "application/json", **house.api().headers}
    assert client.post("/api/v1/plan", content=endless(), headers=kind).status_code == 413


def test_another_host_is_not_answered(house: Building) -> None:
    assert house.client().get("/login", headers={"Host": "evil.example"}).status_code == 400


def test_what_was_typed_when_the_session_ran_out_is_shown_and_the_way_leads_back(house: Building) -> None:
    visitor = house.signed_in("agent")
    here = f"/accounts/{house.book.loan}"
    page = visitor.get(here).text
    assert f'name="from" value="{here}"' in page
    typed = {"csrf": visitor.csrf(), "from": here, "note": "a long <b>talk</b>", "cause": "careless"}
    visitor.client.cookies.clear()
    answer = visitor.client.post(f"{here}/disposition", data=typed)
    assert answer.status_code == 401
    assert "a long &lt;b&gt;talk&lt;/b&gt;" in answer.text
    assert typed["csrf"] not in answer.text
    assert f'name="from" value="{here}"' in answer.text
    answer = visitor.client.post("/login", data={"name": "agent", "password": PASSWORD, "from": here})
    assert (answer.status_code, answer.headers["location"]) == (303, here)


def test_another_site_gets_none_of_its_words_shown(house: Building) -> None:
    answer = house.client().post(
        f"/accounts/{house.book.loan}/disposition",
        data={"note": "send your money elsewhere"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example/", "/accounts/1/promise", "/\\evil.example", ""]
)
def test_a_sign_in_leads_to_our_own_pages_only(house: Building, back: str) -> None:
    answer = house.client().post("/login", data={"name": "agent", "password": PASSWORD, "from": back})
    assert answer.headers["location"] == "/"


def test_a_refused_form_leads_back_with_what_was_typed(house: Building) -> None:
    here = f"/accounts/{house.book.loan}"
    fields = {
        "amount": "12,3x",
        "due_on": "2026-05-15",
        "due_time": "18:00",
        "way": "by card, on pay day",
        "from": here,
    }
    answer = house.signed_in("agent").post(f"{here}/promise", fields)
    assert answer.status_code == 422
    assert "by card, on pay day" in answer.text
    assert f'<a href="{here}">' in answer.text
