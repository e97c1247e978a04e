"""Reading the clocks of accounts with their events, from the records: legal and the case page ask so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from collector.facts.reading import read_records
from collector.facts.rules.lapsing import Clocks, clocks_at
from collector.foundation.database import among
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account


def read_clocks(session: Session, account_ids: Collection[int], at: datetime) -> dict[int, Clocks]:
    """By account, seen by its borrower, so that every guarantor's is among them; unknown ids are left out."""
    wanted = set(account_ids)
    people = set(session.exec(select(col(Account.person_id)).where(among(session, Account.id, wanted))))
    records = read_records(session, people)
    return {
        owed.account_id: clocks_at(records, owed, at)
        for debts in records.obligations.values()
        for owed in debts
        if owed.role == PartyRole.borrower and owed.account_id in wanted
    }
