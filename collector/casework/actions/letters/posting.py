"""A letter posted: to somebody who owes, it is a contact and passes the gate at that moment like every other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from collector.casework.actions.follow_up import follow_up
from collector.casework.actions.papers import paper_done
from collector.casework.letters.itemizing import POSTED_WITHIN
from collector.casework.office import Office
from collector.casework.views.account import standing_of
from collector.dispatch import actions as dispatch
from collector.dispatch.queries import lock_people
from collector.facts.queries import people_of_account, read_person
from collector.foundation.clock import at_local, local_day
from collector.foundation.errors import BadInput, Conflict
from collector.history import actions as history
from collector.history.actions.keep import fetch
from collector.history.rules import Channel, LetterStep, Standing
from collector.history.tables import LetterRow
from collector.identity.rules import Actor
from collector.planning.rules import RunState, TaskState
from collector.planning.tables import PlanRun, Task
from collector.portfolio.queries import portfolio_of
from collector.portfolio.tables import Account
from collector.texts.rules import AGREEMENTS, CONTACTS, LetterKind

MOST_POSTING_NO = 40
NOON = time(12)
_TEXT_OF = {"guarantor_notice": "guarantor-notice", "reminder": "overdue-first"}
"""Letter → the text by which the gate knows it; others are a demand."""


@dataclass(frozen=True, slots=True)
class LetterPosted:
    """`refused`: why the gate does not allow it at this moment, which is stored; the letter stays unposted then."""

    letter_id: int
    attempt_id: int | None
    refused: str = ""

    def require(self) -> None:
        """For a door, after its transaction was committed: a refusal is a `Conflict`."""
        if self.refused:
            raise Conflict(f"not allowed now: {self.refused}")


def letter_posted(
    session: Session, office: Office, letter_id: int, posting_no: str, on: date, *, at: datetime, actor: Actor
) -> LetterPosted:
    """The post took it. Said again, nothing changes. `Conflict`: it was not printed, or another letter of the same kind
    was made since."""
    row = fetch(session, LetterRow, letter_id)
    number = checked_number(row, posting_no)
    steps = history.steps_of(session, letter_id)
    if LetterStep.posted in steps:
        return LetterPosted(letter_id, steps[LetterStep.posted].attempt_id)
    if LetterStep.printed not in steps:
        raise Conflict("the letter can not be posted: it was not printed yet")
    if on > local_day(at, portfolio_of(session, row.portfolio_id).timezone):
        raise BadInput("the day of posting is to come")
    _require_fresh(session, row, on)
    attempt_id = None
    if row.kind in CONTACTS:
        _require_newest(session, row)
        done = paper_done(session, office, _task(session, office, row, at), at, actor=actor, note=number)
        if done.refused:
            return LetterPosted(letter_id, None, done.refused)
        attempt_id = done.attempt
    history.take_step(
        session, row, LetterStep.posted, on, now=at, actor=actor, posting_no=number, attempt_id=attempt_id
    )
    if row.kind is LetterKind.validation_notice:
        _given_notice(session, office, row, on, number, at, actor)
    return LetterPosted(letter_id, attempt_id)


def _require_fresh(session: Session, row: LetterRow, on: date) -> None:
    """A notice names the last day for a dispute: posted late, it would cut that short."""
    if row.kind is not LetterKind.validation_notice:
        return
    made_on = local_day(row.made_at, portfolio_of(session, row.portfolio_id).timezone)
    if on > made_on + timedelta(days=POSTED_WITHIN):
        raise Conflict("this notice would reach its reader too late for the day that it names: make it anew")


def _given_notice(
    session: Session, office: Office, row: LetterRow, on: date, number: str, at: datetime, actor: Actor
) -> None:
    """From now on the gate knows that the notice of this debt was sent, and when the time for disputes ends."""
    zone = portfolio_of(session, row.portfolio_id).timezone
    history.standing(
        session,
        person_id=row.person_id or 0,
        kind=Standing.validation_notice,
        at=min(at_local(on, NOON, zone), at),
        now=at,
        actor=actor,
        portfolio_id=row.portfolio_id,
        account_id=row.account_id,
        detail={"evidence": number},
        natural_key=f"letter:{row.id}",
    )
    follow_up(session, office, people_of_account(session, row.account_id), at, actor)


def checked_number(row: LetterRow, posting_no: str) -> str:
    if row.kind in AGREEMENTS:
        raise Conflict("an agreement is signed by both sides, not posted: file it signed")
    number = posting_no.strip().upper()
    if not number or len(number) > MOST_POSTING_NO or not number.replace("-", "").replace(" ", "").isalnum():
        raise BadInput(f"a posting number is letters and figures, {MOST_POSTING_NO} at most")
    return number


def _require_newest(session: Session, row: LetterRow) -> None:
    same = (LetterRow.account_id == row.account_id, LetterRow.person_id == row.person_id, LetterRow.kind == row.kind)
    newer = session.exec(select(LetterRow.id).where(*same, col(LetterRow.id) > row.id).limit(1)).first()
    if newer is not None:
        raise Conflict("a newer letter took its place, since the amounts changed; post that one")


def _task(session: Session, office: Office, row: LetterRow, at: datetime) -> int:
    """The open task of the plan for a letter to this person about this account, or one for this very letter."""
    statement = (
        select(Task.id)
        .join(PlanRun, col(PlanRun.id) == col(Task.run_id))
        .where(
            PlanRun.state == RunState.current,
            Task.channel == Channel.letter,
            Task.account_id == row.account_id,
            Task.person_id == row.person_id,
            Task.state == TaskState.planned,
            col(Task.not_after) > at,
        )
    )
    found = session.exec(statement.order_by(col(Task.rank), col(Task.id)).limit(1)).first()
    return found if found is not None else _asked(session, office, row, at)


def _asked(session: Session, office: Office, row: LetterRow, at: datetime) -> int:
    lock_people(session, people_of_account(session, row.account_id))
    account = session.get_one(Account, row.account_id)
    facts = read_person(session, account.person_id, at)
    mine = next((one for one in facts.accounts if one.account_id == row.account_id), None)
    if mine is None:
        raise Conflict("nothing is owed on this account any more: the letter is not posted")
    standing = standing_of(session, mine, at)
    asked = dispatch.AskedLetter(
        reason=f"letter {row.id}",
        portfolio_id=row.portfolio_id,
        person_id=row.person_id or 0,
        account_id=row.account_id,
        template=_TEXT_OF.get(row.kind.value, "demand"),
        segment=standing.segment,
        stage=standing.stage,
        level=standing.level,
    )
    return dispatch.ask_letter(session, asked, at).id or 0
