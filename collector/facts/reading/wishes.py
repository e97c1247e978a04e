"""What speaks against a contact: stops, standing wishes, holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, select

from collector.facts.reading.reader import Reader, columns_of, word
from collector.facts.rules import records as shapes
from collector.foundation.database import mostly
from collector.history.rules import HoldScope, StopKind
from collector.history.tables import Hold, StandingRow, Stop


def wishes(reader: Reader, ids: Collection[int]) -> None:
    """Stops, what people said that stands, and our holds on them."""
    stop, said = columns_of(Stop), columns_of(StandingRow)
    for row in _stops(reader, stop.person_id, reader.among(stop.person_id, ids)):
        reader.found.stops[row.person_id or 0].append(row)
    numbers = {phone.number for phones in reader.found.phones.values() for phone in phones}
    if numbers:
        wanted = reader.among(stop.number, sorted(numbers)) & (
            stop.person_id.is_(None) | (stop.kind == StopKind.opt_out)
        )
        for row in _stops(reader, stop.number, wanted):
            reader.found.number_stops[row.number or ""].append(row)
    for row_ in reader.rare(
        said.person_id,
        select(said.person_id, said.portfolio_id, word(said.kind), word(said.channel), said.number)
        .add_columns(reader.moment(said.at), reader.moment(said.until), said.detail, said.id, said.account_id)
        .where(reader.among(said.person_id, ids))
        .order_by(said.at, said.id),
    ):
        reader.found.standing[row_[0]].append(shapes.StandingRecord._make(row_))
    for held in _holds(reader, HoldScope.person, columns_of(Hold).person_id, ids):
        reader.found.person_holds[held.person_id or 0].append(held)


def account_holds(reader: Reader, ids: Collection[int]) -> None:
    for held in _holds(reader, HoldScope.account, columns_of(Hold).account_id, ids):
        reader.found.account_holds[held.account_id or 0].append(held)


def _stops(reader: Reader, column: ColumnElement[Any], wanted: ColumnElement[bool]) -> Iterable[shapes.StopRecord]:
    stop = columns_of(Stop)
    for row in reader.rare(
        column,
        select(stop.person_id, word(stop.kind), word(stop.channel), stop.number)
        .add_columns(*map(reader.moment, (stop.at, stop.until, stop.lifted_at)))
        .where(wanted)
        .order_by(stop.at, stop.id),
    ):
        yield shapes.StopRecord._make(row)


def _holds(
    reader: Reader, scope: HoldScope, column: ColumnElement[Any], ids: Collection[int]
) -> Iterable[shapes.HoldRecord]:
    hold = columns_of(Hold)
    for row in reader.rare(
        column,
        select(hold.account_id, hold.person_id, word(hold.scope), word(hold.reason))
        .add_columns(*map(reader.moment, (hold.at, hold.until, hold.lifted_at)))
        .where(mostly(hold.scope, scope), reader.among(column, ids))
        .order_by(hold.at, hold.id),
    ):
        yield shapes.HoldRecord._make(row)
