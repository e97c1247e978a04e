"""Keeping the facts: brought up to date with every event, checked against the records, computed anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import astuple
from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from collector.facts.differences import CHUNK, Difference, verify
from collector.facts.queries import FACTS, ROLE, people_of_accounts, person_range
from collector.facts.reading import books, read_records
from collector.facts.rules import Built, PersonFacts, body_encoder, build_person
from collector.facts.tables import AccountState, PersonState
from collector.foundation.clock import local_day
from collector.foundation.database import Begin, among, copy_rows, is_postgresql
from collector.foundation.memory import no_collecting
from collector.portfolio.tables import Person

__all__ = [
    "Difference",
    "mark_behind",
    "people_behind",
    "rebuild",
    "refresh",
    "refresh_stale",
    "stale_people",
    "verify",
]

ACCOUNT_COLUMNS = (*FACTS, "fresh_from", "fresh_until")
PERSON_COLUMNS = ("person_id", "attention", "body", "refreshed_at", "fresh_until")
BEHIND = datetime.fromtimestamp(0, UTC)
"""As `fresh_until`: the records changed, and the row was not yet brought up to date with them."""
Progress = Callable[[int, int], None]
"""Called with how many people are done, and of how many."""


def silent(_done: int, _total: int) -> None:
    """No progress shown."""


def refresh(session: Session, person_ids: Collection[int], now: datetime) -> dict[int, PersonFacts]:
    """Bring the kept facts of these people to `now`, in this transaction; returns them. Unknown ids are left out.

    The people are locked first, so that two events about one person can not each write what they saw before the
    other.
    """
    ids = sorted(set(person_ids))
    facts: dict[int, PersonFacts] = {}
    for start in range(0, len(ids), CHUNK):
        with no_collecting():
            facts |= _refresh_chunk(session, ids[start : start + CHUNK], now)
    return facts


def _refresh_chunk(session: Session, ids: Sequence[int], now: datetime) -> dict[int, PersonFacts]:
    session.flush()
    _lock(session, ids)
    records = read_records(session, ids)
    built = [build_person(records, person_id, now) for person_id in sorted(records.languages)]
    for table in (AccountState.__table__, PersonState.__table__):  # type: ignore[attr-defined]
        session.connection().execute(delete(table).where(among(session, table.c.person_id, ids)))
    _write(session, built, now)
    return {each.facts.person_id: each.facts for each in built}


def _lock(session: Session, ids: Collection[int]) -> None:
    if is_postgresql(session):
        person = select(Person.id).where(among(session, Person.id, ids)).order_by(col(Person.id))
        session.execute(person.with_for_update(key_share=True))


def mark_behind(session: Session, account_ids: Sequence[int]) -> None:
    """For a change of records too large to refresh in its own transaction: until then the facts of whoever owes these
    accounts are computed where they are read, and a process that dies leaves them to `people_behind` and the sweep."""
    for start in range(0, len(account_ids), CHUNK):
        chunk = account_ids[start : start + CHUNK]
        owing = people_of_accounts(session, chunk)
        owing |= set(session.exec(select(AccountState.person_id).where(among(session, AccountState.account_id, chunk))))
        kept = session.exec(select(PersonState.person_id).where(among(session, PersonState.person_id, owing))).all()
        if kept:
            _lock(session, kept)
            marked = update(PersonState).where(among(session, PersonState.person_id, kept))
            session.execute(marked.values(fresh_until=BEHIND))


def people_behind(session: Session) -> list[int]:
    """Ids of those marked and not refreshed since, and of those whose facts were never kept, in order."""
    marked = session.exec(select(PersonState.person_id).where(PersonState.fresh_until == BEHIND))
    return sorted({*marked, *_unkept(session)})


def _unkept(session: Session) -> list[int]:
    unkept = ~select(PersonState.person_id).where(col(PersonState.person_id) == col(Person.id)).exists()
    return [number for number in session.exec(select(Person.id).where(unkept)) if number is not None]


def _write(session: Session, built: Sequence[Built], now: datetime) -> None:
    copy_rows(session, "account_state", ACCOUNT_COLUMNS, _account_rows(built))
    stored = stored_moment(session)
    copy_rows(session, "person_state", PERSON_COLUMNS, (_person_row(each, now, stored) for each in built))


def _account_rows(built: Iterable[Built]) -> Iterator[tuple[Any, ...]]:
    for each in built:
        for account, (day, until) in zip(each.facts.accounts, each.days, strict=True):
            values = astuple(account)
            yield (*values[:ROLE], values[ROLE].value, *values[ROLE + 1 :], day, until)


def _person_row(built: Built, now: datetime, stored: Callable[[datetime], Any]) -> tuple[Any, ...]:
    until = datetime.fromtimestamp(built.fresh_until, UTC) if built.fresh_until is not None else None
    body = body_encoder.encode(built.facts.body).decode()
    return (built.facts.person_id, int(built.attention), body, stored(now), None if until is None else stored(until))


def stored_moment(session: Session) -> Callable[[datetime], Any]:
    """How a moment goes into a row past the object mapper: SQLite keeps UTC as text, as SQLAlchemy writes it."""
    if is_postgresql(session):
        return lambda at: at
    return lambda at: at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def refresh_stale(begin: Begin, now: datetime, progress: Progress = silent) -> int:
    """Refresh whoever's kept facts no longer read right at `now` by time alone, or were kept for a later moment, or
    were never kept. Chunk by chunk, each its own transaction; returns how many people."""
    with begin() as session:
        ids = stale_people(session, now)
    for start in range(0, len(ids), CHUNK):
        with begin() as session:
            refresh(session, ids[start : start + CHUNK], now)
        progress(min(start + CHUNK, len(ids)), len(ids))
    return len(ids)


def stale_people(session: Session, now: datetime) -> list[int]:
    """Ids of those people, in order."""
    found: set[int] = set()
    for number, book in books(session).items():
        day = local_day(now, book.zone)
        found.update(session.exec(_stale_on(number, day)))
    turned = or_(col(PersonState.fresh_until) <= now, col(PersonState.refreshed_at) > now)
    found.update(session.exec(select(PersonState.person_id).where(turned)))
    found.update(_unkept(session))
    return sorted(found)


def _stale_on(portfolio_id: int, day: date) -> Any:
    return select(AccountState.person_id).where(
        col(AccountState.portfolio_id) == portfolio_id,
        or_(col(AccountState.fresh_until) <= day, col(AccountState.fresh_from) > day),
    )


def rebuild(begin: Begin, now: datetime, progress: Progress = silent) -> int:
    """Compute all kept facts anew, chunk by chunk, each its own transaction; returns how many people."""
    with begin() as session:
        low, high = person_range(session)
    total = high - low + 1
    done = 0
    for start in range(low, high + 1, CHUNK):
        with begin() as session:
            done += len(refresh(session, range(start, min(start + CHUNK, high + 1)), now))
        progress(min(start + CHUNK - low, total), total)
    return done
