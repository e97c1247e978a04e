"""What a replay reads besides the facts: contacts, the verdicts that let them happen, gates and wide holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from collector.audit.tables import AuditEntry
from collector.compliance.queries import kept_policies
from collector.compliance.rules import Policy
from collector.foundation.database import among
from collector.history.rules import Direction, HoldScope
from collector.history.tables import Attempt, Hold
from collector.planning.tables import Task
from collector.portfolio.tables import Person

TASK = "task:"
"""How the natural key of a contact begins that was made for a task."""
JUDGED, USED = "gate.judged", "policy.used"


@dataclass(frozen=True, slots=True)
class Span:
    """Which contacts: of a portfolio (None: of all), from `since` on, before `until`."""

    portfolio_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


class Allowed(NamedTuple):
    """The verdict by which a contact was made."""

    at: int
    policy: str | None
    facts: str | None
    by: str = ""
    """Who was to call or visit."""


class Gates:
    """Every gate that ever judged here, and which one judged for a portfolio at a moment."""

    def __init__(self, session: Session) -> None:
        self._used: dict[int, list[tuple[int, str]]] = defaultdict(list)
        rows = session.exec(select(AuditEntry).where(AuditEntry.action == USED).order_by(col(AuditEntry.id)))
        for row in rows:
            self._used[int(row.subject.split(":")[1])].append((int(row.at.timestamp()), row.detail["policy"]))
        self._session = session
        self._policies: dict[str, Policy | str | None] = {}

    def policy(self, digest: str) -> Policy | str:
        """The gate of that digest, or why there is none."""
        if digest not in self._policies:
            self._policies[digest] = kept_policies(self._session, [digest]).get(digest)
        return self._policies[digest] or "its text was not kept"

    def in_use(self, portfolio_id: int, at: int) -> str | None:
        """The digest of the gate that judged for the portfolio then; None: none was known yet."""
        return next((digest for since, digest in reversed(self._used.get(portfolio_id, ())) if since <= at), None)


class WideHolds:
    """Holds on a segment, a portfolio or everything: they are read live by a claim, not kept as facts."""

    def __init__(self, session: Session) -> None:
        wide = (HoldScope.segment, HoldScope.portfolio, HoldScope.everything)
        self._holds = session.exec(select(Hold).where(col(Hold.scope).in_(wide))).all()

    def is_held(self, portfolio_id: int, segment: str | None, at: datetime) -> bool:
        """Whether a hold that was written down by then forbade the contact."""
        return any(
            max(row.at, row.recorded_at) <= at
            and (row.until is None or row.until > at)
            and (row.lifted_at is None or row.lifted_at > at)
            and row.portfolio_id in (None, portfolio_id)
            and (row.scope is not HoldScope.segment or row.segment == segment)
            for row in self._holds
        )


@dataclass(frozen=True, slots=True)
class Chunk:
    """Contacts of some people, with what is known of the tasks they were made for."""

    contacts: Mapping[int, list[Attempt]]
    """By person, oldest first."""
    tasks: Mapping[int, Any]
    """(template, segment) by task."""
    allowed: Mapping[int, list[Allowed]]
    """By task, in order."""
    salts: Mapping[int, str]


def read_chunk(session: Session, people: range, span: Span) -> Chunk:
    """Our own contacts with people whose ids lie in that range."""
    wanted = select(Attempt).where(
        col(Attempt.person_id) >= people.start,
        col(Attempt.person_id) < people.stop,
        Attempt.direction == Direction.outbound,
    )
    if span.portfolio_id is not None:
        wanted = wanted.where(Attempt.portfolio_id == span.portfolio_id)
    if span.since is not None:
        wanted = wanted.where(col(Attempt.at) >= span.since)
    if span.until is not None:
        wanted = wanted.where(col(Attempt.at) < span.until)
    contacts: dict[int, list[Attempt]] = defaultdict(list)
    for row in session.exec(wanted.order_by(col(Attempt.at), col(Attempt.id))):
        contacts[row.person_id].append(row)
    tasks = [number for rows in contacts.values() for row in rows if (number := task_of(row)) is not None]
    return Chunk(contacts, _tasks(session, tasks), _allowed(session, tasks), _salts(session, contacts))


def task_of(contact: Attempt) -> int | None:
    """The task it was made for."""
    number = contact.natural_key.removeprefix(TASK)
    return int(number) if number != contact.natural_key and number.isdecimal() else None


def _tasks(session: Session, ids: Collection[int]) -> dict[int, Any]:
    rows = session.exec(select(Task.id, Task.template, Task.segment).where(among(session, Task.id, ids)))
    return {number or 0: (template, segment) for number, template, segment in rows}


def _allowed(session: Session, ids: Collection[int]) -> dict[int, list[Allowed]]:
    found: dict[int, list[Allowed]] = defaultdict(list)
    if not ids:
        return found
    subjects = [f"{TASK}{number}" for number in ids]
    entries: Iterable[AuditEntry] = session.exec(
        select(AuditEntry)
        .where(among(session, AuditEntry.subject, subjects), AuditEntry.action == JUDGED)
        .order_by(col(AuditEntry.id))
    )
    for row in entries:
        if row.detail["answer"] == "allow":
            verdict = Allowed(
                int(row.at.timestamp()), row.detail.get("policy"), row.detail.get("facts"), row.detail.get("by") or ""
            )
            found[int(row.subject.removeprefix(TASK))].append(verdict)
    return found


def _salts(session: Session, people: Collection[int]) -> dict[int, str]:
    return {
        number or 0: salt
        for number, salt in session.exec(select(Person.id, Person.salt).where(among(session, Person.id, people)))
    }
