"""Who stands to the account, and how they are reached."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlmodel import Session, col, select

from collector.foundation.database import among
from collector.foundation.keys import Keys
from collector.legal.casefile.reading.material import Somebody
from collector.portfolio.rules import OBLIGORS, PartyRole
from collector.portfolio.tables import Account, ContactPoint, Party, Person


def people_of(session: Session, keys: Keys, account: Account) -> Iterator[Somebody]:
    parties = session.exec(select(Party).where(Party.account_id == account.id).order_by(col(Party.id))).all()
    ids = {account.person_id, *(row.person_id for row in parties)}
    known = {row.id: row for row in session.exec(select(Person).where(among(session, Person.id, ids)))}
    listed = [(account.person_id, PartyRole.borrower, None), *((row.person_id, row.role, row) for row in parties)]
    seen = set()
    for person_id, role, party in listed:
        if (person_id, role) in seen:
            continue
        seen.add((person_id, role))
        person = known[person_id]
        sealed = person.id_sealed if role in OBLIGORS else None
        yield Somebody(person, role, party, keys.open(sealed) if sealed else None)


def points_of(session: Session, account: Account, ids: Collection[int]) -> Sequence[ContactPoint]:
    mine = ContactPoint.portfolio_id == account.portfolio_id
    rows = select(ContactPoint).where(mine, among(session, ContactPoint.person_id, ids))
    return session.exec(rows.order_by(col(ContactPoint.rank), col(ContactPoint.id))).all()
