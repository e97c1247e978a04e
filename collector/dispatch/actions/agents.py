"""Agents say whether they take calls."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.audit.actions import record
from collector.dispatch.queries.agents import choice_of
from collector.dispatch.rules import CHOSEN, AgentState, Choice
from collector.dispatch.tables import AgentStateRow
from collector.foundation.database import lock_key
from collector.foundation.errors import BadInput, Conflict, Forbidden
from collector.identity.rules import Actor


class OnBreak(Conflict):
    """You are on a break. Choose ready to take calls."""


def choose_state(session: Session, state: AgentState, at: datetime, actor: Actor) -> Choice:
    """Ready, or on a break, from now on: a new row, the newest holds. Chosen again, nothing changes."""
    if state not in CHOSEN:
        raise BadInput(f"{state} is not chosen: it follows from the call; choose ready or break")
    if actor.user_id is None:
        raise Forbidden("only a person takes a break")
    lock_key(session, f"agent_state:{actor.user_id}")
    before = choice_of(session, actor.user_id)
    if before is not None and before.state is state:
        return before
    session.add(AgentStateRow(user_id=actor.user_id, state=state, at=at))
    record(session, actor.name, "agent.state", f"user:{actor.user_id}", {"state": state.value}, at)
    session.flush()
    return Choice(state, at)
