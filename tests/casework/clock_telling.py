"""Short words for what happens to the clocks of an account on a floor."""

from __future__ import annotations

from datetime import date
from typing import Any

from floor import LI, Borrower, Story, moment

from collector.casework import actions as casework
from collector.history.actions import ClockNote
from collector.history.rules import DocumentKind
from collector.history.tables import ClockEvent, Document
from collector.law.rules import Happening
from collector.portfolio.rules import PartyRole
from collector.portfolio.tables import Account, Party, Person

NOW = "2026-05-13 12:00"


def paper(story: Story, who: Borrower, content: bytes = b"\x89PNG\r\n\x1a\n receipt") -> Document:
    with story.database.begin() as session:
        account = session.get_one(Account, who.account_id)
        return casework.file_document(
            session,
            story.office,
            account,
            content,
            kind=DocumentKind.letter_receipt,
            title="receipt",
            actor=LI,
            now=moment(NOW),
        )


def note(story: Story, who: Borrower, kind: Happening, day: str, at: str = NOW, **more: Any) -> ClockEvent:
    told = ClockNote(kind, date.fromisoformat(day), **more)
    row: ClockEvent = story.do(casework.note_clock, who.account_id, told, now=moment(at), actor=LI)
    return row


def guarantor(story: Story, who: Borrower, **terms: Any) -> int:
    with story.database.begin() as session:
        person = Person(name="保证人", salt="g", natural_key=f"guarantor of {who.account_id}")
        session.add(person)
        session.flush()
        session.add(
            Party(account_id=who.account_id, person_id=person.id or 0, role=PartyRole.guarantor, **terms),
        )
        session.flush()
        number = person.id or 0
    story.do(casework.follow_up, {who.person_id, number}, moment(NOW))
    return number
