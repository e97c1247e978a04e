"""Payments that match no account, each with the accounts of its portfolio that it may belong to, and why.

Which accounts are looked at is found by a few searches for all payments together: by every number that one slip could
have made of theirs, by amount, by the payer's name. What speaks for each is decided by `rules.fits`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from collector.casework.approvals.matching import MATCH
from collector.casework.office import Office
from collector.facts.tables import AccountState
from collector.foundation.database import among
from collector.foundation.errors import NotReady
from collector.foundation.paging import Page, page_of
from collector.identity.rules import ApprovalState, Scope
from collector.identity.tables import Approval
from collector.portfolio.rules import (
    OBLIGORS,
    Candidate,
    ContactKind,
    Fit,
    Line,
    PaymentState,
    are_alike,
    fits,
    typos,
)
from collector.portfolio.tables import Account, ContactPoint, InstalmentRow, Party, PaymentRow, Person, Portfolio

SHOWN = 20
"""Payments of a page: each is compared with the book."""
NAMES = 20_000
"""People whose name begins like a payer's that are compared; beyond them only the same name is found."""
AMOUNTS = 500
"""Accounts that are found by their amount alone."""
AHEAD = timedelta(days=31)
"""An instalment that falls due so soon after a payment may be the one that was meant."""
WRITTEN = re.compile(r"[0-9]{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Held:
    """`proposed`: key of the account that waits for a second person."""

    payment: PaymentRow
    code: str
    currency: str
    zone: str
    fits: Sequence[Fit]
    proposed: str = ""


def held_payments(session: Session, office: Office, scope: Scope, after: int = 0, limit: int = SHOWN) -> Page[Held]:
    """The next payments that match no account, in the order in which they were loaded, with what might fit."""
    statement = select(PaymentRow).where(PaymentRow.state == PaymentState.held, col(PaymentRow.id) > after)
    if scope.portfolio_ids is not None:
        statement = statement.where(col(PaymentRow.portfolio_id).in_(scope.portfolio_ids))
    rows = session.exec(statement.order_by(col(PaymentRow.id)).limit(limit + 1)).all()
    page = page_of(rows, limit, lambda row: str(row.id))
    books = {row.portfolio_id: session.get_one(Portfolio, row.portfolio_id) for row in page.rows}
    suggested: dict[int, Sequence[Fit]] = {}
    for number, book in books.items():
        suggested |= _suggested(session, office, book, [row for row in page.rows if row.portfolio_id == number])
    proposed = _proposed(session, [row.id or 0 for row in page.rows])
    held = [
        Held(
            row,
            books[row.portfolio_id].code,
            books[row.portfolio_id].currency,
            books[row.portfolio_id].timezone,
            suggested.get(row.id or 0, ()),
            proposed.get(row.id or 0, ""),
        )
        for row in page.rows
    ]
    return Page(held, page.after)


def _proposed(session: Session, payments: Sequence[int]) -> dict[int, str]:
    """By payment, the account that waits for a second person."""
    subjects = {f"payment:{number}" for number in payments}
    mine = (Approval.state == ApprovalState.open, Approval.kind == MATCH)
    asked = select(Approval).where(*mine, among(session, Approval.subject, subjects))
    waiting = {int(row.subject.partition(":")[2]): int(row.body["account"]) for row in session.exec(asked)}
    keys = select(Account.id, Portfolio.code, Account.account_no).join(
        Portfolio, col(Portfolio.id) == col(Account.portfolio_id)
    )
    found = session.exec(keys.where(among(session, Account.id, set(waiting.values()))))
    names = {number: f"{code}/{account_no}" for number, code, account_no in found}
    return {payment: names.get(account, "") for payment, account in waiting.items()}


def _suggested(
    session: Session, office: Office, book: Portfolio, payments: Sequence[PaymentRow]
) -> dict[int, Sequence[Fit]]:
    lines = {row.id or 0: _line(row) for row in payments}
    latest = max(row.paid_on for row in payments)
    known = _Known(session, office, book, latest + AHEAD)
    ids = known.looked_for(list(lines.values()))
    asks_tails = any(WRITTEN.search(f"{line.words} {line.payer_name or ''}") for line in lines.values())
    candidates = known.candidates(ids, tails=asks_tails)
    return {number: fits(line, candidates) for number, line in lines.items()}


def _line(row: PaymentRow) -> Line:
    return Line(row.amount, row.account_no, row.card_no, row.payer_name, row.reason or "")


@dataclass
class _Known:
    """What the book knows of the accounts that are worth a look."""

    session: Session
    office: Office
    book: Portfolio
    until: Any
    """Instalments due after this day are nobody's."""
    people: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Account → who owes it."""

    def looked_for(self, lines: Sequence[Line]) -> set[int]:
        """Accounts of the portfolio that something may speak for."""
        numbers = {typo for line in lines if line.account_no for typo in typos(line.account_no)}
        cards = {typo for line in lines if line.card_no for typo in (line.card_no, *typos(line.card_no))}
        amounts = {line.amount for line in lines}
        mine = Account.portfolio_id == self.book.id
        of_number = select(Account.id).where(mine, among(self.session, col(Account.account_no), numbers))
        of_card = select(Account.id).where(mine, among(self.session, col(Account.card_no), cards))
        states = [col(getattr(AccountState, name)) for name in ("overdue", "next_due_amount", "owed")]
        of_amount = (
            select(Account.id)
            .join(AccountState, col(AccountState.account_id) == col(Account.id))
            .where(mine, or_(*(among(self.session, state, amounts) for state in states)))
            .limit(AMOUNTS)
        )
        found = {number for asked in (of_number, of_card, of_amount) for number in self.session.exec(asked) if number}
        return found | self._named({line.payer_name for line in lines if line.payer_name})

    def _named(self, payers: Collection[str]) -> set[int]:
        """Accounts whose borrower's name begins as a payer's does: the rules say which are alike."""
        if not payers:
            return set()
        begins = {mark for name in payers for mark in (name.strip()[:1], name.strip()[:1].upper())}
        statement = select(Account.id, Person.name).join(Person, col(Person.id) == col(Account.person_id))
        mine = Account.portfolio_id == self.book.id
        same = self.session.exec(statement.where(mine, among(self.session, col(Person.name), payers)))
        near = statement.where(mine, among(self.session, func.substr(Person.name, 1, 1), begins)).limit(NAMES)
        alike = (number for number, name in self.session.exec(near) if any(are_alike(one, name) for one in payers))
        return {number for number in (*(number for number, _ in same), *alike) if number}

    def candidates(self, ids: Collection[int], *, tails: bool) -> list[Candidate]:
        rows = self.session.exec(select(Account).where(among(self.session, Account.id, ids))).all()
        self._owing(rows)
        people = {person for owing in self.people.values() for person in owing}
        names = self._persons(people)
        phones = self._phones(people) if tails else {}
        sealed = self._ids(names.values()) if tails else {}
        states, instalments = self._states(ids), self._instalments(ids)
        return [
            Candidate(
                account_id=row.id or 0,
                account_no=row.account_no,
                card_no=row.card_no,
                names=[names[person].name for person in self.people[row.id or 0] if person in names],
                overdue=states[row.id].overdue if row.id in states else 0,
                owed=states[row.id].owed if row.id in states else 0,
                instalments=instalments.get(row.id or 0, ()),
                phones=[phone for person in self.people[row.id or 0] for phone in phones.get(person, ())],
                ids=[sealed[person] for person in self.people[row.id or 0] if person in sealed],
            )
            for row in rows
        ]

    def _owing(self, rows: Iterable[Account]) -> None:
        for row in rows:
            self.people[row.id or 0].add(row.person_id)
        asked = among(self.session, Party.account_id, set(self.people))
        for party in self.session.exec(select(Party).where(asked, col(Party.role).in_(OBLIGORS))):
            self.people[party.account_id].add(party.person_id)

    def _persons(self, people: Collection[int]) -> dict[int, Person]:
        rows = self.session.exec(select(Person).where(among(self.session, Person.id, people)))
        return {row.id or 0: row for row in rows}

    def _phones(self, people: Collection[int]) -> Mapping[int, list[str]]:
        """Those that this portfolio brought."""
        found: dict[int, list[str]] = defaultdict(list)
        points = select(ContactPoint.person_id, ContactPoint.value).where(
            among(self.session, ContactPoint.person_id, people),
            ContactPoint.portfolio_id == self.book.id,
            ContactPoint.kind == ContactKind.phone,
        )
        for person, value in self.session.exec(points):
            found[person].append(value)
        return found

    def _ids(self, people: Iterable[Person]) -> dict[int, str]:
        """ID numbers, opened to be compared and never shown."""
        found = {}
        for row in people:
            if row.id_sealed is not None:
                try:
                    found[row.id or 0] = self.office.keys.open(row.id_sealed)
                except NotReady:
                    continue  # sealed under a key that is not here: it speaks for nobody
        return found

    def _states(self, ids: Collection[int]) -> dict[int | None, AccountState]:
        rows = self.session.exec(select(AccountState).where(among(self.session, AccountState.account_id, ids)))
        return {row.account_id: row for row in rows}

    def _instalments(self, ids: Collection[int]) -> Mapping[int, list[int]]:
        """Amounts that are not paid and fall due by then."""
        found: dict[int, list[int]] = defaultdict(list)
        statement = (
            select(InstalmentRow.account_id, InstalmentRow.amount_due)
            .join(AccountState, col(AccountState.account_id) == col(InstalmentRow.account_id))
            .where(
                among(self.session, InstalmentRow.account_id, ids),
                col(InstalmentRow.due_on) >= func.coalesce(AccountState.oldest_unpaid_due, AccountState.next_due_on),
                col(InstalmentRow.due_on) <= self.until,
            )
        )
        for account, amount in self.session.exec(statement):
            found[account].append(amount)
        return found
