"""Opening a person's file: on record, for a reason where it is another's case, within the day's budget."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from collector.casework.views.verifying import holds_call_about
from collector.foundation.clock import day_start, local_day
from collector.foundation.errors import Forbidden
from collector.history.actions import note_look
from collector.history.rules import LOOK_AGAIN, must_say_why, people_a_day
from collector.history.tables import Look
from collector.identity.rules import Actor
from collector.portfolio.tables import Account


class ReasonNeeded(Forbidden):
    """This is somebody else's case: say why you open it."""


def open_file(session: Session, actor: Actor, account: Account, zone: str, at: datetime, why: str = "") -> None:
    """Put on record that this person's file is opened. Another's case without a reason today is a `ReasonNeeded`, one
    person too many on this day of that zone a `Forbidden`. A program has a key, whose use is on record elsewhere."""
    if actor.user_id is None:
        return
    begin = day_start(local_day(at, zone), zone)
    today = select(Look).where(col(Look.user_id) == actor.user_id, col(Look.at) >= begin)
    looks = session.exec(today.where(col(Look.person_id) == account.person_id).order_by(col(Look.id))).all()
    if (
        not why
        and not any(look.why for look in looks)
        and must_say_why(actor.roles, is_theirs=_is_theirs(session, actor, account))
    ):
        raise ReasonNeeded
    if not why and any(look.account_id == account.id and look.at > at - LOOK_AGAIN for look in looks):
        return
    if not looks:
        _require_budget(session, actor, begin)
    note_look(session, account=account, why=why or None, at=at, actor=actor)


def _is_theirs(session: Session, actor: Actor, account: Account) -> bool:
    owners = {account.owner_id, account.standby_id} - {None}
    return not owners or actor.user_id in owners or holds_call_about(session, actor, account)


def _require_budget(session: Session, actor: Actor, begin: datetime) -> None:
    opened = session.exec(
        select(func.count(func.distinct(Look.person_id))).where(
            col(Look.user_id) == actor.user_id, col(Look.at) >= begin
        )
    ).one()
    most = people_a_day(actor.roles)
    if opened >= most:
        raise Forbidden(f"you have opened {opened} people today, which is the most a day allows; ask a supervisor")
