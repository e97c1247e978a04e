"""Commands of the floor: plan, sweep, tasks, send, calls, outcomes, referrals, and why."""

import asyncio
from dataclasses import asdict

import typer

from collector.casework import actions, queries
from collector.cli.frame import (
    LARGEST_ID,
    AtOption,
    JsonFlag,
    command,
    moment,
    office,
    out,
    progress_bar,
    show,
    show_json,
    show_table,
)
from collector.foundation.clock import system_clock
from collector.history.rules import Outcome
from collector.identity.rules import COMMAND_LINE


@command
def plan(
    portfolio: str | None = typer.Option(None, "--portfolio", help="Only this portfolio; default: all of them."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Decide everything, store nothing."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Decide the next lawful contact of every person, for the day of --at. Counts by segment, channel and refusal."""
    with progress_bar("planning") as progress:
        floor = office()
        runs = actions.plan(
            floor,
            portfolio,
            moment(at),
            dry_run=dry_run,
            actor=COMMAND_LINE.name,
            progress=progress,
            processes=floor.settings.planners,
        )
    if json_:
        show_json({"dry_run": dry_run, "runs": runs})
        return
    for run in runs:
        out.print(f"{run.portfolio} {run.day} {'would plan' if dry_run else 'planned'}")
        show_table(
            "by segment and channel",
            ["segment", "channel", "tasks"],
            [[*key.split("|"), count] for key, count in sorted(run.counts.items())],
            "nothing is due today",
        )
        show_table("refused", ["rule", "contacts"], sorted(run.refused.items()), "no contact was refused")
        show_table(
            "left out for want of agents", ["segment", "tasks"], sorted(run.left_out.items()), "nothing left out"
        )


@command
def sweep(at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Bring about what time alone brings: broken promises, expired tasks, referrals, fresh facts."""
    with progress_bar("sweeping") as progress:
        result = actions.sweep(office(), moment(at), COMMAND_LINE.name, progress=progress)
    show(result, as_json=json_, lines=[f"{key.replace('_', ' ')}: {value}" for key, value in asdict(result).items()])


@command
def send(
    limit: int = typer.Option(100_000, "--limit", min=1, help="At most so many messages."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Send the messages that are due. Each is judged again, and sent at most once."""
    desk, when = office(), moment(at)
    desk.require_armed(when, system_clock())
    with progress_bar("sending") as progress:
        clock = (lambda: when) if at else system_clock
        result = asyncio.run(actions.send_all(desk, clock, limit=limit, progress=progress))
    show(result, as_json=json_, lines=[f"{key}: {value}" for key, value in asdict(result).items()])


@command
def next_call(
    agent: str = typer.Option(..., "--agent", help="Name of the user who will talk."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Claim the best call for an agent: judged again under lock, held for them for a while."""
    desk, when = office(), moment(at)
    desk.require_armed(when, system_clock())
    with desk.database.begin() as session:
        claimed = actions.next_call(session, desk, queries.agent(session, agent), when)
        document = queries.claimed_call(session, claimed) if claimed else None
    if document is None:
        show({"task": None}, as_json=json_, lines=["no call is due for this agent now"])
        return
    lines = [
        f"task {document['task']}: call {document['number']} from {document['caller']}",
        f"{document['account']} · {document['segment']} · {document['reason']}",
        f"then: collector outcome {document['task']} OUTCOME",
    ]
    show(document, as_json=json_, lines=lines)


@command
def outcome(
    task: int = typer.Argument(..., min=1, max=LARGEST_ID, help="Number of the task."),
    result: Outcome = typer.Argument(..., metavar="OUTCOME", help=", ".join(Outcome)),
    note: str | None = typer.Option(None, "--note"),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Record how a claimed call ended."""
    desk = office()
    with desk.database.begin() as session:
        attempt = actions.record_outcome(session, desk, task, result, moment(at), actor=COMMAND_LINE, note=note)
        document = {"task": task, "attempt": attempt.id, "outcome": result, "at": attempt.at}
    show(document, as_json=json_, lines=[f"task {task}: {result}"])


@command
def done(
    task: int = typer.Argument(..., min=1, max=LARGEST_ID, help="Number of a letter or visit task."),
    note: str | None = typer.Option(None, "--note", help="A letter's posting number; a visit's report, required."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """A letter was sent, or a visit made: judged by the gate at that moment, and recorded once."""
    desk = office()
    with desk.database.begin() as session:
        result = actions.paper_done(session, desk, task, moment(at), actor=COMMAND_LINE, note=note)
    result.require()
    document = {"task": task, "attempt": result.attempt, "channel": result.channel, "at": result.at}
    show(document, as_json=json_, lines=[f"task {task}: {result.channel} done"])
