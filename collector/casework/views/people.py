"""Who stands to an account, and how each may be reached: contact points masked, of this portfolio only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import literal
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from collector.facts.rules import PersonFacts, Phone
from collector.foundation.known import once
from collector.foundation.phone import masked
from collector.portfolio.queries import parties, person_of
from collector.portfolio.rules import OBLIGORS, ContactKind, ContactOwner, ContactStatus, PartyRole
from collector.portfolio.tables import Account, ContactPoint, Party


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact point, masked; `round`: how many calls its open 3:3:3 round holds."""

    id: int
    kind: ContactKind
    shown: str
    label: str
    owner: ContactOwner
    status: ContactStatus
    source: str
    verified_at: datetime | None
    round: int = 0
    last_outcome: str | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """Somebody who stands to the account."""

    person_id: int
    name: str
    role: PartyRole
    owes: bool
    contacts: Sequence[Contact]


def people_of(session: Session, account: Account, facts: PersonFacts) -> list[Beside]:
    """The borrower first, then the others in the order they were named. `facts`: of the borrower."""
    names = {(account.person_id, PartyRole.borrower): person_of(session, account.person_id).name}
    for row, person in parties(session, account.id or 0):
        names.setdefault((row.person_id, row.role), person.name)
    rounds = {phone.id: phone for phone in facts.body.phones}
    return [
        Beside(person_id, name, role, role in OBLIGORS, contacts_of(session, account, person_id, rounds))
        for (person_id, role), name in names.items()
    ]


def contacts_of(session: Session, account: Account, person_id: int, rounds: Mapping[int, Phone]) -> list[Contact]:
    """The contact points of the borrower, or of somebody beside them, that the account's portfolio brought."""
    points = once(session, ("points", account.id), lambda: _points(session, account))
    return [_contact(row, rounds.get(row.id or 0)) for row in points if row.person_id == person_id]


def _points(session: Session, account: Account) -> Sequence[ContactPoint]:
    """Of everyone who stands to the account."""
    # One list of people: "the borrower or somebody beside them" reads every contact point there is.
    beside = columns_of(col(Party.person_id)).where(col(Party.account_id) == account.id)
    people = columns_of(literal(account.person_id)).union(beside)
    statement = select(ContactPoint).where(
        ContactPoint.portfolio_id == account.portfolio_id, col(ContactPoint.person_id).in_(people)
    )
    return session.exec(statement.order_by(col(ContactPoint.rank), col(ContactPoint.id))).all()


def _contact(row: ContactPoint, phone: Phone | None) -> Contact:
    last_at = phone.last_at if phone else None
    return Contact(
        id=row.id or 0,
        kind=row.kind,
        shown=mask(row.kind, row.value),
        label=row.label,
        owner=row.owner,
        status=row.status,
        source=row.source,
        verified_at=row.verified_at,
        round=len(phone.round) if phone else 0,
        last_outcome=phone.last_outcome if phone else None,
        last_at=datetime.fromtimestamp(last_at, UTC) if last_at is not None else None,
    )


def mask(kind: ContactKind, value: str) -> str:
    """Enough to recognise, too little to use."""
    if kind is ContactKind.phone:
        return masked(value)
    if kind is ContactKind.email:
        name, _, host = value.partition("@")
        return f"{name[:1]}··@{host}"
    return f"{value[:6]}··"
