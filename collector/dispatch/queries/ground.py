"""What a claim needs to know: people held under lock, their facts, their portfolios, and what is in flight."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlmodel import Session, col, select

from collector.dispatch.rules import Book, InFlight, with_flights, with_neighbours
from collector.facts.queries import collectors, people_with_number, read_people
from collector.facts.rules import AccountFacts, PersonFacts, Phone, PromiseFact
from collector.foundation.database import among
from collector.history.rules import PromiseState
from collector.history.tables import Promise
from collector.planning.queries import CarriedIn, Gate, gate_of
from collector.planning.rules import IN_FLIGHT, Purpose
from collector.planning.tables import Task
from collector.portfolio.queries import portfolio_of
from collector.portfolio.tables import Account, Person, Portfolio


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a batch of tasks is judged and written with, read once for all of them."""

    at: datetime
    people: Mapping[int, PersonFacts]
    gates: Mapping[int, Gate]
    books: Mapping[int, Book]
    languages: Mapping[int, str]
    """Of portfolios."""
    names: Mapping[int, str]
    """Of the people contacted, and of the borrowers of their accounts."""
    salts: Mapping[int, str]
    """Of the same people."""
    borrowers: Mapping[int, int]
    """Account → its borrower."""
    collectors: Mapping[int, int]
    """Of all portfolios: a contact in flight for another one counts too."""
    broken: Mapping[int, PromiseFact]
    """Account → its last broken promise, where a task is about that."""

    def is_held(self, task: Task) -> bool:
        """A hold on the segment or wider: read live, so that the red switch acts at once."""
        gate = self.gates[task.portfolio_id]
        return gate.is_held or task.segment in gate.held_segments

    def language(self, task: Task, facts: PersonFacts) -> str:
        """In which a message is written."""
        return facts.body.language or self.languages[task.portfolio_id]

    def flight(self, task: Task, at: datetime) -> InFlight:
        debts = tuple(msgspec.json.decode(task.debts, type=list[int]))
        collector = self.collectors[task.portfolio_id]
        return InFlight(task.person_id, task.channel, at, task.number, task.caller, debts, collector)


def subject_of(task: Task, facts: PersonFacts) -> tuple[AccountFacts, Phone | None] | None:
    """The account and the phone of a task, as the person's facts know them now; letters and visits have no phone."""
    account = next((one for one in facts.accounts if one.account_id == task.account_id), None)
    phone = next((one for one in facts.body.phones if one.id == task.contact_point_id), None)
    is_known = phone is not None or task.contact_point_id is None
    return (account, phone) if account and is_known else None


def ground_of(session: Session, tasks: Sequence[Task], at: datetime, carried_in: CarriedIn) -> Ground:
    """What these tasks are judged and written with."""
    people = read_people(session, {task.person_id for task in tasks}, at)
    rows = [portfolio_of(session, number) for number in {task.portfolio_id for task in tasks}]
    borrowers, named = _named(session, tasks)
    return Ground(
        at,
        people,
        {row.id or 0: gate_of(session, row.id or 0, at, carried_in) for row in rows},
        {row.id or 0: book_of(row) for row in rows},
        {row.id or 0: row.language for row in rows},
        {number: name for number, (name, _) in named.items()},
        {number: salt for number, (_, salt) in named.items()},
        borrowers,
        collectors(session),
        _broken(session, {task.account_id for task in tasks if task.purpose is Purpose.broken_promise}),
    )


def _named(session: Session, tasks: Sequence[Task]) -> tuple[dict[int, int], dict[int, tuple[str, str]]]:
    """The borrower of each account, and name and salt of the borrowers and of whoever is contacted."""
    rows = session.exec(
        select(Account.id, Person.id, Person.name, Person.salt)
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(among(session, Account.id, {task.account_id for task in tasks}))
    ).all()
    borrowers = {account or 0: person or 0 for account, person, _, _ in rows}
    named = {person or 0: (name, salt) for _, person, name, salt in rows}
    if others := {task.person_id for task in tasks} - named.keys():
        wanted = select(Person.id, Person.name, Person.salt).where(among(session, Person.id, others))
        named |= {person or 0: (name, salt) for person, name, salt in session.exec(wanted)}
    return borrowers, named


def _broken(session: Session, account_ids: Collection[int]) -> dict[int, PromiseFact]:
    if not account_ids:
        return {}
    rows = select(Promise).where(
        among(session, Promise.account_id, account_ids), col(Promise.state) == PromiseState.broken
    )
    return {
        row.account_id: PromiseFact(
            row.id or 0, row.amount, row.paid, int(row.due_at.timestamp()), int(row.made_at.timestamp())
        )
        for row in session.exec(rows.order_by(col(Promise.due_at), col(Promise.id)))
    }


def book_of(row: Portfolio) -> Book:
    """What a message says of a portfolio."""
    return Book(
        row.sender_name,
        row.signature,
        row.creditor,
        row.collector_type,
        row.currency,
        row.timezone,
        row.pay_instructions,
        (*row.links, *row.call_backs, *row.pay_accounts),
    )


def judged_facts(session: Session, ground: Ground, task: Task) -> PersonFacts:
    """The person of a call, with what is in flight to them, and what others were called about at the same number."""
    facts = with_flights(ground.people[task.person_id], flights_of(session, ground, [task.person_id], without=task.id))
    others = set(people_with_number(session, task.number)) - {task.person_id} if task.number else set()
    if not others or task.number is None:
        return facts
    flights = flights_of(session, ground, others)
    known = read_people(session, sorted(others), ground.at).values()
    return with_neighbours(facts, task.number, [with_flights(other, flights) for other in known])


def flights_of(
    session: Session, ground: Ground, person_ids: Collection[int], without: int | None = None
) -> list[InFlight]:
    """Contacts of these people that were begun and have no attempt on record yet; all of them count as placed."""
    rows = session.exec(
        select(Task).where(
            among(session, Task.person_id, person_ids),
            col(Task.state).in_(IN_FLIGHT),
            col(Task.attempt_id).is_(None),
        )
    ).all()
    return [
        ground.flight(row, row.submitted_at or row.claimed_at or row.not_before) for row in rows if row.id != without
    ]
