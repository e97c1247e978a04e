"""What a transaction was told once holds until what it was read from is written, by whatever way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, text, update
from sqlmodel import Session, func, select

from collector.foundation.database import Database, copy_rows
from collector.foundation.known import once, row_of
from collector.portfolio.tables import CallerNumber, Person

NOW = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
FIRST = {"name": "wang", "salt": "s", "natural_key": "wang", "language": "zh"}


def people(session: Session) -> int:
    return once(session, "people", lambda: session.exec(select(func.count()).select_from(Person)).one())


def by_the_mapper(session: Session) -> None:
    session.add(Person(**FIRST))


def by_a_statement(session: Session) -> None:
    session.execute(insert(Person).values(**FIRST))


def past_the_mapper(session: Session) -> None:
    session.connection().execute(insert(Person).values(**FIRST))


def by_words(session: Session) -> None:
    session.execute(text("INSERT INTO person (name, salt, natural_key, language) VALUES ('w', 's', 'w', 'zh')"))


def in_bulk(session: Session) -> None:
    copy_rows(session, "person", ("name", "salt", "natural_key", "language"), [tuple(FIRST.values())])


WAYS = [by_the_mapper, by_a_statement, past_the_mapper, by_words, in_bulk]


@pytest.mark.parametrize("write", WAYS, ids=[way.__name__ for way in WAYS])
def test_what_was_written_is_seen(database: Database, write: Callable[[Session], None]) -> None:
    with database.begin() as session:
        assert people(session) == 0
        write(session)
        assert people(session) == 1


def test_until_then_nothing_is_asked_again(database: Database) -> None:
    asked: list[int] = []

    def ask(session: Session) -> int:
        asked.append(session.exec(select(func.count()).select_from(Person)).one())
        return asked[-1]

    with database.begin() as session:
        for _ in range(3):
            once(session, "people", lambda: ask(session))
        session.execute(update(CallerNumber).values(channels="call"))
        once(session, "people", lambda: ask(session))
        assert len(asked) == 1, "another table was written"
    with database.begin() as session:
        once(session, "people", lambda: ask(session))
    assert len(asked) == 2, "another transaction asks for itself"


def test_an_answer_made_of_another_goes_with_it(database: Database) -> None:
    with database.begin() as session:
        assert people(session) == 0
        assert once(session, "twice", lambda: people(session) * 2) == 0
        by_the_mapper(session)
        assert once(session, "twice", lambda: people(session) * 2) == 2


def test_what_is_taken_back_to_a_savepoint_is_not_known(database: Database) -> None:
    with database.begin() as session:
        step = session.begin_nested()
        by_the_mapper(session)
        assert people(session) == 1
        step.rollback()
        assert people(session) == 0


def test_a_row_that_the_session_holds_counts_as_read(database: Database) -> None:
    with database.begin() as session:
        person = Person(**FIRST)
        session.add(person)
        session.flush()

        def name() -> str:
            found = row_of(session, Person, person.id or 0)
            return found.name if found else ""

        assert once(session, "name", name) == "wang"
        person.name = "zhao"
        assert once(session, "name", name) == "zhao"


def test_a_look_is_one_moment(database: Database) -> None:
    with database.begin() as session:
        by_the_mapper(session)
    with database.read() as session:
        assert people(session) == 1
        assert row_of(session, Person, 1) is row_of(session, Person, 1)
