"""Everything in an events file but contacts: promises, stops, wishes, disputes and the like, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from collector.casework.actions.loading.details import EventKind, Told, natural_key
from collector.casework.actions.loading.subjects import Subject
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput, NotFound
from collector.history import actions as history
from collector.history.rules import OF_ONE_DEBT, Channel, HoldReason, HoldScope, StopKind
from collector.history.tables import CallbackRow, Complaint, Dispute, Hold, Promise, StandingRow, Stop
from collector.identity.queries import user_by_name
from collector.identity.rules import Actor
from collector.portfolio.loading import Book
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Party

WISHES = ("not_before", "not_after", "weekdays", "place", "hours", "treated_until")
K = TypeVar("K", Promise, Stop, StandingRow, Dispute)
Write = Callable[["RestLoader", Told, datetime, Subject], bool]


class RestLoader:
    """Writes one event through `history.actions`; says whether it was new. A `BadInput` tells why it can not be."""

    def __init__(self, session: Session, book: Book, actor: Actor) -> None:
        self._session, self._book, self._actor = session, book, actor
        self._agents: dict[str, int | None] = {}

    def write(self, told: Told, at: datetime, subject: Subject) -> bool:
        return WRITE[told.kind](self, told, at, subject)

    def _new(self, table: type[K], told: Told, at: datetime, subject: Subject) -> str | None:
        """The natural key, or None when the event is there. The load holds the portfolio, so nobody adds it
        meanwhile: no lock a row is needed, of which a database has only so many."""
        key = natural_key(self._book.code, subject.account_id, subject.number, told.kind, at, dict(told.what))
        found = self._session.exec(select(table.id).where(col(table.natural_key) == key)).first()
        return None if found is not None else key

    def _keyed(self, row: K, key: str) -> bool:
        """Give the row its key; one that was in force already under another key is no news."""
        if row.natural_key is not None:
            return False
        row.natural_key = key
        self._session.add(row)
        return True

    def _there(self, table: type[SQLModel], **same: Any) -> bool:
        """Whether a row of a table without natural keys says the same of the same moment."""
        columns = table.__table__.c  # type: ignore[attr-defined]
        wanted = select(columns.id).where(*(columns[name] == value for name, value in same.items()))
        return self._session.exec(wanted).first() is not None

    def promise(self, told: Told, at: datetime, subject: Subject) -> bool:
        key = self._new(Promise, told, at, subject)
        if key is None:
            return False
        role = told.what.get("promised_by", PartyRole.borrower)
        row = history.make_promise(
            self._session,
            account_id=subject.account_id,
            person_id=self._promiser(subject, role),
            amount=told.what["amount"],
            due_at=told.what["due_at"],
            made_at=at,
            now=self._book.at,
            actor=self._actor,
            promised_by=role.value,
            way=told.what.get("way", ""),
            plan_key=told.what.get("plan"),
        )
        return self._keyed(row, key)

    def _promiser(self, subject: Subject, role: PartyRole) -> int:
        if role is PartyRole.borrower:
            return subject.borrower_id
        wanted = select(Party.person_id).where(col(Party.account_id) == subject.account_id, col(Party.role) == role)
        found = self._session.exec(wanted.order_by(col(Party.id))).first()
        if found is None:
            raise BadInput(f"promised_by: this account has no {role.value}; load the parties first")
        return found

    def stop(self, told: Told, at: datetime, subject: Subject) -> bool:
        key = self._new(Stop, told, at, subject)
        if key is None:
            return False
        kind: StopKind = told.what["stop"]
        channel: Channel | None = told.what.get("channel")
        is_narrow = kind is StopKind.opt_out
        if channel is not None and not is_narrow:
            raise BadInput("channel: only an opt_out is for a channel; other stops are for all contact")
        row = history.stop(
            self._session,
            kind=kind,
            at=at,
            actor=self._actor,
            person_id=subject.person_id,
            channel=channel,
            number=subject.number if is_narrow else None,
            until=told.what.get("until"),
            reason=told.what.get("reason", ""),
            recorded_at=self._book.at,
        )
        return self._keyed(row, key)

    def standing(self, told: Told, at: datetime, subject: Subject) -> bool:
        key = self._new(StandingRow, told, at, subject)
        if key is None:
            return False
        what = told.what
        detail = {name: what[name] for name in WISHES if name in what}
        if "evidence" in what:
            detail["evidence_id"] = what["evidence"]
        row = history.standing(
            self._session,
            person_id=subject.person_id,
            kind=what["mark"],
            at=at,
            now=self._book.at,
            actor=self._actor,
            portfolio_id=self._book.portfolio_id,
            account_id=subject.account_id if what["mark"] in OF_ONE_DEBT else None,
            channel=what.get("channel"),
            number=subject.number,
            until=what.get("until"),
            detail=detail,
        )
        return self._keyed(row, key)

    def dispute(self, told: Told, at: datetime, subject: Subject) -> bool:
        known = self._disputed(told, at, subject)
        if known is not None:
            return known.answered_at is None and self._answered(known, told)
        key = self._new(Dispute, told, at, subject)
        if key is None:
            return False
        row = history.open_dispute(
            self._session,
            account_id=subject.account_id,
            person_id=subject.person_id,
            reason=told.what.get("reason", ""),
            at=at,
            today=local_day(at, self._book.zone),
            now=self._book.at,
            actor=self._actor,
        )
        self._answered(row, told)
        return self._keyed(row, key)

    def _disputed(self, told: Told, at: datetime, subject: Subject) -> Dispute | None:
        """The same dispute, told before: a later file brings its answer."""
        wanted = select(Dispute).where(
            col(Dispute.account_id) == subject.account_id,
            col(Dispute.at) == at,
            col(Dispute.reason) == told.what.get("reason", ""),
        )
        return self._session.exec(wanted).first()

    def _answered(self, row: Dispute, told: Told) -> bool:
        if "answered_at" not in told.what:
            return False
        answer = told.what.get("answer", "")
        history.answer_dispute(self._session, row.id or 0, answer, told.what["answered_at"], self._actor)
        return True

    def complaint(self, told: Told, at: datetime, subject: Subject) -> bool:
        if self._there(Complaint, account_id=subject.account_id, at=at):
            return False
        history.complain(
            self._session,
            person_id=subject.person_id,
            account_id=subject.account_id,
            text=told.what["text"],
            at=at,
            today=local_day(at, self._book.zone),
            now=self._book.at,
            actor=self._actor,
        )
        return True

    def hold(self, told: Told, at: datetime, subject: Subject) -> bool:
        scope = told.what.get("scope", HoldScope.account)
        if self._there(Hold, scope=scope, account_id=subject.account_id, at=at):
            return False
        history.hold(
            self._session,
            scope=scope,
            reason=told.what.get("reason", HoldReason.supervisor),
            at=at,
            actor=self._actor,
            account_id=subject.account_id,
            person_id=subject.person_id if scope is HoldScope.person else None,
            until=told.what.get("until"),
            note=told.what.get("note", ""),
            recorded_at=self._book.at,
        )
        return True

    def says_paid(self, _told: Told, at: datetime, subject: Subject) -> bool:
        if self._there(Hold, reason=HoldReason.says_paid, account_id=subject.account_id, at=at):
            return False
        row = history.says_paid(
            self._session,
            account_id=subject.account_id,
            person_id=subject.borrower_id,
            now=at,
            actor=self._actor,
            recorded_at=self._book.at,
        )
        return row.at == at

    def callback(self, told: Told, at: datetime, subject: Subject) -> bool:
        if self._there(CallbackRow, account_id=subject.account_id, made_at=at, due_at=told.what["due_at"]):
            return False
        history.agree_callback(
            self._session,
            person_id=subject.person_id,
            account_id=subject.account_id,
            due_at=told.what["due_at"],
            now=at,
            actor=self._actor,
            contact_point_id=subject.contact_point_id,
            user_id=self._agent(told.what.get("agent")),
        )
        return True

    def _agent(self, name: str | None) -> int | None:
        if name is None:
            return None
        if name not in self._agents:
            try:
                self._agents[name] = user_by_name(self._session, name).id
            except NotFound as error:
                raise BadInput(f"agent: {error.message}") from error
        return self._agents[name]


WRITE: dict[EventKind, Write] = {
    EventKind.promise: RestLoader.promise,
    EventKind.stop: RestLoader.stop,
    EventKind.standing: RestLoader.standing,
    EventKind.dispute: RestLoader.dispute,
    EventKind.complaint: RestLoader.complaint,
    EventKind.hold: RestLoader.hold,
    EventKind.says_paid: RestLoader.says_paid,
    EventKind.callback: RestLoader.callback,
}
