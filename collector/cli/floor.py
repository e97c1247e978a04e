"""Commands of the floor: plan, tasks, send, calls, outcomes, promises, stops."""

import asyncio
from dataclasses import asdict
from datetime import date
from typing import Any

import typer

from collector.casework import actions, queries
from collector.cli.frame import AtOption, JsonFlag, command, moment, office, out, progress_bar, show, show_json, show_table
from collector.foundation.clock import parse_moment, system_clock
from collector.foundation.errors import BadInput
from collector.foundation.money import parse_amount, shown
from collector.history.rules import Channel, HoldScope, Outcome, StopKind
from collector.identity.rules import COMMAND_LINE, EVERYTHING
from collector.planning.rules import TaskState


@command
def plan(
    portfolio: str | None = typer.Option(None, "--portfolio", help="Only this portfolio; default: all of them."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Decide everything, store nothing."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Decide the next lawful contact of every person, for the day of --at. Counts by segment, channel and refusal."""
    with progress_bar("planning") as progress:
        runs = actions.plan(
            office(), portfolio, moment(at), dry_run=dry_run, actor=COMMAND_LINE.name, progress=progress
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
        show_table("left out for want of agents", ["segment", "tasks"], sorted(run.left_out.items()), "nothing left out")


@command
def sweep(at: str | None = AtOption, json_: bool = JsonFlag) -> None:
    """Bring about what time alone brings: broken promises, expired tasks, referrals, fresh facts."""
    with progress_bar("sweeping") as progress:
        result = actions.sweep(office(), moment(at), COMMAND_LINE.name, progress=progress)
    show(result, as_json=json_, lines=[f"{key.replace('_', ' ')}: {value}" for key, value in asdict(result).items()])


@command
def tasks(
    account: str | None = typer.Option(None, "--account", help="CODE/NO."),
    channel: Channel | None = typer.Option(None, "--channel"),
    status: TaskState | None = typer.Option(None, "--status"),
    limit: int = typer.Option(200, "--limit", min=1, max=100_000),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """The tasks of the current plan, most urgent first."""
    with office().database.read() as session:
        rows = queries.tasks(
            session, EVERYTHING, account=account, channel=channel, status=status, at=moment(at), limit=limit
        )
    if json_:
        show_json({"tasks": rows})
        return
    show_table(
        "tasks",
        ["id", "account", "channel", "purpose", "segment", "state", "from", "until", "caller", "slot", "template"],
        [
            [
                row["id"],
                row["account"],
                row["channel"],
                row["purpose"],
                row["segment"],
                row["state"],
                row["not_before"],
                row["not_after"],
                row["caller"],
                row["slot"],
                row["template"],
            ]
            for row in rows
        ],
        "no tasks; run: collector plan",
    )


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
        result = asyncio.run(actions.send_all(desk, when, limit=limit, progress=progress))
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
    task: int = typer.Argument(..., help="Number of the task."),
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
def promise(
    account: str = typer.Argument(..., help="CODE/NO."),
    amount: str = typer.Argument(..., help="Decimal major units, such as 1200.00."),
    due_at: str = typer.Argument(..., help="ISO 8601 with offset."),
    way: str = typer.Option("", "--way", help="How it will be paid."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Log a promise to pay, to the minute."""
    desk = office()
    with desk.database.begin() as session:
        found, portfolio = queries.account_and_portfolio(session, account)
        row = actions.make_promise(
            session,
            desk,
            account_id=found.id or 0,
            amount=parse_amount(amount, portfolio.currency),
            due_at=parse_moment(due_at),
            at=moment(at),
            actor=COMMAND_LINE,
            way=way,
        )
        document = {"promise": row.id, "account": account, "amount": amount, "due_at": row.due_at, "state": row.state}
        words = f"{account} promises {shown(row.amount, portfolio.currency)} by {row.due_at.isoformat()}"
    show(document, as_json=json_, lines=[words])


@command
def says_paid(
    account: str = typer.Argument(..., help="CODE/NO."), at: str | None = AtOption, json_: bool = JsonFlag
) -> None:
    """The borrower says it is paid: two working days' quiet, and a task for operations."""
    desk = office()
    with desk.database.begin() as session:
        found, _ = queries.account_and_portfolio(session, account)
        row = actions.says_paid(session, desk, account_id=found.id or 0, at=moment(at), actor=COMMAND_LINE)
        document = {"hold": row.id, "until": row.until}
    show(document, as_json=json_)


@command
def found(
    person: str = typer.Argument(..., help="CODE/NO of an account, or the person's number."),
    phone: str = typer.Argument(..., help="The verified phone."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """A lost person was found: the phone is added, skip-tracing ends, calling starts afresh."""
    desk = office()
    with desk.database.begin() as session:
        person_id = queries.person_by_key(session, person)
        point = actions.found(session, desk, person_id=person_id, phone=phone, at=moment(at), actor=COMMAND_LINE)
        document = {"person": person_id, "contact_point": point.id}
    show(document, as_json=json_)


@command
def stop(
    person: str = typer.Argument(..., help="CODE/NO of an account, or the person's number."),
    kind: StopKind = typer.Argument(..., help="Why."),
    channel: Channel | None = typer.Option(None, "--channel", help="Only this channel (opt_out)."),
    number: str | None = typer.Option(None, "--number", help="Only this number (opt_out)."),
    reason: str = typer.Option("", "--reason"),
    until: str | None = typer.Option(None, "--until", help="ISO 8601 with offset; default: until lifted."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Stop contacting a person."""
    desk = office()
    with desk.database.begin() as session:
        person_id = queries.person_by_key(session, person)
        row = actions.stop(
            session,
            desk,
            person_id=person_id,
            kind=kind,
            channel=channel,
            number=number,
            reason=reason,
            until=parse_moment(until) if until else None,
            at=moment(at),
            actor=COMMAND_LINE,
        )
        document = {"stop": row.id, "person": person_id, "kind": kind}
    show(document, as_json=json_)


@command
def hold(
    scope: HoldScope = typer.Argument(..., help="What is held."),
    subject: str | None = typer.Argument(None, help="CODE/NO, person, portfolio code, or CODE:segment."),
    until: str | None = typer.Option(None, "--until", help="ISO 8601 with offset; default: until lifted."),
    note: str = typer.Option("", "--note"),
    lift: int | None = typer.Option(None, "--lift", help="Lift the hold with this number instead."),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Stop all contact for an account, a person, a segment, a portfolio, or everything."""
    desk, when = office(), moment(at)
    with desk.database.begin() as session:
        if lift is not None:
            actions.lift_hold(session, desk, lift, when, COMMAND_LINE)
            document: dict[str, Any] = {"lifted": lift}
        else:
            what = queries.hold_subject(session, scope, subject)
            ends = parse_moment(until) if until else None
            row = actions.hold(session, desk, scope=scope, until=ends, note=note, at=when, actor=COMMAND_LINE, **what)
            document = {"hold": row.id, "scope": scope, "until": row.until}
    show(document, as_json=json_)


@command
def pause(
    account: str = typer.Argument(..., help="CODE/NO."),
    first: str = typer.Argument(..., metavar="FROM", help="First day that does not age, YYYY-MM-DD."),
    last: str = typer.Argument(..., metavar="TO", help="Last day that does not age, YYYY-MM-DD."),
    reason: str = typer.Option("", "--reason"),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """Take days out of an account's ageing."""
    desk = office()
    with desk.database.begin() as session:
        found, _ = queries.account_and_portfolio(session, account)
        row = actions.pause(
            session,
            desk,
            account_id=found.id or 0,
            first=_day(first),
            last=_day(last),
            reason=reason,
            at=moment(at),
            actor=COMMAND_LINE,
        )
        document = {"pause": row.id, "account": account, "first": row.first, "last": row.last}
    show(document, as_json=json_)


@command
def referrals(
    kind: str | None = typer.Option(None, "--kind", help="skiptrace or legal"),
    at: str | None = AtOption,
    json_: bool = JsonFlag,
) -> None:
    """The skip-tracing and legal queues, with their reasons and evidence."""
    with office().database.read() as session:
        rows = queries.referrals(session, EVERYTHING, kind=kind, at=moment(at))
    if json_:
        show_json({"referrals": rows})
        return
    show_table(
        "referrals",
        ["id", "kind", "account", "state", "since", "reasons"],
        [
            [row["id"], row["kind"], row["account"], row["state"], row["opened_at"], ", ".join(row["triggers"])]
            for row in rows
        ],
        "no account is with skip-tracing or legal",
    )


@command
def explain(
    account: str = typer.Argument(..., help="CODE/NO."), at: str | None = AtOption, json_: bool = JsonFlag
) -> None:
    """Where an account stands, which rules put it there, what comes next, and what was refused."""
    desk = office()
    with desk.database.read() as session:
        document = queries.explain(session, desk, account, moment(at))
    if json_:
        show_json(document)
        return
    facts = document["facts"]
    out.print(
        f"{document['account']} at {document['at']}: {facts['days_past_due']} days past due, {facts['bucket']}, "
        f"segment {document['segment']}, stage {document['stage']}"
    )
    show_table("facts", ["fact", "value"], list(facts.items()), "")
    show_table("why", ["rule", "said"], [[rule["id"], rule["reason"]] for rule in document["rules"]], "no rule spoke")
    show_table(
        "next",
        ["channel", "purpose", "from", "until", "reason"],
        [[one["channel"], one["purpose"], one["not_before"], one["not_after"], one["reason"]] for one in document["next"]],
        "nothing is due",
    )
    show_table(
        "refused",
        ["channel", "rules", "earliest"],
        [[one["channel"], ", ".join(rule["id"] for rule in one["rules"]), one["earliest"]] for one in document["refused"]],
        "nothing was refused",
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a date such as 2026-05-12") from error
