"""Days at court: the calendar, one by one or as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from collector.casework import actions
from collector.casework.actions.matters import CalendarRead, DateOrder, read_calendar
from collector.casework.views.matters import court_calendar
from collector.cli.frame import (
    AtOption,
    JsonFlag,
    command,
    moment,
    office,
    show,
    show_json,
    show_table,
)
from collector.cli.matters.shared import ACCOUNT, NOTE, NUMBER, ON, day_, found_, hour_, matters
from collector.identity.rules import COMMAND_LINE, EVERYTHING
from collector.legal.matters.rules import DateEnd, DateKind


@matters.command("dates")
@command
def matters_dates(at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Days at court that have not ended, what is lost first on top."""
    with office().database.read() as session:
        rows = [
            {
                "number": one.row.id,
                "account": one.key,
                "days": one.days,
                "at": one.row.at,
                "zone": one.row.zone,
                "kind": one.row.kind,
                "what": one.row.what,
                "place": one.row.place,
                "who": one.row.who,
            }
            for one in court_calendar(session, EVERYTHING, moment(at))
        ]
    if json_:
        show_json({"court_dates": rows})
        return
    show_table("days at court", list(rows[0]) if rows else [], [list(row.values()) for row in rows], "none is open")


@matters.command("date")
@command
def matters_date(
    account: str = ACCOUNT,
    kind: DateKind = typer.Argument(..., metavar="KIND", help=", ".join(DateKind)),
    what: str = typer.Argument(..., help="What is to be done."),
    on: str = ON,
    hour: str | None = typer.Option(None, "--time", help="Such as 09:30; a deadline without one ends with its day."),
    zone: str = typer.Option("", "--zone", help="IANA zone of the court; default: the portfolio's."),
    place: str = typer.Option("", "--place", help="Court room or address."),
    who: str = typer.Option("", "--who", help="Who goes there, or does it."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Put a day into the court calendar."""
    order = DateOrder(kind, day_(on), what, hour_(hour), zone, place, who)
    with office().database.begin() as session:
        number, _ = found_(session, account)
        row = actions.note_court_date(session, number, order, at=moment(at), actor=COMMAND_LINE)
        told = {"court_date": row.id, "at": row.at, "zone": row.zone}
    show(told, as_json=json_, lines=[f"{account}: {kind}, {on}"])


@matters.command("ended")
@command
def matters_ended(
    number: int = NUMBER,
    how: DateEnd = typer.Argument(..., metavar="HOW", help=", ".join(DateEnd)),
    note: str = NOTE,
    to: str | None = typer.Option(None, "--to", help="Of one that was moved: its new day."),
    hour: str | None = typer.Option(None, "--time", help="And its hour."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Say how a day at court ended."""
    more: dict[str, Any] = {"note": note, "day": day_(to) if to else None, "hour": hour_(hour)}
    with office().database.begin() as session:
        row = actions.end_court_date(session, number, how, at=moment(at), actor=COMMAND_LINE, **more)
        told = {"court_date": row.id, "ended": row.ended}
    show(told, as_json=json_, lines=[f"day {number}: {how}"])


@matters.command("calendar")
@command
def matters_calendar(
    file: Path = typer.Argument(..., help="CSV or XLSX: account, kind, date, what [, time, timezone, place, who]."),
    check: bool = typer.Option(False, "--check", help="Only look: what would be noted, and what is wrong, by line."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Load a court calendar, whole or not at all. Exit code 2 when a line is refused: then nothing is noted."""
    desk, when = office(), moment(at)
    with desk.database.read() as session:
        found = read_calendar(session, file, when)
    if not check and not found.refused:
        with desk.database.begin() as session:
            actions.load_calendar(session, file, at=when, actor=COMMAND_LINE)
    _tell_calendar(found, noted=not check and not found.refused, as_json=json_)
    if found.refused:
        raise typer.Exit(2)


def _tell_calendar(found: CalendarRead, *, noted: bool, as_json: bool) -> None:
    days = [
        {"line": one.line, "account": one.key, "kind": one.order.kind, "at": one.at, "what": one.order.what}
        for one in found.lines
    ]
    refused = [{"line": one.line, "reason": one.reason} for one in found.refused]
    lines = [f"line {one['line']}: {one['account']} {one['kind']} {one['at']:%Y-%m-%d %H:%M}Z" for one in days]
    lines += [f"refused: line {one['line']}: {one['reason']}" for one in refused]
    state = "noted" if noted else "nothing is noted"
    lines.append(f"{len(days)} days, {len(refused)} refused; {state}")
    show({"noted": noted, "days": days, "refused": refused}, as_json=as_json, lines=lines)
