"""Logins, sessions, approvals by two people, and a database that knows whether it may reach people."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from floor import Story, moment
from sqlmodel import Session, select

from collector.audit.tables import AuditEntry
from collector.casework.office import Office
from collector.foundation import migrating
from collector.foundation.database import Database
from collector.foundation.errors import BadInput, Conflict, Forbidden, NotReady, Unauthorized
from collector.foundation.keys import Keys
from collector.foundation.settings import Settings
from collector.identity import actions, installation
from collector.identity.passwords import check_password, hash_password
from collector.identity.rules import ApprovalState, Role
from collector.identity.rules.throttling import FREE_TRIES
from collector.identity.tables import Approval, User

AT = moment("2026-05-12 09:00")
PASSWORD = "a quiet river in autumn"


def user(session: Session, name: str, staff_no: str | None = None, created_by: str = "cli") -> User:
    return actions.add_user(
        session,
        name=name,
        password=PASSWORD,
        roles=[Role.supervisor],
        now=AT,
        actor=created_by,
        staff_no=staff_no,
    )


def entering(session: Session, name: str, password: str, address: str, at: datetime) -> Any:
    """What `signing_in.sign_in` does, within one transaction of a test."""
    came = actions.Came(address)
    stored = actions.stored_password(session, name, came, at)
    return actions.log_in(session, name, stored if check_password(password, stored) else None, came, at)


def test_guessing_is_slowed_for_the_guesser_and_nobody_else(session: Session) -> None:
    user(session, "li")
    for _ in range(FREE_TRIES):
        assert entering(session, "li", "wrong", "10.0.0.9", AT) is None
        session.flush()
    with pytest.raises(Unauthorized):
        entering(session, "li", PASSWORD, "10.0.0.9", AT)
    assert entering(session, "li", PASSWORD, "10.0.0.1", AT) is not None
    assert entering(session, "li", PASSWORD, "10.0.0.9", AT + timedelta(minutes=16)) is not None
    assert entering(session, "nobody", PASSWORD, "10.0.0.1", AT) is None


@pytest.mark.parametrize(
    ("later", "lives"),
    [
        pytest.param(timedelta(minutes=14), True, id="in use"),
        pytest.param(timedelta(minutes=16), False, id="idle too long"),
    ],
)
def test_a_session_ends_when_it_is_idle(session: Session, later: timedelta, lives: bool) -> None:
    user(session, "li")
    found = entering(session, "li", PASSWORD, "10.0.0.1", AT)
    assert found is not None
    session.flush()
    assert (actions.live_session(session, found[0], AT + later) is not None) == lives


def test_sessions_end_with_logout_disabling_and_a_new_password(session: Session) -> None:
    li = user(session, "li")

    def entered() -> str:
        found = entering(session, "li", PASSWORD, "10.0.0.1", AT)
        assert found is not None
        session.flush()
        return found[0]

    token = entered()
    actions.log_out(session, token, AT)
    session.expire_all()
    assert actions.live_session(session, token, AT) is None
    token = entered()
    changed = hash_password(PASSWORD + " again")
    assert actions.change_password(session, li, li.password_hash, changed, actions.Came("10.0.0.1"), AT)
    session.expire_all()
    assert actions.live_session(session, token, AT) is None
    actions.disable_user(session, li, AT, "cli")
    session.flush()
    assert entering(session, "li", PASSWORD + " again", "10.0.0.1", AT) is None


def test_whoever_proposes_never_decides(session: Session) -> None:
    li, twin = user(session, "li", "007"), user(session, "li-2", "007")
    pupil, wu = user(session, "pupil", created_by="user:li"), user(session, "wu")
    row = actions.propose(session, "waiver", "account:1", {"amount": 5}, actions.actor_of(li), AT, None)
    for checker in (li, twin, pupil):
        with pytest.raises(Forbidden):
            actions.decide(session, row.id or 0, row.digest, True, checker, "", AT)
    with pytest.raises(Conflict):
        actions.decide(session, row.id or 0, actions.shown_digest({"amount": 6}), True, wu, "", AT)
    assert actions.decide(session, row.id or 0, row.digest, True, wu, "", AT).state is ApprovalState.approved


def test_one_decision_wins_among_fifty(database: Database) -> None:
    with database.begin() as session:
        maker = actions.actor_of(user(session, "li"))
        row = actions.propose(session, "waiver", "account:1", {"amount": 5}, maker, AT, None)
        checkers = [user(session, f"checker{number}").id for number in range(2)]
        number, shown = row.id or 0, row.digest
    gate = Barrier(50)

    def decided(at: int) -> bool:
        gate.wait()
        try:
            with database.begin() as session:
                checker = session.get_one(User, checkers[at % 2])
                actions.decide(session, number, shown, bool(at % 3), checker, "", AT)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(50) as pool:
        won = list(pool.map(decided, range(50)))
    assert sum(won) == 1
    with database.read() as session:
        expected = ApprovalState.approved if won.index(True) % 3 else ApprovalState.rejected
        assert session.get_one(Approval, number).state is expected
        told = session.exec(select(AuditEntry.action).where(AuditEntry.subject == f"approval:{number}")).all()
        assert sorted(told) == sorted(["waiver.propose", f"waiver.{expected}"])


def test_a_copy_does_not_reach_people_until_it_is_armed(database: Database, tmp_path: Path, keys: Keys) -> None:
    def office(**settings: str) -> Office:
        return Office(Settings(home=tmp_path, carrier="twilio", **settings), database, keys)

    with database.begin() as session:
        installation.install(session, keys, AT)
    live = office(twilio_account_sid="AC1")
    with pytest.raises(NotReady, match="not armed"):
        live.require_armed(AT, AT)
    live.arm(AT)
    live.require_armed(AT, AT)
    with pytest.raises(BadInput, match="real hours"):
        live.require_armed(AT, AT + timedelta(minutes=2))
    with pytest.raises(NotReady):
        office(twilio_account_sid="AC2").require_armed(AT, AT)
    office(twilio_base_url="http://127.0.0.1:9999").require_armed(AT, AT + timedelta(days=9))
    with pytest.raises(NotReady, match="not armed"):
        office(twilio_base_url="http://127.0.0.1:9999@carrier.example").require_armed(AT, AT)


def test_a_folder_that_was_copied_with_its_arming_file_is_not_armed(tmp_path: Path, keys: Keys) -> None:
    """Under the default settings the folder is a relative path: where it is read from decides."""

    def office(home: Path) -> Office:
        return Office(Settings(home=home, carrier="twilio"), Database(f"sqlite:///{home / 'collector.db'}"), keys)

    here, there = office(tmp_path / "here"), office(tmp_path / "there")
    here.settings.home.mkdir()
    migrating.upgrade(here.database)
    with here.database.begin() as session:
        installation.install(session, keys, AT)
    here.arm(AT)
    here.require_armed(AT, AT)
    shutil.copytree(here.settings.home, there.settings.home)
    with pytest.raises(NotReady, match="not armed"):
        there.require_armed(AT, AT)
    there.settings.home.rename(tmp_path / "away")
    shutil.rmtree(here.settings.home)
    (tmp_path / "away").rename(here.settings.home)
    with pytest.raises(NotReady, match="not armed"):
        here.require_armed(AT, AT)


def test_where_a_relative_folder_lies_is_part_of_its_address(
    tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default address of the database, `var/collector.db`, reads the same in every checkout."""

    def office() -> Office:
        return Office(Settings(carrier="twilio"), Database("sqlite:///var/collector.db"), keys)

    (tmp_path / "one" / "var").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "one")
    first = office()
    migrating.upgrade(first.database)
    with first.database.begin() as session:
        installation.install(session, keys, AT)
    first.arm(AT)
    first.require_armed(AT, AT)
    first.database.dispose()
    (tmp_path / "one").rename(tmp_path / "two")
    monkeypatch.chdir(tmp_path / "two")
    with pytest.raises(NotReady, match="not armed"):
        office().require_armed(AT, AT)


def test_a_master_secret_that_does_not_belong_here_is_refused(session: Session, keys: Keys) -> None:
    installation.install(session, keys, AT)
    with pytest.raises(NotReady):
        installation.install(session, Keys(b"another secret, of the right length"), AT)


def test_a_floor_without_people_needs_no_arming(database: Database) -> None:
    Story(database).office.require_armed(AT, AT + timedelta(days=1))
