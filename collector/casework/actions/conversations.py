"""A call that came in, as the agent who took it sees it: who it is, how it went, and what was recorded in it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from collector.audit.actions import record
from collector.casework.actions.calling_back import settle_calls
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.lines import Contacted, note_contact, owing_at
from collector.casework.actions.outcomes import Told, carry_out, take_back
from collector.casework.office import Office
from collector.casework.views.talks import is_verified, talk_in_hand, talk_with
from collector.dispatch.queries import held_inbound, lock_people
from collector.dispatch.rules import AT_A_DESK, INBOUND_OUTCOMES, InboundState, move_inbound
from collector.dispatch.tables import InboundCall
from collector.facts.queries import people_of_accounts
from collector.foundation.errors import BadInput, Conflict, NotFound
from collector.history import actions as history
from collector.history.rules import CONVERSATION, Channel, Direction, Outcome
from collector.history.tables import Attempt, SaidInCall
from collector.identity.rules import Actor
from collector.portfolio.tables import Account, ContactPoint, Portfolio

SAID_BEFORE_ANYBODY_IS_KNOWN = frozenset({Outcome.third_party, Outcome.wrong_number, Outcome.failed})


def choose_caller(
    session: Session, office: Office, call_id: int, *, account_id: int, person_id: int, at: datetime, actor: Actor
) -> InboundCall:
    """Who the caller says they are, of several with that number or found by what they said. Until they are verified
    somebody else may be chosen; with whom the contact was is on record only then."""
    call = _theirs(session, call_id, actor)
    if call.attempt_id is not None and call.person_id != person_id:
        raise Conflict("this number is one person's: record another person as a third party")
    if call.person_id is not None and call.person_id != person_id and is_verified(session, talk_with(session, call)):
        raise Conflict("the person is verified already")
    if person_id not in people_of_accounts(session, [account_id]):
        raise BadInput("that person does not owe this account")
    if (call.person_id, call.account_id) != (person_id, account_id):
        call.person_id, call.account_id = person_id, account_id
        session.add(call)
        session.flush()
        detail = {"person": person_id, "account": account_id}
        record(session, actor.name, "inbound_call.chosen", f"inbound_call:{call.id}", detail, at)
    return call


def _theirs(session: Session, call_id: int, actor: Actor) -> InboundCall:
    call = held_inbound(session, call_id=call_id)
    if call is None or call.user_id != actor.user_id or call.state not in AT_A_DESK:
        raise NotFound(f"there is no call {call_id} of yours")
    return call


def _conversation(session: Session, call: InboundCall, at: datetime) -> int:
    """The contact on record with whoever was chosen; made now where the number alone did not say who it is."""
    if call.attempt_id is None:
        account = session.get_one(Account, call.account_id)
        book = session.get_one(Portfolio, account.portfolio_id)
        contact = Contacted(book, call.person_id or 0, Channel.call, call.from_number, call.to_number, call.at)
        known = [one for one in owing_at(session, call.from_number, book, at) if one.person_id == call.person_id]
        debts = list(dict.fromkeys([account.id or 0, *(known[0].debts if known else [])]))
        made = note_contact(session, contact, f"carrier:{call.sid}", Direction.inbound, "inbound", debts=debts)
        call.attempt_id = made.id
        session.add(call)
        session.flush()
        detail = {"person": call.person_id, "attempt": made.id}
        record(session, made.actor, "inbound_call.on_record", f"inbound_call:{call.id}", detail, at)
    return call.attempt_id or 0


def inbound_outcome(
    session: Session,
    office: Office,
    call_id: int,
    outcome: Outcome,
    at: datetime,
    *,
    actor: Actor,
    note: str | None = None,
) -> InboundCall:
    """How it went, by the agent who took it: their wrap-up ends with it. Said again with another word it is a
    correction, as of a call of ours."""
    call = held_inbound(session, call_id=call_id)
    if call is None or call.user_id != actor.user_id:
        raise NotFound(f"there is no call {call_id} of yours")
    if outcome not in INBOUND_OUTCOMES:
        raise BadInput("who called us is no such thing: choose how the talk went")
    if call.person_id is None or call.account_id is None:
        return _unknown(session, call, outcome, at, actor)
    people = people_of_accounts(session, [call.account_id]) | {call.person_id}
    lock_people(session, people)
    _say(session, call, outcome, at, actor, note)
    if outcome in CONVERSATION:
        settle_calls(session, at, actor, person_id=call.person_id)
    _done(session, call, outcome, at, actor)
    follow_up(session, office, people, at, actor)
    return call


def _unknown(session: Session, call: InboundCall, outcome: Outcome, at: datetime, actor: Actor) -> InboundCall:
    """Nobody found out who it was: nothing is anybody's contact."""
    if outcome not in SAID_BEFORE_ANYBODY_IS_KNOWN:
        raise Conflict("first choose who is calling, and verify them")
    _done(session, call, outcome, at, actor)
    return call


def _say(session: Session, call: InboundCall, outcome: Outcome, at: datetime, actor: Actor, note: str | None) -> None:
    attempt_id = _conversation(session, call, at)
    before = history.newest_outcome(session, attempt_id)
    if before is not None and before.outcome is outcome and note in (None, before.note):
        return
    history.record_outcome(session, attempt_id, outcome, at, at, actor, call.seconds, note)
    if before is None or before.outcome is not outcome:
        told = Told(
            call.person_id or 0, call.account_id, _points(session, call), f"told in a call that came in {call.id}"
        )
        if before is not None:
            take_back(session, told, session.get_one(Attempt, attempt_id), before.outcome, at, actor)
        carry_out(session, told, outcome, at, actor)


def _points(session: Session, call: InboundCall) -> list[int]:
    """Where the caller's number stands as the person's."""
    wanted = select(ContactPoint.id).where(
        col(ContactPoint.person_id) == call.person_id, col(ContactPoint.value) == call.from_number
    )
    return [number for number in session.exec(wanted) if number is not None]


def _done(session: Session, call: InboundCall, outcome: Outcome, at: datetime, actor: Actor) -> None:
    if call.state is not InboundState.done:
        call.state = move_inbound(call.state, InboundState.done)
        session.add(call)
        session.flush()
        detail = {"person": call.person_id, "outcome": outcome.value}
        record(session, actor.name, "inbound_call.done", f"inbound_call:{call.id}", detail, at)


def conversation_about(session: Session, actor: Actor, account: Account, at: datetime) -> int | None:
    """The contact on record of the call that came in, this agent has in hand and is about that account; None: none."""
    talk = talk_in_hand(session, actor)
    if talk is None or talk.inbound is None or not talk.concerns(account):
        return None
    call = held_inbound(session, call_id=talk.inbound.id)
    return _conversation(session, call, at) if call is not None else None


def said_in_call(
    session: Session, _office: Office, *, actor: Actor, account: Account, subject: str, at: datetime
) -> bool:
    """What was just recorded ("promise:7") was said in the call that came in, if the agent has one about that account
    in hand. Whether it was."""
    attempt_id = conversation_about(session, actor, account, at)
    if attempt_id is None or session.exec(select(SaidInCall.id).where(col(SaidInCall.subject) == subject)).first():
        return False
    history.said_in_call(session, attempt_id, subject, at, actor)
    return True
