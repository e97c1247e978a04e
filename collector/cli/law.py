"""Commands around strategy and law: strategies, and the gate on its own."""

from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from collector.casework import strategies
from collector.cli.frame import AtOption, JsonFlag, command, moment, office, out, show, show_json, show_table
from collector.compliance.check import check_document, check_schema
from collector.foundation.clock import parse_moment
from collector.foundation.errors import BadInput
from collector.foundation.files import read_json
from collector.foundation.files.limits import MAX_HISTORY_BYTES
from collector.identity.rules import COMMAND_LINE

strategy = typer.Typer(no_args_is_help=True, help="Strategies.")

FileArgument = typer.Argument(..., help="Strategy as YAML.")
PortfolioOption = typer.Option(None, "--portfolio", help="Code; default: every portfolio.")


@strategy.command("validate")
@command
def strategy_validate(file: Path = FileArgument, json_: bool = JsonFlag) -> None:
    """Check a strategy: every problem with its row and line. Exit code 2 when it can not be published."""
    desk = office()
    with desk.database.read() as session:
        warnings = strategies.validate(session, desk.texts(session), strategies.read_text(file))
    document: dict[str, Any] = {"valid": True, "warnings": warnings}
    show(document, as_json=json_, lines=["this strategy can be published", *(f"note: {one}" for one in warnings)])


@strategy.command("diff")
@command
def strategy_diff(
    file: Path = FileArgument,
    portfolio: str | None = PortfolioOption,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """What publishing would move, in accounts and money, from segment to segment."""
    desk = office()
    with desk.database.read() as session:
        flows = strategies.diff(session, strategies.read_text(file), portfolio, moment(at))
    if json_:
        show_json({"flows": flows})
        return
    show_table(
        "what would change",
        ["portfolio", "from", "to", "accounts", "overdue"],
        [[flow["portfolio"], flow["from"], flow["to"], flow["accounts"], flow["overdue"]] for flow in flows],
        "no account would move",
    )


@strategy.command("publish")
@command
def strategy_publish(
    file: Path = FileArgument,
    portfolio: str | None = PortfolioOption,
    reason: str = typer.Option(..., "--reason", help="Why; kept with the version."),
    start: str | None = typer.Option(None, "--start", help="From when it counts, ISO 8601 with offset; default: now."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Publish a strategy as the next version. It counts from --start, at the next plan."""
    desk, now, text = office(), moment(at), strategies.read_text(file)
    starts: datetime = parse_moment(start) if start else now
    with desk.database.begin() as session:
        versions = strategies.publish(
            session, desk.texts(session), text, portfolio, COMMAND_LINE.name, reason, starts, now
        )
    lines = [f"{one['portfolio']}: version {one['version']} from {one['starts_at']}" for one in versions]
    show({"versions": versions}, as_json=json_, lines=lines)


@strategy.command("show")
@command
def strategy_show(
    portfolio: str = typer.Argument(..., help="Code."), at: str | None = AtOption, json_: bool = JsonFlag
) -> None:
    """The strategy that counts for a portfolio, as YAML."""
    with office().database.read() as session:
        text = strategies.text_in_force(session, portfolio, moment(at))
    if json_:
        show_json({"portfolio": portfolio, "yaml": text})
    else:
        out.print(text)


@command
def check(
    file: Path | None = typer.Argument(None, help="History and candidate as JSON; see --schema."),
    schema: bool = typer.Option(False, "--schema", help="Print the JSON Schema of the input instead."),
    json_: bool = JsonFlag,
) -> None:
    """The gate on its own: may this contact happen, by which rule not, and when next?"""
    if schema:
        show_json(check_schema())
        return
    if file is None:
        raise BadInput("name a file with a history and a candidate, or ask for --schema")
    document = check_document(read_json(file, most=MAX_HISTORY_BYTES))
    lines = [f"{document['verdict']}", *(f"  {rule['id']}: {rule['reason']}" for rule in document["rules"])]
    if document.get("earliest"):
        lines.append(f"earliest: {document['earliest']}")
    show(document, as_json=json_, lines=lines)
