"""A database of an earlier revision is brought up to this one with what it holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import JSON, Boolean, Date, DateTime, MetaData, Numeric, Table, insert, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, select

from collector.audit.actions import record, seal
from collector.audit.queries import verify
from collector.audit.rules import GENESIS, entry_hash, link_hash
from collector.dispatch.tables import CallScore, Recording
from collector.foundation import migrating, schema
from collector.foundation.clock import parse_moment
from collector.foundation.database import Database
from collector.foundation.keys import Keys
from collector.history.tables import Referral, ReferralStep, Stop
from collector.identity.tables import Approval

AT = parse_moment("2026-05-12T09:00+08:00")
STORED = "2026-05-12 01:00:00.000000"


@pytest.fixture
def first(database: Database, tmp_path: Path) -> Database:
    """An empty database at revision 0001."""
    old = database if database.is_postgresql else Database(f"sqlite:///{tmp_path}/old.db")
    with old.engine.begin() as connection:
        if database.is_postgresql:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        command.upgrade(migrating.config_for(connection), "0001")
    return old


def _written_then(session: Session, keys: Keys) -> None:
    """A stop, and an entry sealed as it was sealed then."""
    session.execute(text(f"INSERT INTO stop (kind, at, reason, actor) VALUES ('opt_out', '{STORED}', '', 'cli')"))
    session.execute(
        text(
            "INSERT INTO audit_entry (id, at, actor, action, subject, detail)"
            f" VALUES (1, '{STORED}', 'cli', 'user.add', 'user:1', '{{}}')"
        )
    )
    sealed = entry_hash(1, AT, "cli", "user.add", "user:1", {})
    end = link_hash(GENESIS, 1, sealed)
    session.execute(
        text(f"INSERT INTO audit_link (position, entry_id, entry_hash, hash) VALUES (1, 1, '{sealed}', '{end}')")
    )
    signature = keys.mac("audit", "1", end)
    session.execute(
        text(
            "INSERT INTO audit_checkpoint (position, hash, at, signature)"
            f" VALUES (1, '{end}', '{STORED}', '{signature}')"
        )
    )


def test_what_was_written_before_is_known_since_then_and_its_chain_goes_on(first: Database, keys: Keys) -> None:
    with first.begin() as session:
        _written_then(session, keys)
    assert migrating.upgrade(first) == ("0001", schema.head())
    with first.begin() as session:
        assert session.exec(select(Stop.recorded_at)).one() == datetime(2026, 5, 12, 1, tzinfo=UTC)
        record(session, "cli", "user.add", "user:2", {}, AT).id = 2
        session.flush()
        assert seal(session, keys, AT) == 1
        session.flush()
        proof = verify(session, keys, AT)
    assert (proof.sealed, proof.unsealed, proof.findings) == (2, 0, ())
    first.dispose()


def test_an_approval_asked_for_before_learns_whose_it_is(first: Database) -> None:
    """Subjects of accounts and payments named the portfolio only by what they pointed to."""
    with first.engine.begin() as connection:
        command.upgrade(migrating.config_for(connection), "0013")
    book = (
        "INSERT INTO portfolio (id, code, creditor, collector_type, debt_type, currency, timezone, jurisdiction,"
        " language, sender_name, signature, pay_instructions, grace_days, tightening) VALUES"
        " (3, 'CN', 'x', 'creditor', 'consumer', 'CNY', 'Asia/Shanghai', 'cn', 'zh', 'x', '', '', 0, '{}')"
    )
    held = (
        "INSERT INTO payment (id, portfolio_id, reference, amount, paid_at, paid_on, kind, state, loaded_at)"
        f" VALUES (8, 3, 'P', 1, '{STORED}', '2026-05-12', 'payment', 'held', '{STORED}')"
    )
    asked = (
        "INSERT INTO approval (kind, subject, body, digest, state, maker, maker_staff_no, made_at)"
        f" VALUES ('match', 'payment:8', '{{}}', '', 'open', 'li', '7', '{STORED}')"
    )
    with first.begin() as session:
        for statement in (book, held, asked):
            session.execute(text(statement))
    migrating.upgrade(first)
    with first.begin() as session:
        assert session.exec(select(Approval.portfolio_id)).all() == [3]
    first.dispose()


def _row(session: Session, name: str, /, **given: object) -> int:
    """A row of a table as it is at this revision, with something in every column that needs it."""
    table = Table(name, MetaData(), autoload_with=session.connection())
    plain = {DateTime: AT, Date: AT.date(), Boolean: False, Numeric: 0, JSON: {}}
    for column in table.columns:
        if not (column.nullable or column.server_default is not None or column.primary_key):
            held = [value for kind, value in plain.items() if isinstance(column.type, kind)]
            given.setdefault(column.name, held[0] if held else column.type.python_type())
    return int(session.execute(insert(table).values(**given).returning(table.c.id)).scalar_one())


def test_a_database_with_scored_recordings_and_cases_with_legal_is_brought_up(first: Database) -> None:
    """SQLite makes a table anew to change it, with rows that others point to; and who owned an account that the legal
    team had goes on talking about it, as if they had been named."""
    with first.engine.begin() as connection:
        command.upgrade(migrating.config_for(connection), "0028")
    with first.begin() as session:
        book, person = _row(session, "portfolio", code="CN"), _row(session, "person")
        owner = _row(session, "user_account", name="li")
        account = _row(session, "account", portfolio_id=book, person_id=person, owner_id=owner, account_no="1")
        about = {"portfolio_id": book, "person_id": person, "account_id": account}
        task = _row(session, "task", run_id=_row(session, "plan_run", portfolio_id=book), **about)
        recording = _row(session, "recording", task_id=task, portfolio_id=book, person_id=person)
        _row(session, "call_score", recording_id=recording)
        _row(session, "referral", kind="legal", state="accepted", state_by="user:wang", **about)
        _row(session, "referral", kind="legal", state="returned", **about)
    migrating.upgrade(first)
    with first.begin() as session:
        assert session.exec(select(Recording.task_id, Recording.inbound_call_id)).all() == [(task, None)]
        assert session.exec(select(CallScore.recording_id)).all() == [recording]
        assert session.exec(select(Referral.negotiator_id).order_by(col(Referral.id))).all() == [owner, None]
        [step] = session.exec(select(ReferralStep)).all()
        assert (step.state, step.negotiator_id, step.actor) == ("accepted", owner, "user:wang")
        with pytest.raises(DatabaseError), session.begin_nested():
            session.execute(text("UPDATE call_score SET recording_id = 9999"))
    first.dispose()
