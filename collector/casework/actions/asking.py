"""How to pay, and what clears today, sent to who asks for it in a talk (handbook section 7)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.casework.actions.contacts import people_of_task
from collector.casework.actions.papers import told_refusal
from collector.casework.office import Office
from collector.casework.views.account import standing_of
from collector.casework.views.talks import talk_with
from collector.compliance.rules import Verdict
from collector.dispatch import actions as dispatch
from collector.dispatch.actions import AskedIn
from collector.dispatch.queries import held_inbound, held_task, lock_people
from collector.dispatch.rules import AT_A_DESK
from collector.facts.queries import read_person
from collector.foundation.errors import Conflict
from collector.history.rules import Channel
from collector.identity.rules import Actor
from collector.planning.rules import IN_FLIGHT
from collector.portfolio.tables import ContactPoint


def send_how_to_pay(session: Session, office: Office, call_id: int, at: datetime, actor: Actor) -> str:
    """The text goes with the next run of sending, through the claim and the gate like any message; once a call.
    Returns why it may not go, which is stored; empty: it is on its way. Without the call in hand it is a `Conflict`."""
    lock_people(session, people_of_task(session, call_id))
    call = held_task(session, call_id)
    if call is None or call.channel is not Channel.call or call.state not in IN_FLIGHT:
        raise Conflict("how to pay is sent while you talk: take the call first")
    if call.claimed_by != actor.name:
        raise Conflict("someone else holds this call")
    asked = dispatch.ask_how_to_pay(session, AskedIn.of_task(call), office.texts(session), office.capabilities, at)
    return told_refusal(asked) if isinstance(asked, Verdict) else ""


def send_how_to_pay_inbound(session: Session, office: Office, call_id: int, at: datetime, actor: Actor) -> str:
    """The same for somebody who called us: to the number they call from."""
    call = held_inbound(session, call_id=call_id)
    if call is None or call.user_id != actor.user_id or call.state not in AT_A_DESK:
        raise Conflict("how to pay is sent while you talk: take the call first")
    talk = talk_with(session, call)
    lock_people(session, [talk.person_id])
    facts = next(one for one in read_person(session, talk.person_id, at).accounts if one.account_id == talk.account_id)
    standing = standing_of(session, facts, at)
    asked = AskedIn(
        f"asked for in inbound call {call.id}",
        talk.portfolio_id,
        talk.person_id,
        talk.account_id,
        _point(session, talk.person_id, call.from_number),
        call.from_number,
        call.to_number,
        standing.segment,
        standing.stage,
        standing.level,
        actor.user_id,
    )
    sent = dispatch.ask_how_to_pay(session, asked, office.texts(session), office.capabilities, at)
    return told_refusal(sent) if isinstance(sent, Verdict) else ""


def _point(session: Session, person_id: int, number: str) -> int | None:
    wanted = select(ContactPoint.id).where(col(ContactPoint.person_id) == person_id, col(ContactPoint.value) == number)
    return session.exec(wanted.limit(1)).first()
