"""Whom a row of an events file is about: the account, the person, and the contact point behind the number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.facts.rules.person import zones_of
from collector.foundation.database import among
from collector.portfolio.loading import Book
from collector.portfolio.rules import ContactKind
from collector.portfolio.tables import Account, ContactPoint, Party


class Subject(NamedTuple):
    """`person_id`: whose number it is, if it is of someone named in the account; else the borrower."""

    account_id: int
    borrower_id: int
    person_id: int
    number: str | None
    contact_point_id: int | None
    zone: str
    """By which the person's local day is told: the account's, the number's own, the portfolio's."""


class _Known(NamedTuple):
    account_id: int
    borrower_id: int
    zone: str | None
    points: dict[str, tuple[int, int]]
    """Number → (person, contact point): the borrower's own before those of the others."""


class Subjects:
    """The accounts of one portfolio as rows name them, read batch by batch."""

    def __init__(self, session: Session, book: Book) -> None:
        self._session, self._book = session, book
        self._known: dict[str, _Known] = {}

    def learn(self, numbers: Sequence[str]) -> None:
        """Read these accounts, their people and their phones."""
        wanted = sorted(set(numbers))
        rows = self._session.exec(
            select(Account.account_no, Account.id, Account.person_id, Account.timezone).where(
                col(Account.portfolio_id) == self._book.portfolio_id, among(self._session, Account.account_no, wanted)
            )
        )
        self._known = {no: _Known(number or 0, borrower, zone, {}) for no, number, borrower, zone in rows}
        by_account = {known.account_id: known for known in self._known.values()}
        people = self._people(by_account)
        for person_id, value, point_id in self._points(set(people)):
            for account_id in people[person_id]:
                known = by_account[account_id]
                if value not in known.points or person_id == known.borrower_id:
                    known.points[value] = (person_id, point_id)

    def _people(self, accounts: dict[int, _Known]) -> dict[int, list[int]]:
        """Person → the accounts of this batch they are named in."""
        found: dict[int, list[int]] = {}
        for known in accounts.values():
            found.setdefault(known.borrower_id, []).append(known.account_id)
        rows = self._session.exec(
            select(Party.person_id, Party.account_id).where(among(self._session, Party.account_id, list(accounts)))
        )
        for person_id, account_id in rows:
            found.setdefault(person_id, []).append(account_id)
        return found

    def _points(self, people: set[int]) -> Sequence[tuple[int, str, int]]:
        rows = self._session.exec(
            select(ContactPoint.person_id, ContactPoint.value, ContactPoint.id)
            .where(col(ContactPoint.kind) == ContactKind.phone, among(self._session, ContactPoint.person_id, people))
            .order_by(col(ContactPoint.id))
        )
        return [(person_id, value, number or 0) for person_id, value, number in rows]

    def of(self, account_no: str, number: str | None) -> Subject | None:
        """None: there is no such account. A number that nobody of the account has is kept as a number only."""
        known = self._known.get(account_no)
        if known is None:
            return None
        person_id, point_id = known.points.get(number or "", (known.borrower_id, None))
        zones = zones_of(number) if number and known.zone is None else ()
        zone = known.zone or (zones[0] if zones else self._book.zone)
        return Subject(known.account_id, known.borrower_id, person_id, number, point_id, zone)
