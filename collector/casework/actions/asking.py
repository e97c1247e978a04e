"""How to pay, and what clears today, sent to who asks for it in a talk (handbook section 7)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from collector.casework.actions.contacts import people_of_task
from collector.casework.actions.papers import told_refusal
from collector.casework.office import Office
from collector.compliance.rules import Verdict
from collector.dispatch import actions as dispatch
from collector.dispatch.queries import held_task, lock_people
from collector.foundation.errors import Conflict
from collector.history.rules import Channel
from collector.identity.rules import Actor
from collector.planning.rules import IN_FLIGHT


def send_how_to_pay(session: Session, office: Office, call_id: int, at: datetime, actor: Actor) -> str:
    """The text goes with the next run of sending, through the claim and the gate like any message; once a call.
    Returns why it may not go, which is stored; empty: it is on its way. Without the call in hand it is a `Conflict`."""
    lock_people(session, people_of_task(session, call_id))
    call = held_task(session, call_id)
    if call is None or call.channel is not Channel.call or call.state not in IN_FLIGHT:
        raise Conflict("how to pay is sent while you talk: take the call first")
    if call.claimed_by != actor.name:
        raise Conflict("someone else holds this call")
    asked = dispatch.ask_how_to_pay(session, call, office.texts(session), office.capabilities, at)
    return told_refusal(asked) if isinstance(asked, Verdict) else ""
