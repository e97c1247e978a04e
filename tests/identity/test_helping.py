"""Codes of an app, resets by admins, posts that change, and keys: on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pyotp
import pytest
from floor import moment
from sqlmodel import Session, select

from collector.audit.tables import AuditEntry
from collector.foundation.database import Database
from collector.foundation.errors import BadInput, Conflict, Forbidden, Unauthorized
from collector.foundation.keys import Keys
from collector.identity import actions, signing_in
from collector.identity.actions import Awaited, Came, Entered
from collector.identity.rules import ApiScope, Role
from collector.identity.rules.throttling import FREE_TRIES
from collector.identity.tables import ApiKey, ResetCode, SignIn, User

AT = moment("2026-05-12 09:00")
HOUR = timedelta(hours=1)
PASSWORD, NEW = "a quiet river in autumn", "another river, in spring"
CAME = Came("10.0.0.1", "a browser")


@pytest.fixture
def house(database: Database) -> Database:
    """Two admins, one of them under a second login; a supervisor and an agent."""
    with database.begin() as session:
        for name, role, staff_no in (
            ("ada", Role.admin, "1"),
            ("ada2", Role.admin, "1"),
            ("bob", Role.admin, "2"),
            ("wu", Role.supervisor, "3"),
            ("li", Role.agent, "4"),
        ):
            make = {"password": PASSWORD, "now": AT - timedelta(days=30), "actor": "cli"}
            actions.add_user(session, name=name, roles=[role], staff_no=staff_no, **make)
    return database


def act(house: Database, name: str, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """An action about that user, in a transaction of its own."""
    with house.begin() as session:
        return action(session, user(session, name), *args, **more)


def user(session: Session, name: str) -> User:
    return session.exec(select(User).where(User.name == name)).one()


def with_app(house: Database, keys: Keys, name: str, at: datetime = AT) -> pyotp.TOTP:
    with house.begin() as session:
        app = pyotp.TOTP(actions.begin_codes(session, keys, user(session, name), at))
        actions.first_code(session, keys, user(session, name), app.at(at), at)
    return app


def asked_for_code(house: Database, name: str, at: datetime) -> str:
    found = signing_in.sign_in(house, name, PASSWORD, CAME, at)
    assert isinstance(found, Awaited)
    return found.token


def give(house: Database, keys: Keys, token: str, code: str, at: datetime) -> Entered | None:
    with house.begin() as session:
        return actions.give_code(session, keys, token, code, CAME, at)


def test_an_app_is_kept_sealed_and_in_use_only_after_its_first_code(house: Database, keys: Keys) -> None:
    with house.begin() as session:
        secret = actions.begin_codes(session, keys, user(session, "wu"), AT)
    assert isinstance(signing_in.sign_in(house, "wu", PASSWORD, CAME, AT), Entered)
    with pytest.raises(BadInput), house.begin() as session:
        actions.first_code(session, keys, user(session, "wu"), "000000", AT)
    act(house, "wu", lambda session, wu: actions.first_code(session, keys, wu, pyotp.TOTP(secret).at(AT), AT))
    with house.read() as session:
        row = user(session, "wu")
        assert row.totp_sealed is not None
        assert secret not in row.totp_sealed
        assert keys.open(row.totp_sealed) == secret
    assert isinstance(signing_in.sign_in(house, "wu", PASSWORD, CAME, AT), Awaited)


def test_a_code_enters_once_and_its_sign_in_too(house: Database, keys: Keys) -> None:
    app, later = with_app(house, keys, "wu"), AT + timedelta(minutes=1)
    token = asked_for_code(house, "wu", later)
    with house.read() as session:
        assert actions.live_session(session, token, later) is None, "the second step holds no session"
    assert give(house, keys, token, app.at(AT), later) is None, "of before"
    assert isinstance(give(house, keys, token, app.at(later), later), Entered)
    with pytest.raises(Unauthorized):
        give(house, keys, token, app.at(later), later)
    assert give(house, keys, asked_for_code(house, "wu", later), app.at(later), later) is None, "a code is used once"
    late = asked_for_code(house, "wu", later)
    with pytest.raises(Unauthorized, match="too long"):
        give(house, keys, late, app.at(later + HOUR), later + HOUR)


def test_codes_are_guessed_slowly_from_wherever_and_an_admin_takes_the_wait_off(house: Database, keys: Keys) -> None:
    app, later = with_app(house, keys, "wu"), AT + timedelta(minutes=1)
    for number in range(FREE_TRIES):
        token, came = asked_for_code(house, "wu", later), Came(f"10.0.9.{number}")
        with house.begin() as session:
            assert actions.give_code(session, keys, token, "000000", came, later) is None
    token = asked_for_code(house, "wu", later)
    with pytest.raises(Unauthorized, match="wait"):
        give(house, keys, token, app.at(later), later)
    act(house, "wu", actions.unlock, later, "user:ada")
    assert isinstance(give(house, keys, token, app.at(later), later), Entered)


def test_of_many_who_bring_the_same_code_one_enters(house: Database, keys: Keys) -> None:
    app, later = with_app(house, keys, "wu"), AT + timedelta(minutes=1)
    tokens = [asked_for_code(house, "wu", later) for _ in range(4)]
    code, gate = app.at(later), Barrier(4)

    def try_one(token: str) -> bool:
        gate.wait()
        return give(house, keys, token, code, later) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(try_one, tokens)) == 1


def test_a_confirmation_takes_password_or_code_and_counts_what_is_wrong(house: Database, keys: Keys) -> None:
    app, later = with_app(house, keys, "wu"), AT + timedelta(minutes=1)
    entered = give(house, keys, asked_for_code(house, "wu", later), app.at(later), later)
    assert entered is not None
    much_later = later + timedelta(minutes=10)
    for typed, right in (("wrong", False), (app.at(later), False), (app.at(much_later), True), (PASSWORD, True)):
        assert signing_in.confirm(house, keys, entered.session, typed, CAME, much_later) is right, typed
    with house.read() as session:
        found = actions.live_session(session, entered.token, much_later)
        assert found is not None
        assert found[0].confirmed_at == much_later


def test_a_reset_code_works_once_within_the_hour_and_ends_every_session(house: Database, keys: Keys) -> None:
    with_app(house, keys, "li")
    token = asked_for_code(house, "li", AT)
    with house.begin() as session:
        first = actions.reset_by_admin(session, user(session, "li"), user(session, "ada"), AT, clears_totp=False)
        code = actions.reset_by_admin(session, user(session, "li"), user(session, "ada"), AT, clears_totp=True)
    with house.read() as session:
        assert code not in {row.code_hash for row in session.exec(select(ResetCode))}

    def reset(given: str, at: datetime, name: str = "li") -> bool:
        return signing_in.reset_password(house, name, given, NEW, CAME, at)

    assert not reset(first, AT), "a newer one was made"
    assert not reset(code, AT, "wu"), "of somebody else"
    assert not reset(code, AT + HOUR + timedelta(seconds=1)), "over"
    with pytest.raises(BadInput):
        signing_in.reset_password(house, "li", code, "password1234", CAME, AT)
    assert reset(code.lower().replace("-", " "), AT + HOUR), "as people type it"
    assert not reset(code, AT + HOUR), "used"
    with house.read() as session:
        li = user(session, "li")
        assert (li.reset_by, li.reset_at, li.reset_seen_at, li.totp_sealed) == ("user:ada", AT + HOUR, None, None)
        assert session.exec(select(SignIn)).all() == [], "whoever waited for a code begins again"
    with pytest.raises(Unauthorized):
        give(house, keys, token, "000000", AT)
    assert signing_in.sign_in(house, "li", PASSWORD, CAME, AT + HOUR) is None
    assert isinstance(signing_in.sign_in(house, "li", NEW, CAME, AT + HOUR), Entered)
    act(house, "li", actions.reset_is_seen, AT + HOUR)
    assert act(house, "li", lambda _, li: li.reset_seen_at) == AT + HOUR


def test_who_decides_is_reset_by_two_admins_and_nobody_by_themselves(house: Database) -> None:
    def with_two(name: str, admin: str, action: Callable[..., Any], **more: Any) -> Any:
        with house.begin() as session:
            return action(session, user(session, name), user(session, admin), AT, clears_totp=False, **more)

    for name, admin in (("ada", "ada"), ("ada", "ada2"), ("li", "li")):
        for action in (actions.reset_by_admin, actions.propose_reset):
            with pytest.raises(Forbidden, match="nobody resets"):
                with_two(name, admin, action)
    with pytest.raises(Forbidden, match="second admin"):
        with_two("wu", "ada", actions.reset_by_admin)
    asked = with_two("wu", "ada", actions.propose_reset)
    assert with_two("wu", "ada", actions.propose_reset).id == asked.id, "asked twice it waits once"

    def decide(name: str) -> Any:
        with house.begin() as session:
            return actions.decide_reset(session, asked.id, asked.digest, True, user(session, name), "", AT)

    for name in ("ada", "ada2", "wu"):
        with pytest.raises(Forbidden):
            decide(name)
    _, code = decide("bob")
    with pytest.raises(Conflict):
        decide("bob")
    assert code is not None
    assert signing_in.reset_password(house, "wu", code, NEW, CAME, AT)
    with house.begin() as session:
        wu = user(session, "wu")
        assert (wu.reset_by, wu.reset_asked_by) == ("user:bob", "user:ada")
        for admin in ("ada2", "bob"):
            maker = actions.actor_of(user(session, admin))
            row = actions.propose(session, "waiver", f"account:{admin}", {}, maker, AT, None)
            with pytest.raises(Forbidden, match="reset"):
                actions.decide(session, row.id or 0, row.digest, True, wu, "", AT)


def test_other_roles_end_sessions_and_close_decisions_for_who_gave_them(house: Database) -> None:
    found = signing_in.sign_in(house, "li", PASSWORD, CAME, AT)
    assert isinstance(found, Entered)
    same = frozenset({Role.agent})
    post = actions.Post(same, None, "", "+8657122010000", "Li Jing", True)
    assert act(house, "li", actions.change_user, post, AT, "user:ada")
    assert not act(house, "li", actions.change_user, post, AT, "user:ada"), "the same again is no change"

    def lives() -> bool:
        with house.read() as session:
            return actions.live_session(session, found.token, AT) is not None

    assert lives()
    more = actions.Post(same | {Role.supervisor}, None, "", "+8657122010000", "Li Jing", True)
    act(house, "li", actions.change_user, more, AT, "user:ada")
    assert not lives()
    with house.begin() as session:
        row = actions.propose(session, "waiver", "account:1", {}, actions.actor_of(user(session, "ada2")), AT, None)
        with pytest.raises(Forbidden, match="roles"):
            actions.decide(session, row.id or 0, row.digest, True, user(session, "li"), "", AT)
        actions.decide(session, row.id or 0, row.digest, True, user(session, "li"), "", AT + timedelta(days=7))


@pytest.mark.parametrize("phone", ["+19005551234", "+881612345678", "1234", "client:a b", "javascript:x"])
def test_no_call_of_ours_goes_to_a_dear_or_broken_number(house: Database, phone: str) -> None:
    post = actions.Post(frozenset({Role.agent}), None, "", phone, "li", True)
    with pytest.raises(BadInput):
        act(house, "li", actions.change_user, post, AT, "user:ada")


def test_a_key_ends_in_a_year_comes_from_its_network_and_can_be_revoked(house: Database) -> None:
    with house.begin() as session:
        shown, row = actions.add_api_key(
            session, "loader", [ApiScope.load], AT, "user:ada", addresses=["203.0.113.0/24"]
        )
        assert row.expires_at == AT + actions.YEAR
        with pytest.raises(Conflict):
            actions.add_api_key(session, "loader", [ApiScope.load], AT, "user:ada")

    def used(at: datetime, address: str) -> ApiKey:
        with house.begin() as session:
            return actions.api_key(session, shown, at, address)

    assert used(AT, "203.0.113.9").name == "loader"
    with pytest.raises(Forbidden, match="address"):
        used(AT, "198.51.100.1")
    with pytest.raises(Unauthorized):
        used(AT + actions.YEAR + timedelta(seconds=1), "203.0.113.9")
    with house.begin() as session:
        actions.revoke_api_key(session, session.get_one(ApiKey, row.id), AT, "user:ada")
    with pytest.raises(Unauthorized):
        used(AT, "203.0.113.9")
    with house.read() as session:
        told = session.exec(select(AuditEntry.action).where(AuditEntry.subject == f"apikey:{row.id}")).all()
    assert sorted(told) == ["apikey.add", "apikey.revoke"]


def test_guesses_at_the_same_moment_are_all_counted(house: Database) -> None:
    """Eight at once see no counter before they check; the counter looks at each of them again afterwards."""
    gate = Barrier(8)

    def guess(_: int) -> str:
        gate.wait()
        try:
            return str(signing_in.sign_in(house, "li", "wrong wrong wrong", CAME, AT))
        except Unauthorized:
            return "wait"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(8)))
    assert answers.count("None") == FREE_TRIES
    with pytest.raises(Unauthorized):
        signing_in.sign_in(house, "li", PASSWORD, CAME, AT)
