"""Roll rates: in which bucket accounts were on a first day, and in which on a last one (handbook section 3).

Where an account stood on a past day is decided from the records as the facts decide it today: instalments, payments
dated up to the end of that day, pauses, reports. Accounts are read in the order of their ids, some thousands at a
time: a large book takes its time, but not more memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.facts.reading import books
from collector.facts.reading.book import book as read_book
from collector.facts.reading.reader import Reader
from collector.facts.rules import lateness
from collector.facts.rules.accounts import NEVER, account_facts
from collector.facts.rules.records import Obligation, Records
from collector.foundation.clock import day_start, local_day
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account, Portfolio
from collector.reports.queries.books import Chosen
from collector.reports.rules import NOT_YET, SETTLED, OfRoll
from collector.strategy.queries import compiled
from collector.strategy.rules import Strategy

CHUNK = 2_000
"""Accounts whose records are held at once."""


class Move(NamedTuple):
    """One account: where it was, where it came to, and its balance on the first day (of one opened since, on the last
    day), minor units."""

    account_id: int
    came: str
    went: str
    money: int


@dataclass(frozen=True, slots=True)
class Rolls:
    """`counts` and `money`: by where accounts came from and went to."""

    first: date
    last: date
    order: Sequence[str]
    """Every bucket there is, earliest first; then what is settled, then what was opened since."""
    counts: Mapping[tuple[str, str], int]
    money: Mapping[tuple[str, str], int]

    @property
    def came(self) -> Sequence[str]:
        """Where any account came from."""
        return [name for name in self.order if any(came == name for came, _ in self.counts)]

    @property
    def went(self) -> Sequence[str]:
        """Where any account went to, or came from: so that who stayed stands on the diagonal."""
        seen = {name for pair in self.counts for name in pair}
        return [name for name in self.order if name in seen and name != NOT_YET]

    def sum_of(self, came: str | None = None, went: str | None = None) -> tuple[int, int]:
        """Accounts and money; None: from, or to, anywhere."""
        pairs = [pair for pair in self.counts if came in (None, pair[0]) and went in (None, pair[1])]
        return sum(self.counts[pair] for pair in pairs), sum(self.money.get(pair, 0) for pair in pairs)


class Moment(NamedTuple):
    """A day of one portfolio, and its last second that counts (since 1970)."""

    day: date
    second: int


def size(session: Session, chosen: Chosen) -> int:
    """Accounts that a matrix has to look at."""
    return session.exec(select(func.count()).select_from(Account).where(chosen.owns())).one()


def rolls(session: Session, chosen: Chosen, first: date, last: date, now: datetime) -> Rolls:
    """From the end of the first day to that of the last one; of today, to now."""
    counts: Counter[tuple[str, str]] = Counter()
    money: Counter[tuple[str, str]] = Counter()
    for move in moves(session, chosen, first, last, now):
        counts[move.came, move.went] += 1
        money[move.came, move.went] += move.money
    return Rolls(first, last, _order(session, chosen, now), counts, money)


def moved(session: Session, chosen: Chosen, wanted: OfRoll, now: datetime, after: int) -> Iterator[int]:
    """Ids after that one of the accounts that came from there and went there, in order."""
    for move in moves(session, chosen, wanted.first, wanted.last, now, after):
        if wanted.came in (None, move.came) and wanted.went in (None, move.went):
            yield move.account_id


def moves(session: Session, chosen: Chosen, first: date, last: date, now: datetime, after: int = 0) -> Iterator[Move]:
    """Every account after that id, in order."""
    spans = {book.id or 0: (_end(book, first, now), _end(book, last, now)) for book in chosen.books}
    scales = {number: compiled(session, number, now) for number in spans}
    while rows := _chunk(session, chosen, after):
        after = rows[-1][0]
        reader = Reader(session, books(session))
        read_book(reader, [row[0] for row in rows])
        for account_id, portfolio_id, opened_on in rows:
            start, end = spans[portfolio_id]
            yield _move(reader.found, account_id, start, end, scales[portfolio_id], opened_on)


def _chunk(session: Session, chosen: Chosen, after: int) -> Sequence[Any]:
    """Id, portfolio and day of opening of the next accounts."""
    columns = (col(Account.id), col(Account.portfolio_id), col(Account.opened_on))
    wanted = select(*columns).where(chosen.owns(), col(Account.id) > after)
    return session.exec(wanted.order_by(col(Account.id)).limit(CHUNK)).all()


def _end(book: Portfolio, day: date, now: datetime) -> Moment:
    """The end of that day; of one that is not over, now."""
    kept = min(day, local_day(now, book.timezone))
    over = day_start(kept + timedelta(days=1), book.timezone)
    return Moment(kept, int(min(over.timestamp() - 1, now.timestamp())))


def _move(
    records: Records, account_id: int, start: Moment, end: Moment, scales: Strategy, opened_on: date | None
) -> Move:
    went, owed_then = _stood(records, account_id, end, scales)
    if opened_on is not None and opened_on > start.day:
        return Move(account_id, NOT_YET, went, owed_then)
    came, owed = _stood(records, account_id, start, scales)
    return Move(account_id, came, went, owed)


def _stood(records: Records, account_id: int, moment: Moment, scales: Strategy) -> tuple[str, int]:
    """The bucket at that moment, and what was owed in all."""
    owed = Obligation(0, account_id, PartyRole.borrower.value, None, None)
    facts, _ = account_facts(records, owed, moment.day, moment.second, NEVER, [])
    if facts.settled:
        return SETTLED, facts.owed
    return scales.bucket(lateness(facts, moment.day)), facts.owed


def _order(session: Session, chosen: Chosen, now: datetime) -> Sequence[str]:
    strategies = [compiled(session, book.id or 0, now) for book in chosen.books]
    known = dict.fromkeys(name for strategy in strategies for name in strategy.scales.bucket_names())
    return [*known, SETTLED, NOT_YET]
