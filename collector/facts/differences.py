"""Checking the kept facts against the records they follow from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from collector.facts.queries import FACTS, account_of, person_range
from collector.facts.reading import read_records
from collector.facts.rules import AccountFacts, Built, body_decoder, build_person
from collector.facts.tables import AccountState, PersonState
from collector.foundation.database import among

CHUNK = 2_000
"""People read and built at a time."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A kept fact that does not follow from the records."""

    person_id: int
    account_id: int | None
    field: str
    kept: object
    computed: object

    def __str__(self) -> str:
        where = f"person {self.person_id}" + (f", account {self.account_id}" if self.account_id is not None else "")
        return f"{where}: {self.field} differs from the records"


def verify(session: Session) -> list[Difference]:
    """Recompute every kept fact from the records, as of the moment it was kept for; the differences, which must be
    none."""
    low, high = person_range(session)
    differences: list[Difference] = []
    for start in range(low, high + 1, CHUNK):
        differences += _verify_chunk(session, range(start, min(start + CHUNK, high + 1)))
    return differences


def _verify_chunk(session: Session, ids: Collection[int]) -> list[Difference]:
    records = read_records(session, ids)
    states = session.exec(select(PersonState).where(among(session, PersonState.person_id, ids)))
    people = {row.person_id: row for row in states}
    kept: dict[int, list[AccountState]] = {}
    for row in session.exec(select(AccountState).where(among(session, AccountState.person_id, ids))):
        kept.setdefault(row.person_id, []).append(row)
    differences: list[Difference] = []
    for person_id in sorted(records.languages):
        state = people.get(person_id)
        if state is not None:
            built = build_person(records, person_id, state.refreshed_at)
            differences += _compare(state, kept.get(person_id, []), built)
        elif records.obligations.get(person_id):
            differences.append(Difference(person_id, None, "person_state", None, "missing"))
    return differences


def _compare(state: PersonState, rows: Sequence[AccountState], built: Built) -> Iterator[Difference]:
    person_id, body = state.person_id, body_decoder.decode(state.body)
    for field in body.__struct_fields__:
        yield from _differ(person_id, None, field, getattr(body, field), getattr(built.facts.body, field))
    yield from _differ(person_id, None, "attention", state.attention, int(built.attention))
    until = int(state.fresh_until.timestamp()) if state.fresh_until is not None else None
    yield from _differ(person_id, None, "fresh_until", until, built.fresh_until)
    kept = {row.account_id: row for row in rows}
    for account, days in zip(built.facts.accounts, built.days, strict=True):
        row = kept.pop(account.account_id, None)
        if row is None:
            yield Difference(person_id, account.account_id, "account_state", None, "missing")
        else:
            yield from _compare_account(row, account, days)
    for account_id in kept:
        yield Difference(person_id, account_id, "account_state", "kept", None)


def _compare_account(row: AccountState, account: AccountFacts, days: tuple[date, date | None]) -> Iterator[Difference]:
    kept = account_of([getattr(row, name) for name in FACTS])
    for field in FACTS:
        yield from _differ(row.person_id, row.account_id, field, getattr(kept, field), getattr(account, field))
    yield from _differ(row.person_id, row.account_id, "fresh_from", row.fresh_from, days[0])
    yield from _differ(row.person_id, row.account_id, "fresh_until", row.fresh_until, days[1])


def _differ(person_id: int, account_id: int | None, field: str, kept: object, computed: object) -> Iterator[Difference]:
    if kept != computed:
        yield Difference(person_id, account_id, field, kept, computed)
