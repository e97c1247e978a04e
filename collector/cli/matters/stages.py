"""Stages of matters: how far each has come, entered and struck."""

from __future__ import annotations

from typing import Any

import typer

from collector.casework import actions
from collector.casework.views.matters import matter_case, running
from collector.cli.frame import (
    LARGEST_ID,
    AtOption,
    JsonFlag,
    command,
    moment,
    office,
    out,
    show,
    show_json,
    show_table,
)
from collector.cli.matters.shared import ACCOUNT, ON, PAPER, amount_, day_, found_, matters, money_
from collector.foundation.errors import Conflict
from collector.identity.rules import COMMAND_LINE, EVERYTHING
from collector.legal.matters.rules import MatterOutcome, MatterStage, Step
from collector.portfolio.queries import account_by_key, portfolio_of


@matters.callback(invoke_without_command=True)
@command
def matters_list(context: typer.Context, json_: bool = JsonFlag) -> None:
    """Matters that run, by their next day at court."""
    if context.invoked_subcommand is not None:
        return
    with office().database.read() as session:
        rows = [
            {
                "account": line.key,
                "stage": one.matter.stage,
                "court": one.matter.court,
                "case_no": one.matter.case_no,
                "counsel": one.matter.counsel,
                "next": one.next.at if one.next else None,
                "what": one.next.what if one.next else None,
            }
            for line in running(session, EVERYTHING)
            for one in [line.beside]
        ]
    if json_:
        show_json({"matters": rows})
        return
    head = ["account", "stage", "court", "case", "counsel", "next day at court", "what"]
    show_table("matters", head, [list(row.values()) for row in rows], "no matter runs: legal accepts a referral first")


@matters.command("show")
@command
def matters_show(account: str = ACCOUNT, json_: bool = JsonFlag) -> None:
    """One matter: its history with what was struck, its days at court, its costs, and the money."""
    with office().database.read() as session:
        found = account_by_key(session, account)
        case = matter_case(session, found.id or 0)
        if case is None:
            raise Conflict("there is no matter yet: legal accepts the referral of the account first")
        currency = portfolio_of(session, found.portfolio_id).currency
        document = {
            "account": account,
            "stage": case.matter.stage,
            "history": [row.model_dump() for row in case.matter.rows],
            "court_dates": [row.model_dump() for row in case.dates],
            "costs": [{**row.model_dump(), "posted": row.source in case.posted} for row in case.costs],
            "packages": [
                {**package.model_dump(), "received_on": receipt.received_on if receipt else None}
                for package, receipt in case.packages
            ],
            "money": money_(case.net, currency),
        }
    if json_:
        show_json(document)
        return
    steps = [[row.on, row.stage, row.court, row.case_no, _struck(row)] for row in case.matter.rows]
    show_table(
        f"{account}: {case.matter.stage}", ["day", "stage", "court", "case", ""], steps, "nothing was entered yet"
    )
    out.print(", ".join(f"{name} {amount}" for name, amount in money_(case.net, currency).items()))


def _struck(row: Any) -> str:
    return f"strikes {row.strikes_id}: {row.reason}" if row.strikes_id else str(row.id)


@matters.command("stage")
@command
def matters_stage(
    account: str = ACCOUNT,
    stage: MatterStage = typer.Argument(..., metavar="STAGE", help=", ".join(MatterStage)),
    on: str = ON,
    court: str = typer.Option("", "--court", help="Before which court."),
    case_no: str = typer.Option("", "--case-no", help="The case number that the court gave."),
    counsel: str = typer.Option("", "--counsel", help="Who stands for the creditor."),
    document: int | None = PAPER,
    to_come: bool = typer.Option(False, "--paper-to-come", help="The judgment was given; its paper is still to come."),
    final: bool = typer.Option(False, "--final", help="The judgment binds; --on is the last day to perform it."),
    claimed: str | None = typer.Option(None, "--claimed", help="What the suit asks for; default: the balance then."),
    awarded: str | None = typer.Option(None, "--awarded", help="What the judgment awards."),
    outcome: MatterOutcome | None = typer.Option(None, "--outcome", metavar="OUTCOME", help=", ".join(MatterOutcome)),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """A matter reached a stage. What that is to the clocks of the law is recorded with it."""
    desk = office()
    with desk.database.begin() as session:
        number, currency = found_(session, account)
        asked, given = (amount_(text, currency) for text in (claimed, awarded))
        step = Step(stage, day_(on), court, case_no, counsel, document, to_come, final, asked, given, outcome)
        row = actions.enter_stage(session, desk, number, step, at=moment(at), actor=COMMAND_LINE)
        told = {"step": row.id, "stage": row.stage, "on": row.on, "clock_event": row.clock_event_id}
    show(told, as_json=json_, lines=[f"{account}: {stage}, {on}"])


@matters.command("strike")
@command
def matters_strike(
    account: str = ACCOUNT,
    step: int = typer.Argument(..., min=1, max=LARGEST_ID, help="Number of the last entry."),
    reason: str = typer.Argument(..., help="Why it was wrong."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """The last entry was an error: it counts no more, and stays to be read with the reason."""
    desk = office()
    with desk.database.begin() as session:
        number, _ = found_(session, account)
        row = actions.strike_stage(session, desk, number, step, reason, at=moment(at), actor=COMMAND_LINE)
        told = {"struck": row.strikes_id, "stage": row.stage}
    show(told, as_json=json_, lines=[f"{account}: {row.stage} is struck"])
