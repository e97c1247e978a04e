"""What a transaction was told and need not ask again: a portfolio's terms, the strategy in force, the holds.

One event asks for them in each of its steps. In a look nothing changes, so every answer holds. In a write an answer
holds until a table it was read from is written, by whatever way: each statement passes `watch`, which notes what is
read for an answer and forgets what was written, and `copy_rows` tells what it fills. What others commit meanwhile
counts from the next transaction on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlmodel import Session, SQLModel

T = TypeVar("T")
M = TypeVar("M", bound=SQLModel)

KNOWN = "known"
"""Where a session keeps what it was told; also the execution option that carries it to `watch`."""
READS = re.compile(r"\s*SELECT\b", re.IGNORECASE)
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
CHANGES_NOTHING = re.compile(r"\s*(?:SAVEPOINT|RELEASE|BEGIN)\b", re.IGNORECASE)
"""Any other statement may change anything; going back to a savepoint takes back what was written since."""


class Known:
    """What one transaction was told, by question, and the tables each answer was read from."""

    def __init__(self) -> None:
        self._told: dict[Hashable, tuple[Any, frozenset[str]]] = {}
        self._asking: list[set[str]] = []

    def told(self, key: Hashable, ask: Callable[[], T]) -> T:
        if key not in self._told:
            tables: set[str] = set()
            self._asking.append(tables)
            try:
                told = ask()
            finally:
                self._asking.pop()
            self._told[key] = told, frozenset(tables)
        answer: T = self._told[key][0]
        self.read(self._told[key][1])
        return answer

    def read(self, tables: frozenset[str]) -> None:
        """For whatever is being asked now, these were read."""
        for asked in self._asking:
            asked |= tables

    def forget(self, table: str | None = None) -> None:
        """That table was written; None: any may have been."""
        self._told = {key: told for key, told in self._told.items() if table is not None and table not in told[1]}

    def on_statement(self, statement: str) -> None:
        if READS.match(statement):
            if self._asking:
                self.read(named_in(statement))
        elif not CHANGES_NOTHING.match(statement):
            written = WRITES.match(statement)
            self.forget(written[1] if written else None)


@lru_cache(maxsize=2_000)
def named_in(statement: str) -> frozenset[str]:
    """The tables that a statement names; a column of the same name counts as one, which costs a question at most."""
    return frozenset(re.findall(r"\w+", statement)) & SQLModel.metadata.tables.keys()


def once(session: Session, key: Hashable, ask: Callable[[], T]) -> T:
    """What `ask` answers, asked once for the same `key` while the answer holds. It must come from statements of this
    session, from `once` and from `row_of` only."""
    known: Known | None = session.info.get(KNOWN)
    if known is None:
        return ask()
    session.flush()  # what was changed and is not written yet must be seen, as a query would see it
    return known.told(key, ask)


def row_of(session: Session, table: type[M], number: int) -> M | None:
    """The row of that id, read once while its table is not written."""

    def ask() -> M | None:
        if known := session.info.get(KNOWN):
            known.read(
                frozenset({str(table.__tablename__)})
            )  # a row that the session holds is given without a statement
        return session.get(table, number)

    return once(session, (table.__tablename__, number), ask)


def watch(engine: Engine) -> None:
    """From now on the writing transactions of this engine note what they read and forget what they write."""
    event.listen(engine, "before_cursor_execute", _on_statement)


def _on_statement(
    connection: Connection, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    known: Known | None = connection.get_execution_options().get(KNOWN)
    if known is not None:
        known.on_statement(statement)
