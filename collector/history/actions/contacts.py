"""Attempts, how they ended, what a conversation came to, and the calls agreed in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.errors import BadInput
from collector.history.actions.keep import add, already, change, fetch, id_of
from collector.history.rules import Ability, Cause, Channel, Direction, Outcome, Willingness
from collector.history.tables import Attempt, CallbackRow, Delivery, Disposition, OutcomeRow, SaidInCall
from collector.identity.rules import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptMade:
    """One contact, placed or received. `day` is the person's local day of `at`; `debts` the ids of all accounts it was
    about (default: the lead account). `natural_key` makes it one."""

    natural_key: str
    person_id: int
    portfolio_id: int
    channel: Channel
    at: datetime
    day: date
    account_id: int | None = None
    debts: Sequence[int] = ()
    direction: Direction = Direction.outbound
    contact_point_id: int | None = None
    number: str | None = None
    caller: str | None = None
    slot: str | None = None
    purpose: str = "collect"
    step: str | None = None
    level: str | None = None
    text: str | None = None

    def row(self, now: datetime, actor: Actor) -> Attempt:
        """As it is kept: told at `now`, by `actor`."""
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        debts = list(self.debts) or ([self.account_id] if self.account_id is not None else [])
        return Attempt(**values | {"debts": debts, "actor": actor.name, "recorded_at": now})


def record_attempt(session: Session, made: AttemptMade, now: datetime, actor: Actor) -> Attempt:
    """A contact, recorded once for its natural key; again, the first row is returned."""
    before = already(session, Attempt, made.natural_key)
    if before is not None:
        return before
    if made.at > now:
        raise BadInput("a contact can not be recorded before it happened")
    return record_attempts(session, [made], now, actor)[0]


def record_attempts(session: Session, made: Sequence[AttemptMade], now: datetime, actor: Actor) -> list[Attempt]:
    """Many contacts at once, in order. Whoever calls holds what makes each of them one (its task): the natural keys
    are not asked about row by row."""
    rows = [one.row(now, actor) for one in made]
    session.add_all(rows)
    session.flush()
    for row in rows:
        detail = {"person": row.person_id, "debts": row.debts, "channel": row.channel.value}
        detail |= {"direction": row.direction.value, "contact_point": row.contact_point_id}
        detail |= {"purpose": row.purpose, "contacted_at": row.at.isoformat()}
        record(session, actor.name, "attempt.recorded", f"attempt:{row.id}", detail, now)
    return rows


def record_outcome(
    session: Session,
    attempt_id: int,
    outcome: Outcome,
    occurred_at: datetime,
    now: datetime,
    actor: Actor,
    seconds: int | None = None,
    note: str | None = None,
) -> OutcomeRow:
    """How a call ended. A correction is one more row: the newest holds. The same outcome again adds nothing."""
    fetch(session, Attempt, attempt_id)
    newest = newest_outcome(session, attempt_id)
    if newest is not None and (newest.outcome, newest.seconds, newest.note) == (outcome, seconds, note):
        return newest
    row = OutcomeRow(
        attempt_id=attempt_id,
        outcome=outcome,
        seconds=seconds,
        note=note,
        occurred_at=occurred_at,
        recorded_at=now,
        actor=actor.name,
    )
    detail = {"attempt": attempt_id, "outcome": outcome.value, "seconds": seconds}
    if newest is not None:
        detail["corrects"] = newest.outcome.value
    add(session, row, actor.name, "outcome.recorded", detail, now)
    return row


def newest_outcome(session: Session, attempt_id: int) -> OutcomeRow | None:
    """The outcome that holds for an attempt, None while none was recorded."""
    rows = select(OutcomeRow).where(OutcomeRow.attempt_id == attempt_id)
    return session.exec(rows.order_by(col(OutcomeRow.id).desc()).limit(1)).first()


def record_delivery(session: Session, attempt_id: int, status: str, at: datetime, now: datetime, actor: Actor) -> bool:
    """A delivered receipt for an SMS attempt; False when one is there already: the first one stays."""
    fetch(session, Attempt, attempt_id)
    if session.get(Delivery, attempt_id) is not None:
        return False
    session.add(Delivery(attempt_id=attempt_id, at=at, status=status))
    session.flush()
    record(session, actor.name, "delivery.recorded", f"attempt:{attempt_id}", {"status": status}, now)
    return True


def record_disposition(
    session: Session,
    *,
    person_id: int,
    occurred_at: datetime,
    now: datetime,
    actor: Actor,
    attempt_id: int | None = None,
    account_id: int | None = None,
    spoke_to: str = "borrower",
    cause: Cause | None = None,
    willingness: Willingness | None = None,
    ability: Ability | None = None,
    refuses: bool = False,
    next_step: str | None = None,
    note: str | None = None,
) -> Disposition:
    """What a conversation came to (handbook section 7). Never changed: a later one says more."""
    row = Disposition(
        attempt_id=attempt_id,
        person_id=person_id,
        account_id=account_id,
        spoke_to=spoke_to,
        cause=cause,
        willingness=willingness,
        ability=ability,
        refuses=refuses,
        next_step=next_step,
        note=note,
        occurred_at=occurred_at,
        recorded_at=now,
        actor=actor.name,
    )
    detail: dict[str, Any] = {"person": person_id, "account": account_id, "attempt": attempt_id, "refuses": refuses}
    detail["cause"] = cause.value if cause else None
    add(session, row, actor.name, "disposition.recorded", detail, now)
    return row


def agree_callback(
    session: Session,
    *,
    person_id: int,
    account_id: int,
    due_at: datetime,
    now: datetime,
    actor: Actor,
    contact_point_id: int | None = None,
    user_id: int | None = None,
) -> CallbackRow:
    """A call the person agreed to; it goes to `user_id`, by default whoever agreed it."""
    if due_at <= now:
        raise BadInput("a call-back must lie ahead; give a later time")
    row = CallbackRow(
        person_id=person_id,
        account_id=account_id,
        contact_point_id=contact_point_id,
        user_id=user_id if user_id is not None else actor.user_id,
        due_at=due_at,
        made_at=now,
    )
    detail = {"person": person_id, "account": account_id, "due_at": due_at.isoformat(), "user": row.user_id}
    add(session, row, actor.name, "callback.agreed", detail, now)
    return row


def finish_callback(session: Session, callback_id: int, now: datetime, actor: Actor) -> CallbackRow:
    """The call was made, or is no longer wanted; again, nothing changes."""
    row = fetch(session, CallbackRow, callback_id)
    if row.done_at is None:
        row.done_at = now
        change(session, row, actor.name, "callback.finished", {"callback": id_of(row)}, now)
    return row


def said_in_call(session: Session, attempt_id: int, subject: str, now: datetime, actor: Actor) -> SaidInCall:
    """That promise, dispute or call-back ("promise:7") was said in this contact."""
    row = SaidInCall(attempt_id=attempt_id, subject=subject)
    add(session, row, actor.name, "call.said", {"attempt": attempt_id, "subject": subject}, now)
    return row
