"""What most people have none of. For a few people one question finds out which kinds there are at all, instead of one
for each kind; of thousands, somebody has each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, bindparam, exists, literal, select, union_all
from sqlmodel import Session

from collector.facts.reading.reader import FEW, columns_of
from collector.history.tables import (
    CallbackRow,
    CampaignMember,
    ClockEvent,
    ClosingRefused,
    Disposition,
    Dispute,
    Hold,
    LevelLowered,
    Offer,
    Promise,
    Referral,
    ReferralStep,
    RoundEnded,
    StandingRow,
    Stop,
)
from collector.portfolio.tables import InstalmentBefore, LedgerEntry, PauseRow

BY_PERSON = [
    columns_of(table).person_id
    for table in (CallbackRow, CampaignMember, ClosingRefused, Disposition, Hold, RoundEnded, StandingRow, Stop)
]
BY_ACCOUNT = [
    columns_of(table).account_id
    for table in (
        ClockEvent,
        Dispute,
        Hold,
        InstalmentBefore,
        LedgerEntry,
        LevelLowered,
        Offer,
        PauseRow,
        Promise,
        Referral,
        ReferralStep,
    )
]
BY_NUMBER = columns_of(Stop).number
EVERY = frozenset(str(column) for column in (*BY_PERSON, *BY_ACCOUNT, BY_NUMBER))


def _question() -> CompoundSelect[Any]:
    people: BindParameter[int] = bindparam("people", expanding=True)
    accounts: BindParameter[int] = bindparam("accounts", expanding=True)
    asked: list[tuple[Any, ColumnElement[bool]]] = [(BY_NUMBER, BY_NUMBER.is_not(None))]
    asked += [(column, column.in_(people)) for column in BY_PERSON]
    asked += [(column, column.in_(accounts)) for column in BY_ACCOUNT]
    return union_all(*(select(literal(str(column))).where(exists().where(found)) for column, found in asked))


QUESTION = _question()


def kinds_of(session: Session, people: Collection[int], accounts: Collection[int]) -> frozenset[str]:
    """By which columns, such as `hold.account_id`, rows of these people and accounts may be found. A stop on a number
    may be anybody's."""
    if len(people) > FEW:
        return EVERY
    given = {"people": list(people), "accounts": list(accounts)}
    return frozenset(session.connection().scalars(QUESTION, given))
