"""Past contacts in batches: attempts, how they ended, and what that means for the person and the number.

An attempt is one by portfolio, account, number, channel, direction and moment. Its outcome is not part of that: a later
`outcome` row about the same call is a correction, written as a new row, and the newest holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, select

from collector.audit.actions import record
from collector.casework.actions.loading.details import EventKind, Told, natural_key
from collector.casework.actions.loading.subjects import Subject
from collector.facts.actions import stored_moment
from collector.foundation.clock import local_day
from collector.foundation.database import among, copy_rows
from collector.history import actions as history
from collector.history.rules import Channel, Direction, Outcome, StopKind
from collector.history.tables import Attempt, OutcomeRow
from collector.identity.rules import Actor
from collector.portfolio import actions as portfolio
from collector.portfolio.loading import Book
from collector.portfolio.rules import ContactOwner, ContactStatus
from collector.portfolio.tables import ContactPoint

Entry = tuple[Told, datetime, Subject]
COLLECT = "collect"
ATTEMPT = (
    "natural_key", "person_id", "portfolio_id", "account_id", "debts", "contact_point_id", "channel", "direction",
    "number", "caller", "slot", "at", "day", "purpose", "step", "text", "actor", "recorded_at",
)  # fmt: skip
OUTCOME = ("attempt_id", "outcome", "seconds", "note", "occurred_at", "recorded_at", "actor")


class _Contact(NamedTuple):
    key: str
    told: Told
    at: datetime
    subject: Subject


class ContactsLoader:
    """Writes contacts of one portfolio, a batch at a time, with one audit entry for each batch."""

    def __init__(self, session: Session, book: Book, actor: Actor) -> None:
        self._session, self._book, self._actor = session, book, actor
        self._stored = stored_moment(session)

    def write(self, entries: Sequence[Entry]) -> list[bool]:
        """Record these contacts; for each, whether anything was new."""
        contacts = [_Contact(self._key(*entry), *entry) for entry in entries]
        if not contacts:
            return []
        known = self._known([contact.key for contact in contacts])
        fresh = {contact.key: contact for contact in reversed(contacts) if contact.key not in known}
        ids = known | self._attempts([contact for contact in contacts if fresh.get(contact.key) is contact])
        corrected = self._outcomes(contacts, ids, fresh)
        is_new = [fresh.get(contact.key) is contact or place in corrected for place, contact in enumerate(contacts)]
        self._deliveries([contact for contact in fresh.values() if "delivered_at" in contact.told.what], ids)
        self._noted(list(fresh), len(corrected))
        return is_new

    def _key(self, told: Told, at: datetime, subject: Subject) -> str:
        channel = told.what.get("channel", Channel.call)
        direction = told.what.get("direction", Direction.outbound)
        return natural_key(self._book.code, subject.account_id, subject.number, channel, direction, at)

    def _known(self, keys: Sequence[str]) -> dict[str, int]:
        rows = self._session.exec(
            select(Attempt.natural_key, Attempt.id).where(among(self._session, Attempt.natural_key, keys))
        )
        return {key: number or 0 for key, number in rows}

    def _attempts(self, contacts: Sequence[_Contact]) -> dict[str, int]:
        """Insert them at once; natural key → id."""
        if not contacts:
            return {}
        copy_rows(self._session, "attempt", ATTEMPT, [self._attempt(contact) for contact in contacts])
        return self._known([contact.key for contact in contacts])

    def _attempt(self, contact: _Contact) -> tuple[Any, ...]:
        """A row in the order of `ATTEMPT`."""
        what, subject = contact.told.what, contact.subject
        return (
            contact.key,
            subject.person_id,
            self._book.portfolio_id,
            subject.account_id,
            f"[{subject.account_id}]",
            subject.contact_point_id,
            what.get("channel", Channel.call).value,
            what.get("direction", Direction.outbound).value,
            subject.number,
            what.get("caller"),
            what.get("slot"),
            self._stored(contact.at),
            local_day(contact.at, subject.zone).isoformat(),
            what.get("purpose", COLLECT),
            what.get("step"),
            what.get("text"),
            self._actor.name,
            self._stored(self._book.at),
        )

    def _outcomes(self, contacts: Sequence[_Contact], ids: dict[str, int], fresh: dict[str, _Contact]) -> set[int]:
        """Outcomes of new attempts, and corrections that were not yet made; the places of those."""
        told = [
            (place, contact)
            for place, contact in enumerate(contacts)
            if "outcome" in contact.told.what
            and (fresh.get(contact.key) is contact or contact.told.kind is EventKind.outcome)
        ]
        made = self._made([ids[contact.key] for _, contact in told if contact.key not in fresh])
        wanted = []
        for place, contact in told:
            said = (ids[contact.key], contact.told.what["outcome"], contact.told.what.get("seconds"))
            if said not in made:
                made.add(said)
                wanted.append((place, contact))
        if wanted:
            rows = [self._outcome(contact, ids[contact.key]) for _, contact in wanted]
            copy_rows(self._session, "outcome", OUTCOME, rows)
        for _, contact in wanted:
            self._apply(contact)
        return {place for place, _ in wanted}

    def _made(self, attempts: Sequence[int]) -> set[tuple[int, str, int | None]]:
        if not attempts:
            return set()
        rows = self._session.exec(
            select(OutcomeRow.attempt_id, OutcomeRow.outcome, OutcomeRow.seconds).where(
                among(self._session, OutcomeRow.attempt_id, attempts)
            )
        )
        return {(attempt_id, outcome, seconds) for attempt_id, outcome, seconds in rows}

    def _outcome(self, contact: _Contact, attempt_id: int) -> tuple[Any, ...]:
        """A row in the order of `OUTCOME`."""
        what, now = contact.told.what, self._stored(self._book.at)
        seconds, note = what.get("seconds"), what.get("note")
        return (attempt_id, what["outcome"].value, seconds, note, self._stored(contact.at), now, self._actor.name)

    def _apply(self, contact: _Contact) -> None:
        """What an outcome changes besides the record of it: as when it is recorded live."""
        outcome, subject = contact.told.what["outcome"], contact.subject
        if outcome is Outcome.wrong_number and subject.contact_point_id is not None:
            portfolio.mark_point(
                self._session,
                self._session.get_one(ContactPoint, subject.contact_point_id),
                ContactStatus.wrong,
                owner=ContactOwner.stranger,
                actor=self._actor.name,
                at=self._book.at,
            )
        elif outcome is Outcome.deceased:
            history.stop(
                self._session,
                kind=StopKind.deceased,
                at=contact.at,
                actor=self._actor,
                person_id=subject.person_id,
                reason="told in a call",
                recorded_at=self._book.at,
            )
        elif outcome is Outcome.says_paid:
            history.says_paid(
                self._session,
                account_id=subject.account_id,
                person_id=subject.borrower_id,
                now=contact.at,
                actor=self._actor,
                recorded_at=self._book.at,
            )

    def _deliveries(self, contacts: Sequence[_Contact], ids: dict[str, int]) -> None:
        if contacts:
            rows = [(ids[one.key], self._stored(one.told.what["delivered_at"]), "delivered") for one in contacts]
            copy_rows(self._session, "delivery", ("attempt_id", "at", "status"), rows)

    def _noted(self, keys: Sequence[str], outcomes: int) -> None:
        """The audit entry of a batch: how many, and a digest of their keys."""
        if keys or outcomes:
            detail = {"attempts": len(keys), "outcomes": outcomes, "digest": natural_key(*sorted(keys))}
            subject = f"portfolio:{self._book.portfolio_id}"
            record(self._session, self._actor.name, "attempts.taken_over", subject, detail, self._book.at)
