"""Reading facts: one person at any moment, or a whole portfolio as a stream in person order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text, union_all
from sqlmodel import Session, col

from collector.facts.reading import books, read_records
from collector.facts.reading.reader import columns_of
from collector.facts.rules import AccountFacts, PersonFacts, body_decoder, build_person
from collector.facts.tables import AccountState, PersonState
from collector.foundation.clock import local_day
from collector.foundation.database import among, is_postgresql
from collector.foundation.errors import NotFound, NotReady
from collector.foundation.known import once
from collector.portfolio.rules import OBLIGORS, PartyRole
from collector.portfolio.tables import Account, ContactPoint, Party, Person

FACTS = AccountFacts.__struct_fields__
COLUMNS = ", ".join(f's."{name}"' for name in FACTS)
ROLE = FACTS.index("role")
DATES = tuple(
    FACTS.index(name)
    for name in (
        "matures_on",
        "oldest_unpaid_due",
        "next_due_on",
        "last_paid_on",
        "reported_on",
        "guarantee_until",
        "step_on",
        "touched_on",
        "lapses_on",
    )
)
FLAGS = (FACTS.index("autopay"), FACTS.index("settled"))
ROLES = {role.value: role for role in PartyRole}
FETCH = 5_000
"""Rows fetched from the server at once."""

Streamed = tuple[list[AccountFacts], int, str]
"""A person's accounts, the bits of `Attention`, and the body as it is kept: JSON, not decoded."""


def read_person(session: Session, person_id: int, at: datetime) -> PersonFacts:
    """The facts of a person at `at`, in the past or future too: the kept rows where they hold then, else computed
    from the records, of which only those dated up to `at` count. An unknown person is a `NotFound`."""
    facts = once(session, ("person", person_id, at), lambda: read_people(session, [person_id], at).get(person_id))
    if facts is None:
        raise NotFound(f"there is no person {person_id}")
    return facts


def read_people(session: Session, person_ids: Collection[int], at: datetime) -> dict[int, PersonFacts]:
    """`read_person` for many at once; unknown ids are left out."""
    facts = _kept(session, person_ids, at)
    missing = [person_id for person_id in person_ids if person_id not in facts]
    if missing:
        records = read_records(session, missing)
        facts |= {person_id: build_person(records, person_id, at).facts for person_id in sorted(records.languages)}
    return facts


def _kept(session: Session, person_ids: Collection[int], at: datetime) -> dict[int, PersonFacts]:
    """Those whose kept rows read at `at` as they stand."""
    days = {number: local_day(at, book.zone) for number, book in books(session).items()}
    bodies: dict[int, str] = {}
    accounts: dict[int, list[AccountFacts]] = defaultdict(list)
    stale: set[int] = set()
    for person_id, body, fresh_from, fresh_until, *row in _rows(session, person_ids, at):
        bodies[person_id] = body
        if fresh_from is None:
            continue  # who owes nothing
        facts = account_of(row)
        accounts[person_id].append(facts)
        day = days[facts.portfolio_id]
        if day < fresh_from or (fresh_until is not None and day >= fresh_until):
            stale.add(person_id)
    return {
        person_id: PersonFacts(person_id, body_decoder.decode(body), tuple(accounts[person_id]))
        for person_id, body in bodies.items()
        if person_id not in stale
    }


def _rows(session: Session, person_ids: Collection[int], at: datetime) -> Iterable[Any]:
    """The person, the body, from when until when the account's row holds, and the account's facts; those of one person
    in the order of their accounts."""
    person, account = columns_of(PersonState), columns_of(AccountState)
    statement = (
        select(person.person_id, person.body, account.fresh_from, account.fresh_until)
        .add_columns(*[account[name] for name in FACTS])
        .select_from(PersonState.__table__.outerjoin(AccountState.__table__, account.person_id == person.person_id))  # type: ignore[attr-defined]
        .where(
            among(session, person.person_id, person_ids),
            person.refreshed_at <= at,
            person.fresh_until.is_(None) | (person.fresh_until > at),
        )
        .order_by(person.person_id, account.account_id)
    )
    return session.connection().execute(statement)


def account_of(row: Sequence[Any]) -> AccountFacts:
    """A row of `account_state` as facts."""
    return AccountFacts(*(*row[:ROLE], ROLES[row[ROLE]], *row[ROLE + 1 :]))


def people_of_account(session: Session, account_id: int) -> list[int]:
    """Who owes an account: the borrower first, then co-borrowers and guarantors."""
    borrower = session.scalar(select(col(Account.person_id)).where(col(Account.id) == account_id))
    if borrower is None:
        raise NotFound(f"there is no account {account_id}")
    others = people_of_accounts(session, [account_id]) - {borrower}
    return [borrower, *sorted(others)]


def circle_of(session: Session, person_ids: Collection[int]) -> tuple[set[int], set[int]]:
    """What these people borrowed, and everyone who owes one of those accounts, they themselves among them."""
    owes = (col(Party.account_id) == col(Account.id)) & col(Party.role).in_(list(OBLIGORS))
    rows = session.execute(
        select(col(Account.id), col(Party.person_id))
        .join(Party, owes, isouter=True)
        .where(among(session, Account.person_id, person_ids))
    ).all()
    return {row[0] for row in rows}, {*person_ids, *(row[1] for row in rows if row[1] is not None)}


