"""Counsel: packages, receipts, and numbers."""

from __future__ import annotations

from pathlib import Path

import typer

from collector.casework import actions
from collector.casework.casefiles import CaseOrder, HandOver, make_case_file, open_typesetter
from collector.casework.views.matters import by_counsel
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
from collector.cli.matters.shared import ACCOUNT, NUMBER, ON, PAPER, day_, found_, matters, money_
from collector.foundation.clock import system_clock
from collector.identity.rules import COMMAND_LINE, EVERYTHING


@matters.command("handover")
@command
def matters_handover(
    account: str = ACCOUNT,
    folder: Path = typer.Option(..., "--out", help="The folder to make."),
    contact: str = typer.Option("", "--contact", help="Name and phone of who may talk; default: whom legal named."),
    language: str | None = typer.Option(None, "--language", help="zh or en; default: the portfolio's."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Make the package for counsel: the case file with stages, days at court, costs and the negotiator."""
    desk = office()
    with desk.database.read() as session:
        number, _ = found_(session, account)
    order = CaseOrder(moment(at), language, hand_over=HandOver(contact))
    with open_typesetter(desk) as typesetter:
        made = make_case_file(desk, typesetter, number, folder, order, actor=COMMAND_LINE, now=system_clock())
    told = {"folder": str(folder), "files": made.files, "pages": made.pages, "sha256": made.sha256}
    show(told, as_json=json_, lines=[f"{folder}: {made.files} files; note the receipt when counsel confirms it"])


@matters.command("received")
@command
def matters_received(
    number: int = NUMBER,
    by: str = typer.Argument(..., help="Who received it."),
    on: str = ON,
    document: int | None = PAPER,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Counsel confirmed that a package arrived."""
    with office().database.begin() as session:
        row = actions.note_receipt(
            session, number, day_(on), by, actor=COMMAND_LINE, at=moment(at), document_id=document
        )
        told = {"package": row.package_id, "received_on": row.received_on}
    show(told, as_json=json_, lines=[f"package {number}: received by {by}, {on}"])


@matters.command("counsel")
@command
def matters_counsel(json_: bool = JsonFlag) -> None:
    """What each counsel's matters claimed, were awarded, recovered and cost."""
    with office().database.read() as session:
        lines = by_counsel(session, EVERYTHING)
    rows = [
        {
            "counsel": one.counsel or None,
            "currency": one.currency,
            "matters": one.matters,
            "running": one.running,
            **money_(one.net, one.currency),
            "days": one.days,
            "outcomes": dict(one.outcomes),
        }
        for one in lines
    ]
    if json_:
        show_json({"counsel": rows})
        return
    head = list(rows[0])[:-1] if rows else []
    show_table("by counsel", head, [list(row.values())[:-1] for row in rows], "no stage of any matter was entered yet")
