"""Costs of matters, and the question to put them on the account."""

from __future__ import annotations

import typer

from collector.casework import actions
from collector.casework.actions.matters import CostOrder
from collector.casework.approvals import costs as approving
from collector.cli.frame import (
    AtOption,
    JsonFlag,
    command,
    moment,
    office,
    show,
)
from collector.cli.matters.shared import ACCOUNT, NOTE, NUMBER, ON, PAPER, day_, found_, matters
from collector.foundation.money import parse_amount, plain
from collector.identity.rules import COMMAND_LINE
from collector.legal.matters.rules import Advancer, CostKind


@matters.command("cost")
@command
def matters_cost(
    account: str = ACCOUNT,
    kind: CostKind = typer.Argument(..., metavar="KIND", help=", ".join(CostKind)),
    amount: str = typer.Argument(..., help="In the portfolio's currency, such as 1234.50."),
    on: str = ON,
    by: Advancer = typer.Option(Advancer.creditor, "--by", metavar="WHO", help=", ".join(Advancer)),
    recoverable: bool = typer.Option(True, "--recoverable/--ours", help="Whether the borrower is to bear it."),
    currency: str = typer.Option("", "--currency", help="Of the amount; another than the portfolio's is refused."),
    document: int | None = PAPER,
    note: str = NOTE,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Money spent on a matter."""
    with office().database.begin() as session:
        number, own = found_(session, account)
        sum_ = parse_amount(amount, currency or own)
        order = CostOrder(kind, sum_, day_(on), by, recoverable, currency, document, note)
        row = actions.note_cost(session, number, order, at=moment(at), actor=COMMAND_LINE)
        told = {"cost": row.id, "amount": row.amount, "currency": row.currency}
    show(told, as_json=json_, lines=[f"{account}: {kind} {amount}"])


@matters.command("strike-cost")
@command
def matters_strike_cost(
    number: int = NUMBER,
    reason: str = typer.Argument(..., help="Why it was wrong."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """A cost was entered in error."""
    with office().database.begin() as session:
        row = actions.strike_cost(session, number, reason, at=moment(at), actor=COMMAND_LINE)
        told = {"struck": row.strikes_id}
    show(told, as_json=json_, lines=[f"cost {number} is struck"])


@matters.command("post-costs")
@command
def matters_post(account: str = ACCOUNT, at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Ask a second person to put the costs that the borrower bears on the account."""
    with office().database.begin() as session:
        number, currency = found_(session, account)
        row = approving.propose(session, number, COMMAND_LINE, moment(at))
        told = {"approval": row.id, "lines": row.body["lines"], "total": row.body["total"]}
    show(told, as_json=json_, lines=[f"{account}: asked for {plain(row.body['total'], currency)}"])
