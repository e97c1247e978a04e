"""Commands about people: promises, "I have paid", found again, stops, holds, pauses."""

from datetime import date
from typing import Any

import typer

from collector.casework import actions, queries
from collector.cli.frame import LARGEST_ID, AtOption, JsonFlag, command, moment, office, show
from collector.foundation.clock import parse_moment
from collector.foundation.errors import BadInput
from collector.foundation.money import parse_amount, shown
from collector.history.rules import Channel, HoldScope, StopKind
from collector.identity.rules import COMMAND_LINE, Level


@command
def promise(
    account: str = typer.Argument(..., help="CODE/NO."),
    amount: str = typer.Argument(..., help="Decimal major units, such as 1200.00."),
    due_at: str = typer.Argument(..., help="ISO 8601 with offset."),
    way: str = typer.Option("", "--way", help="How it will be paid."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Log a promise to pay, to the minute."""
    desk = office()
    with desk.database.begin() as session:
        found, portfolio = queries.account_and_portfolio(session, account)
        row = actions.make_promise(
            session,
            desk,
            account_id=found.id or 0,
            amount=parse_amount(amount, portfolio.currency),
            due_at=parse_moment(due_at),
            at=moment(at),
            actor=COMMAND_LINE,
            way=way,
        )
        document = {"promise": row.id, "account": account, "amount": amount, "due_at": row.due_at, "state": row.state}
        words = f"{account} promises {shown(row.amount, portfolio.currency)} by {row.due_at.isoformat()}"
    show(document, as_json=json_, lines=[words])


@command
def says_paid(
    account: str = typer.Argument(..., help="CODE/NO."), at: str | None = AtOption, json_: bool = JsonFlag
) -> None:
    """The borrower says it is paid: two working days' quiet, and a task for operations."""
    desk = office()
    with desk.database.begin() as session:
        found, _ = queries.account_and_portfolio(session, account)
        row = actions.says_paid(session, desk, account_id=found.id or 0, at=moment(at), actor=COMMAND_LINE)
        document = {"hold": row.id, "until": row.until}
    show(document, as_json=json_)


@command
def found(
    person: str = typer.Argument(..., help="CODE/NO of an account, or the person's number."),
    phone: str = typer.Argument(..., help="The verified phone."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """A lost person was found: the phone is added, skip-tracing ends, calling starts afresh."""
    desk = office()
    with desk.database.begin() as session:
        person_id = queries.person_by_key(session, person)
        point = actions.found(session, desk, person_id=person_id, phone=phone, at=moment(at), actor=COMMAND_LINE)
        document = {"person": person_id, "contact_point": point.id}
    show(document, as_json=json_)


@command
def stop(
    person: str = typer.Argument(..., help="CODE/NO of an account, or the person's number."),
    kind: StopKind = typer.Argument(..., help="Why."),
    channel: Channel | None = typer.Option(None, "--channel", help="Only this channel (opt_out)."),
    number: str | None = typer.Option(None, "--number", help="Only this number (opt_out)."),
    reason: str = typer.Option("", "--reason"),
    until: str | None = typer.Option(None, "--until", help="ISO 8601 with offset; default: until lifted."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Stop contacting a person."""
    desk = office()
    with desk.database.begin() as session:
        person_id = queries.person_by_key(session, person)
        row = actions.stop(
            session,
            desk,
            person_id=person_id,
            kind=kind,
            channel=channel,
            number=number,
            reason=reason,
            until=parse_moment(until) if until else None,
            at=moment(at),
            actor=COMMAND_LINE,
        )
        document = {"stop": row.id, "person": person_id, "kind": kind}
    show(document, as_json=json_)


@command
def hold(
    scope: HoldScope = typer.Argument(..., help="What is held."),
    subject: str | None = typer.Argument(None, help="CODE/NO, person, portfolio code, or CODE:segment."),
    until: str | None = typer.Option(None, "--until", help="ISO 8601 with offset; default: until lifted."),
    note: str = typer.Option("", "--note"),
    lift: int | None = typer.Option(
        None, "--lift", min=1, max=LARGEST_ID, help="Lift the hold with this number instead."
    ),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Stop all contact for an account, a person, a segment, a portfolio, or everything."""
    desk, when = office(), moment(at)
    with desk.database.begin() as session:
        if lift is not None:
            actions.lift_hold(session, desk, lift, when, COMMAND_LINE)
            document: dict[str, Any] = {"lifted": lift}
        else:
            what = queries.hold_subject(session, scope, subject)
            ends = parse_moment(until) if until else None
            row = actions.hold(session, desk, scope=scope, until=ends, note=note, at=when, actor=COMMAND_LINE, **what)
            document = {"hold": row.id, "scope": scope, "until": row.until}
    show(document, as_json=json_)


@command
def pause(
    account: str = typer.Argument(..., help="CODE/NO."),
    first: str = typer.Argument(..., metavar="FROM", help="First day that does not age, YYYY-MM-DD."),
    last: str = typer.Argument(..., metavar="TO", help="Last day that does not age, YYYY-MM-DD."),
    reason: str = typer.Option("", "--reason"),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Take days out of an account's ageing."""
    desk = office()
    with desk.database.begin() as session:
        found, _ = queries.account_and_portfolio(session, account)
        row = actions.pause(
            session,
            desk,
            account_id=found.id or 0,
            first=_day(first),
            last=_day(last),
            reason=reason,
            at=moment(at),
            actor=COMMAND_LINE,
        )
        document = {"pause": row.id, "account": account, "first": row.first, "last": row.last}
    show(document, as_json=json_)


@command
def lower_level(
    account: str = typer.Argument(..., help="CODE/NO."),
    level: Level = typer.Argument(..., help="The level it may go down to."),
    reason: str = typer.Option(..., "--reason", help="Why."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Let an account go down to a lower level of collector; by itself it only moves up while it is late."""
    desk = office()
    with desk.database.begin() as session:
        found, _ = queries.account_and_portfolio(session, account)
        row = actions.lower_level(
            session,
            desk,
            account_id=found.id or 0,
            level=level,
            reason=reason,
            at=moment(at),
            actor=COMMAND_LINE,
        )
        document = {"lowered": row.id, "account": account, "level": row.level}
    show(document, as_json=json_)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a date such as 2026-05-12") from error
