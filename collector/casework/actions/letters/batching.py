"""A batch of letters in the background: begun, printed with its progress told, numbered for the post, posted."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from collector.casework.actions.letters.coming_back import LetterReport, ReportKind, Taken, take_reports
from collector.casework.actions.letters.printing import Batch, print_open, save_batch
from collector.casework.office import Office
from collector.foundation.database import lock_key
from collector.foundation.errors import CollectorError, Conflict, NotFound
from collector.history.actions.keep import add, change
from collector.history.rules import LetterStep
from collector.history.rules.posting import number_range
from collector.history.tables import LetterBatch, LetterEvent
from collector.identity.rules import EVERYTHING, Actor, Scope
from collector.portfolio.tables import Portfolio

BROKEN = "broken"
"""The error of a batch that an error of the program itself ended; the log says which."""
SILENT: timedelta = timedelta(minutes=2)
"""After so long without a word a batch was interrupted; a letter takes a second at most."""
REMEMBERED = timedelta(days=366)
"""How far back numbers that were only set aside are compared; those of posted letters always are."""
TOLD_EVERY_S = 1.0


def is_running(row: LetterBatch, now: datetime) -> bool:
    return row.ended_at is None and row.told_at > now - SILENT


def batch_folder(office: Office, batch_id: int) -> Path:
    """Where its file and its list lie."""
    return office.settings.home / "letters" / f"batch-{batch_id}"


def begin_batch(session: Session, portfolio: Portfolio, at: datetime, actor: Actor) -> LetterBatch:
    """From now on it is printed, by whoever calls `run_batch`. `Conflict`: one of this portfolio runs already."""
    lock_key(session, f"letters:{portfolio.id}")
    last = session.exec(
        select(LetterBatch)
        .where(LetterBatch.portfolio_id == portfolio.id)
        .order_by(col(LetterBatch.id).desc())
        .limit(1)
    ).first()
    if last is not None and is_running(last, at):
        raise Conflict("the letters of this portfolio are being printed already; wait for the end of it")
    row = LetterBatch(portfolio_id=portfolio.id or 0, made_at=at, told_at=at, actor=actor.name)
    add(session, row, actor.name, "letters.batch", {"portfolio": portfolio.id}, at)
    return row


def run_batch(office: Office, batch_id: int, code: str, clock: Callable[[], datetime], actor: Actor) -> None:
    """Print all that the plan asks for, however many. What can not be printed is kept with its reason; an error that
    ends the whole is kept too, and what was printed by then stays printed."""
    error = BROKEN
    batch = Batch((), ())
    try:
        batch = print_open(office, code, clock(), actor, progress=_telling(office, batch_id, clock))
        if batch.printed:
            save_batch(batch, batch_folder(office, batch_id))
        error = ""
    except CollectorError as refused:
        error = refused.message
    finally:
        _end(office, batch_id, batch, error, clock(), actor)


def _telling(office: Office, batch_id: int, clock: Callable[[], datetime]) -> Callable[[int, int], None]:
    """At most once a second, so that telling costs little beside printing."""
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        if done < total and time.monotonic() - last < TOLD_EVERY_S:
            return
        last = time.monotonic()
        with office.database.begin() as session:
            row = session.get_one(LetterBatch, batch_id)
            row.done, row.total, row.told_at = done, total, clock()
            session.add(row)

    return tell


def _end(office: Office, batch_id: int, batch: Batch, error: str, at: datetime, actor: Actor) -> None:
    with office.database.begin() as session:
        row = session.get_one(LetterBatch, batch_id)
        row.letters = [one.letter_id for one in batch.printed]
        row.not_printed = [[one.account, one.reason] for one in batch.not_printed]
        row.error, row.ended_at, row.told_at = error, at, at
        detail = {"printed": len(batch.printed), "not_printed": len(batch.not_printed), "failed": bool(error)}
        change(session, row, actor.name, "letters.batch_ended", detail, at)


def batch_of(session: Session, batch_id: int, scope: Scope = EVERYTHING) -> LetterBatch:
    """Foreign and absent are the same `NotFound`."""
    row = session.get(LetterBatch, batch_id)
    if row is None or not scope.admits(row.portfolio_id):
        raise NotFound("there is no such batch of letters")
    return row


def number_batch(session: Session, batch_id: int, first: str, at: datetime, actor: Actor) -> LetterBatch:
    """Set posting numbers aside for its letters, counted up from the first; they stand on the list for the post office.
    `Conflict`: it has some already, or one of them was used before."""
    lock_key(session, "letters:numbers")
    row = batch_of(session, batch_id)
    session.refresh(row)
    if row.ended_at is None or not row.letters:
        raise Conflict("there is no printed letter in this batch to be numbered")
    if row.numbers:
        raise Conflict("this batch has its posting numbers already")
    numbers = number_range(first, len(row.letters))
    used = select(LetterEvent.posting_no).where(col(LetterEvent.posting_no).in_(numbers)).limit(1)
    others = select(LetterBatch.numbers).where(LetterBatch.id != row.id, LetterBatch.made_at > at - REMEMBERED)
    set_aside = {number for given in session.exec(others) for number in given}
    if session.exec(used).first() is not None or set_aside & set(numbers):
        raise Conflict("one of these posting numbers was given to a letter before; begin with another")
    row.numbers = numbers
    change(session, row, actor.name, "letters.numbered", {"count": len(numbers)}, at)
    return row


def post_batch(office: Office, batch_id: int, on: date, at: datetime, actor: Actor, scope: Scope) -> Taken:
    """The post office took all of it: each letter is posted under its number, through the gate, each in a transaction
    of its own; what is refused is told and does not hold up the others."""
    with office.database.read() as session:
        row = batch_of(session, batch_id, scope)
        if not row.numbers:
            raise Conflict("give this batch its posting numbers first")
        pairs = list(zip(row.letters, row.numbers, strict=True))
        posted = set(
            session.exec(
                select(LetterEvent.letter_id).where(
                    col(LetterEvent.letter_id).in_(row.letters), LetterEvent.step == LetterStep.posted
                )
            )
        )
    reports = [
        LetterReport(line, letter_id, on, number)
        for line, (letter_id, number) in enumerate(pairs, 2)
        if letter_id not in posted
    ]
    return take_reports(office, ReportKind.posted, reports, at=at, actor=actor, scope=scope)
