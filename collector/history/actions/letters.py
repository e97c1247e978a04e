"""Writing down a letter and its steps."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, func, select

from collector.foundation.errors import BadInput, Conflict
from collector.history.actions.keep import add
from collector.history.rules import LetterStep, ReturnReason, require_step
from collector.history.rules.letters import STRIKABLE
from collector.history.tables import LetterCorrection, LetterEvent, LetterRow
from collector.identity.rules import Actor

MOST_REASON = 400


def add_letter(session: Session, row: LetterRow) -> LetterRow:
    """Its words are in the row; the entry tells of ids, kind and digest only."""
    detail = {
        "account": row.account_id,
        "person": row.person_id,
        "kind": row.kind.value,
        "task": row.task_id,
        "terms": row.terms_id,
    }
    detail |= {"language": row.language, "template": row.template}
    add(session, row, row.actor, "letter.made", detail, row.made_at)
    return row


def steps_of(session: Session, letter_id: int) -> dict[LetterStep, LetterEvent]:
    """Those that stand: struck ones count no more."""
    rows = session.exec(select(LetterEvent).where(LetterEvent.letter_id == letter_id, stands())).all()
    return {row.step: row for row in rows}


def stands() -> ColumnElement[bool]:
    """Of a step: that it was not struck."""
    return ~exists().where(col(LetterCorrection.event_id) == col(LetterEvent.id))


def strike_step(
    session: Session, row: LetterRow, step: LetterStep, reason: str, *, now: datetime, actor: Actor
) -> LetterEvent:
    """This step was noted in error. `BadInput`: without a reason; `Conflict`: it was not noted, or is no such step. The
    letter must be held by the caller."""
    if step not in STRIKABLE:
        raise Conflict("only an arrival, a return or a signed slip can be struck: the other steps are our own")
    if not 0 < len(reason.strip()) <= MOST_REASON:
        raise BadInput(f"say in 1 to {MOST_REASON} characters why it is struck")
    event = steps_of(session, row.id or 0).get(step)
    if event is None:
        raise Conflict("there is no such step on record to be struck; look at the letter again")
    correction = LetterCorrection(event_id=event.id or 0, reason=reason.strip(), at=now, actor=actor.name)
    detail = {"letter": row.id, "account": row.account_id, "event": event.id, "step": step.value}
    add(session, correction, actor.name, "letter.struck", detail, now)
    return event


def take_step(
    session: Session,
    row: LetterRow,
    step: LetterStep,
    on: date,
    *,
    now: datetime,
    actor: Actor,
    posting_no: str | None = None,
    reason: ReturnReason | None = None,
    attempt_id: int | None = None,
    document_id: int | None = None,
    refused: str = "",
    why: str = "",
) -> LetterEvent:
    """Once a letter: told again, the first one stays. `Conflict`: it can not follow what there was. The letter must be
    held by the caller."""
    before = steps_of(session, row.id or 0)
    if step in before:
        return before[step]
    require_step(step, before.keys())
    earliest = max((one.on for one in before.values()), default=on)
    if on < earliest and step is not LetterStep.signed:
        raise BadInput(f"the day is before the step that came before it, {earliest.isoformat()}")
    event = LetterEvent(
        letter_id=row.id or 0,
        step=step,
        round=_rounds(session, row.id or 0, step),
        on=on,
        posting_no=posting_no,
        reason=reason,
        attempt_id=attempt_id,
        document_id=document_id,
        refused=refused,
        why=why,
        at=now,
        actor=actor.name,
    )
    detail = {"letter": row.id, "account": row.account_id, "on": on.isoformat()}
    detail |= {"attempt": attempt_id, "document": document_id, "reason": reason.value if reason else None}
    detail |= {"against_the_gate": True} if refused else {}
    add(session, event, actor.name, f"letter.{step.value}", detail, now)
    return event


def _rounds(session: Session, letter_id: int, step: LetterStep) -> int:
    """How often this step was taken before, and struck."""
    asked = select(func.count()).select_from(LetterEvent)
    return session.exec(asked.where(LetterEvent.letter_id == letter_id, LetterEvent.step == step)).one()
