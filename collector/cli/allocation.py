"""Accounts to owners, from the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import typer

from collector.casework import actions
from collector.cli.frame import AtOption, JsonFlag, command, moment, office, out, progress_bar, show_json, show_table
from collector.identity.rules import COMMAND_LINE


@command
def allocate(
    portfolio: str | None = typer.Option(None, "--portfolio", help="Only this portfolio; default: all of them."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Decide everything, store nothing."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Give every account that a rule of the strategy asks an owner for to somebody; rotate, keep and take back."""
    with progress_bar("allocating") as progress:
        done = actions.allocate_books(
            office(), portfolio, moment(at), dry_run=dry_run, actor=COMMAND_LINE.name, progress=progress
        )
    if json_:
        show_json({"dry_run": dry_run, "portfolios": [{**asdict(one), "accounts": one.accounts} for one in done]})
        return
    for one in done:
        out.print(f"{one.portfolio}: {one.accounts} accounts {'would move' if dry_run else 'moved'}")
        _counted("moved", one.moved, "nothing moves")
        _counted("left out", one.left_out, "nobody is left out")
        _counted("beyond their period, and stay", one.stays, "nothing stays beyond its period")


def _counted(title: str, counts: Mapping[str, int], empty: str) -> None:
    rows = [[why.replace("_", " "), accounts] for why, accounts in counts.items()]
    show_table(title, ["why", "accounts"], rows, empty)
