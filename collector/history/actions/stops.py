"""What speaks against a contact: stops, wishes, holds, disputes, complaints (handbook sections 7 and 9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from collector.foundation.errors import BadInput, Conflict
from collector.history.actions.keep import add, already, change, fetch, id_of, words_of
from collector.history.rules import Channel, HoldReason, HoldScope, Standing, StopKind
from collector.history.tables import Complaint, Dispute, Hold, StandingRow, Stop
from collector.identity.rules import Actor

ANSWER_DAYS = 15
"""Calendar days in which a dispute or complaint is answered, unless a portfolio says less [config]."""


def stop(
    session: Session,
    *,
    kind: StopKind,
    at: datetime,
    actor: Actor,
    person_id: int | None = None,
    channel: Channel | None = None,
    number: str | None = None,
    until: datetime | None = None,
    reason: str = "",
    natural_key: str | None = None,
    recorded_at: datetime | None = None,
) -> Stop:
    """No contact with this person, or by this channel and number for whoever has it. The same stop, still in
    force, is one stop. `recorded_at`: when we came to know it, where that is later than `at`."""
    if person_id is None and number is None:
        raise BadInput("a stop needs a person or a number")
    before = already(session, Stop, natural_key) or _in_force(session, kind, person_id, channel, number, until)
    if before is not None:
        return before
    row = Stop(
        person_id=person_id,
        kind=kind,
        channel=channel,
        number=number,
        at=at,
        until=until,
        reason=reason,
        actor=actor.name,
        recorded_at=recorded_at or at,
        natural_key=natural_key,
    )
    detail = {"person": person_id, "kind": kind.value, "channel": channel.value if channel else None}
    detail["since"] = at.isoformat()
    add(session, row, actor.name, "stop.recorded", detail, row.recorded_at)
    return row


def _in_force(
    session: Session,
    kind: StopKind,
    person_id: int | None,
    channel: Channel | None,
    number: str | None,
    until: datetime | None,
) -> Stop | None:
    same = select(Stop).where(
        col(Stop.kind) == kind,
        col(Stop.person_id).is_not_distinct_from(person_id),
        col(Stop.channel).is_not_distinct_from(channel),
        col(Stop.number).is_not_distinct_from(number),
        col(Stop.until).is_not_distinct_from(until),
        col(Stop.lifted_at).is_(None),
    )
    return session.exec(same.order_by(col(Stop.id)).limit(1)).first()


def lift_stop(session: Session, stop_id: int, now: datetime, actor: Actor, reason: str = "") -> Stop:
    """The stop holds no longer; the row stays. Again, nothing changes."""
    row = fetch(session, Stop, stop_id)
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by, row.lifted_because = now, actor.name, reason
        detail = {"person": row.person_id, "reason": words_of(session, row.person_id, reason)}
        change(session, row, actor.name, "stop.lifted", detail, now)
    return row


def standing(
    session: Session,
    *,
    person_id: int,
    kind: Standing,
    at: datetime,
    now: datetime,
    actor: Actor,
    portfolio_id: int | None = None,
    account_id: int | None = None,
    channel: Channel | None = None,
    number: str | None = None,
    until: datetime | None = None,
    detail: dict[str, Any] | None = None,
    natural_key: str | None = None,
) -> StandingRow:
    """A consent, its revocation, a preference, an agreement, a validation notice: added, never changed.

    `detail`: not_before, not_after "HH:MM", weekdays, place; evidence_id, hours (design section 9).
    """
    before = already(session, StandingRow, natural_key)
    if before is not None:
        return before
    row = StandingRow(
        person_id=person_id,
        portfolio_id=portfolio_id,
        account_id=account_id,
        kind=kind,
        channel=channel,
        number=number,
        at=at,
        until=until,
        detail=detail or {},
        actor=actor.name,
        recorded_at=now,
        natural_key=natural_key,
    )
    noted = {"person": person_id, "kind": kind.value, "channel": channel.value if channel else None}
    add(session, row, actor.name, "standing.recorded", noted | {"since": at.isoformat()}, now)
    return row


def withdraw_standing(session: Session, standing_id: int, now: datetime, actor: Actor, reason: str) -> StandingRow:
    """That wish, consent or agreement holds no longer; its row stays, a row of its own says so and why. Again, nothing
    changes."""
    row = fetch(session, StandingRow, standing_id)
    if row.kind is Standing.withdrawn:
        raise BadInput("a withdrawal is not withdrawn: note the wish again")
    return standing(
        session,
        person_id=row.person_id,
        kind=Standing.withdrawn,
        at=now,
        now=now,
        actor=actor,
        portfolio_id=row.portfolio_id,
        detail={"standing": standing_id, "reason": reason},
        natural_key=f"withdrawn:{standing_id}",
    )


def hold(
    session: Session,
    *,
    scope: HoldScope,
    reason: HoldReason,
    at: datetime,
    actor: Actor,
    account_id: int | None = None,
    person_id: int | None = None,
    portfolio_id: int | None = None,
    segment: str | None = None,
    until: datetime | None = None,
    note: str = "",
    recorded_at: datetime | None = None,
) -> Hold:
    """Contact stopped by us until `until`, or until lifted. What the scope names must be given. `recorded_at` as of a
    stop."""
    needed: dict[HoldScope, object] = {
        HoldScope.account: account_id,
        HoldScope.person: person_id,
        HoldScope.portfolio: portfolio_id,
        HoldScope.segment: segment,
    }
    if scope in needed and needed[scope] is None:
        raise BadInput(f"a hold of scope {scope} must name the {scope}")
    if until is not None and until <= at:
        raise BadInput("a hold must end after it begins")
    row = Hold(
        scope=scope,
        account_id=account_id,
        person_id=person_id,
        portfolio_id=portfolio_id,
        segment=segment,
        reason=reason,
        note=note,
        at=at,
        until=until,
        actor=actor.name,
        recorded_at=recorded_at or at,
    )
    detail = {"scope": scope.value, "reason": reason.value, "account": account_id, "person": person_id}
    detail |= {"portfolio": portfolio_id, "segment": segment, "until": until.isoformat() if until else None}
    detail["since"] = at.isoformat()
    add(session, row, actor.name, "hold.recorded", detail, row.recorded_at)
    return row


def open_dispute(
    session: Session,
    *,
    account_id: int,
    person_id: int,
    reason: str,
    at: datetime,
    today: date,
    now: datetime,
    actor: Actor,
    answer_days: int = ANSWER_DAYS,
    natural_key: str | None = None,
) -> Dispute:
    """The debt, or part of it, is disputed: collection on it stops until answered. `today`: the local day of `at`."""
    before = already(session, Dispute, natural_key)
    if before is not None:
        return before
    row = Dispute(
        account_id=account_id,
        person_id=person_id,
        reason=reason,
        at=at,
        answer_by=today + timedelta(days=answer_days),
        actor=actor.name,
        recorded_at=now,
        natural_key=natural_key,
    )
    detail = {"account": account_id, "person": person_id, "answer_by": row.answer_by.isoformat()}
    add(session, row, actor.name, "dispute.opened", detail, now)
    return row


def answer_dispute(session: Session, dispute_id: int, answer: str, now: datetime, actor: Actor) -> Dispute:
    """The answer was given; a second answer is a `Conflict`."""
    row = fetch(session, Dispute, dispute_id)
    if row.answered_at is not None:
        raise Conflict("this dispute was answered already")
    row.answered_at, row.answer = now, answer
    change(session, row, actor.name, "dispute.answered", {"account": row.account_id, "dispute": id_of(row)}, now)
    return row


def complain(
    session: Session,
    *,
    person_id: int,
    text: str,
    at: datetime,
    today: date,
    now: datetime,
    actor: Actor,
    account_id: int | None = None,
    answer_days: int = ANSWER_DAYS,
) -> Complaint:
    """A complaint, with the day by which it must be answered."""
    row = Complaint(
        person_id=person_id,
        account_id=account_id,
        text=text,
        at=at,
        answer_by=today + timedelta(days=answer_days),
        actor=actor.name,
    )
    detail = {"person": person_id, "account": account_id, "answer_by": row.answer_by.isoformat()}
    add(session, row, actor.name, "complaint.recorded", detail, now)
    return row
