"""What the commands of matters share."""

from __future__ import annotations

from datetime import date, time

import typer
from sqlmodel import Session

from collector.cli.frame import (
    LARGEST_ID,
)
from collector.foundation.errors import BadInput
from collector.foundation.money import parse_amount, plain
from collector.legal.matters.rules import Net
from collector.portfolio.queries import account_by_key, portfolio_of

matters = typer.Typer(help="After referral: stages, days at court, costs, counsel, and what came of it.")
ACCOUNT = typer.Argument(..., help="The account, as CODE/NO.")
ON = typer.Option(..., "--on", help="The day, such as 2026-05-31.")
PAPER = typer.Option(None, "--document", min=1, max=LARGEST_ID, help="Number of the paper that proves it, on file.")
NOTE = typer.Option("", "--note", help="A few words.")
NUMBER = typer.Argument(..., min=1, max=LARGEST_ID, help="Its number, as the lists show it.")


def found_(session: Session, key: str) -> tuple[int, str]:
    """The account's id and its portfolio's currency."""
    found = account_by_key(session, key)
    return found.id or 0, portfolio_of(session, found.portfolio_id).currency


def amount_(text: str | None, currency: str) -> int | None:
    return parse_amount(text, currency) if text is not None else None


def day_(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text[:20]!r} is not a day; write it as 2026-05-31") from error


def hour_(text: str | None) -> time | None:
    if not text:
        return None
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise BadInput(f"{text[:20]!r} is not a time; write it as 09:30") from error


def money_(net: Net, currency: str) -> dict[str, str]:
    told = {**net._asdict(), "net": net.net}
    return {
        name: plain(amount, currency) if amount >= 0 else f"-{plain(-amount, currency)}"
        for name, amount in told.items()
    }
