"""Messages claimed in batches: judged, written, and committed as `sending` before the carrier hears of them.

A claim holds the person's row, judges history and what is in flight, and only then makes the `Cleared` without which
a carrier can not be called. No counters that could drift.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from sqlmodel import Session

from collector.audit.actions import record_change
from collector.compliance.rules import Answer, Verdict, judge
from collector.dispatch.actions.braking import Brakes
from collector.dispatch.actions.moving import move, note_verdict, refuse
from collector.dispatch.carriers import Cleared
from collector.dispatch.queries import (
    Ground,
    flights_of,
    ground_of,
    lock_people,
    not_held,
    numbers_waited_for,
    subject_of,
)
from collector.dispatch.rules import (
    InFlight,
    Judged,
    contact_of,
    denied,
    facts_mac,
    objection,
    speaker,
    values,
    with_flights,
)
from collector.dispatch.tables import Submission
from collector.facts.rules import PersonFacts
from collector.foundation.errors import BadInput, NotFound
from collector.history.rules import Channel
from collector.identity.rules import EVERYTHING, WORKER
from collector.planning.queries import CarriedIn, due_messages
from collector.planning.rules import TEXT_RULE, Moment, TaskState
from collector.planning.tables import Task
from collector.texts.catalogue import Catalogue
from collector.texts.rules import count_segments

SETTLING = timedelta(minutes=2)
"""How long a message waits whose number has another one whose answer has not come: one at a time a number, so that
the reconciler can tell them apart (design section 4)."""
HELD_SEGMENT = timedelta(minutes=15)
"""How long a message of a held segment is put off before the hold is looked at again."""


@dataclass(frozen=True, slots=True)
class ReadyMessage:
    """A message that is committed as `sending`, with its proof."""

    task_id: int
    person_id: int
    submission_id: int
    to: str
    sender: str
    body: str
    token: str
    cleared: Cleared


@dataclass(slots=True)
class MessageClaims:
    """What one claim of a batch came to. `waiting`: put off for the sake of a number, a held segment or the brake."""

    ready: list[ReadyMessage] = field(default_factory=list)
    refused: int = 0
    waiting: int = 0
    closings: list[tuple[int, int, tuple[str, ...]]] = field(default_factory=list)
    """Closing SMS that are forbidden for good: (contact point, person, rules)."""

    @property
    def found_any(self) -> bool:
        """Whether the queue moved: if not, nothing is due any more."""
        return bool(self.ready or self.refused or self.waiting)


def claim_messages(
    session: Session, catalogue: Catalogue, carried_in: CarriedIn, at: datetime, limit: int
) -> MessageClaims:
    """The next due messages. People whom another transaction holds are left for the next claim."""
    due = due_messages(session, not_held(session, EVERYTHING, at), at, limit)
    held = lock_people(session, {task.person_id for task in due}, skip=True)
    tasks = [task for task in due if task.person_id in held]
    if not tasks:
        return MessageClaims()
    record_change(session, WORKER.name, "texts.used", "catalogue:1", catalogue.digests, at)
    return _Batch(session, catalogue, carried_in, at, tasks).claim()


def judge_message(session: Session, task: Task, catalogue: Catalogue, carried_in: CarriedIn, at: datetime) -> Verdict:
    """What a claim would say of this message at this moment, its text included; nothing is changed. The person's row
    must be held by the caller."""
    ground = ground_of(session, [task], at, carried_in)
    if ground.is_held(task):
        return denied("HOUSE-HOLD", "contact is on hold here").verdict
    facts = with_flights(ground.people[task.person_id], flights_of(session, ground, [task.person_id]))
    return _written_and_judged(task, facts, ground, catalogue, at)[1].verdict


class _Batch:
    """One batch under way: everything that is read is read once for all of its tasks, and written at once."""

    def __init__(
        self, session: Session, catalogue: Catalogue, carried_in: CarriedIn, at: datetime, tasks: Sequence[Task]
    ) -> None:
        self.session, self.catalogue, self.at, self.tasks = session, catalogue, at, tasks
        people = {task.person_id for task in tasks}
        self.ground: Ground = ground_of(session, tasks, at, carried_in)
        self.flights: dict[int, list[InFlight]] = {}
        for flight in flights_of(session, self.ground, people):
            self.flights.setdefault(flight.person_id, []).append(flight)
        self.waited_for = numbers_waited_for(session, {task.number for task in tasks if task.number})
        self.brakes = Brakes(session, catalogue, tasks, at)
        self.claims = MessageClaims()

    def claim(self) -> MessageClaims:
        placed = [placed for task in self.tasks if (placed := self._one(task)) is not None]
        self.brakes.close()
        self.session.flush()
        self.claims.ready = [_ready(task, row, verdict, self.at) for task, row, verdict in placed]
        return self.claims

    def _one(self, task: Task) -> tuple[Task, Submission, Verdict] | None:
        if task.number in self.waited_for or self.ground.is_held(task):
            self._wait(task, self.at + (SETTLING if task.number in self.waited_for else HELD_SEGMENT))
            return None
        facts = with_flights(self.ground.people[task.person_id], self.flights.get(task.person_id, ()))
        text, judged = _written_and_judged(task, facts, self.ground, self.catalogue, self.at)
        if judged.verdict.answer is not Answer.allow or text is None:
            self.claims.refused += 1
            closing = refuse(self.session, task, judged, self.at, Moment.claim)
            if closing and task.contact_point_id is not None:
                self.claims.closings.append((task.contact_point_id, task.person_id, closing))
            return None
        language = self.ground.language(task, facts)
        until = self.brakes.until(task, language)
        if until is not None:
            self._wait(task, until)
            return None
        self.brakes.let_go(task, language)
        self.flights.setdefault(task.person_id, []).append(self.ground.flight(task, self.at))
        self.waited_for.add(task.number or "")
        return task, self._sending(task, text, judged), judged.verdict

    def _wait(self, task: Task, until: datetime) -> None:
        task.not_before = until
        self.session.add(task)
        self.claims.waiting += 1

    def _sending(self, task: Task, text: str, judged: Judged) -> Submission:
        token = secrets.token_urlsafe(16)
        move(task, TaskState.claimed)
        move(task, TaskState.sending)
        task.claimed_by, task.claimed_at, task.submitted_at, task.token = "worker", self.at, self.at, token
        submission = Submission(
            task_id=task.id,
            person_id=task.person_id,
            channel=Channel.sms,
            carrier="",
            from_number=task.caller or "",
            to_number=task.number or "",
            body=text,
            segments=count_segments(text).parts,
            token=token,
            submitted_at=self.at,
            updated_at=self.at,
        )
        self.session.add_all([task, submission])
        note_verdict(self.session, task, judged, self.at, Moment.claim)
        return submission


def _ready(task: Task, row: Submission, verdict: Verdict, at: datetime) -> ReadyMessage:
    cleared = Cleared(task.id or 0, at, verdict)
    return ReadyMessage(
        task.id or 0,
        task.person_id,
        row.id or 0,
        row.to_number,
        row.from_number,
        row.body or "",
        row.token,
        cleared,
    )


def _written_and_judged(
    task: Task, facts: PersonFacts, ground: Ground, catalogue: Catalogue, at: datetime
) -> tuple[str | None, Judged]:
    """The finished text and the gate's word on it. What can not be written is refused, with the reason."""
    found = subject_of(task, facts)
    if found is None or task.template is None:
        return None, denied("HOUSE-TASK", "the account or the number of this task is gone")
    account, phone = found
    book, names = ground.books[task.portfolio_id], ground.names
    language = ground.language(task, facts)
    name, borrower = names.get(task.person_id, ""), names.get(ground.borrowers.get(task.account_id, 0), "")
    caller, broken = task.caller or "", ground.broken.get(task.account_id)
    try:
        given = values(book, account, language, name, borrower, caller, at, broken)
        template = catalogue.template(task.template, language)
        text = template.render(given)
    except (BadInput, NotFound) as error:
        return None, denied(TEXT_RULE, error.message)
    wrong = objection(text, book, account, caller, at, broken)
    if wrong is not None:
        return None, denied(TEXT_RULE, wrong)
    debts = tuple(msgspec.json.decode(task.debts, type=list[int]))
    gate = ground.gates[task.portfolio_id]
    by = speaker(task.purpose, facts, task.account_id, "")
    contact = contact_of(account, phone, task.channel, task.purpose, debts, gate.collector, template.key, text, by)
    mac = facts_mac(ground.salts[task.person_id], facts)
    return text, Judged(judge(contact, facts, gate.policy, at), gate.policy, mac)
