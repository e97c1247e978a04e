"""A chain of three sealings, and somebody who owns the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from audit_chain import AT, SEALED, Databases, Tamper, as_owner
from sqlalchemy import text
from sqlmodel import Session

from collector.audit.actions import record, seal
from collector.audit.queries import Proof, verify
from collector.foundation.database import Database, is_postgresql
from collector.foundation.keys import Keys


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def one_database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """One of each kind for all tests of a module: what they do is rolled back."""
    with databases(request.param) as fresh:
        yield fresh


@pytest.fixture
def session(one_database: Database) -> Iterator[Session]:
    with Session(one_database.engine, expire_on_commit=False) as opened, opened.begin():
        if is_postgresql(opened):
            opened.execute(text("ALTER SEQUENCE audit_entry_id_seq RESTART"))
        yield opened
        opened.rollback()


@pytest.fixture
def sealed(session: Session, keys: Keys) -> Session:
    for number in range(1, SEALED + 1):
        record(session, "user:li", "promise.made", f"promise:{number}", {"amount": number, "account": 7}, AT)
        session.flush()
        if number % 4 == 0:
            assert seal(session, keys, AT) == 4
            session.flush()
    return session


@pytest.fixture
def tamper(sealed: Session, keys: Keys) -> Tamper:
    """Statements carried out behind the program's back; what the chain says about it."""

    def carry_out(*statements: str) -> Proof:
        as_owner(sealed)
        for statement in statements:
            sealed.execute(text(statement))
        sealed.expire_all()
        return verify(sealed, keys, AT)

    return carry_out
