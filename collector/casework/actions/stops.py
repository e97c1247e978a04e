"""What a person says that changes whether, and how, they may be contacted; and what we stop ourselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up, people_of_account
from collector.casework.office import Office
from collector.dispatch.queries import lock_people
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.foundation.phone import normalise, region_of
from collector.history import actions as history
from collector.history.rules import Channel, HoldReason, HoldScope, StopKind
from collector.history.tables import Complaint, Dispute, Hold, StandingRow, Stop
from collector.identity.rules import Actor
from collector.portfolio import actions as portfolio
from collector.portfolio.queries import account as account_by_id
from collector.portfolio.tables import Account, ContactPoint, PauseRow, Portfolio


def account_of(session: Session, account_id: int) -> tuple[Account, Portfolio]:
    """An account with its portfolio."""
    account = account_by_id(session, account_id)
    return account, session.get_one(Portfolio, account.portfolio_id)


def stop(
    session: Session,
    office: Office,
    *,
    person_id: int,
    kind: StopKind,
    at: datetime,
    actor: Actor,
    channel: Channel | None = None,
    number: str | None = None,
    reason: str = "",
    until: datetime | None = None,
) -> Stop:
    """No more contact with a person; an opt-out may be for one channel or number. Acts at once."""
    if kind is not StopKind.opt_out and (channel or number):
        raise BadInput("only an opt_out is for a channel or a number; other stops are for all contact")
    e164 = normalise(number, region_of(number) or "CN") if number else None
    people = {person_id} | sharing(session, e164)
    lock_people(session, people)
    row = history.stop(
        session,
        kind=kind,
        at=at,
        actor=actor,
        person_id=person_id,
        channel=channel,
        number=e164,
        until=until,
        reason=reason,
    )
    follow_up(session, office, people, at, actor)
    return row


def lift_stop(session: Session, office: Office, stop_id: int, at: datetime, actor: Actor, reason: str) -> Stop:
    """The reason to stop is gone; say why."""
    row = history.lift_stop(session, stop_id, at, actor, reason)
    people = ({row.person_id} if row.person_id else set()) | sharing(session, row.number)
    follow_up(session, office, people, at, actor)
    return row


def sharing(session: Session, number: str | None) -> set[int]:
    """Everyone who has this number: an opt-out of a number binds whoever it belongs to."""
    if number is None:
        return set()
    return set(session.exec(select(ContactPoint.person_id).where(col(ContactPoint.value) == number)).all())


def hold(
    session: Session,
    office: Office,
    *,
    scope: HoldScope,
    at: datetime,
    actor: Actor,
    account_id: int | None = None,
    person_id: int | None = None,
    portfolio_id: int | None = None,
    segment: str | None = None,
    until: datetime | None = None,
    note: str = "",
    reason: HoldReason = HoldReason.supervisor,
) -> Hold:
    """Stop contact for an account, a person, a segment, a portfolio or everything.

    Wide holds are read live by the claim, so they act at once without touching a million people.
    """
    row = history.hold(
        session,
        scope=scope,
        reason=reason,
        at=at,
        actor=actor,
        account_id=account_id,
        person_id=person_id,
        portfolio_id=portfolio_id,
        segment=segment,
        until=until,
        note=note,
    )
    follow_up(session, office, held_people(session, row), at, actor)
    return row


def lift_hold(session: Session, office: Office, hold_id: int, at: datetime, actor: Actor) -> Hold:
    """Contact may go on."""
    row = history.lift_hold(session, hold_id, at, actor)
    follow_up(session, office, held_people(session, row), at, actor)
    return row


def held_people(session: Session, row: Hold) -> set[int]:
    """Whom a hold keeps from contact, where it is not a wide one."""
    if row.person_id is not None:
        return {row.person_id}
    return people_of_account(session, row.account_id) if row.account_id is not None else set()


def dispute(session: Session, office: Office, *, account_id: int, reason: str, at: datetime, actor: Actor) -> Dispute:
    """The debt is disputed: collection on it stops until the answer is given."""
    people = people_of_account(session, account_id)
    account, book = account_of(session, account_id)
    row = history.open_dispute(
        session,
        account_id=account_id,
        person_id=account.person_id,
        reason=reason,
        at=at,
        today=local_day(at, book.timezone),
        now=at,
        actor=actor,
    )
    follow_up(session, office, people, at, actor)
    return row


def answer_dispute(
    session: Session, office: Office, dispute_id: int, answer: str, at: datetime, actor: Actor
) -> Dispute:
    """The answer was given: collection may go on."""
    row = history.answer_dispute(session, dispute_id, answer, at, actor)
    follow_up(session, office, people_of_account(session, row.account_id), at, actor)
    return row


def complain(
    session: Session,
    office: Office,
    *,
    person_id: int,
    account_id: int,
    text: str,
    at: datetime,
    actor: Actor,
) -> Complaint:
    """A complaint is registered with its deadline; the account rests until it is looked at (handbook section 7)."""
    _, book = account_of(session, account_id)
    row = history.complain(
        session,
        person_id=person_id,
        account_id=account_id,
        text=text,
        at=at,
        today=local_day(at, book.timezone),
        now=at,
        actor=actor,
    )
    hold(
        session,
        office,
        scope=HoldScope.account,
        account_id=account_id,
        at=at,
        actor=actor,
        reason=HoldReason.complaint,
        note=f"complaint {row.id}",
    )
    return row


def pause(
    session: Session,
    office: Office,
    *,
    account_id: int,
    first: date,
    last: date,
    at: datetime,
    actor: Actor,
    reason: str = "",
) -> PauseRow:
    """Take days out of ageing, in the past too: what they had made late is looked at again."""
    account, _ = account_of(session, account_id)
    row = portfolio.pause(session, account, first, last, reason=reason, actor=actor.name, at=at)
    follow_up(session, office, people_of_account(session, account_id), at, actor)
    return row


def note_standing(session: Session, office: Office, person_id: int, at: datetime, actor: Actor, **what: Any) -> None:
    """A consent, preference or agreement of the person."""
    history.standing(session, person_id=person_id, at=at, now=at, actor=actor, **what)
    follow_up(session, office, {person_id}, at, actor)


def withdraw_standing(
    session: Session, office: Office, standing_id: int, at: datetime, actor: Actor, reason: str
) -> StandingRow:
    """A wish, consent or agreement holds no longer; say why."""
    if not reason.strip():
        raise BadInput("say why it holds no longer")
    row = history.withdraw_standing(session, standing_id, at, actor, reason)
    follow_up(session, office, {row.person_id}, at, actor)
    return row
