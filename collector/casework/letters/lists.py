"""Letters as the letters page lists them, and one letter with everything that became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, func, select

from collector.foundation.errors import NotFound
from collector.history.actions import stands
from collector.history.rules import Channel, LetterState, LetterStep, state_of
from collector.history.tables import LetterBatch, LetterCorrection, LetterEvent, LetterRow
from collector.identity.rules import Scope
from collector.planning.rules import RunState, TaskState
from collector.planning.tables import PlanRun, Task
from collector.portfolio.queries import portfolio_by_code, portfolios, within
from collector.portfolio.tables import Account, Person, Portfolio
from collector.texts.rules import CONTACTS, LetterKind, number_of

MOST = 200
"""Letters of a list that are shown, the newest."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A letter in a list. `account`: CODE/NO. `person`: the name of who is addressed, if anybody."""

    letter_id: int
    number: str
    account_id: int
    account: str
    person: str
    kind: LetterKind
    language: str
    state: LetterState
    made_at: datetime
    zone: str
    terms_id: int | None
    """Of an agreement: the terms that it puts into writing."""
    events: Mapping[LetterStep, LetterEvent]

    @property
    def posting_no(self) -> str:
        posted = self.events.get(LetterStep.posted)
        return (posted.posting_no if posted else None) or ""

    @property
    def last_on(self) -> date | None:
        return max((one.on for one in self.events.values()), default=None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Letters that the plan of a portfolio asks for now."""

    portfolio_id: int
    code: str
    count: int


def letters(session: Session, scope: Scope, state: LetterState) -> list[Listed]:
    """The newest letters in that state."""
    statement = within(select(LetterRow), LetterRow.portfolio_id, scope).where(*_in_state(state))
    rows = session.exec(statement.order_by(col(LetterRow.id).desc()).limit(MOST)).all()
    return _listed(session, rows)


def letters_of(session: Session, account_id: int) -> list[Listed]:
    """All of one account, newest first."""
    statement = select(LetterRow).where(LetterRow.account_id == account_id).order_by(col(LetterRow.id).desc())
    return _listed(session, session.exec(statement.limit(MOST)).all())


def letter(session: Session, scope: Scope, letter_id: int) -> tuple[LetterRow, Listed]:
    """One letter of the scope; foreign and absent ones are the same `NotFound`."""
    row = session.get(LetterRow, letter_id)
    if row is None or not scope.admits(row.portfolio_id):
        raise NotFound("there is no such letter")
    return row, _listed(session, [row])[0]


@dataclass(frozen=True, slots=True)
class ToPost:
    """A printed letter for the post office's list."""

    letter_id: int
    number: str
    name: str
    address: str


def to_post(session: Session, scope: Scope, code: str) -> list[ToPost]:
    """Letters of a portfolio to somebody who owes that are printed and not posted, in the order they were made."""
    book = portfolio_by_code(session, code, scope)
    statement = select(LetterRow).where(
        LetterRow.portfolio_id == book.id, col(LetterRow.kind).in_(sorted(CONTACTS)), *_in_state(LetterState.to_post)
    )
    rows = session.exec(statement.order_by(col(LetterRow.id))).all()
    return [
        ToPost(row.id or 0, number_of(row.id or 0), re.sub("[：:]$", "", to[0]), " ".join(to[1:]))
        for row in rows
        for to in [row.body["to"]]
    ]


def batch_rows(session: Session, row: LetterBatch) -> list[tuple[str, str, str, str, str]]:
    """A batch as the list for the post office: number, name, address, posting number where one is set aside, day."""
    rows = session.exec(select(LetterRow).where(col(LetterRow.id).in_(row.letters))).all()
    bodies = {one.id: one.body["to"] for one in rows}
    numbers = row.numbers or [""] * len(row.letters)
    return [
        (number_of(letter), re.sub("[：:]$", "", to[0]), " ".join(to[1:]), number, "")
        for letter, number in zip(row.letters, numbers, strict=True)
        for to in [bodies[letter]]
    ]


def batches(session: Session, scope: Scope, most: int = 5) -> list[tuple[LetterBatch, str]]:
    """The newest batches with the code of their portfolio."""
    asked = select(LetterBatch, Portfolio.code).join(Portfolio, col(Portfolio.id) == col(LetterBatch.portfolio_id))
    if scope.portfolio_ids is not None:
        asked = asked.where(col(LetterBatch.portfolio_id).in_(sorted(scope.portfolio_ids)))
    return [(row, code) for row, code in session.exec(asked.order_by(col(LetterBatch.id).desc()).limit(most))]


@dataclass(frozen=True, slots=True)
class Struck:
    """A step that was noted in error."""

    event: LetterEvent
    correction: LetterCorrection


def struck(session: Session, letter_id: int) -> list[Struck]:
    """What was struck of a letter, in the order it was noted."""
    asked = select(LetterEvent, LetterCorrection).join(
        LetterCorrection, col(LetterCorrection.event_id) == col(LetterEvent.id)
    )
    rows = session.exec(asked.where(LetterEvent.letter_id == letter_id).order_by(col(LetterEvent.id)))
    return [Struck(event, correction) for event, correction in rows]


@dataclass(frozen=True, slots=True)
class Against:
    """A letter that left although the gate said no. `account`: CODE/NO."""

    letter_id: int
    number: str
    account_id: int
    account: str
    event: LetterEvent


def posted_against(session: Session, scope: Scope, since: datetime) -> list[Against]:
    """Noted since then, the newest first."""
    asked = (
        select(LetterEvent, LetterRow.account_id, Account.account_no, Portfolio.code)
        .join(LetterRow, col(LetterRow.id) == col(LetterEvent.letter_id))
        .join(Account, col(Account.id) == col(LetterRow.account_id))
        .join(Portfolio, col(Portfolio.id) == col(LetterRow.portfolio_id))
        .where(LetterEvent.step == LetterStep.posted, LetterEvent.refused != "", LetterEvent.at >= since)
    )
    if scope.portfolio_ids is not None:
        asked = asked.where(col(LetterRow.portfolio_id).in_(sorted(scope.portfolio_ids)))
    rows = session.exec(asked.order_by(col(LetterEvent.id).desc()).limit(MOST))
    return [
        Against(event.letter_id, number_of(event.letter_id), account, f"{code}/{number}", event)
        for event, account, number, code in rows
    ]


def counts(session: Session, scope: Scope) -> dict[LetterState, int]:
    """How many letters stand in each state, up to one more than a list shows."""
    found = {}
    for state in LetterState:
        rows = within(select(LetterRow), LetterRow.portfolio_id, scope).where(*_in_state(state)).limit(MOST + 1)
        found[state] = session.exec(select(func.count()).select_from(rows.subquery())).one()
    return found


def waiting(session: Session, scope: Scope, at: datetime) -> list[Waiting]:
    """By portfolio, how many letters the plan asks for now."""
    statement = (
        select(Task.portfolio_id, func.count())
        .join(PlanRun, col(PlanRun.id) == col(Task.run_id))
        .where(
            PlanRun.state == RunState.current,
            Task.channel == Channel.letter,
            Task.state == TaskState.planned,
            col(Task.not_after) > at,
        )
        .group_by(col(Task.portfolio_id))
    )
    books = portfolios(session, scope)
    mine = statement.where(col(Task.portfolio_id).in_([row.id for row in books]))
    number = dict(session.exec(mine).all())
    return [Waiting(row.id or 0, row.code, number.get(row.id or 0, 0)) for row in books]


def _has(step: LetterStep) -> ColumnElement[bool]:
    return exists().where(col(LetterEvent.letter_id) == col(LetterRow.id), col(LetterEvent.step) == step, stands())


def _in_state(state: LetterState) -> Sequence[ColumnElement[bool]]:
    """`state_of`, as the database asks it."""
    arrived = _has(LetterStep.arrived) | _has(LetterStep.signed)
    returned, posted, printed = _has(LetterStep.returned), _has(LetterStep.posted), _has(LetterStep.printed)
    asked: Mapping[LetterState, Sequence[ColumnElement[bool]]] = {
        LetterState.arrived: [arrived],
        LetterState.returned: [returned, ~arrived],
        LetterState.posted: [posted, ~arrived, ~returned],
        LetterState.to_post: [printed, ~posted, ~arrived],
        LetterState.to_print: [~printed],
    }
    return asked[state]


def _listed(session: Session, rows: Sequence[LetterRow]) -> list[Listed]:
    ids = [row.id for row in rows]
    events: dict[int, dict[LetterStep, LetterEvent]] = {number or 0: {} for number in ids}
    for one in session.exec(select(LetterEvent).where(col(LetterEvent.letter_id).in_(ids), stands())):
        events[one.letter_id][one.step] = one
    people = {row.person_id for row in rows if row.person_id is not None}
    names = dict(session.exec(select(Person.id, Person.name).where(col(Person.id).in_(people))).all())
    wanted = select(Account.id, Account.account_no, Portfolio.code, Portfolio.timezone).join(
        Portfolio, col(Portfolio.id) == col(Account.portfolio_id)
    )
    found = session.exec(wanted.where(col(Account.id).in_({row.account_id for row in rows}))).all()
    keys = {number: (f"{code}/{account_no}", zone) for number, account_no, code, zone in found}
    return [_one(row, events[row.id or 0], names.get(row.person_id, ""), *keys[row.account_id]) for row in rows]


def _one(row: LetterRow, events: Mapping[LetterStep, LetterEvent], person: str, account: str, zone: str) -> Listed:
    return Listed(
        letter_id=row.id or 0,
        number=number_of(row.id or 0),
        account_id=row.account_id,
        account=account,
        person=person,
        kind=row.kind,
        language=row.language,
        state=state_of(events.keys()),
        made_at=row.made_at,
        zone=zone,
        terms_id=row.terms_id,
        events=events,
    )
