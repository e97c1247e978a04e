"""Our numbers and theirs: whose line was reached, who has a number, and a contact of theirs put on record."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.dispatch.tables import InboundMessage
from collector.facts.queries import read_person
from collector.foundation.clock import local_day
from collector.history import actions as history
from collector.history.rules import Channel, Direction
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


def note_inbound(session: Session, row: InboundMessage) -> None:
    """A message, or a call that nobody took, on record with its audit entry: whose it is and how it reads."""
    session.add(row)
    session.flush()
    detail = {"person": row.person_id, "portfolio": row.portfolio_id, "reading": row.reading, "replied": row.replied}
    record(session, CARRIER.name, "inbound.recorded", f"inbound_message:{row.id}", detail, row.at)


def note_contact(
    session: Session, contact: Contacted, key: str, direction: Direction, purpose: str, text: str | None = None
) -> None:
    """Put it on record, once for its key."""
    book, person_id, channel, sender, to, at = contact
    facts = read_person(session, person_id, at)
    account = session.exec(
        select(Account.id).where(col(Account.person_id) == person_id, col(Account.portfolio_id) == book.id).limit(1)
    ).first()
    history.record_attempt(
        session,
        natural_key=key,
        person_id=person_id,
        portfolio_id=book.id or 0,
        channel=channel,
        at=at,
        day=local_day(at, facts.body.zones[0] if facts.body.zones else book.timezone),
        now=at,
        actor=CARRIER,
        account_id=account,
        direction=direction,
        number=sender,
        caller=to,
        purpose=purpose,
        text=text,
    )
