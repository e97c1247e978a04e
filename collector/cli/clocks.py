"""Commands for the clocks of the law: what is lost first, and whether anything was lost unseen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import typer

from collector.casework.views.lapsing import SHOWN, Line, queue
from collector.cli.frame import AtOption, JsonFlag, command, moment, office, show, show_json, show_table
from collector.facts import actions as facts_actions
from collector.identity.rules import EVERYTHING
from collector.legal.matters.queries import passed_unseen
from collector.legal.queries import prove

clocks = typer.Typer(help="Limitation, guarantee periods and terms of court: what is lost first.")


@clocks.callback(invoke_without_command=True)
@command
def clocks_list(
    context: typer.Context,
    limit: int = typer.Option(SHOWN, "--limit", min=1, max=10_000),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Accounts with a clock that is near, by what is lost first; then what else was referred to legal."""
    if context.invoked_subcommand is not None:
        return
    desk, when = office(), moment(at)
    facts_actions.refresh_stale(desk.database.begin, when)
    with desk.database.read() as session:
        lines = queue(session, EVERYTHING, when, limit)
    if json_:
        show_json({"clocks": [_told(line) for line in lines]})
        return
    show_table(
        "what is lost first",
        ["account", "days", "clock", "cautious", "legal", "referral"],
        [list(_told(line).values())[:6] for line in lines],
        "no clock is near; they show from a year before their day",
    )


def _told(line: Line) -> dict[str, Any]:
    first = line.first
    return {
        "account": line.key,
        "days": line.days,
        "clock": first.key if first else None,
        "cautious_on": first.cautious_on if first else None,
        "legal_on": first.legal_on if first else None,
        "referral": line.referral.state if line.referral else None,
        "account_id": line.account_id,
        "clocks": [
            {"clock": one.key, "cautious_on": one.cautious_on, "legal_on": one.legal_on, "source": asdict(one.source)}
            for one in line.clocks
        ],
    }


@clocks.command("verify")
@command
def clocks_verify(at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Look at every account on which something is owed, and at every day at court, from the records. Exit code 1 when
    a clock lapsed or a day passed of which nobody was told: neither an alarm nor a decision about it is on record."""
    with office().database.read() as session:
        when = moment(at)
        proof, days = prove(session, when), passed_unseen(session, when)
    silent = proof.silent
    document = {"accounts": proof.accounts, "running": proof.clocks, "lapsed": proof.lapses, "silent": silent}
    document["days_unseen"] = [{"account_id": one.account_id, "court_date": one.id, "at": one.at} for one in days]
    lines = [f"{proof.accounts} accounts, {proof.clocks} clocks run, {len(proof.lapses)} lapsed, {len(silent)} unseen"]
    lines += [f"account {one.account_id}: {one.clock} lapsed on {one.cautious_on}, nobody was told" for one in silent]
    lines += [f"account {one.account_id}: day {one.id} at court passed on {one.at:%Y-%m-%d}, unseen" for one in days]
    show(document, as_json=json_, lines=lines)
    if silent or days:
        raise typer.Exit(1)