def people_of_accounts(session: Session, account_ids: Collection[int]) -> set[int]:
    """Everyone who owes one of these accounts: whose facts an event about them changes."""
    borrowers = select(col(Account.person_id)).where(among(session, Account.id, account_ids))
    owe = col(Party.role).in_(list(OBLIGORS))
    others = select(col(Party.person_id)).where(among(session, Party.account_id, account_ids), owe)
    return set(session.scalars(union_all(borrowers, others)))


def people_with_number(session: Session, number: str) -> list[int]:
    """Everyone who has this number: whose facts its opt-out changes."""
    owners = select(col(ContactPoint.person_id)).where(col(ContactPoint.value) == number).distinct()
    return once(session, ("number", number), lambda: sorted(session.scalars(owners)))


def collectors(session: Session) -> dict[int, int]:
    """By portfolio, who collects it: the number that `Event.collector` and `Standing.collector` mean. The same for
    all portfolios of a creditor who collects, and for all that this company collects as agency or buyer."""
    return {number: book.collector for number, book in books(session).items()}


def person_range(session: Session) -> tuple[int, int]:
    """Lowest and highest person id; (0, -1) when there is nobody."""
    low = session.scalar(select(func.min(Person.id)))
    high = session.scalar(select(func.max(Person.id)))
    return (low, high) if low is not None and high is not None else (0, -1)


STREAM = f"""
SELECT p.attention, p.body, {COLUMNS}
FROM account_state s
JOIN person_state p ON p.person_id = s.person_id
WHERE s.person_id BETWEEN {{lo}} AND {{hi}}
  AND EXISTS (
    SELECT 1 FROM account_state o WHERE o.portfolio_id = {{portfolio}} AND o.person_id = s.person_id
  )
ORDER BY s.person_id, s.account_id
"""  # noqa: S608 - column names of our own
STALE = """
SELECT 1 FROM account_state
WHERE portfolio_id = :portfolio AND person_id BETWEEN :lo AND :hi AND (fresh_until <= :day OR fresh_from > :day)
LIMIT 1
"""


def stream(session: Session, portfolio_id: int, day: date, lo: int, hi: int) -> Iterator[Streamed]:
    """Everyone with an account in the portfolio and a person id from `lo` to `hi`, in that order, each with all of
    their accounts, those in other portfolios too.

    The kept rows must hold on `day`, the portfolio's: otherwise `NotReady`; call `actions.refresh_stale` before.
    """
    stored_day = day if is_postgresql(session) else day.isoformat()
    given = {"portfolio": portfolio_id, "lo": lo, "hi": hi, "day": stored_day}
    if session.execute(text(STALE), given).first() is not None:
        raise NotReady(f"the facts are not up to date for {day}; run: collector sweep")
    rows = _server_rows if is_postgresql(session) else _file_rows
    yield from _people(rows(session, portfolio_id, lo, hi))


def _people(rows: Iterable[tuple[Any, ...]]) -> Iterator[Streamed]:
    """Rows in person order, as people. The hot path of the night plan: nothing here is decoded or looked up that a
    decision may not need."""
    person_id: int | None = None
    accounts: list[AccountFacts] = []
    attention, body = 0, ""
    roles, role = ROLES, ROLE + 2
    after = role + 1
    for row in rows:
        if row[2] != person_id:
            if accounts:
                yield accounts, attention, body
            person_id, accounts = row[2], []
            attention, body = row[0], row[1]
        accounts.append(AccountFacts(*(*row[2:role], roles[row[role]], *row[after:])))
    if accounts:
        yield accounts, attention, body


def _server_rows(session: Session, portfolio_id: int, lo: int, hi: int) -> Iterator[tuple[Any, ...]]:
    """A binary cursor on the server: memory stays flat however large the portfolio."""
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor(name="facts_stream", binary=True) as cursor:
        cursor.itersize = FETCH
        cursor.execute(STREAM.format(lo="%s", hi="%s", portfolio="%s"), (lo, hi, portfolio_id), binary=True)
        yield from cursor


def _file_rows(session: Session, portfolio_id: int, lo: int, hi: int) -> Iterator[tuple[Any, ...]]:
    """SQLite keeps days as text and yes or no as numbers."""
    connection: Any = session.connection().connection.driver_connection
    cursor = connection.execute(STREAM.format(lo="?", hi="?", portfolio="?"), (lo, hi, portfolio_id))
    days, yes_no = [index + 2 for index in DATES], [index + 2 for index in FLAGS]
    read_day: Callable[[str], date] = date.fromisoformat
    while rows := cursor.fetchmany(FETCH):
        for row in rows:
            values = list(row)
            for index in days:
                if values[index] is not None:
                    values[index] = read_day(values[index])
            for index in yes_no:
                values[index] = bool(values[index])
            yield tuple(values)
