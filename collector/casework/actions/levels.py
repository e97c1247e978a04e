"""The level of collector of an account, lowered by a supervisor: it never goes down by itself (handbook section 5)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up, people_of_account
from collector.casework.office import Office
from collector.facts.queries import read_people
from collector.foundation.errors import Conflict
from collector.history import actions as history
from collector.history.tables import LevelLowered
from collector.identity.rules import LEVEL_ORDER, Actor, Level


def lower_level(
    session: Session, office: Office, *, account_id: int, level: Level, reason: str, at: datetime, actor: Actor
) -> LevelLowered:
    """Let an account go down to that level, with the reason; the strategy may still ask for a higher one. An account
    that was not worked above the level is a `Conflict`; the same again changes nothing."""
    people = people_of_account(session, account_id)
    seen = [
        Level(account.level_floor or Level.primary)
        for facts in read_people(session, people, at).values()
        for account in facts.accounts
        if account.account_id == account_id
    ]
    if all(LEVEL_ORDER[floor] <= LEVEL_ORDER[level] for floor in seen):
        newest = select(LevelLowered).where(col(LevelLowered.account_id) == account_id)
        before = session.exec(newest.order_by(col(LevelLowered.id).desc()).limit(1)).first()
        if before is None or before.level is not level:
            raise Conflict(f"this account was not worked above {level} since it is late: there is nothing to lower")
        return before
    row = history.lower_level(session, account_id=account_id, level=level, reason=reason, at=at, actor=actor)
    follow_up(session, office, people, at, actor)
    return row
