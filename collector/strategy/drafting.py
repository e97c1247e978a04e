"""Writing drafts: begun from a version, changed as often as one likes, tried, and dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.foundation.database import locked
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.identity.rules import Actor
from collector.strategy.compiling import digest_of
from collector.strategy.queries import draft_of
from collector.strategy.rules import TrialState
from collector.strategy.tables import StrategyDraft, StrategyTrial

LARGEST = 256 * 1024
"""Bytes of a strategy (security section 2, YAML)."""


def held_draft(session: Session, portfolio_id: int, actor: Actor, revision: int | None = None) -> StrategyDraft:
    """The user's own, held until commit; where `revision` is given and another tab was faster, a `Conflict`."""
    row = session.exec(
        locked(
            select(StrategyDraft).where(
                col(StrategyDraft.portfolio_id) == portfolio_id, col(StrategyDraft.user_id) == actor.user_id
            ),
            session,
        )
    ).first()
    if row is None:
        raise NotFound("you have no draft here; begin one from a version")
    session.refresh(row)
    if revision is not None and row.revision != revision:
        raise Conflict("the draft was changed since this was shown, in another tab perhaps; look at it again")
    return row


def begin_draft(session: Session, portfolio_id: int, body: str, actor: Actor, now: datetime) -> StrategyDraft:
    """A draft of the user's, from that text; one they have already is a `Conflict`: nothing typed is lost."""
    if actor.user_id is None:
        raise BadInput("only a person drafts")
    if draft_of(session, portfolio_id, actor) is not None:
        raise Conflict("you have a draft here already; go on with it, or drop it first")
    row = StrategyDraft(
        user_id=actor.user_id,
        portfolio_id=portfolio_id,
        body=fitting(body),
        base=digest_of(body),
        begun_at=now,
        changed_at=now,
    )
    session.add(row)
    session.flush()
    _tell(session, row, "begun", actor, now)
    return row


def change_draft(session: Session, row: StrategyDraft, body: str, actor: Actor, now: datetime) -> None:
    """The draft says something else, right or wrong."""
    if body == row.body:
        return
    row.body, row.changed_at, row.revision = fitting(body), now, row.revision + 1
    session.add(row)
    _tell(session, row, "changed", actor, now)


def fitting(body: str) -> str:
    """The text as it is kept: without the line ends of other systems, and no larger than a strategy is."""
    text = body.replace("\r\n", "\n").replace("\x00", "")
    if len(text.encode()) > LARGEST:
        raise BadInput("this is larger than any strategy; the limit is 256 KB")
    return text


def submit_draft(session: Session, row: StrategyDraft, approval_id: int | None, actor: Actor, now: datetime) -> None:
    """The approval that the draft waits for; None: it waits for none any more."""
    row.approval_id = approval_id
    session.add(row)
    _tell(session, row, "submitted" if approval_id else "taken_back", actor, now)


def drop_draft(session: Session, row: StrategyDraft, actor: Actor, now: datetime) -> None:
    _tell(session, row, "dropped", actor, now)
    session.execute(delete(StrategyTrial).where(col(StrategyTrial.draft_id) == row.id))
    session.delete(row)
    session.flush()


def begin_trial(session: Session, row: StrategyDraft, now: datetime) -> str:
    """The draft is tried anew; returns the digest that tells this trial from others."""
    session.execute(delete(StrategyTrial).where(col(StrategyTrial.draft_id) == row.id))
    digest = digest_of(row.body)
    session.add(StrategyTrial(draft_id=row.id or 0, digest=digest, begun_at=now, told_at=now))
    session.flush()
    return digest


def tell_trial(session: Session, draft_id: int, begun_at: datetime, now: datetime, **what: Any) -> None:
    """How far that trial is, or what it found; one that was begun anew, or dropped, is left alone."""
    own = (col(StrategyTrial.draft_id) == draft_id, col(StrategyTrial.begun_at) == begun_at)
    session.execute(update(StrategyTrial).where(*own).values(told_at=now, **what))


def end_trial(
    session: Session, draft_id: int, begun_at: datetime, now: datetime, found: Mapping[str, Any] | None, error: str = ""
) -> None:
    state = TrialState.failed if found is None else TrialState.done
    tell_trial(session, draft_id, begun_at, now, state=state, error=error, found=dict(found or {}))


def _tell(session: Session, row: StrategyDraft, what: str, actor: Actor, now: datetime) -> None:
    detail = {"portfolio": row.portfolio_id, "revision": row.revision, "digest": digest_of(row.body)}
    record(session, actor.name, f"strategy_draft.{what}", f"strategy_draft:{row.id}", detail, now)
