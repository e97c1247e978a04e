"""A file tried without being loaded: read whole, mapped, checked against the book, and nothing written."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from collector.foundation.database import Begin, among
from collector.foundation.files import Manner, read_table
from collector.portfolio.loading.choice import SHOWN
from collector.portfolio.loading.job import account_ids
from collector.portfolio.loading.load import read_book
from collector.portfolio.loading.mapping import Mapping, Translator
from collector.portfolio.loading.parsing import Book
from collector.portfolio.loading.problems import Told, told_kinds
from collector.portfolio.loading.reading import Progress, Reading, Rows, no_progress
from collector.portfolio.loading.rejects import without_marks
from collector.portfolio.rules import LoadKind, PaymentKind, Sample
from collector.portfolio.tables import Account

OF_ACCOUNTS = frozenset({LoadKind.instalments, LoadKind.parties, LoadKind.events})
"""Whose rows are refused where there is no such account."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a load would do: read = good + refused. `held`: payments among the good whose account is not known."""

    read: int
    good: int
    refused: int
    skipped: int
    held: int
    kinds: Sequence[Told]


def sample_of(path: Path, manner: Manner) -> tuple[Sample, str]:
    """The header and first rows of a file, and the name of the sheet if it is a workbook."""
    asked = read_table(path, batch_rows=SHOWN, encoding=manner.encoding, delimiter=manner.delimiter)
    with without_marks(asked) as table:
        first = next(iter(table.batches), None)
        return Sample(table.header, first.rows if first else []), table.sheet


def in_our_columns(mapping: Mapping, sample: Sample, name: str) -> Map[str, Sequence[str]]:
    """The first rows as the mapping makes them, by our column."""
    rows = {column: sample.cells(place) for place, column in enumerate(sample.header)}
    mapped = Translator(mapping, sample.header, name).translate(dict(rows), range(1, len(sample.rows) + 1))
    return {target: mapped.frame.columns[target] for target in mapping.targets if target in mapped.frame.columns}


def try_file(
    look: Begin,
    kind: LoadKind,
    path: Path,
    *,
    portfolio_code: str | None,
    mapping: Mapping | None,
    at: datetime,
    progress: Progress = no_progress,
) -> Tried:
    """Read the whole file as a load at that moment would. `look` opens reads only. A file that can not be read at all
    is a `BadInput`."""
    book = read_book(look, kind, portfolio_code, mapping, at)
    good = held = 0
    with Reading(kind, path, book, mapping) as reading:
        for rows in reading.batches(progress):
            with look() as session:
                kept = _with_accounts(session, kind, book, rows, reading)
                held += _held(session, book, kept) if kind is LoadKind.payments else 0
            good += len(kept)
        kinds = told_kinds(reading, mapping)
    return Tried(reading.read, good, reading.rejects.count, reading.skipped, held, kinds)


def _with_accounts(session: Session, kind: LoadKind, book: Book, rows: Rows, reading: Reading) -> Rows:
    if kind not in OF_ACCOUNTS:
        return rows
    known = account_ids(session, book.portfolio_id, rows.columns["account_no"])
    unknown = {row for row, number in enumerate(rows.columns["account_no"]) if number not in known}
    reason = f"no such account in {book.code}; load the accounts first"
    return reading.refuse(rows, {row: [("account_no", reason)] for row in unknown})


def _held(session: Session, book: Book, rows: Rows) -> int:
    """Payments that name no account and no card of the book."""
    numbers, cards = rows.column("account_no"), rows.column("card_no")
    known = account_ids(session, book.portfolio_id, filter(None, numbers))
    asked = among(session, col(Account.card_no), set(filter(None, cards)))
    found = set(session.exec(select(Account.card_no).where(Account.portfolio_id == book.portfolio_id, asked)))
    kinds = rows.column("kind", PaymentKind.payment.value)
    return sum(
        kind == PaymentKind.payment and (number not in known if number else card not in found)
        for kind, number, card in zip(kinds, numbers, cards, strict=True)
    )
