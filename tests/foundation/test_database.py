"""The database noun, the same on SQLite and PostgreSQL. Works on a table of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from enum import StrEnum

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from collector.foundation.database import (
    BigInt,
    Database,
    Json,
    among,
    copy_rows,
    enum_column,
    is_postgresql,
    lock_key,
)


class Colour(StrEnum):
    light_red = "light-red"
    blue = "blue"


META = MetaData()
THINGS = Table(
    "foundation_things",
    META,
    Column("id", BigInt, primary_key=True),
    Column("colour", enum_column(Colour)),
    Column("data", Json),
    Column("n", Integer, unique=True),
)


@pytest.fixture
def things(database: Database) -> Iterator[Database]:
    META.create_all(database.engine)
    yield database
    META.drop_all(database.engine)


def count(database: Database) -> int:
    with database.read() as session:
        return len(session.execute(select(THINGS.c.id)).all())


def test_a_block_is_committed_whole_or_not_at_all(things: Database) -> None:
    with things.begin() as session:
        session.execute(insert(THINGS), [{"n": 1}, {"n": 2}])

    def clash() -> None:
        with things.begin() as session:
            session.execute(insert(THINGS), [{"n": 3}])
            session.execute(insert(THINGS), [{"n": 1}])

    with pytest.raises(IntegrityError):
        clash()
    assert count(things) == 2


def test_words_and_documents_come_back_as_they_were(things: Database) -> None:
    with things.begin() as session:
        session.execute(insert(THINGS), [{"n": 1, "colour": Colour.light_red, "data": {"a": ["款", 2**60]}}])
    with things.read() as session:
        row = session.execute(select(THINGS)).one()
        plain = session.execute(text("SELECT colour FROM foundation_things")).scalar_one()
    assert (row.colour, row.data, plain) == (Colour.light_red, {"a": ["款", 2**60]}, "light-red")


def test_a_look_keeps_nothing_and_sees_one_moment(things: Database) -> None:
    with things.read() as session:
        assert session.execute(select(THINGS)).all() == []
        with things.begin() as other:
            other.execute(insert(THINGS), [{"n": 1}])
        assert session.execute(select(THINGS)).all() == []
    assert count(things) == 1
    with things.read() as session:
        session.execute(insert(THINGS), [{"n": 2}])
    assert count(things) == 1


def test_rows_are_copied_in_bulk_within_the_transaction(things: Database) -> None:
    rows = ((i, "blue", f'{{"i": {i}}}', None if i % 2 else i) for i in range(1, 5001))
    with things.begin() as session:
        assert copy_rows(session, "foundation_things", ["id", "colour", "data", "n"], rows) == 5000
        assert len(session.execute(select(THINGS.c.id)).all()) == 5000
        session.rollback()
    assert count(things) == 0
    with things.begin() as session:
        assert copy_rows(session, "foundation_things", ["id"], []) == 0


def test_errors_hide_the_values(things: Database) -> None:
    with things.begin() as session:
        session.execute(insert(THINGS), [{"n": 1}])
    with pytest.raises(IntegrityError) as caught, things.begin() as session:
        session.execute(insert(THINGS), [{"n": 1, "data": {"phone": "13812348821"}}])
    assert "13812348821" not in str(caught.value)


def test_writers_that_hold_a_name_queue(things: Database) -> None:
    """Each reads the highest number and adds the next: without the queue two would read the same."""

    def add() -> None:
        for _ in range(5):
            with things.begin() as session:
                lock_key(session, "things")
                highest = session.execute(text("SELECT coalesce(max(n), 0) FROM foundation_things")).scalar_one()
                session.execute(insert(THINGS), [{"n": highest + 1}])

    workers = [threading.Thread(target=add) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert count(things) == 20


def test_a_session_knows_its_database(database: Database) -> None:
    with Session(database.engine) as session:
        assert is_postgresql(session) == database.is_postgresql


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param([3, 1, 3, 99], [1, 3], id="some"),
        pytest.param([], [], id="none"),
        pytest.param(range(1, 40_000), [1, 2, 3], id="more than a statement takes parameters"),
    ],
)
def test_among_many_ids(things: Database, asked: list[int], found: list[int]) -> None:
    with things.begin() as session:
        copy_rows(session, THINGS.name, ("id", "n"), [(1, 1), (2, 2), (3, 3)])
        wanted = select(THINGS.c.id).where(among(session, THINGS.c.id, asked)).order_by(THINGS.c.id)
        assert list(session.connection().execute(wanted).scalars()) == found


def test_among_words(things: Database) -> None:
    with things.begin() as session:
        copy_rows(session, THINGS.name, ("id", "colour"), [(1, "blue"), (2, "light-red")])
        wanted = select(THINGS.c.id).where(among(session, THINGS.c.colour, ["blue", "a,b'}"]))
        assert list(session.connection().execute(wanted).scalars()) == [1]
