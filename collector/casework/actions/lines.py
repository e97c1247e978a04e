"""Our numbers and theirs: whose line was reached, who has a number, and a contact of theirs put on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.dispatch.tables import InboundMessage
from collector.facts.queries import read_person
from collector.facts.rules import AccountFacts
from collector.foundation.clock import local_day
from collector.history import actions as history
from collector.history.rules import Channel, Direction
from collector.history.tables import Attempt
from collector.identity.rules import CARRIER
from collector.portfolio.rules import ContactOwner, ContactStatus
from collector.portfolio.tables import Account, CallerNumber, ContactPoint, Portfolio


class Contacted(NamedTuple):
    """Somebody of a portfolio, on one of our numbers."""

    book: Portfolio
    person_id: int
    channel: Channel
    sender: str
    to: str
    at: datetime


def portfolio_of_line(session: Session, number: str) -> Portfolio | None:
    """Whose caller number that is."""
    line = session.exec(select(CallerNumber).where(col(CallerNumber.number) == number).limit(1)).first()
    return session.get(Portfolio, line.portfolio_id) if line else None


def person_at(session: Session, number: str, book: Portfolio | None) -> int | None:
    """Who has this number: whose own and live it is before others, people of the portfolio first."""
    rows = session.exec(select(ContactPoint).where(col(ContactPoint.value) == number)).all()
    best = min(
        rows,
        key=lambda row: (
            row.status is not ContactStatus.active or row.owner is ContactOwner.stranger,
            book is None or row.portfolio_id != book.id,
            row.owner is not ContactOwner.own,
            row.id,
        ),
        default=None,
    )
    return best.person_id if best else None


class Owing(NamedTuple):
    """Somebody who has a number and owes a portfolio something: their accounts there, what is overdue most first."""

    person_id: int
    point_id: int
    accounts: Sequence[AccountFacts]
    zones: tuple[str, ...]

    @property
    def debts(self) -> list[int]:
        """What a talk with them may be about: the account that is opened first, and all that is not settled."""
        lead = self.accounts[0].account_id
        return [lead, *(one.account_id for one in self.accounts[1:] if not one.settled)]


def owing_at(session: Session, number: str, book: Portfolio, at: datetime) -> list[Owing]:
    """Everyone who may be calling from that number about this portfolio: people to whom it belongs as far as is known,
    their own numbers before numbers at work, those the portfolio brought before others."""
    rows = session.exec(
        select(ContactPoint).where(
            col(ContactPoint.value) == number,
            col(ContactPoint.status) != ContactStatus.wrong,
            col(ContactPoint.owner) != ContactOwner.stranger,
        )
    ).all()
    nearest = sorted(rows, key=lambda row: (row.portfolio_id != book.id, row.owner is not ContactOwner.own, row.id))
    points = {row.person_id: row.id or 0 for row in reversed(nearest)}
    found = []
    for person_id in dict.fromkeys(row.person_id for row in nearest):
        facts = read_person(session, person_id, at)
        owed = [one for one in facts.accounts if one.portfolio_id == book.id]
        owed.sort(key=lambda one: (one.settled, -one.overdue, one.account_id))
        if owed:
            found.append(Owing(person_id, points[person_id], owed, facts.body.zones))
    return found


def note_inbound(session: Session, row: InboundMessage) -> None:
    """A message, or a call that nobody took, on record with its audit entry: whose it is and how it reads."""
    session.add(row)
    session.flush()
    detail = {"person": row.person_id, "portfolio": row.portfolio_id, "reading": row.reading, "replied": row.replied}
    record(session, CARRIER.name, "inbound.recorded", f"inbound_message:{row.id}", detail, row.at)


def note_contact(
    session: Session,
    contact: Contacted,
    key: str,
    direction: Direction,
    purpose: str,
    text: str | None = None,
    debts: Sequence[int] = (),
) -> Attempt:
    """Put it on record, once for its key. `debts`: accounts it is about, the lead first; by default the person's first
    one in that portfolio."""
    book, person_id, channel, sender, to, at = contact
    facts = read_person(session, person_id, at)
    first = select(Account.id).where(col(Account.person_id) == person_id, col(Account.portfolio_id) == book.id)
    account = debts[0] if debts else session.exec(first.limit(1)).first()
    return history.record_attempt(
        session,
        history.AttemptMade(
            natural_key=key,
            person_id=person_id,
            portfolio_id=book.id or 0,
            channel=channel,
            at=at,
            day=local_day(at, facts.body.zones[0] if facts.body.zones else book.timezone),
            account_id=account,
            debts=debts,
            direction=direction,
            number=sender,
            caller=to,
            purpose=purpose,
            text=text,
        ),
        at,
        CARRIER,
    )
