"""Who stands to an account, and how each may be reached: contact points masked, of this portfolio only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from collector.facts.rules import PersonFacts, Phone
from collector.foundation.phone import masked
from collector.portfolio.rules import OBLIGORS, ContactKind, ContactOwner, ContactStatus, PartyRole
from collector.portfolio.tables import Account, ContactPoint, Party, Person


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
    rows = session.exec(select(Party).where(Party.account_id == account.id).order_by(col(Party.id))).all()
    beside = dict.fromkeys([(account.person_id, PartyRole.borrower), *((row.person_id, row.role) for row in rows)])
    rounds = {phone.id: phone for phone in facts.body.phones}
    return [_beside(session, account, person_id, role, rounds) for person_id, role in beside]


def _beside(session: Session, account: Account, person_id: int, role: PartyRole, rounds: Mapping[int, Phone]) -> Beside:
    person = session.get(Person, person_id)
    contacts = contacts_of(session, person_id, account.portfolio_id, rounds)
    return Beside(person_id, person.name if person else "", role, role in OBLIGORS, contacts)


def contacts_of(session: Session, person_id: int, portfolio_id: int, rounds: Mapping[int, Phone]) -> list[Contact]:
    """The person's contact points that this portfolio brought."""
    statement = select(ContactPoint).where(
        ContactPoint.person_id == person_id, ContactPoint.portfolio_id == portfolio_id
    )
    rows = session.exec(statement.order_by(col(ContactPoint.rank), col(ContactPoint.id)))
    return [_contact(row, rounds.get(row.id or 0)) for row in rows]


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
