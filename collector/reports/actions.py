"""A list that leaves the house as a file: within the rows of the day, named in a ledger, and named by itself."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlmodel import Session

from collector.audit.actions import record
from collector.foundation.database import lock_key
from collector.foundation.errors import Conflict, Forbidden
from collector.foundation.files import write_csv, write_xlsx
from collector.foundation.money import exponent
from collector.identity.rules import Actor
from collector.identity.tables import Approval
from collector.reports.queries import Chosen, DifferenceLine, Line, count_rows, listed, rows_out, unspent
from collector.reports.rules import MONEY, Format, Wanted, columns_of, described, mark_of, new_number, rows_a_day
from collector.reports.tables import ExportRecord

CHUNK = 500
"""Accounts that are read at once."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written, for whom. `titles`: what each column is called, in their language."""

    chosen: Chosen
    wanted: Wanted
    format: Format
    titles: Mapping[str, str]
    actor: Actor
    agreed: Approval | None = None
    """What another person agreed to, where the list is longer than what is left of the day."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that nobody has been given yet."""

    number: str
    body: bytes
    sha256: str
    rows: int

    def name(self, order: Order) -> str:
        """A name of our own letters only."""
        return f"export-{self.number}.{order.format}"


def left_today(session: Session, actor: Actor, now: datetime) -> tuple[int, int]:
    """Rows that this person may still export, and how many a day has."""
    most = rows_a_day(actor.roles)
    return max(most - rows_out(session, actor.user_id or 0, now), 0), most


def write(session: Session, order: Order, now: datetime) -> Written:
    """The file, as this look at the book has it. A list that is larger than what is left of the day is a `Forbidden`
    that says how much is left."""
    _refuse_more(session, order, count_rows(session, order.chosen, order.wanted, now), now)
    number = new_number(secrets.choice)
    mark = mark_of(number, order.actor.name, now.astimezone(UTC).isoformat(timespec="seconds"))
    header = [order.titles.get(name, name) for name in columns_of(order.wanted)]
    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / "list"
        lines = _Lines(session, order, now)
        if order.format is Format.xlsx:
            write_xlsx(path, header, _marked(lines, mark), mark=mark)
        else:
            write_csv(path, header, _marked(lines, mark), bom=True)
        body = path.read_bytes()
    return Written(number, body, hashlib.sha256(body).hexdigest(), lines.count)


class _Lines:
    """The cells of every account of a list, page by page, counted on the way."""

    def __init__(self, session: Session, order: Order, now: datetime) -> None:
        self._session, self._order, self._now = session, order, now
        self.count = 0

    def __iter__(self) -> Iterator[Sequence[Any]]:
        after: int | None = 0
        while after is not None:
            page = listed(self._session, self._order.chosen, self._order.wanted, self._now, after, CHUNK)
            for line in page.rows:
                self.count += 1
                yield [_cell(line, name) for name in columns_of(self._order.wanted)]
            after = int(page.after) if page.after else None


def _marked(lines: Iterator[Sequence[Any]] | _Lines, mark: str) -> Iterator[Sequence[Any]]:
    yield from lines
    yield [f"# {mark}"]


def _cell(line: Line | DifferenceLine, name: str) -> Any:
    """Money in major units, days as people write them."""
    value = getattr(line, name)
    if name in MONEY and value is not None:
        return Decimal(value).scaleb(-exponent(line.currency))
    return value.isoformat() if isinstance(value, date) else value


def _refuse_more(session: Session, order: Order, rows: int, now: datetime) -> None:
    """`Forbidden` where so many rows are more than what was agreed to, or, without that, than is left of the day."""
    agreed = order.agreed
    if agreed is None:
        refuse_more(session, order.actor, rows, now)
    elif unspent(session, [agreed]) is None:
        raise Conflict("this list was taken already; it was agreed to once")
    elif rows > agreed.body["rows"]:
        raise Forbidden(
            f"this list has {rows:,} rows by now, {agreed.body['rows']:,} were agreed to. Ask for approval again"
        )


def refuse_more(session: Session, actor: Actor, rows: int, now: datetime) -> None:
    """`Forbidden` where so many rows are more than what is left of the day."""
    left, most = left_today(session, actor, now)
    if most == 0:
        raise Forbidden("your role exports nothing; ask a supervisor for the list")
    if rows > left:
        raise Forbidden(
            f"this list has {rows:,} rows; of your {most:,} rows in 24 hours {left:,} are left. "
            "Open a smaller list, or come back later"
        )


def enter(session: Session, order: Order, written: Written, now: datetime) -> ExportRecord:
    """The ledger's row and its entry in the audit: only then may the file be given. What is left of the day is judged
    again, under a lock: two files at once are not counted past each other."""
    lock_key(session, f"exports of {order.actor.user_id}")
    _refuse_more(session, order, written.rows, now)
    wanted = described(order.wanted)
    row = ExportRecord(
        number=written.number,
        user_id=order.actor.user_id,
        actor=order.actor.name,
        at=now,
        wanted=wanted,
        book=order.chosen.key,
        portfolio_ids=list(order.chosen.ids),
        rows=written.rows,
        format=order.format,
        sha256=written.sha256,
        approval_id=order.agreed.id if order.agreed else None,
    )
    session.add(row)
    session.flush()
    told = {"number": row.number, "rows": row.rows, "format": row.format.value, "sha256": row.sha256}
    detail = {**told, "book": row.book, "list": wanted}
    detail |= {"approval": row.approval_id} if row.approval_id else {}
    record(session, order.actor.name, "export.made", f"export_record:{row.id}", detail, now)
    return row
