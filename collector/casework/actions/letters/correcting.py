"""What was noted of a letter in error is struck, with the event of the clocks that came of it; and what left the house
against the gate's no is put on record as just that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from collector.casework.actions.clocks import note_clock
from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.letters.coming_back import HAPPENED, guarantor_of, paper_title
from collector.casework.actions.letters.posting import checked_number, letter_posted
from collector.casework.office import Office
from collector.facts.queries import people_of_account
from collector.foundation.clock import at_local, local_day
from collector.foundation.errors import BadInput, Conflict
from collector.history import actions as history
from collector.history.actions import AttemptMade, ClockNote
from collector.history.actions.keep import fetch
from collector.history.rules import Channel, LetterStep
from collector.history.tables import ClockEvent, Document, LetterEvent, LetterRow
from collector.identity.rules import Actor
from collector.law.rules import Happening
from collector.planning.rules import Purpose
from collector.portfolio.queries import portfolio_of
from collector.texts.rules import CONTACTS, DEMANDS

MOST_WHY = 400
NOON = time(12)


def letter_struck(
    session: Session, office: Office, letter_id: int, step: LetterStep, reason: str, *, at: datetime, actor: Actor
) -> LetterEvent:
    """An arrival, a return or a slip was noted in error: it counts no more, nor does what it moved. The scan stays on
    file. Afterwards the step may be noted anew."""
    row = fetch(session, LetterRow, letter_id)
    event = history.strike_step(session, row, step, reason, now=at, actor=actor)
    today = local_day(at, portfolio_of(session, row.portfolio_id).timezone)
    for number in _clocks(session, row, event):
        strike = ClockNote(Happening.struck, today, about_id=number)
        note_clock(session, office, row.account_id, strike, now=at, actor=actor)
    return event


def _clocks(session: Session, row: LetterRow, event: LetterEvent) -> Iterator[int]:
    """The events of clocks that came of this step and of no other letter's: that it was told, and that a scan proved
    it."""
    happened = HAPPENED.get(event.step)
    if happened is None or row.kind not in DEMANDS:
        return
    guarantor = guarantor_of(session, row)
    scans = select(Document.id).where(
        Document.account_id == row.account_id, Document.name == paper_title(row, event.step)
    )
    papers = {event.document_id, *session.exec(scans).all()} - {None}
    told = select(ClockEvent).where(ClockEvent.account_id == row.account_id)
    events = session.exec(told).all()
    gone = {one.about_id for one in events if one.kind is Happening.struck}
    is_shared = _is_shared(session, row, event)
    for one in events:
        same = one.kind is happened and one.day == event.on and one.guarantor_id == guarantor and one.id not in gone
        if same and (one.document_id in papers or (one.document_id is None and not is_shared)):
            yield one.id or 0


def _is_shared(session: Session, row: LetterRow, event: LetterEvent) -> bool:
    """Whether another letter to the same person says the same of that day: one event of the clocks tells of both."""
    other = (
        select(LetterEvent.id)
        .join(LetterRow, col(LetterRow.id) == col(LetterEvent.letter_id))
        .where(
            LetterRow.account_id == row.account_id,
            LetterRow.person_id == row.person_id,
            col(LetterRow.kind).in_(DEMANDS),
            LetterRow.id != row.id,
            LetterEvent.step == event.step,
            LetterEvent.on == event.on,
            history.stands(),
        )
    )
    return session.exec(other.limit(1)).first() is not None


def letter_left(
    session: Session,
    office: Office,
    letter_id: int,
    posting_no: str,
    on: date,
    why: str,
    *,
    at: datetime,
    actor: Actor,
) -> LetterEvent:
    """The letter really left, although the gate said no, or says it now: a fact, never a permission. It is a contact
    like every other and counts as one; what was said against it, why it left and who says so stand with it, and the
    supervisor is told. Where nothing speaks against it, it is posted like any other."""
    row = fetch(session, LetterRow, letter_id)
    number = checked_number(row, posting_no)
    if row.kind not in CONTACTS:
        raise Conflict("no gate stands before this paper: note it as posted")
    if not 0 < len(why.strip()) <= MOST_WHY:
        raise BadInput(f"say in 1 to {MOST_WHY} characters why it left all the same")
    refused = _refusal(session, office, row, number, on, at, actor)
    before = history.steps_of(session, letter_id).get(LetterStep.posted)
    if before is not None:
        return before
    attempt = history.record_attempts(session, [_contact(session, row, number, on, at)], at, actor)[0]
    event = history.take_step(
        session,
        row,
        LetterStep.posted,
        on,
        now=at,
        actor=actor,
        posting_no=number,
        attempt_id=attempt.id,
        refused=refused,
        why=why.strip(),
    )
    follow_up(session, office, people_of_account(session, row.account_id), at, actor)
    return event


def _refusal(
    session: Session, office: Office, row: LetterRow, number: str, on: date, at: datetime, actor: Actor
) -> str:
    """What speaks against posting it; "": nothing did, and it is posted now. That it was never printed is no such
    reason: then it can not have left."""
    steps = history.steps_of(session, row.id or 0)
    if LetterStep.printed not in steps:
        raise Conflict("the letter can not be posted: it was not printed yet")
    try:
        return letter_posted(session, office, row.id or 0, number, on, at=at, actor=actor).refused
    except Conflict as error:
        return error.message


def _contact(session: Session, row: LetterRow, number: str, on: date, at: datetime) -> AttemptMade:
    """At noon of its day, or now where that is to come: at what hour a letter left nobody writes down."""
    zone = portfolio_of(session, row.portfolio_id).timezone
    return AttemptMade(
        natural_key=f"letter:{row.id}",
        person_id=row.person_id or 0,
        portfolio_id=row.portfolio_id,
        channel=Channel.letter,
        at=min(at_local(on, NOON, zone), at),
        day=on,
        account_id=row.account_id,
        purpose=Purpose.notice.value,
        text=number,
    )
