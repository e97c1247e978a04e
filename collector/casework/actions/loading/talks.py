"""Past conversations in batches: what each came to (handbook section 7). One of a moment and account is one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from collector.audit.actions import record
from collector.casework.actions.loading.contacts import Entry
from collector.casework.actions.loading.details import Told, natural_key
from collector.casework.actions.loading.subjects import Subject
from collector.facts.actions import stored_moment
from collector.foundation.database import among, copy_rows
from collector.history.tables import Disposition
from collector.identity.rules import Actor
from collector.portfolio.loading import Book

DISPOSITION = (
    "person_id", "account_id", "spoke_to", "cause", "willingness", "ability", "refuses", "next_step", "note",
    "occurred_at", "recorded_at", "actor",
)  # fmt: skip
BORROWER = "borrower"


class TalksLoader:
    """Writes dispositions of one portfolio, a batch at a time, with one audit entry for each batch."""

    def __init__(self, session: Session, book: Book, actor: Actor) -> None:
        self._session, self._book, self._actor = session, book, actor
        self._stored = stored_moment(session)

    def write(self, entries: Sequence[Entry]) -> list[bool]:
        """Record these conversations; for each, whether it was new."""
        seen = self._known([subject.account_id for _, _, subject in entries])
        is_new: list[bool] = []
        for _, at, subject in entries:
            is_new.append((subject.account_id, at) not in seen)
            seen.add((subject.account_id, at))
        fresh = [entry for entry, new in zip(entries, is_new, strict=True) if new]
        if fresh:
            copy_rows(self._session, "disposition", DISPOSITION, [self._row(*entry) for entry in fresh])
            digest = natural_key(*((subject.account_id, at) for _, at, subject in fresh))
            about = f"portfolio:{self._book.portfolio_id}"
            detail = {"dispositions": len(fresh), "digest": digest}
            record(self._session, self._actor.name, "dispositions.taken_over", about, detail, self._book.at)
        return is_new

    def _known(self, account_ids: Sequence[int]) -> set[tuple[int, datetime]]:
        if not account_ids:
            return set()
        wanted = select(Disposition.account_id, Disposition.occurred_at)
        rows = self._session.exec(wanted.where(among(self._session, Disposition.account_id, set(account_ids))))
        return {(account_id or 0, at) for account_id, at in rows}

    def _row(self, told: Told, at: datetime, subject: Subject) -> tuple[Any, ...]:
        """A row in the order of `DISPOSITION`."""
        what = told.what
        words = [what[name].value if name in what else None for name in ("cause", "willingness", "ability")]
        return (
            subject.person_id,
            subject.account_id,
            what.get("spoke_to", BORROWER),
            *words,
            what.get("refuses", False),
            what.get("next_step"),
            what.get("note"),
            self._stored(at),
            self._stored(self._book.at),
            self._actor.name,
        )
