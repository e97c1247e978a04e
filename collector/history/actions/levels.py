"""The level of collector an account is worked at: it goes up by being worked, and down only by a supervisor's word."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.foundation.errors import BadInput
from collector.history.actions.keep import add, words_of
from collector.history.tables import LevelLowered
from collector.identity.rules import Actor, Level
from collector.portfolio.tables import Account


def lower_level(
    session: Session, *, account_id: int, level: Level, reason: str, at: datetime, actor: Actor
) -> LevelLowered:
    """From now on the account need not be worked above `level`, whoever worked it before; say why."""
    if not reason.strip():
        raise BadInput("an account is lowered with a reason: say why")
    row = LevelLowered(account_id=account_id, level=level, reason=reason, at=at, actor=actor.name)
    account = session.get_one(Account, account_id)
    detail = {"account": account_id, "level": level.value, "reason": words_of(session, account.person_id, reason)}
    add(session, row, actor.name, "level.lowered", detail, at)
    return row
