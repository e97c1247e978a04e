"""Days at court: noted, ended, and told of in time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import people_of_account
from collector.casework.office import Office
from collector.foundation.clock import at_local, local_day, zone
from collector.foundation.database import among, lock_key
from collector.foundation.errors import BadInput
from collector.history.actions.keep import add, fetch
from collector.identity.rules import Actor
from collector.law.rules import ClockKind
from collector.legal.matters import actions as matters
from collector.legal.matters.queries import running_matter
from collector.legal.matters.rules import COURT_AHEAD, DateEnd, DateKind, alarm_of
from collector.legal.matters.tables import CourtDate
from collector.legal.tables import ClockAlarm
from collector.portfolio.queries import portfolio_of

CHUNK = 500
END_OF_DAY = time(23, 59)


@dataclass(frozen=True, slots=True)
class DateOrder:
    """A day at court as it is told, on the clocks of the court. `hour` None: by the end of the day; a hearing has one.
    `zone` "": that of the portfolio."""

    kind: DateKind
    day: date
    what: str
    hour: time | None = None
    zone: str = ""
    place: str = ""
    who: str = ""


def moment_of(order: DateOrder, zone_name: str) -> datetime:
    """When it is. A hearing without an hour is a `BadInput`."""
    if order.hour is None and order.kind is DateKind.hearing:
        raise BadInput("a hearing needs its hour")
    return at_local(order.day, order.hour or END_OF_DAY, zone_name)


def note_court_date(session: Session, account_id: int, order: DateOrder, *, at: datetime, actor: Actor) -> CourtDate:
    """Put it in the court calendar; the same again is the same. One that has passed is a `BadInput`: what happened is
    a stage of the matter."""
    people_of_account(session, account_id)
    referral = running_matter(session, account_id).referral
    zone_name = order.zone or portfolio_of(session, referral.portfolio_id).timezone
    zone(zone_name)
    when = moment_of(order, zone_name)
    if when < at:
        raise BadInput("that moment has passed; enter what happened as a stage, and only days ahead in the calendar")
    same = select(CourtDate).where(
        CourtDate.referral_id == referral.id,
        CourtDate.kind == order.kind,
        CourtDate.at == when,
        CourtDate.what == order.what,
        col(CourtDate.ended).is_(None),
    )
    if (before := session.exec(same).first()) is not None:
        return before
    row = CourtDate(
        portfolio_id=referral.portfolio_id,
        account_id=account_id,
        referral_id=referral.id or 0,
        kind=order.kind,
        at=when,
        zone=zone_name,
        place=order.place,
        what=order.what,
        who=order.who,
        noted_at=at,
        noted_by=actor.name,
    )
    return matters.add_court_date(session, row, actor)


def end_court_date(
    session: Session,
    date_id: int,
    how: DateEnd,
    *,
    at: datetime,
    actor: Actor,
    note: str = "",
    day: date | None = None,
    hour: time | None = None,
) -> CourtDate:
    """How a day at court ended. One that was moved names its new day, which is noted with it; a missed one says why."""
    row = fetch(session, CourtDate, date_id)
    if (how is DateEnd.moved) is (day is None):
        raise BadInput("a day that was moved names its new day, and nothing else has one")
    if how in (DateEnd.missed, DateEnd.cancelled) and not note.strip():
        raise BadInput("say why it was missed or cancelled")
    if how is DateEnd.missed and row.at > at:
        raise BadInput("it has not passed yet, so nobody missed it")
    matters.end_court_date(session, row, how, note.strip(), at, actor)
    if day is not None:
        again = DateOrder(row.kind, day, row.what, hour, row.zone, row.place, row.who)
        note_court_date(session, row.account_id, again, at=at, actor=actor)
    return row


def raise_court_alarms(office: Office, at: datetime, actor: Actor) -> int:
    """Tell of every day at court that is near or passed with nothing noted, each step once; returns how many."""
    raised, after = 0, 0
    while True:
        with office.database.begin() as session:
            lock_key(session, "court-alarms")
            rows = _open_after(session, after, at)
            told = _told(session, rows)
            raised += sum(_raise(session, row, told, at, actor) for row in rows)
        if len(rows) < CHUNK:
            return raised
        after = rows[-1].id or 0


def _open_after(session: Session, after: int, at: datetime) -> list[CourtDate]:
    near = at + timedelta(days=max(COURT_AHEAD) + 1)
    asked = select(CourtDate).where(col(CourtDate.ended).is_(None), col(CourtDate.at) <= near)
    asked = asked.where(col(CourtDate.id) > after)
    return list(session.exec(asked.order_by(col(CourtDate.id)).limit(CHUNK)))


Told = tuple[str, date, int]
"""Which day at court, where it stands, and how many days ahead somebody was told."""


def _told(session: Session, rows: Sequence[CourtDate]) -> set[Told]:
    """What was told of these days, read once for all of them: they stay open until somebody ends them."""
    asked = select(ClockAlarm).where(
        ClockAlarm.kind == ClockKind.court_date,
        among(session, ClockAlarm.account_id, {row.account_id for row in rows}),
    )
    return {(one.clock, one.cautious_on, one.ahead) for one in session.exec(asked)}


def _raise(session: Session, row: CourtDate, told: Collection[Told], at: datetime, actor: Actor) -> int:
    day, today = local_day(row.at, row.zone), local_day(at, row.zone)
    ahead = alarm_of(day, today)
    if ahead is None or (row.alarm_key, day, ahead) in told:
        return 0
    alarm = ClockAlarm(
        portfolio_id=row.portfolio_id,
        account_id=row.account_id,
        clock=row.alarm_key,
        kind=ClockKind.court_date,
        legal_on=day,
        cautious_on=day,
        ahead=ahead,
        day=today,
        raised_at=at,
    )
    detail = {"account": row.account_id, "clock": row.alarm_key, "cautious_on": day.isoformat(), "ahead": ahead}
    add(session, alarm, actor.name, "clock.alarm", detail, at)
    return 1
