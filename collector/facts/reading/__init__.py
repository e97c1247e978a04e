"""Reading the records of some people, all kinds at once, for `facts.rules.build_person`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session

from collector.facts.reading.book import book, books, obligations, promises
from collector.facts.reading.contacts import about, contacts, phones
from collector.facts.reading.rare import kinds_of
from collector.facts.reading.reader import Reader, columns_of
from collector.facts.reading.wishes import account_holds, wishes
from collector.facts.rules.records import Records
from collector.portfolio.tables import Person

__all__ = ["books", "read_records"]


def read_records(session: Session, person_ids: Collection[int]) -> Records:
    """Everything the facts of these people follow from, whatever its date."""
    reader = Reader(session, books(session))
    person = columns_of(Person)
    spoken = select(person.id, person.language).where(reader.among(person.id, person_ids))
    found = reader.kept("languages", person_ids, spoken)
    reader.found.languages.update((row[0], row[1]) for row in found)
    obligations(reader, person_ids)
    owed = {debt.account_id for debts in reader.found.obligations.values() for debt in debts}
    reader.kinds = kinds_of(session, person_ids, owed)
    contacts(reader, person_ids)
    phones(reader, person_ids)
    wishes(reader, person_ids)
    if owed:
        book(reader, owed)
        promises(reader, owed)
        about(reader, owed)
        account_holds(reader, owed)
    return reader.found
