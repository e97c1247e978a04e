"""Commands about terms of a debt: proposed, listed, told, signed, withdrawn, closed; and the advances of a month."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import typer
from sqlmodel import Session

from collector.casework import actions, queries
from collector.casework.approvals import advances as listing
from collector.casework.approvals import terms as asking
from collector.cli.frame import LARGEST_ID, AtOption, JsonFlag, command, moment, office, show, show_json, show_table
from collector.foundation.clock import local_day
from collector.foundation.errors import BadInput
from collector.foundation.money import parse_amount, plain
from collector.identity.rules import COMMAND_LINE, EVERYTHING
from collector.portfolio.queries import portfolio_by_code
from collector.portfolio.tables import Account, Portfolio
from collector.terms.actions import Order
from collector.terms.queries import listed, statement_of
from collector.terms.rules import LIVE, Parts, TermsKind, TermsState
from collector.terms.tables import Terms

terms = typer.Typer(no_args_is_help=True, help="Waiver, settlement, extension, write-off and closing of accounts.")

NumberArgument = typer.Argument(..., min=1, max=LARGEST_ID, help="Number of the terms.")


@terms.command("propose")
@command
def propose(
    account: str = typer.Argument(..., help="CODE/NO."),
    kind: TermsKind = typer.Argument(..., metavar="KIND", help=", ".join(TermsKind)),
    reason: str = typer.Option(..., "--reason", help="Why; the second person reads it."),
    total: str | None = typer.Option(None, "--total", help="What is to be paid, decimal major units."),
    due_on: str | None = typer.Option(None, "--due-on", help="Last day to pay it, YYYY-MM-DD."),
    until: str | None = typer.Option(None, "--until", help="Of an extension: the new maturity."),
    count: int = typer.Option(0, "--count", min=0, help="Of a restructuring: monthly instalments."),
    first: str | None = typer.Option(None, "--first", help="Of a restructuring: when the first falls due."),
    interest: str | None = typer.Option(None, "--interest", help="Agreed beside the schedule, decimal major units."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Propose terms of an account. A second person, outside its team, agrees under Approvals."""
    desk = office()
    with desk.database.begin() as session:
        found, book = queries.account_and_portfolio(session, account)
        sums = [parse_amount(text, book.currency) if text else 0 for text in (total, interest)]
        order = Order(kind, reason, sums[0], _day(due_on), _day(until), count, _day(first), sums[1])
        row, asked = asking.propose(session, desk, found, order, COMMAND_LINE, moment(at))
        document = {**_document(row, found, book), "approval": asked.id}
    lines = [f"terms {document['terms']} are proposed; approval {document['approval']} waits for a second person"]
    show(document, as_json=json_, lines=lines)


def _first_of(month: str) -> date:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise BadInput(f"{month!r} is no month; write YYYY-MM") from error


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(f"{text!r} is no day; write YYYY-MM-DD") from error


@terms.command("list")
@command
def list_terms(
    everything: bool = typer.Option(False, "--all", help="Those that have ended too."),
    json_: bool = JsonFlag,
) -> None:
    """Terms that are open, those whose day comes first on top."""
    states = frozenset(TermsState) if everything else LIVE
    with office().database.read() as session:
        rows = [_document(*row) for row in listed(session, EVERYTHING, states, 10_000)]
    if json_:
        show_json({"terms": rows})
        return
    head = ["terms", "account", "kind", "state", "total", "due_on", "reason"]
    show_table("terms", head, [[row[name] for name in head] for row in rows], "no terms are open")


def _document(row: Terms, account: Account, book: Portfolio) -> dict[str, Any]:
    return {
        "terms": row.id,
        "account": f"{book.code}/{account.account_no}",
        "kind": row.kind.value,
        "state": row.state.value,
        "reason": row.reason,
        "total": plain(row.total, book.currency),
        "due_on": row.due_on,
        "owed": _parts(row.owed, book.currency),
        "waived": _parts(row.waived, book.currency),
        "schedule": row.schedule.get("after", []),
    }


def _parts(parts: Parts, currency: str) -> Mapping[str, str]:
    return {name: plain(amount, currency) for name, amount in parts._asdict().items()}


@terms.command("show")
@command
def show_terms(number: int = NumberArgument, at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """The terms and what the books say of the account now: scheduled, paid, waived and owed, to the minor unit."""
    with office().database.read() as session:
        row = _row(session, number)
        account, book = session.get_one(Account, row.account_id), session.get_one(Portfolio, row.portfolio_id)
        told = statement_of(session, row, local_day(moment(at), book.timezone))
        sums = {name: plain(getattr(told, name), book.currency) for name in ("scheduled", "paid", "waived_in_all")}
        document = {**_document(row, account, book), **sums, "owed_now": _parts(told.owed_now, book.currency)}
    show(document, as_json=json_)


def _row(session: Session, number: int) -> Terms:
    found = session.get(Terms, number)
    if found is None:
        raise BadInput(f"there are no terms {number}; collector terms list shows them")
    return found


MOVES = {
    "offer": actions.offer_terms,
    "sign": actions.sign_terms,
    "withdraw": actions.withdraw_terms,
    "close": actions.close_account,
}


@terms.command("move")
@command
def move(
    number: int = NumberArgument,
    step: str = typer.Argument(..., metavar="STEP", help=", ".join(MOVES)),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """The borrower was told (offer) or signed (sign), the terms are withdrawn, or the account is closed."""
    if step not in MOVES:
        raise BadInput(f"{step!r} is no step; choose from {', '.join(MOVES)}")
    desk = office()
    with desk.database.begin() as session:
        _row(session, number)
        row = MOVES[step](session, desk, terms_id=number, at=moment(at), actor=COMMAND_LINE)
        document = {"terms": number, "state": row.state.value}
    show(document, as_json=json_, lines=[f"terms {number}: {document['state']}"])


@terms.command("advances")
@command
def advances(
    portfolio: str = typer.Argument(..., help="Code."),
    month: str = typer.Argument(..., help="YYYY-MM."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """List what fell due in a month and is unpaid, for a second person to agree to as advances."""
    desk, first = office(), _first_of(month)
    with desk.database.begin() as session:
        book = portfolio_by_code(session, portfolio)
        asked = listing.propose(session, book, first, COMMAND_LINE, moment(at))
        total = plain(asked.body["total"], book.currency)
        document = {"approval": asked.id, "accounts": len(asked.body["lines"]), "total": total}
    words = f"{document['accounts']} accounts, {total}; approval {document['approval']} waits for a second person"
    show(document, as_json=json_, lines=[words])
