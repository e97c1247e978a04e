"""What agents say about themselves."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.dispatch import actions as dispatch
from collector.dispatch.rules import AgentState, Choice
from collector.identity.rules import Actor


def choose_state(session: Session, state: AgentState, at: datetime, actor: Actor) -> Choice:
    """The agent takes calls from now on, or has a break: no call is handed to them, and none that comes in is offered.
    A call that they hold stays theirs."""
    return dispatch.choose_state(session, state, at, actor)
