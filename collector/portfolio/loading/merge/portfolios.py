"""Portfolios and their caller numbers: small files, row by row."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from collector.foundation.errors import BadInput
from collector.portfolio import ways
from collector.portfolio.loading.job import Job, Merged
from collector.portfolio.loading.parsing import Book
from collector.portfolio.loading.phones import phones, region_of_zone
from collector.portfolio.loading.reading import Reading, RowFaults, Rows
from collector.portfolio.rules.ways import CALLERS, WORDS, Ways, changes, with_callers
from collector.portfolio.tables import CallerNumber, Portfolio

FIXED = ("currency", "timezone")
"""What amounts and days of loaded rows were read by: not to be changed under them."""


class Portfolios:
    """Rows are few: they wait in memory for the merge."""

    def __init__(self) -> None:
        self.batches: list[Rows] = []

    def stage_rows(self, session: Session, job: Job, rows: Rows, reading: Reading) -> None:
        faults: RowFaults = {}
        for row, given in enumerate(rows.dicts()):
            reason = _objection(session, given)
            if reason:
                faults[row] = [reason]
        rows = reading.refuse(rows, faults)
        self.batches.append(rows)
        job.staged += len(rows)

    def merge(self, session: Session, _job: Job, _reading: Reading) -> Merged:
        merged = Merged()
        for rows in self.batches:
            for given in rows.dicts():
                found = session.exec(select(Portfolio).where(Portfolio.code == given["code"])).first()
                before = merged.accepted
                if found is None or ways.is_free(session, found.id or 0):
                    _store(session, found, given, Portfolio, merged)
                    continue
                plain = {name: value for name, value in given.items() if name not in WORDS}
                _store(session, found, plain, Portfolio, merged)
                if _ask(session, found, given, merged):
                    merged.accepted = before + 1
        return merged


def _ask(session: Session, found: Portfolio, given: dict[str, Any], merged: Merged) -> bool:
    """Whether the file has ways to pay that differ even from what is under way: they become a proposal."""
    expected = ways.coming(session, found)
    wanted = {name: given[name] for name in WORDS if name in given}
    if not changes(expected, wanted):
        return False
    merged.ways[found.id or 0] = {**expected, **wanted}
    return True


def _objection(session: Session, given: dict[str, Any]) -> tuple[str, str] | None:
    try:
        region_of_zone(given["timezone"])
    except BadInput as error:
        return "timezone", error.message
    found = session.exec(select(Portfolio).where(Portfolio.code == given["code"])).first()
    if found is None:
        return None
    if not ways.has_accounts(session, found.id or 0):
        return None
    changed = next((name for name in FIXED if getattr(found, name) != given[name]), None)
    if changed is not None:
        return changed, f"is {getattr(found, changed)} and can not change, for accounts are loaded"
    if ways.is_free(session, found.id or 0):
        return None
    return _blocked(session, found, {name: given[name] for name in WORDS if name in given})


def _blocked(session: Session, found: Portfolio, wanted: Ways) -> tuple[str, str] | None:
    """Ways to pay that could not even be proposed now."""
    differing = changes(ways.coming(session, found), wanted)
    if not differing:
        return None
    if ways.is_blocked(session, found.id or 0, from_file=True):
        return next(iter(differing)), ways.UNDER_WAY
    return None


def _store(
    session: Session, found: Any, given: dict[str, Any], table: type[Portfolio] | type[CallerNumber], merged: Merged
) -> None:
    """Insert, or change what differs, and count it if anything did."""
    row = found if found is not None else table(**given)
    changed = [name for name, value in given.items() if found is None or getattr(found, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, given[name])
        session.add(row)
        session.flush()
        merged.accepted += 1
        merged.changed.append((f"{table.__tablename__}:{row.id}", sorted(changed)))


class Callers:
    """Numbers in the country of their portfolio's zone."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.free: dict[int, bool] = {}  # as it was before the first number of this file

    def stage_rows(self, session: Session, job: Job, rows: Rows, reading: Reading) -> None:
        faults: RowFaults = {}
        portfolios: dict[str, Portfolio] = {}
        seen = {(given["portfolio_id"], given["number"]) for given in self.rows}
        for row, given in enumerate(rows.dicts()):
            code = given.get("portfolio") or job.book.code
            if code not in portfolios:
                found = session.exec(select(Portfolio).where(Portfolio.code == code)).first()
                if found is None:
                    faults[row] = [("portfolio", "no such portfolio; name it here or with --portfolio")]
                    continue
                portfolios[code] = found
            reason = self._take(session, portfolios[code], given, job.book, seen)
            if reason:
                faults[row] = [("number", reason)]
        job.staged += len(reading.refuse(rows, faults))

    def _take(
        self, session: Session, portfolio: Portfolio, given: dict[str, Any], book: Book, seen: set[tuple[int, str]]
    ) -> str | None:
        wrong: dict[int, str] = {}
        local = Book(portfolio.id or 0, portfolio.code, region=region_of_zone(portfolio.timezone), at=book.at)
        number = phones([given["number"]], local, None, wrong)[0]
        if wrong or number is None:
            return wrong.get(0, "is not a phone number")
        if (portfolio.id or 0, number) in seen:
            return "the same number twice for one portfolio"
        channels = given.get("channels", "call,sms")
        if not ways.is_free(session, portfolio.id or 0):
            lines = with_callers(ways.coming(session, portfolio)[CALLERS], {number: channels})
            blocked = _blocked(session, portfolio, {CALLERS: lines})
            if blocked is not None:
                return blocked[1]
        seen.add((portfolio.id or 0, number))
        self.rows.append({"portfolio_id": portfolio.id, "number": number, "channels": channels})
        return None

    def merge(self, session: Session, _job: Job, _reading: Reading) -> Merged:
        merged = Merged()
        for given in self.rows:
            if self._asked(session, given, merged):
                continue
            found = session.exec(
                select(CallerNumber).where(
                    CallerNumber.portfolio_id == given["portfolio_id"], col(CallerNumber.number) == given["number"]
                )
            ).first()
            _store(session, found, given, CallerNumber, merged)
        return merged

    def _asked(self, session: Session, given: dict[str, Any], merged: Merged) -> bool:
        """Whether two people decide about this number: people are already written to, who would call it back."""
        number = given["portfolio_id"]
        if number not in self.free:
            self.free[number] = ways.is_free(session, number)
        if self.free[number]:
            return False
        portfolio = session.get_one(Portfolio, number)
        expected = merged.ways.get(number) or ways.coming(session, portfolio)
        wanted = {CALLERS: with_callers(expected[CALLERS], {given["number"]: given["channels"]})}
        if changes(expected, wanted):
            merged.ways[number] = {**expected, **wanted}
            merged.accepted += 1
        return True
