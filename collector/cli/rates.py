"""Commands about rates that change while contracts run. Each proposes; a second person agrees under Approvals."""

from pathlib import Path

import typer

from collector.casework.approvals import rates as changing
from collector.casework.rates import RateOrder, checked, rate_view, read_rates
from collector.cli.frame import AtOption, JsonFlag, command, moment, office, show, show_json, show_table
from collector.identity.rules import COMMAND_LINE
from collector.portfolio.queries import portfolio_by_code

rates = typer.Typer(no_args_is_help=True, help="Rates that change while contracts run: list, add, load a file.")
PortfolioOption = typer.Option(..., "--portfolio", help="Code.")


@rates.command("list")
@command
def list_rates(portfolio: str = PortfolioOption, json_: bool = JsonFlag) -> None:
    """The changes of a portfolio, newest first, and how many of its accounts have no rate."""
    with office().database.read() as session:
        book = portfolio_by_code(session, portfolio)
        view = rate_view(session, book, 100_000)
        rows = [
            {
                "from_on": row.from_on,
                "account_no": number,
                "product": row.product,
                "annual_rate": row.annual_rate,
                "penalty_rate": row.penalty_rate,
                "reason": row.reason,
                "asked_by": row.asked_by,
                "agreed_by": row.actor,
            }
            for row, number in view.rows
        ]
        lacks = {"annual_rate": view.without_annual, "penalty_rate": view.without_penalty}
        currency = book.currency
    if json_:
        show_json({"rates": rows, "currency": currency, "accounts_without": lacks})
        return
    head = ["from_on", "account_no", "product", "annual_rate", "penalty_rate", "reason", "agreed_by"]
    show_table("rates", head, [[row[name] for name in head] for row in rows], "no rate of this portfolio was changed")
    show({}, as_json=False, lines=[f"{count} accounts in {currency} without {name}" for name, count in lacks.items()])


@rates.command("add")
@command
def add(
    portfolio: str = PortfolioOption,
    from_on: str = typer.Option(..., "--from", help="The day from which it holds, such as 2026-05-31."),
    reason: str = typer.Option(..., "--reason", help="The clause or the notice by which it changes."),
    account: str = typer.Option("", "--account", help="Account number; default: all of the product or portfolio."),
    product: str = typer.Option("", "--product", help="All accounts of this product."),
    annual: str = typer.Option("", "--annual", help="Annual rate in percent, such as 14.07; default: as before."),
    penalty: str = typer.Option("", "--penalty", help="Penalty rate in percent; default: as before."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Propose one change of a rate."""
    given = {"from_on": from_on, "reason": reason, "account_no": account, "product": product}
    desk = office()
    with desk.database.begin() as session:
        book = portfolio_by_code(session, portfolio)
        order = checked(session, book, {**given, "annual_rate": annual, "penalty_rate": penalty})
        number = changing.propose(session, book, [order], COMMAND_LINE, moment(at)).id
    _asked(number, [order], as_json=json_)


@rates.command("load")
@command
def load(
    file: Path = typer.Argument(..., help="CSV or XLSX.", exists=True, dir_okay=False),
    portfolio: str = PortfolioOption,
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Propose all changes of a file (columns from_on, reason, account_no or product, annual_rate, penalty_rate). One
    wrong line, and none is proposed."""
    desk = office()
    with desk.database.begin() as session:
        book = portfolio_by_code(session, portfolio)
        orders = read_rates(session, book, file)
        number = changing.propose(session, book, orders, COMMAND_LINE, moment(at)).id
    _asked(number, orders, as_json=json_)


def _asked(approval: int | None, orders: list[RateOrder], *, as_json: bool) -> None:
    document = {"approval": approval, "changes": len(orders)}
    lines = [f"{len(orders)} changes of rate are proposed; approval {approval} waits for a second person"]
    show(document, as_json=as_json, lines=lines)
